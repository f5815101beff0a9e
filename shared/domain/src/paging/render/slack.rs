//! An incoming webhook of Slack, in Block Kit. Its limits are those of <https://docs.slack.dev/reference/block-kit/blocks>.
//!
//! Foreign text stands in `plain_text` alone, in which Slack finds no markup, mention, link or emoji, and is escaped as Slack asks of all
//! text. So there is no code to break out of, and names can be copied as they are. The severity's colour is a circle in the header:
//! blocks within an attachment, which could have a bar of colour, are refused by some webhooks as `invalid_attachments`.

use serde_json::{Value, json};

use super::super::notice::{Notice, What};
use super::Post;
use super::story::{Part, Room, answers, first_parts, headline, last_parts, links};
use super::text::{MORE, cut_as, units};
use crate::incident::Severity;

/// Characters of a header.
const HEADER: usize = 150;
/// Characters of the text of a section, below its 3,000: seven of them and the buttons have room in [`TOTAL`].
const SECTION: usize = 1500;
/// Characters of the text of a button.
const BUTTON: usize = 75;
/// Buttons of an actions block.
const BUTTONS: usize = 25;
/// Characters of all blocks as JSON. Slack does not document it; above some 13,200 it answers `msg_blocks_too_long`
/// (github.com/slackapi/bolt-js/issues/2509).
const TOTAL: usize = 13_000;
/// Characters of the text that stands for the blocks in notifications: they show less.
const FALLBACK: usize = 300;
const ROOM: Room = Room { lines: 10, longest: 300 };

/// What is sent to the webhook's URL, which is a secret itself.
pub fn message(notice: &Notice) -> Post {
    let blocks = fitting(head(notice), last_parts(notice, ROOM).iter().map(section).collect());
    // No link is opened by Slack to show what is behind it, and nothing in the text is taken for markup or a mention.
    let text = cut_as(&titled(notice), FALLBACK, MORE, inert, units);
    Post::json(&json!({
        "text": text, "blocks": blocks, "mrkdwn": false, "link_names": false, "parse": "none", "unfurl_links": false, "unfurl_media": false,
    }))
}

/// What is never left out but where links are too long: header, first parts, buttons.
fn head(notice: &Notice) -> Vec<Value> {
    let mut blocks = vec![json!({ "type": "header", "text": plain(&titled(notice), HEADER) })];
    blocks.extend(first_parts(notice, ROOM).iter().map(section));
    let mut buttons: Vec<_> = answers(notice).into_iter().map(|(name, url)| (name.to_owned(), url)).collect();
    buttons.extend(links(notice, BUTTONS - buttons.len()));
    while units(&json!([blocks, actions(&buttons)]).to_string()) > TOTAL && buttons.pop().is_some() {}
    if !buttons.is_empty() {
        blocks.push(actions(&buttons));
    }
    blocks
}

/// `blocks` and as many of `others` as have room.
fn fitting(mut blocks: Vec<Value>, others: Vec<Value>) -> Vec<Value> {
    for block in others {
        blocks.push(block);
        if units(&json!(blocks).to_string()) > TOTAL {
            blocks.pop();
        }
    }
    blocks
}

fn section(part: &Part) -> Value {
    json!({ "type": "section", "text": plain(&format!("{}: {}", part.label, part.lines.join("\n")), SECTION) })
}

fn actions(buttons: &[(String, &str)]) -> Value {
    let button = |(name, url): &(String, &str)| match name.as_str() {
        "Acknowledge" => json!({ "type": "button", "text": plain(name, BUTTON), "url": url, "style": "primary" }),
        name => json!({ "type": "button", "text": plain(name, BUTTON), "url": url }),
    };
    json!({ "type": "actions", "elements": buttons.iter().map(button).collect::<Vec<_>>() })
}

fn titled(notice: &Notice) -> String {
    format!("{} {}", circle(notice), headline(notice, true))
}

fn circle(notice: &Notice) -> &'static str {
    match (&notice.what, notice.severity) {
        (What::Resolved, _) => "🟢",
        (What::Acknowledged { .. }, _) => "🔵",
        (_, Severity::Critical) => "🔴",
        (_, Severity::Warning) => "🟠",
        (_, Severity::Info) => "⚪",
    }
}

fn plain(text: &str, most: usize) -> Value {
    json!({ "type": "plain_text", "emoji": false, "text": cut_as(text, most, MORE, escaped, units) })
}

/// A character as Slack asks for it.
fn escaped(letter: char) -> Option<&'static str> {
    match letter {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        _ => None,
    }
}

/// The same where markup would be looked for: what begins one has a word joiner after it, which nobody sees.
fn inert(letter: char) -> Option<&'static str> {
    match letter {
        '*' => Some("*\u{2060}"),
        '_' => Some("_\u{2060}"),
        '~' => Some("~\u{2060}"),
        '`' => Some("`\u{2060}"),
        '@' => Some("@\u{2060}"),
        '#' => Some("#\u{2060}"),
        ':' => Some(":\u{2060}"),
        letter => escaped(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TOKEN, notice};
    use super::super::tests::check_slack;
    use super::*;
    use crate::ports::Confidential;

    fn sent(notice: &Notice) -> Value {
        let message = serde_json::from_str(&message(notice).body.0).expect("JSON");
        check_slack(&message).expect("a message");
        message
    }

    #[test]
    fn a_message_tells_what_matters_most_first() {
        insta::assert_json_snapshot!(sent(&Notice { is_repeat: true, ..notice() }));
    }

    #[test]
    fn foreign_text_means_nothing_to_slack() {
        let title = "<!channel> <https://evil.example|ok> @here *b* _i_ ~s~ `c` ``` &amp; :fire: #x";
        let message = sent(&Notice { title: title.into(), tried: vec![title.into()], ..notice() });
        let text = message["text"].as_str().expect("a text");
        assert!(!text.contains('<') && !text.contains("@here") && !text.contains("*b*") && !text.contains("``"), "{text}");
        let header = message["blocks"][0]["text"]["text"].as_str().expect("a header");
        let expected = "🔴 CRITICAL prod: &lt;!channel&gt; &lt;https[:]//evil.example|ok&gt; @here *b* _i_ ~s~ `c` ``` &amp;amp; :fire: #x";
        assert_eq!(header, expected);
        assert!(!message.to_string().contains("mrkdwn\":true") && !message.to_string().contains("\"mrkdwn\","));
    }

    #[test]
    fn nothing_is_cut_within_an_escape() {
        let check = |title: usize, expected: &str| {
            let title = "x".repeat(title) + "&&";
            let text = plain(&title, 12)["text"].as_str().expect("a text").to_owned();
            assert_eq!(text, expected);
        };
        check(2, "xx&amp;&amp;");
        check(3, "xxx&amp;…");
        check(6, "xxxxxx&amp;…");
        check(7, "xxxxxxx…");
    }

    #[test]
    fn links_that_are_too_long_together_go_before_the_story_does() {
        let mut notice = notice();
        let long = |letter: &str| format!("https://x.example/{}", letter.repeat(2900));
        notice.links.acknowledge = Some(Confidential(long("a") + TOKEN));
        notice.links.approve = Some(Confidential(long("b")));
        notice.links.runbook = Some(long("c"));
        notice.links.dashboard = Some(long("d"));
        notice.links.others = [("E".into(), long("e"))].into();
        notice.tried = vec!["\"".repeat(300); 10];
        let message = sent(&notice);
        assert!(message.to_string().contains(TOKEN), "{message}");
        assert!(!message.to_string().contains(&"e".repeat(2900)));
        assert!(message.to_string().contains("Tried"));
    }

    #[test]
    fn a_circle_shows_the_severity_until_somebody_has_it() {
        let check = |what, severity, expected| assert_eq!(circle(&Notice { what, severity, ..notice() }), expected);
        check(What::Opened, Severity::Critical, "🔴");
        check(What::Opened, Severity::Warning, "🟠");
        check(What::Noted, Severity::Info, "⚪");
        check(What::Acknowledged { by: "bob".into() }, Severity::Critical, "🔵");
        check(What::Resolved, Severity::Critical, "🟢");
    }
}

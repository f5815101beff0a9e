//! Email by a topic of SNS. Its limits are those of Publish: <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>.

use super::super::notice::Notice;
use super::Mail;
use super::story::{Part, Room, answers, first_parts, headline, last_parts, links, moment};
use super::text::{MORE_ASCII, cut, cut_as, cut_bytes, line};
use crate::ports::Confidential;

/// Characters of a subject: "less than 100 characters long".
const SUBJECT: usize = 99;
/// Bytes of a message with its subject: 262,144.
const BODY: usize = 256 * 1024 - SUBJECT;
/// Links beside those to answer by.
const LINKS: usize = 20;
const ROOM: Room = Room { lines: 20, longest: 1000 };

/// What is published, without a message structure: as it stands.
pub fn mail(notice: &Notice) -> Mail {
    Mail { subject: subject(notice), body: Confidential(body(notice)) }
}

/// In ASCII, one line, beginning with a letter or a bracket: nothing in it can end a header.
fn subject(notice: &Notice) -> String {
    cut_as(&headline(notice, true), SUBJECT, MORE_ASCII, ascii, str::len)
}

/// A character in ASCII that can be seen.
pub(super) fn ascii(letter: char) -> Option<&'static str> {
    match letter {
        '\u{2018}' | '\u{2019}' => Some("'"),
        '\u{201c}' | '\u{201d}' => Some("\""),
        '\u{2010}'..='\u{2015}' => Some("-"),
        '…' => Some("..."),
        letter if letter == ' ' || letter.is_ascii_graphic() => None,
        _ => Some("?"),
    }
}

fn body(notice: &Notice) -> String {
    let mut lines = vec![headline(notice, true)];
    lines.extend(first_parts(notice, ROOM).iter().map(told));
    lines.push(list(notice));
    lines.extend(last_parts(notice, ROOM).iter().map(told));
    lines.push(end(notice));
    lines.retain(|line| !line.is_empty());
    cut_bytes(&lines.join("\n\n"), BODY)
}

fn told(part: &Part) -> String {
    match &part.lines[..] {
        [only] => format!("{}: {only}", part.label),
        lines => format!("{}:\n  {}", part.label, lines.join("\n  ")),
    }
}

/// All links, each in a line of its own: mail programs find where they end.
fn list(notice: &Notice) -> String {
    let ours = links(notice, LINKS).into_iter().map(|(name, url)| format!("{name}: {url}"));
    let answers = answers(notice).into_iter().map(|(name, url)| format!("{name}: {url}"));
    ours.chain(answers).collect::<Vec<_>>().join("\n")
}

fn end(notice: &Notice) -> String {
    let (recipient, incident) = (cut(&line(&notice.recipient), 100), cut(&line(&notice.incident), 64));
    let sent = format!("Incident {incident}, told to {recipient} at {}.", moment(notice.now));
    if answers(notice).is_empty() {
        return sent;
    }
    format!("{sent} Whoever has this message can answer as {recipient}: do not pass it on.")
}

#[cfg(test)]
mod tests {
    use super::super::super::notice::What;
    use super::super::testing::notice;
    use super::super::tests::check_mail;
    use super::*;

    fn sent(notice: &Notice) -> Mail {
        let mail = mail(notice);
        check_mail(&mail).expect("a mail");
        mail
    }

    #[test]
    fn a_mail_tells_what_matters_most_first() {
        let mail = sent(&Notice { is_repeat: true, ..notice() });
        insta::assert_snapshot!(format!("{}\n\n{}", mail.subject, mail.body.0));
        let resolved = sent(&Notice { what: What::Resolved, ..notice() });
        assert!(!resolved.body.0.contains("Acknowledge: ") && !resolved.body.0.contains("do not pass it on"));
    }

    #[test]
    fn a_subject_is_one_line_of_ascii_whatever_the_title() {
        let check = |title: &str, expected: &str| {
            assert_eq!(sent(&Notice { title: title.into(), ..notice() }).subject, expected);
        };
        check("5xx", "CRITICAL prod: 5xx");
        check("a\r\nBcc: evil@example.com\r\n\r\nbody", "CRITICAL prod: a Bcc: evil@example.com body");
        check("“é” – it’s…", "CRITICAL prod: \"?\" - it's...");
        check("\u{202e}\u{0}🔥", "CRITICAL prod: ?");
        check(&"x".repeat(84), &format!("CRITICAL prod: {}", "x".repeat(84)));
        check(&"x".repeat(85), &format!("CRITICAL prod: {}...", "x".repeat(81)));
    }

    #[test]
    fn a_body_keeps_within_its_limit() {
        let many = vec!["🔥".repeat(20_000); 1000];
        let notice = Notice { evidence: many.clone(), tried: many.clone(), notes: many.clone(), services: many, ..notice() };
        assert!(sent(&notice).body.0.contains("and 980 more"));
    }
}

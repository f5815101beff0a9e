//! PagerDuty's Events API v2. Its limits are those of <https://developer.pagerduty.com/docs/events-api-v2/trigger-events/>.
//!
//! An event is sent as often as need be: PagerDuty knows it by its key, so that a repeat says nothing of it. It has no link with a token,
//! since PagerDuty has an acknowledgement of its own.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::super::notice::{Notice, What};
use super::Post;
use super::story::{Part, Room, first_parts, headline, last_parts, links, place};
use super::text::{MORE, cut, cut_as, line, units};
use crate::incident::Severity;
use crate::ports::Confidential;

/// Characters of a summary.
const SUMMARY: usize = 1024;
/// Bytes of an event: 512 KB, by the smaller of the two meanings of KB.
const EVENT: usize = 512 * 1000;
/// Characters of source, component, group and class, which have no limit that is documented.
const WORD: usize = 255;
/// Links of an event, which have no limit that is documented.
const LINKS: usize = 10;
/// More than a person reads; a part of 20 lines, each of 1,000 characters of at most 4 bytes, has 80 KB.
const ROOM: Room = Room { lines: 20, longest: 1000 };

/// An event, its members in the order that people read them in.
#[derive(Serialize)]
struct Event<'a> {
    routing_key: &'a str,
    event_action: &'static str,
    dedup_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<Payload<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Link<'a>>,
}

#[derive(Serialize)]
struct Payload<'a> {
    summary: String,
    source: String,
    severity: &'static str,
    timestamp: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<String>,
    group: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<String>,
    #[serde(serialize_with = "in_order")]
    custom_details: Vec<(String, String)>,
}

#[derive(Serialize)]
struct Link<'a> {
    href: &'a str,
    text: String,
}

fn in_order<S: Serializer>(details: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(details.iter().map(|(name, text)| (name, text)))
}

/// What is sent to `https://events.pagerduty.com/v2/enqueue` for the integration of `routing_key`.
pub fn event(notice: &Notice, routing_key: &Confidential) -> Post {
    let action = action(&notice.what);
    let is_trigger = action == "trigger";
    let links = if is_trigger { links(notice, LINKS) } else { Vec::new() };
    let mut event = Event {
        routing_key: &routing_key.0,
        event_action: action,
        dedup_key: notice.key.as_str(),
        payload: is_trigger.then(|| payload(notice)),
        client: is_trigger.then_some("Caretaker"),
        links: links.into_iter().map(|(text, href)| Link { href, text }).collect(),
    };
    let left = EVENT.saturating_sub(Post::json(&event).body.0.len());
    if let Some(payload) = &mut event.payload {
        payload.custom_details = details(notice, left);
    }
    Post::json(&event)
}

fn action(what: &What) -> &'static str {
    match what {
        What::Acknowledged { .. } => "acknowledge",
        What::Resolved => "resolve",
        _ => "trigger",
    }
}

/// All but the details.
fn payload(notice: &Notice) -> Payload<'_> {
    let tenant = match &notice.tenants[..] {
        [only] => format!("/{}", only.id),
        _ => String::new(),
    };
    let word = |text: &String| Some(cut(&line(text), WORD)).filter(|word| !word.is_empty());
    Payload {
        summary: summary(notice),
        source: format!("{}{tenant}", place(notice)),
        severity: severity(notice.severity),
        timestamp: notice.since,
        component: notice.services.first().and_then(word),
        group: place(notice),
        class: notice.cause.as_ref().and_then(|cause| word(&cause.what)),
        custom_details: Vec::new(),
    }
}

/// The headline, and the incident's id in brackets: PagerDuty's webhooks tell the title, but not always the key
/// (see [`super::super::inbound::pagerduty`]).
fn summary(notice: &Notice) -> String {
    let end = format!(" [{}]", cut(&line(&notice.incident), 64));
    cut(&headline(notice, false), SUMMARY - units(&end)) + &end
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// As many details as have room in `most` bytes, the most important first.
fn details(notice: &Notice, most: usize) -> Vec<(String, String)> {
    let (mut details, mut left) = (Vec::new(), most);
    for Part { label, lines } in first_parts(notice, ROOM).into_iter().chain(last_parts(notice, ROOM)) {
        // Quotes, colon and comma stand around the two.
        let room = left.saturating_sub(label.len() + 6);
        let text = cut_as(&lines.join("\n"), room, MORE, |_| None, json_length);
        if !text.is_empty() {
            left = room - json_length(&text);
            details.push((label.to_lowercase().replace(' ', "_"), text));
        }
    }
    details
}

/// Bytes of `text` within JSON.
fn json_length(text: &str) -> usize {
    text.chars().map(|letter| if matches!(letter, '"' | '\\' | '\n') { 2 } else { letter.len_utf8() }).sum()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::testing::{TOKEN, notice};
    use super::super::tests::check_pagerduty;
    use super::*;

    fn sent(notice: &Notice) -> Value {
        let event = serde_json::from_str(&event(notice, &Confidential("0123456789abcdef0123456789abcdef".into())).body.0).expect("JSON");
        check_pagerduty(&event).expect("an event");
        event
    }

    #[test]
    fn what_has_become_of_an_incident_is_one_of_three_actions() {
        let check = |what, expected: &str| {
            let event = sent(&Notice { what, ..notice() });
            assert_eq!((event["event_action"].as_str(), event["dedup_key"].as_str()), (Some(expected), Some("prod/database/failover")));
        };
        check(What::Opened, "trigger");
        check(What::Updated, "trigger");
        check(What::Escalated { level: 2 }, "trigger");
        check(What::Noted, "trigger");
        check(What::Acknowledged { by: "bob".into() }, "acknowledge");
        check(What::Resolved, "resolve");
    }

    #[test]
    fn an_event_tells_all_but_the_links_with_a_token() {
        let event = sent(&Notice { is_repeat: true, ..notice() });
        insta::assert_json_snapshot!(event);
        assert!(!event.to_string().contains(TOKEN) && !event.to_string().contains("sent again"));
    }

    #[test]
    fn a_summary_is_cut_at_its_limit_and_keeps_the_incident() {
        let check = |title: usize, expected: &str| {
            let summary = summary(&Notice { title: "x".repeat(title), ..notice() });
            assert_eq!(units(&summary), SUMMARY);
            assert!(summary.ends_with(expected), "{summary}");
        };
        // 1024 − 15 of "CRITICAL prod: " − 29 of the id.
        check(980, "xx [01KAN7Z3Q0000000000000000A]");
        check(981, "x… [01KAN7Z3Q0000000000000000A]");
    }

    #[test]
    fn what_has_no_room_is_left_out_from_the_end() {
        let many = vec!["\"\\🔥".repeat(20_000); 1000];
        let notice = Notice { evidence: many.clone(), tried: many.clone(), notes: many.clone(), services: many.clone(), ..notice() };
        assert!(sent(&notice).to_string().len() <= EVENT);
        let told = |most| details(&notice, most).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(told(512_000), ["since", "concerns", "likely_cause", "tried", "notes", "members", "evidence"]);
        assert_eq!(told(50), ["since"]);
        assert_eq!(told(0), [""; 0]);
        assert_eq!(told(20_000), ["since", "concerns", "likely_cause", "tried"]);
    }

    #[test]
    fn an_event_has_exactly_the_room_that_is_left() {
        let notice = Notice { evidence: vec!["\"é🔥".repeat(300); 20], ..notice() };
        for most in 0..3000 {
            let details: serde_json::Map<_, _> = details(&notice, most).into_iter().map(|(name, text)| (name, Value::from(text))).collect();
            assert!(Value::Object(details).to_string().len() <= most + 2, "{most}");
        }
    }
}

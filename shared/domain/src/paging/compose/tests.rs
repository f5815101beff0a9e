use jiff::SignedDuration;

use super::*;
use crate::paging::desk::Judgement;
use crate::paging::desk::Standing;
use crate::paging::desk::testing::{at, of, repair, signal};
use crate::paging::signal::State;

/// Those who have it hear of everything, those beside them of no end; what is information goes elsewhere.
const ROUTES: &str = r#"
schema = 1
[[receiver]]
id = "slack"
kind = "slack"
secret = "slack"
fallback = "mail"
[[receiver]]
id = "mail"
kind = "email"
topic = "{alerts_topic}"
[[receiver]]
id = "hook"
kind = "webhook"
secret = "hook"
[[receiver]]
id = "board"
kind = "dashboard"
[[person]]
id = "ada"
name = "Ada"
receivers = ["hook"]
[[route]]
id = "notes"
match = { severity = "info" }
to = ["mail", "board"]
[[route]]
id = "mirror"
to = ["ada"]
send_resolved = false
continue = true
[[route]]
id = "all"
to = ["slack"]
"#;

const PLACES: Places<'static> = Places { runbooks: "https://example.com", region: "eu-west-1" };

fn routes() -> Routes {
    Routes::load("f", ROUTES).expect("a file")
}

/// What is told by `desk` after a look at `i1`.
fn told(desk: &mut Desk, second: i64) -> Vec<Delivery> {
    let judged = Judgement::of(desk, "i1", &routes(), &[], Standing::default(), at(second)).expect("it has a source");
    desk.look("i1", &judged, at(second));
    let due = std::mem::take(&mut desk.notices);
    due.iter().flat_map(|due| deliveries(desk, due, &routes(), PLACES, at(second))).collect()
}

fn words(told: &[Delivery]) -> Vec<String> {
    told.iter().map(|delivery| format!("{}: {}", delivery.receiver, delivery.notice.title)).collect()
}

#[test]
fn each_receiver_hears_what_it_wants_to_hear() {
    let check = |what, kind: Option<&str>, wants_resolved: Option<bool>, expected: bool| {
        let means = |kind| serde_json::json!({ "id": "r", "kind": kind, "secret": "s", "topic": "t" });
        let receiver: Option<Receiver> = kind.map(|kind| {
            let mut said = means(kind);
            let unknown: &[&str] = match kind {
                "email" => &["secret"],
                "dashboard" => &["secret", "topic"],
                _ => &["topic"],
            };
            unknown.iter().for_each(|key| drop(said.as_object_mut().and_then(|said| said.remove(*key))));
            serde_json::from_value(said).expect("a receiver")
        });
        let recipient = wants_resolved.map(|wants_resolved| Recipient {
            receiver: "r".into(),
            channel: Channel::Slack,
            person: None,
            fallbacks: Vec::new(),
            wants_resolved,
            why: String::new(),
        });
        assert_eq!(hears(what, receiver.as_ref(), recipient.as_ref()), expected, "{what:?} {kind:?} {wants_resolved:?}");
    };
    check(Becomes::Opened, Some("slack"), Some(false), true);
    check(Becomes::Acknowledged, Some("email"), None, true);
    check(Becomes::Resolved, Some("slack"), Some(true), true);
    check(Becomes::Resolved, Some("slack"), Some(false), false);
    check(Becomes::Merged, Some("slack"), Some(false), false);
    // Who was told by routes that are others by now hears of the end.
    check(Becomes::Resolved, Some("slack"), None, true);
    // Only PagerDuty keeps what has another key by now, whatever else it wants to hear.
    check(Becomes::Superseded, Some("pagerduty"), Some(false), true);
    check(Becomes::Superseded, Some("slack"), Some(true), false);
    check(Becomes::Superseded, Some("webhook"), None, false);
    // No message at all, or a receiver that is gone.
    check(Becomes::Opened, Some("dashboard"), Some(true), false);
    check(Becomes::Opened, None, None, false);
    check(Becomes::Superseded, None, Some(true), false);
}

#[test]
fn what_becomes_of_it_is_told_in_a_word_of_the_notice() {
    let check = |becomes, stage: &Stage, expected| {
        let due = Due { incident: "i1".into(), what: becomes, to: [].into(), level: 1 };
        assert_eq!(what(stage, &due), expected, "{becomes:?}");
    };
    let taken = Stage::Acknowledged { by: "ada".into(), at: at(0) };
    check(Becomes::Opened, &Stage::Open, What::Opened);
    check(Becomes::Worse, &Stage::Open, What::Opened);
    check(Becomes::Escalated, &Stage::Open, What::Escalated { level: 2 });
    check(Becomes::Grown, &taken, What::Updated);
    check(Becomes::Repeated, &Stage::Open, What::Repeated);
    check(Becomes::Unsilenced, &Stage::Open, What::SilenceEnded { ended: "what kept it quiet".into() });
    check(Becomes::Acknowledged, &taken, What::Acknowledged { by: "ada".into() });
    // It was given back before that could be told.
    check(Becomes::Acknowledged, &Stage::Open, What::Updated);
    check(Becomes::Resolved, &Stage::Resolved { at: at(0) }, What::Resolved);
    check(Becomes::Merged, &Stage::Merged { into: "i0".into(), at: at(0) }, What::Resolved);
    check(Becomes::Superseded, &Stage::Open, What::Resolved);
    check(Becomes::Saved, &Stage::Resolved { at: at(0) }, What::Noted);
    check(Becomes::Noted, &Stage::Resolved { at: at(0) }, What::Noted);
}

#[test]
fn a_title_says_of_how_many_it_is_and_that_nobody_is_needed() {
    let check = |what, tenants, expected: &str| assert_eq!(title(what, "tasks fail", tenants), expected);
    check(Becomes::Opened, 0, "tasks fail");
    check(Becomes::Opened, 1, "tasks fail");
    check(Becomes::Worse, 2, "2 tenants: tasks fail");
    check(Becomes::Saved, 1, "repaired, nobody is needed: tasks fail");
    check(Becomes::Saved, 3, "repaired, nobody is needed: 3 tenants: tasks fail");
}

#[test]
fn what_is_told_goes_to_those_whom_the_routes_name_with_those_who_stand_in() {
    let mut desk = Desk::default();
    desk.take(signal("web", State::Firing, 0), of("demo", "web", &[]), Severity::Warning, "i1", SignedDuration::ZERO, at(0));
    let opened = told(&mut desk, 0);
    assert_eq!(words(&opened), ["hook: web is at fault", "slack: web is at fault"]);
    let (hook, slack) = (&opened[0], &opened[1]);
    assert_eq!((hook.notice.recipient.as_str(), slack.notice.recipient.as_str()), ("ada by hook", "slack"));
    assert_eq!(slack.fallbacks, ["mail"]);
    assert_eq!(slack.notice.delivery, format!("i1-opened-{}", at(0).as_millisecond()));
    assert_eq!(
        (slack.notice.severity, slack.notice.environment.as_ref().map(ToString::to_string)),
        (Severity::Warning, Some("dev".into()))
    );
    assert_eq!(slack.notice.notes, [""; 0]);
    // Its end is told to those who want to hear it.
    desk.take(signal("web", State::Over, 60), of("demo", "web", &[]), Severity::Warning, "i2", SignedDuration::ZERO, at(60));
    assert_eq!(words(&told(&mut desk, 60)), ["slack: web is at fault"]);
}

#[test]
fn what_was_repaired_is_told_as_information_to_those_who_like_to_know() {
    let mut desk = Desk::default();
    let mut take = |signal, severity, second| {
        desk.take(signal, of("demo", "celery", &["redis"]), severity, "i1", SignedDuration::from_secs(20), at(second));
    };
    take(repair("oom", 0), Severity::Info, 0);
    take(signal("alarm", State::Firing, 5), Severity::Critical, 5);
    take(signal("alarm", State::Over, 10), Severity::Critical, 10);
    take(signal("oom", State::Over, 11), Severity::Info, 11);
    let saved = told(&mut desk, 11);
    assert_eq!(words(&saved), ["mail: repaired, nobody is needed: alarm is at fault"]);
    assert_eq!(saved[0].notice.severity, Severity::Info);
    assert_eq!(saved[0].notice.notes, ["Nobody was paged: Caretaker has repaired it while the page was put off."]);
    assert_eq!(saved[0].notice.tried, ["raised its memory"]);
}

#[test]
fn what_is_worse_is_told_anew_under_another_key_and_what_was_told_ends() {
    let mut desk = Desk::default();
    desk.take(signal("web", State::Firing, 0), of("demo", "web", &[]), Severity::Warning, "i1", SignedDuration::ZERO, at(0));
    told(&mut desk, 0);
    desk.take(signal("web", State::Firing, 9), of("demo", "web", &[]), Severity::Critical, "i2", SignedDuration::ZERO, at(9));
    let routes = ROUTES.replace("kind = \"slack\"", "kind = \"pagerduty\"");
    let routes = Routes::load("f", &routes).expect("a file");
    let judged = Judgement::of(&desk, "i1", &routes, &[], Standing::default(), at(9)).expect("it has a source");
    desk.look("i1", &judged, at(9));
    let due = std::mem::take(&mut desk.notices);
    let told: Vec<_> = due.iter().flat_map(|due| deliveries(&desk, due, &routes, PLACES, at(9))).collect();
    let found: Vec<_> = told.iter().map(|one| (one.receiver.as_str(), one.notice.key.as_str(), one.notice.notes.join(" "))).collect();
    let (ends, anew) = ("It is worse by now, and goes on as another incident.", "It is worse than was told before.");
    let expected = [("slack", "caretaker/i1", ends), ("hook", "caretaker/i1/1", anew), ("mail", "caretaker/i1/1", anew)];
    assert_eq!(found, expected.map(|(receiver, key, note)| (receiver, key, note.to_owned())));
}

#[test]
fn of_what_has_no_source_nothing_is_told() {
    let due = Due { incident: "i1".into(), what: Becomes::Opened, to: ["slack".to_owned()].into(), level: 0 };
    assert_eq!(deliveries(&Desk::default(), &due, &routes(), PLACES, at(0)), []);
}

#[test]
fn what_is_taken_in_by_another_ends_under_its_own_key() {
    let mut desk = Desk::default();
    let fire = |desk: &mut Desk, about: &str, on: &[&str], id: &str, second| {
        desk.take(signal(about, State::Firing, second), of("demo", about, on), Severity::Warning, id, SignedDuration::ZERO, at(second));
    };
    fire(&mut desk, "web", &["database"], "i1", 0);
    told(&mut desk, 0);
    fire(&mut desk, "celery", &["database"], "i2", 1_000);
    let judged = Judgement::of(&desk, "i2", &routes(), &[], Standing::default(), at(1_000)).expect("it has a source");
    desk.look("i2", &judged, at(1_000));
    desk.notices.clear();
    fire(&mut desk, "database", &[], "i3", 1_200);
    let due = std::mem::take(&mut desk.notices);
    let told: Vec<_> = due.iter().flat_map(|due| deliveries(&desk, due, &routes(), PLACES, at(1_200))).collect();
    let found: Vec<_> = told.iter().map(|one| (one.receiver.as_str(), one.notice.key.as_str(), &one.notice.what)).collect();
    // Beside them are those that want to hear of no end.
    assert_eq!(found, [("slack", "caretaker/i2", &What::Resolved)]);
    assert_eq!(told[0].notice.notes, ["It is of the same fault as another incident, which goes on."]);
}

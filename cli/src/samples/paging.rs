//! Desks of paging: in `dev` a database is down and explains why tasks fail, somebody has a high load that is silenced, and a long queue is
//! over; of no environment AWS tells of trouble.

use std::collections::{BTreeMap, BTreeSet};

use domain::incident::Severity;
use domain::ledger::{Item, Write};
use domain::paging::delivery::Delivery;
use domain::paging::desk::{Desk, Line, SILENCE, incident_key, partition, past, timeline};
use domain::paging::heard::{Heard, source};
use domain::paging::incident::{Incident, Stage, Told};
use domain::paging::notice::{DedupKey, Links, Members, Notice, What};
use domain::paging::retry::Tries;
use domain::paging::signal::{About, Producer, Signal, State};
use domain::paging::silence::Silence;
use domain::paging::subject::Subject;
use domain::resource::ResourceId;
use domain::tenant::EnvironmentName;
use serde_json::json;

use super::{Shelf, book, moment};

/// Critical, told to PagerDuty, and nobody has it.
pub(crate) const DATABASE: &str = "dev-0k3c9v4a7d2f";
/// A warning that bob has.
pub(crate) const LOAD: &str = "dev-0k3c9v4a7d30";
/// Information, of no environment, that is still gathered.
pub(crate) const ACCOUNT: &str = "0k3c9v4a7d40";
/// Over, and its signals are forgotten.
pub(crate) const OVER: &str = "dev-0k3c9v4a7c00";

fn dev() -> EnvironmentName {
    "dev".parse().unwrap()
}

fn signal(key: &str, title: &str, cause: &str, seconds: i64) -> Signal {
    Signal {
        key: format!("alarm/{key}"),
        producer: Producer::Alarm,
        state: State::Firing,
        at: moment(seconds),
        severity: None,
        about: About::Account,
        name: key.into(),
        title: title.into(),
        cause: cause.into(),
        evidence: Vec::new(),
        tried: Vec::new(),
        links: BTreeMap::new(),
        muted: None,
    }
}

fn hear(desk: &mut Desk, incident: &str, signal: Signal, subject: Subject, severity: Severity) {
    let key = source(&signal.key);
    let heard = Heard { incident: Some(incident.to_owned()), ..Heard::of(signal, subject, severity) };
    desk.heard.insert(key, heard);
}

fn of(owner: &str, resource: &str, service: Option<&str>, stands_on: &[&str]) -> Subject {
    Subject {
        owner: Some(owner.parse().unwrap()),
        blueprint: Some("mate".into()),
        resource: Some(resource.into()),
        service: service.map(str::to_owned),
        about: BTreeSet::from([ResourceId::from(resource)]),
        stands_on: stands_on.iter().map(|id| ResourceId::from(*id)).collect(),
        ..Subject::default()
    }
}

/// The desk of `dev`.
pub(crate) fn desk() -> Desk {
    let mut desk = Desk::default();
    let (demo, acme) = ("tenant#dev#demo", "tenant#dev#acme");
    let receivers: BTreeSet<String> = ["pagerduty".to_owned()].into();
    let (since, at, members) = (moment(-540), moment(-540), BTreeSet::new());
    let told = Told { since, at, level: 0, severity: Severity::Critical, members, receivers };
    let opened = Incident::open(DATABASE.into(), Severity::Critical, moment(60), moment(-600));
    desk.incidents.insert(DATABASE.into(), Incident { told: Some(told), quiet: None, ..opened });
    let taken = Stage::Acknowledged { by: "bob".into(), at: moment(-60) };
    let opened = Incident::open(LOAD.into(), Severity::Warning, moment(60), moment(-300));
    desk.incidents.insert(LOAD.into(), Incident { stage: taken, quiet: None, ..opened });
    let gone = signal("database-down", "the database is gone", "the disk is full", -600);
    hear(&mut desk, DATABASE, gone, of(demo, "database", None, &[]), Severity::Critical);
    let fails = signal("task-failures", "tasks fail", "", -540);
    hear(&mut desk, DATABASE, fails, of(demo, "django", Some("mate-demo-dev-django"), &["database"]), Severity::Warning);
    hear(&mut desk, LOAD, signal("load", "the load is high", "", -300), of(acme, "flower", None, &[]), Severity::Warning);
    desk
}

/// The desk of what is of no environment.
fn account() -> Desk {
    let mut desk = Desk::default();
    desk.incidents.insert(ACCOUNT.into(), Incident::open(ACCOUNT.into(), Severity::Info, moment(20), moment(-5)));
    hear(&mut desk, ACCOUNT, signal("health", "AWS has trouble", "", -5), Subject::default(), Severity::Info);
    desk
}

fn silence() -> Silence {
    let silence = json!({ "id": "s1", "matchers": { "tenant": "acme" }, "starts": moment(-30), "ends": moment(3_600), "by": "amy",
        "reason": "load test" });
    serde_json::from_value(silence).unwrap()
}

/// The message to Slack that waits.
fn waiting() -> Delivery {
    let notice = Notice {
        delivery: "d1".into(),
        what: What::Opened,
        incident: DATABASE.into(),
        key: DedupKey::of(DATABASE),
        severity: Severity::Critical,
        title: "the database is gone".into(),
        since: moment(-600),
        now: moment(-60),
        environment: Some(dev()),
        tenants: Vec::new(),
        services: Vec::new(),
        cause: None,
        members: Members::default(),
        evidence: Vec::new(),
        tried: Vec::new(),
        notes: Vec::new(),
        proposal: None,
        links: Links::default(),
        is_repeat: false,
        recipient: "slack".into(),
    };
    let tries = Tries { count: 2, since: moment(-60), is_last: false };
    let created = Delivery::new("slack".into(), vec!["email".into()], notice, moment(-60));
    Delivery { tries: Some(tries), next: moment(30), ..created }
}

fn put(write: Write) -> Option<Item> {
    match write {
        Write::Put(item, _) => Some(item),
        _ => None,
    }
}

fn line(incident: &str, seconds: i64, text: &str) -> Item {
    let line = Line { incident: incident.into(), at: moment(seconds), text: text.into() };
    Item::new(&timeline(incident), &format!("{}#000#1", line.at), &line)
}

/// All of it in the table of paging, and environments in the ledger.
pub(crate) fn shelf() -> Shelf {
    let written = |desk: Desk, partition: &str| desk.writes(&Desk::default(), partition, moment(0)).into_iter().filter_map(put);
    let (dev, nowhere) = (partition(Some(&dev())), partition(None));
    let over = Incident::open(OVER.into(), Severity::Warning, moment(-10_800), moment(-10_800));
    let over = Incident { stage: Stage::Resolved { at: moment(-7_200) }, quiet: None, ..over };
    let others = [
        Item::new(&past(&dev), &incident_key(OVER), &over),
        Item::new(&dev, &format!("{SILENCE}s1"), &silence()),
        line(OVER, -10_800, "warning: the queue is long"),
        line(DATABASE, -600, "critical: the database is gone"),
        line(DATABASE, -580, "told first: level 1, pagerduty"),
        line(DATABASE, -579, "delivered to pagerduty"),
    ];
    let items = written(desk(), &dev).chain(written(account(), &nowhere)).chain(others).chain(put(waiting().write()));
    items.fold(Shelf::new(vec![book(1, 1)]), Shelf::with)
}

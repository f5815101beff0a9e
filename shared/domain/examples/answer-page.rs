//! The page by which somebody takes on an incident, as `answer-link` makes it: with ordinary texts, and with hostile ones. Written as one
//! JSON object: headers, token, and each page with the one that its button leads to.
//!
//! `local/answer_page.py` shows it to a browser.

use std::collections::BTreeMap;
use std::io::{Error, Write as _};

use domain::answering::claims::{Claims, Purpose};
use domain::answering::keys::Keys;
use domain::answering::page::{View, acknowledged, headers, incident};
use domain::answering::token::sign;
use domain::incident::Severity;
use domain::paging::desk::{Desk, Line, partition};
use domain::paging::signal::{About, Producer, Signal, State};
use domain::paging::subject::Subject;
use domain::remediation::story::digest;
use domain::resource::ResourceId;
use domain::tenant::Owner;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const ID: &str = "prod-0h7k2m9x4qrs";

/// What people read on most nights: the title of the incident, and those of the alarms that it explains.
const ORDINARY: [&str; 5] = [
    "Database mate-acme-prod: fails over",
    "mate-acme-prod-database-connections: DatabaseConnections is above 90",
    "mate-acme-prod-unhealthy-targets: UnHealthyHostCount is above 0",
    "mate-acme-prod-task-failures: RunningTaskCount is below 1",
    "mate-acme-prod-balancer-errors: HTTPCode_Target_5XX_Count is above 10",
];

/// What whoever names alarms, tasks and tenants might write. Each would set the title of the page if it were heeded.
const HOSTILE: [&str; 5] = [
    "<script>document.title='run'</script>",
    "<img src=x onerror=\"document.title='run'\">",
    "\"><svg onload=document.title='run'>",
    "</li></ul></main><a href=\"javascript:document.title='run'\">Acknowledge here</a>",
    "{{ title }} &lt;b&gt;bold&lt;/b&gt; 'single' \"double\"",
];

fn signal(n: usize, title: String, at: Timestamp) -> Signal {
    Signal {
        key: format!("alarm/{n:02}"),
        producer: Producer::Alarm,
        state: State::Firing,
        at,
        severity: None,
        about: About::Account,
        name: format!("alarm-{n}"),
        cause: title.clone(),
        title,
        evidence: Vec::new(),
        tried: Vec::new(),
        links: BTreeMap::new(),
        muted: None,
    }
}

/// A desk with one incident of so many signals, and the incident's timeline.
fn desk(texts: &[&str], signals: usize, now: Timestamp) -> Result<(Desk, Vec<Line>), Error> {
    let owner: Owner = "tenant#prod#acme".parse().map_err(Error::other)?;
    let mut desk = Desk::default();
    for n in 0..signals {
        // All are of the same thing, so that they are of one fault.
        let subject = Subject { owner: Some(owner.clone()), about: [ResourceId("database".to_owned())].into(), ..Subject::default() };
        let title = texts[n % texts.len()].to_owned();
        desk.take(signal(n, title, now), subject, Severity::Critical, ID, SignedDuration::ZERO, now);
    }
    let mut lines = desk.lines.clone();
    let later = ["told first: level 1, pagerduty", "delivered to pagerduty", texts[1]];
    lines.extend(later.map(|text| Line { incident: ID.to_owned(), at: now + SignedDuration::from_secs(4), text: text.to_owned() }));
    Ok((desk, lines))
}

fn pages(texts: &[&str], signals: usize, claims: &Claims, token: &str, now: Timestamp) -> Result<Value, Error> {
    let (desk, lines) = desk(texts, signals, now)?;
    let open = desk.incidents.get(ID).ok_or_else(|| Error::other("no incident was opened"))?;
    Ok(json!({ "texts": texts, "asked": incident(claims, &View::new(&desk, open, &lines), token), "done": acknowledged(claims) }))
}

fn main() -> Result<(), Error> {
    let now: Timestamp = "2026-11-21T02:00:00Z".parse().map_err(Error::other)?;
    let owner: Owner = "environment#prod".parse().map_err(Error::other)?;
    let claims = |recipient: String| Claims {
        purpose: Purpose::Acknowledge,
        owner: owner.clone(),
        subject: partition(Some(owner.environment())),
        id: ID.to_owned(),
        digest: digest(ID),
        recipient,
        expires: now + SignedDuration::from_hours(24),
    };
    let keys = Keys::read(&json!({ "key": "k".repeat(64) }).to_string()).map_err(Error::other)?;
    let (ada, eve) = (claims("Ada Lovelace".to_owned()), claims(format!("Eve {}", HOSTILE[2])));
    let token = sign(&ada, &keys);
    let shown = json!({
        "headers": BTreeMap::from(headers()),
        "token": token,
        "ordinary": pages(&ORDINARY, ORDINARY.len(), &ada, &token, now)?,
        "hostile": pages(&HOSTILE, 24, &eve, &token, now)?,
    });
    writeln!(std::io::stdout(), "{shown}")
}

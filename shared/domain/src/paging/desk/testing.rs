//! Signals and whom they are of, as they might be.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::paging::signal::{About, Producer, Signal, State};
use crate::paging::subject::Subject;
use crate::resource::ResourceId;

/// So many seconds after a moment.
pub(in crate::paging) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_000_000 + second).expect("a moment")
}

fn ids(names: &[&str]) -> BTreeSet<ResourceId> {
    names.iter().map(|name| ResourceId::from(*name)).collect()
}

/// A thing of a tenant that stands on others.
pub(in crate::paging) fn of(tenant: &str, about: &str, stands_on: &[&str]) -> Subject {
    let owner = format!("tenant#dev#{tenant}").parse().expect("an owner");
    Subject { owner: Some(owner), resource: Some(about.into()), about: ids(&[about]), stands_on: ids(stands_on), ..Subject::default() }
}

/// A thing of the environment.
pub(in crate::paging) fn base() -> Subject {
    Subject { owner: Some("environment#dev".parse().expect("an owner")), about: ids(&["balancer"]), ..Subject::default() }
}

/// What an alarm says.
pub(in crate::paging) fn signal(key: &str, state: State, second: i64) -> Signal {
    Signal {
        key: key.to_owned(),
        producer: Producer::Alarm,
        state,
        at: at(second),
        severity: None,
        about: About::Account,
        name: key.to_owned(),
        title: format!("{key} is at fault"),
        cause: String::new(),
        evidence: Vec::new(),
        tried: Vec::new(),
        links: BTreeMap::new(),
        muted: None,
    }
}

/// What Caretaker says of a repair.
pub(in crate::paging) fn repair(key: &str, second: i64) -> Signal {
    Signal { producer: Producer::Caretaker, tried: vec!["raised its memory".to_owned()], ..signal(key, State::Firing, second) }
}

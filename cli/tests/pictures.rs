//! Pictures of a whole MATE, drawn from the ledger that the functions have written on the simulator.
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeMap;

use caretaker::graph::graph;
use caretaker::read::Ledger;
use futures::executor::block_on;
use scenarios::begun::{Reader, asked};
use scenarios::local_cloud::root;
use scenarios::scenario::Scenario;

/// The picture of the tenant, or of its base.
fn drawn(scenario: &Scenario, tenant: Option<&str>) -> (String, BTreeMap<String, String>) {
    let ledger = Ledger { cloud: Reader(scenario), table: "simulated".to_owned() };
    let (tenant, environment) = (tenant.map(|name| name.parse().unwrap()), "dev".parse().unwrap());
    let report = block_on(graph(&ledger, tenant.as_ref(), Some(&environment), None)).unwrap();
    let nodes = report.json["picture"]["nodes"].as_array().unwrap().iter();
    let looks = nodes.map(|node| (node["id"].as_str().unwrap().to_owned(), node["look"].as_str().unwrap().to_owned())).collect();
    (report.text, looks)
}

// Invariant: all that a tenant is to have is in its picture from its first moment to its last, with how it stands.

#[test]
fn a_tenant_is_shown_whole_from_its_event_to_its_end() {
    let scenario = asked("trial");
    let (_, before) = drawn(&scenario, Some("demo"));
    scenario.wait(120);
    let (_, working) = drawn(&scenario, Some("demo"));
    scenario.rest();
    let (picture, ready) = drawn(&scenario, Some("demo"));
    assert!(before.keys().eq(ready.keys()) && working.keys().eq(ready.keys()), "{before:?} {working:?}");
    assert!(ready.values().all(|look| look == "ready") && !before.values().any(|look| look == "stuck"), "{before:?} {ready:?}");
    assert!(working.values().any(|look| look == "ready") && working.values().any(|look| look == "waiting"), "{working:?}");
    for id in ready.keys() {
        assert_eq!(picture.matches(&format!("<title>{id} (")).count(), 1, "{id}");
    }
    assert!(drawn(&scenario, None).1.contains_key("vpc"), "the base has a picture of its own");
}

#[test]
fn the_picture_in_the_readme_shows_the_tenant_of_today() {
    let scenario = asked("trial");
    let (_, looks) = drawn(&scenario, Some("demo"));
    let committed = std::fs::read_to_string(root().join("docs/mate-tenant.svg")).expect("make picture");
    let missing: Vec<_> = looks.keys().filter(|id| !committed.contains(&format!("{id} ("))).collect();
    assert!(missing.is_empty(), "make picture: it lacks {missing:?}");
}

//! What carries an owner's tags and has no record: found by the daily look, told once, left alone.

use domain::ports::CreateSecurityGroup;
use domain::resource::{INCARNATION_TAG, OWNER_TAG, RESOURCE_TAG, Tags};
use scenarios::scenario::{Said, Scenario};
use scenarios::simulator::Environment;
use serde_json::json;

fn ready() -> Scenario {
    let scenario = Scenario::default();
    scenario.want("trial", 1);
    scenario.rest();
    scenario
}

/// Makes a group of the tenant's that nobody has a record of, as a bug or a half-done repair would.
fn forgotten(scenario: &Scenario) {
    let tags = [(OWNER_TAG, "tenant/dev/demo".to_owned()), (INCARNATION_TAG, scenario.life()), (RESOURCE_TAG, "old-group".to_owned())];
    let tags: Tags = tags.map(|(key, value)| (key.to_owned(), value)).into();
    let vpc = Environment::dev().outputs()["vpc.id"].clone();
    scenario.simulator.by_hand(CreateSecurityGroup { name: "old".into(), vpc, tags }).expect("AWS takes it");
}

fn told(scenario: &Scenario) -> Vec<Said> {
    scenario.said().into_iter().filter(|said| said.kind == "tenant-orphans-found").collect()
}

fn day(scenario: &Scenario) {
    scenario.look_over("demo");
    scenario.rest();
}

#[test]
fn what_no_record_names_is_told_by_the_second_daily_look_and_left_alone() {
    let scenario = ready();
    let life = scenario.life();
    forgotten(&scenario);
    let before = scenario.simulator.census();
    day(&scenario);
    assert!(told(&scenario).is_empty(), "AWS goes on showing what is gone for a while");
    assert_eq!(scenario.state("demo").map(|state| state.orphans.len()), Some(1), "caretaker status shows it");
    day(&scenario);
    day(&scenario);
    let told = told(&scenario);
    assert_eq!(told.len(), 1, "it is told once");
    let orphans = told[0].detail["orphans"].as_object().cloned().unwrap_or_default();
    assert_eq!(orphans.values().collect::<Vec<_>>(), [&json!(format!("old-group of life {life}"))]);
    assert_eq!((scenario.simulator.census(), scenario.phase("demo").as_str()), (before, "Ready"));
}

#[test]
fn a_tenant_that_leaves_nothing_behind_has_no_orphans() {
    let scenario = ready();
    for _ in 0..3 {
        day(&scenario);
    }
    assert_eq!(scenario.state("demo").map(|state| state.orphans), Some(Default::default()));
    assert!(told(&scenario).is_empty());
}

#[test]
fn what_stands_after_its_tenant_is_gone_is_found_as_well() {
    let scenario = ready();
    forgotten(&scenario);
    let life = scenario.intent("demo").incarnation.expect("it lives").to_string();
    scenario.order("destroy-data", &life, None);
    scenario.rest();
    day(&scenario);
    day(&scenario);
    assert_eq!(told(&scenario).len(), 1, "{:?}", scenario.state("demo"));
    let mark = scenario.simulator.log().mark();
    day(&scenario);
    assert!(scenario.simulator.log().since(mark).iter().all(|entry| entry.operation == "dynamodb.ReadOwner"), "then it is left in peace");
}

//! What cannot be changed is replaced: another is made, what uses it moves over, and then it goes.

use std::path::PathBuf;
use std::rc::Rc;

use domain::blueprint::Blueprint;
use domain::wake::Pace;
use provision_tenant::handler::Context;
use scenarios::driver::{event, serve, shipped};
use scenarios::scenario::Scenario;
use scenarios::simulator::{Limits, Simulator};
use scenarios::strikes::{KILLS, LOST, Life};
use serde_json::{Value, json};

/// The blueprint of `file` as somebody has edited it since.
fn edited(file: &str, from: &str, to: &str) -> Rc<Context> {
    let text = std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file)).expect("it is read");
    assert!(text.contains(from), "{file} has {from}");
    let blueprint = Blueprint::load(file, &text.replace(from, to)).unwrap_or_else(|error| panic!("{error}"));
    Rc::new(Context { blueprints: vec![blueprint], sbt: None, pace: Pace::AWS })
}

fn front_on_another_port() -> Rc<Context> {
    edited("blueprints/balancing.toml", "port = 8000, path", "port = 8001, path")
}

fn data_elsewhere() -> Rc<Context> {
    edited("../blueprints/mate.toml", "path = \"/data\", uid", "path = \"/tenant\", uid")
}

fn environment(version: u64) -> String {
    let kind = if version == 1 { "environment-created" } else { "environment-updated" };
    event(kind, json!({ "blueprint": "balancing", "version": version }))
}

fn standing(simulator: &Simulator) -> Vec<String> {
    simulator.census().lines.into_iter().filter(|line| line.contains("balancing-dev")).collect()
}

/// A tenant of MATE whose blueprint has been edited since it came to rest.
fn tenant() -> Scenario {
    let scenario = Scenario::on_mate(0, &shipped());
    scenario.want("trial", 1);
    scenario.rest();
    serve(&scenario.simulator, &data_elsewhere(), Limits::default());
    scenario
}

fn access_points(scenario: &Scenario) -> Vec<String> {
    scenario.standing("access-point").into_iter().filter(|line| line.contains("demo")).collect()
}

// Invariant: the new one stands and is used before the old one goes.

#[test]
fn a_tenants_access_point_is_replaced_under_its_services() {
    let scenario = tenant();
    let (before, mark) = (access_points(&scenario), scenario.simulator.log().mark());
    scenario.sweep("demo");
    scenario.rest();
    let log = scenario.simulator.log();
    let position = |operation: &str| log.since(mark).iter().rposition(|entry| entry.operation == operation);
    let order = ["elasticfilesystem.CreateAccessPoint", "ecs.UpdateService", "elasticfilesystem.DeleteAccessPoint"].map(position);
    assert!(order.is_sorted() && order.iter().all(Option::is_some), "{order:?}");
    drop(log);
    let after = access_points(&scenario);
    assert_eq!(before.len(), after.len(), "{after:#?}");
    assert!(after.iter().any(|line| line.contains("/tenant")) && !after.iter().any(|line| line.contains("/data")), "{after:#?}");
    assert_eq!(scenario.phase("demo"), "Ready");
    let outputs = scenario.state("demo").expect("it has a state").outputs;
    assert!(outputs.contains_key("data-access.id") && outputs.keys().all(|name| !name.contains('@')), "{outputs:?}");
    let mark = scenario.simulator.log().mark();
    scenario.wait(86_400);
    scenario.sweep("demo");
    scenario.rest();
    assert_eq!(scenario.simulator.log().changes_since(mark), Vec::<&_>::new(), "it is at rest");
}

#[test]
fn what_has_been_replaced_goes_with_its_tenant() {
    let scenario = tenant();
    scenario.sweep("demo");
    scenario.rest();
    let life = scenario.intent("demo").incarnation.expect("it lives").to_string();
    scenario.order("destroy-data", &life, None);
    scenario.rest();
    assert_eq!(scenario.last().detail["leftovers"], json!([]));
    assert_eq!(access_points(&scenario), Vec::<String>::new());
}

#[test]
fn it_is_replaced_once_more_by_the_next_edit() {
    let scenario = tenant();
    scenario.sweep("demo");
    scenario.rest();
    serve(&scenario.simulator, &shipped(), Limits::default());
    scenario.sweep("demo");
    scenario.rest();
    let after = access_points(&scenario);
    assert!(after.iter().any(|line| line.contains("/data")) && !after.iter().any(|line| line.contains("/tenant")), "{after:#?}");
    assert!(scenario.record(&scenario.life(), "data-access@3").is_some_and(|record| record.stood));
}

#[test]
fn a_dry_run_shows_the_replacement_and_makes_none() {
    let scenario = tenant();
    let before = scenario.simulator.census();
    scenario.tell("tenant-updated", json!({ "tier": "trial", "version": 2, "dryRun": true }));
    scenario.rest();
    let steps = scenario.last().detail["steps"].as_array().cloned().unwrap_or_default();
    let changes: Vec<&Value> = steps.iter().map(|step| &step["change"]).collect();
    assert_eq!(changes, [&json!({ "replace": [{ "property": "path", "before": "/data", "after": "/tenant" }] })]);
    assert_eq!(scenario.simulator.census(), before);
}

// Invariant: what holds data is not replaced, nor removed by an edit: the plan says what that would destroy.

#[test]
fn an_edit_that_would_destroy_data_is_refused_with_what_it_would_destroy() {
    let scenario = Scenario::default();
    scenario.want("trial", 1);
    scenario.rest();
    let before = scenario.simulator.census();
    let without = edited("blueprints/small.toml", "tenant-data", "other-data");
    serve(&scenario.simulator, &without, Limits::default());
    scenario.tell("tenant-updated", json!({ "tier": "trial", "version": 2, "dryRun": true }));
    scenario.rest();
    let planned = scenario.last();
    let why = planned.detail["waiting"]["tenant-data"].as_str().unwrap_or_default();
    assert!(why.contains("efs-file-system mate-demo-dev-data holds data"), "{:#?}", planned.detail);
    assert_eq!(scenario.simulator.census(), before);
}

// Invariant: a crash after any call of a replacement changes nothing of its end.

#[test]
fn a_strike_at_any_call_of_a_replacement_changes_nothing() {
    let events = [environment(1), environment(2)];
    let life = Life { edited: Some(front_on_another_port()), ..Life::of("balancing", &events, standing) };
    let end = life.assert_same_end(&[KILLS, LOST].concat());
    assert!(end.iter().any(|line| line.contains("balancing-dev-web-r2") && line.contains("8001")), "{end:#?}");
    assert!(!end.iter().any(|line| line.contains("port\":8000") || line.contains(" 8000")), "{end:#?}");
}

//! The life of a tenant: the newest event decides, people are heeded, data outlives mistakes.

use domain::kind::Detail;
use domain::ports::{
    DatabaseChange, DeleteDatabase, DeleteMountTarget, DeleteSecret, DeleteService, DescribeDatabase, DescribeMountTargets,
    DescribeService, DescribeTaskDefinition, ModifyDatabase, RegisterTaskDefinition, Reply, UpdateService,
};
use domain::resource::Tags;
use scenarios::driver::event;
use scenarios::fixtures;
use scenarios::scenario::Scenario;
use scenarios::simulator::{Aim, Environment, Strike};
use serde_json::json;

mod data;
mod drift;
mod events;

const DATABASE: &str = "mate-demo-dev";
const SERVICE: &str = "mate-demo-dev-django";

fn ready(tier: &str) -> Scenario {
    let scenario = Scenario::default();
    scenario.want(tier, 1);
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1"]);
    scenario
}

fn modify(scenario: &Scenario, change: DatabaseChange) {
    let change = DatabaseChange { apply_immediately: true, ..change };
    scenario.simulator.by_hand(ModifyDatabase { name: DATABASE.into(), change }).expect("AWS takes it");
}

// Invariant: an operator's orders are heeded, and only as long as they hold.

#[test]
fn paused_at_any_moment_nothing_is_changed_until_resumed() {
    for seconds in [0, 5, 60, 400, 460, 2000] {
        let scenario = Scenario::default();
        scenario.want("trial", 1);
        scenario.wait(seconds);
        scenario.order("pause", &scenario.life(), None);
        scenario.rest();
        assert_eq!(scenario.phase("demo"), "Paused", "after {seconds} s");
        let mark = scenario.simulator.log().mark();
        scenario.want("standard", 2);
        scenario.rest();
        scenario.sweep("demo");
        scenario.rest();
        let log = scenario.simulator.log();
        assert_eq!(log.changes_since(mark), Vec::<&_>::new(), "after {seconds} s");
        assert!(log.counts_since(mark).contains_key("rds.DescribeDatabase"), "it is still looked at");
        scenario.order("resume", &scenario.life(), None);
        scenario.rest();
        scenario.assert_tidy();
        assert_eq!((scenario.phase("demo").as_str(), scenario.last().version), ("Ready", 2), "after {seconds} s");
    }
}

#[test]
fn an_order_about_another_version_or_life_is_refused_and_said_so() {
    let scenario = ready("trial");
    let stranger = "01k00000000000000000000000";
    for (life, version) in [(stranger, 1), (scenario.life().as_str(), 9)] {
        scenario.tell("tenant-privileged", json!({ "action": "pause", "version": version, "incarnation": life }));
        scenario.rest();
        assert!(scenario.last().detail["reason"].to_string().contains("look again"), "{:?}", scenario.last());
        assert_eq!(scenario.phase("demo"), "Ready");
    }
}

#[test]
fn data_is_destroyed_by_order_alone_and_then_wholly() {
    let scenario = ready("standard");
    scenario.order("destroy-data", &scenario.life(), None);
    scenario.rest();
    scenario.assert_tidy();
    assert_eq!(scenario.simulator.census().lines, [""; 0]);
    assert_eq!((scenario.phase("demo").as_str(), scenario.counted()), ("Removed", 0));
    assert_eq!((&scenario.last().detail["retained"], &scenario.last().detail["leftovers"]), (&json!({}), &json!([])));
}

#[test]
fn what_a_deletion_has_kept_can_be_destroyed_later() {
    let scenario = ready("trial");
    scenario.delete(2);
    scenario.rest();
    assert_eq!(
        scenario.simulator.census().lines.len(),
        4,
        "two secrets in recovery, a file system, a snapshot: {}",
        scenario.simulator.census()
    );
    scenario.order("destroy-data", &scenario.life(), None);
    scenario.rest();
    scenario.assert_tidy();
    assert_eq!(scenario.simulator.census().lines, [""; 0]);
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1", "tenant-removed 2", "tenant-removed 3"]);
}

// Invariant: what is not ours is never changed, and is named.

fn foreign() -> Scenario {
    let scenario = Scenario::default();
    let environment = scenario.simulator.environment();
    scenario.simulator.by_hand(fixtures::database(&environment, DATABASE)).expect("AWS takes it");
    scenario.wait(3600);
    scenario.want("trial", 1);
    scenario.rest();
    scenario
}

#[test]
fn a_foreign_database_under_our_name_is_a_conflict_and_left_alone() {
    let scenario = foreign();
    assert_eq!(scenario.heard("demo"), ["tenant-failed 1"]);
    assert!(scenario.last().detail["stuck"]["database"].to_string().contains("db:mate-demo-dev"), "{:?}", scenario.last());
    scenario.delete(2);
    scenario.rest();
    assert_eq!(scenario.phase("demo"), "Removed");
    let log = scenario.simulator.log();
    let touched: Vec<_> = log.all().iter().filter(|entry| entry.mutating && entry.operation.starts_with("rds.")).collect();
    assert_eq!(touched, Vec::<&_>::new());
    assert_eq!(scenario.standing("database").len(), 1);
}

#[test]
fn a_foreign_database_is_taken_over_by_explicit_order() {
    let scenario = foreign();
    let arn = "arn:aws:rds:us-east-1:123456789012:db:mate-demo-dev";
    let Ok(Reply::DescribeDatabase(Some(seen))) = scenario.simulator.by_hand(DescribeDatabase { name: DATABASE.into() }) else {
        panic!("it stands")
    };
    scenario.order("adopt", &scenario.life(), Some(&seen.arn));
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-failed 1", "tenant-ready 1"], "{arn}");
    assert!(scenario.standing("database")[0].contains("caretaker:owner=tenant/dev/demo"));
    assert_eq!(scenario.done("rds.CreateDatabase"), []);
}

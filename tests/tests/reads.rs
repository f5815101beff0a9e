//! Silence: what is as it should be is looked at, cheaply, and left alone.

use std::collections::BTreeMap;

use domain::ports::{Call, Effect, SendMessage};
use scenarios::scenario::Scenario;

/// A whole look: one at each thing, and one more where AWS shows it in two calls.
const LOOKS: [(&str, usize); 7] = [
    ("ecs.DescribeService", 1),
    ("ecs.DescribeTaskDefinition", 1),
    ("elasticfilesystem.DescribeFileSystem", 1),
    ("elasticfilesystem.DescribeMountTargets", 1),
    ("rds.DescribeDatabase", 1),
    ("secretsmanager.DescribeSecret", 2),
    // What has our tags, for what has no record.
    ("tagging.GetResources", 1),
];
/// What changes often: the services and the database.
const OFTEN: [(&str, usize); 3] = [("ecs.DescribeService", 1), ("ecs.DescribeTaskDefinition", 1), ("rds.DescribeDatabase", 1)];
/// The book, and the environment that the tenant stands in.
const READS_OF_THE_LEDGER: [(&str, usize); 2] = [("dynamodb.ReadItem", 1), ("dynamodb.ReadOwner", 1)];
/// The lease is taken; the state is settled and the lease given back.
const WRITES_OF_THE_LEDGER: usize = 2;

fn ready(tier: &str) -> Scenario {
    let scenario = Scenario::default();
    scenario.want(tier, 1);
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1"]);
    // Storage that AWS optimizes afterwards, and the like.
    scenario.wait(86_400);
    scenario
}

// Invariant: a look at a converged tenant changes nothing and reads little.

#[test]
fn the_daily_look_at_a_converged_tenant_makes_seven_looks_and_no_change() {
    for tier in ["trial", "standard", "enterprise"] {
        let scenario = ready(tier);
        let mark = scenario.simulator.log().mark();
        scenario.sweep("demo");
        scenario.rest();
        let log = scenario.simulator.log();
        assert_eq!(log.changes_since(mark), Vec::<&_>::new(), "{tier}");
        let mut expected: BTreeMap<_, _> = LOOKS.into_iter().chain(READS_OF_THE_LEDGER).collect();
        expected.insert("dynamodb.WriteItems", WRITES_OF_THE_LEDGER);
        assert_eq!(log.counts_since(mark), expected, "{tier}: no message sent, nothing said");
        scenario.assert_tidy();
    }
}

#[test]
fn for_a_day_after_it_only_what_changes_often_is_looked_at() {
    let scenario = ready("trial");
    // Hours since the look before; the first daily one is due since the tenant was made.
    for (hours, expected) in [(0, &LOOKS[..]), (1, &OFTEN), (22, &OFTEN), (1, &LOOKS)] {
        scenario.wait(hours * 3_600);
        let mark = scenario.simulator.log().mark();
        scenario.sweep("demo");
        scenario.rest();
        let mut reads = scenario.simulator.log().counts_since(mark);
        reads.retain(|operation, _| !operation.starts_with("dynamodb."));
        assert_eq!(reads, expected.iter().copied().collect(), "{hours} h later");
    }
}

#[test]
fn a_repeat_of_the_newest_event_reads_the_ledger_alone() {
    let scenario = ready("trial");
    let mark = scenario.simulator.log().mark();
    scenario.want("trial", 1);
    scenario.rest();
    let log = scenario.simulator.log();
    assert!(log.since(mark).iter().all(|entry| entry.operation.starts_with("dynamodb.Read")), "{:?}", log.since(mark));
    assert!((1..=2).contains(&log.since(mark).len()), "{:?}", log.since(mark));
}

#[test]
fn a_sweep_of_a_removed_tenant_reads_the_ledger_once() {
    let scenario = ready("trial");
    scenario.delete(2);
    scenario.rest();
    let mark = scenario.simulator.log().mark();
    scenario.sweep("demo");
    scenario.rest();
    assert_eq!(scenario.simulator.log().counts_since(mark), BTreeMap::from([("dynamodb.ReadOwner", 1)]));
}

#[test]
fn an_event_of_aws_about_a_converged_tenant_reads_the_ledger_alone() {
    let scenario = ready("trial");
    let mark = scenario.simulator.log().mark();
    for id in ["database", "django"] {
        let arn = scenario.record(&scenario.life(), id).and_then(|record| record.arn).expect("it has an ARN");
        scenario.simulator.send(scenarios::driver::aws_event(&arn), 0);
        scenario.rest();
    }
    let expected = BTreeMap::from([("dynamodb.FindOwners", 2), ("dynamodb.ReadOwner", 2)]);
    assert_eq!(scenario.simulator.log().counts_since(mark), expected);
}

#[test]
fn an_event_of_aws_about_what_is_not_ours_reads_the_ledger_once() {
    let scenario = ready("trial");
    let mark = scenario.simulator.log().mark();
    scenario.simulator.send(scenarios::driver::aws_event("arn:aws:rds:us-east-1:123456789012:db:somebody-else"), 0);
    scenario.rest();
    assert_eq!(scenario.simulator.log().counts_since(mark), BTreeMap::from([("dynamodb.FindOwners", 1)]));
}

// Invariant: a dry run says what would be done and does none of it.

#[test]
fn a_dry_run_changes_nothing_on_aws_and_uses_up_no_version() {
    let scenario = ready("trial");
    let (before, mark) = (scenario.simulator.census(), scenario.simulator.log().mark());
    scenario.tell("tenant-updated", serde_json::json!({ "tier": "standard", "version": 2, "dryRun": true }));
    scenario.rest();
    assert_eq!(scenario.simulator.log().changes_since(mark), Vec::<&_>::new());
    assert_eq!((scenario.simulator.census(), scenario.intent("demo").version), (before, 1));
    let steps = scenario.last().detail["steps"].as_array().cloned().unwrap_or_default();
    let ids: Vec<_> = steps.iter().map(|step| step["place"]["id"].as_str().unwrap_or_default()).collect();
    assert_eq!((scenario.last().kind.as_str(), ids), ("tenant-planned", vec!["database", "django"]));
    scenario.want("standard", 2);
    scenario.rest();
    assert_eq!(scenario.last().kind, "tenant-ready");
    assert_eq!(scenario.last().version, 2);
}

/// The two lists above must tell reads from changes as the port does.
#[test]
fn sending_a_message_counts_as_a_change() {
    assert_eq!(Call::from(SendMessage { body: String::new(), delay_seconds: 0 }).effect(), Effect::Mutates);
}

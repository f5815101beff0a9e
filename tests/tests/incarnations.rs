//! A name that is used again: the new customer never meets anything of the former one.

use domain::kind::Detail;
use domain::ports::{DescribeDatabase, DescribeService, DescribeTaskDefinition, Reply};
use domain::resource::INCARNATION_TAG;
use scenarios::scenario::Scenario;
use scenarios::simulator::Environment;

const DATABASE: &str = "mate-demo-dev";
const SERVICE: &str = "mate-demo-dev-django";

fn arn(scenario: &Scenario, life: &str, id: &str) -> String {
    scenario.record(life, id).and_then(|record| record.arn).unwrap_or_else(|| panic!("{id} of {life} has an ARN"))
}

/// Everything that the service of `life` gets to see, as text.
fn sight_of_service(scenario: &Scenario) -> String {
    let by_hand = |call: domain::ports::Call| scenario.simulator.by_hand(call).expect("AWS answers");
    let describe = DescribeService { cluster: Environment::dev().cluster, name: SERVICE.into() };
    let Reply::DescribeService(Some(service)) = by_hand(describe.into()) else { panic!("the service stands") };
    let Reply::DescribeTaskDefinition(Some(revision)) = by_hand(DescribeTaskDefinition { id: service.primary.expect("it runs") }.into())
    else {
        panic!("its revision stands")
    };
    format!("{:?} {:?} {:?}", revision.content, revision.tags, service.tags)
}

fn assert_apart(scenario: &Scenario, former: &str, what: &str) {
    let present = scenario.life();
    assert_ne!(former, present, "{what}");
    let sight = sight_of_service(scenario);
    for id in ["django-secret", "db-credentials", "tenant-data"] {
        let ours = arn(scenario, &present, id);
        let shown = ours.rsplit('/').next().unwrap_or(&ours).to_owned();
        assert!(sight.contains(&shown), "{what}: {id} is its own: {sight}");
    }
    assert!(!sight.contains(former), "{what}: {sight}");
    if let Some(kept) = scenario.record(former, "tenant-data").and_then(|record| record.arn) {
        let id = kept.rsplit('/').next().expect("an id").to_owned();
        assert!(!sight.contains(&id), "{what}: the former life's file system is not mounted: {sight}");
    }
    let Ok(Reply::DescribeDatabase(Some(database))) = scenario.simulator.by_hand(DescribeDatabase { name: DATABASE.into() }) else {
        panic!("{what}: the database stands")
    };
    assert_eq!(database.tags.get(INCARNATION_TAG), Some(&present), "{what}");
    assert!(matches!(&database.detail, Detail::RdsInstance(seen) if seen.status == "available"), "{what}: {database:?}");
}

/// Of whom secrets were read since the life `life` was made.
fn assert_reads_only_its_own(scenario: &Scenario, life: &str, from: scenarios::simulator::Mark, what: &str) {
    for entry in scenario.simulator.log().since(from) {
        if entry.operation == "secretsmanager.GetSecretValue" {
            assert!(entry.resource.contains(life), "{what}: the value of {} was read", entry.resource);
        }
    }
}

// Invariant: a name that is used again, at whatever moment of the former life's end, begins with nothing of it.

#[test]
fn created_again_at_any_moment_of_its_end_it_shares_nothing_with_the_former_life() {
    for tier in ["trial", "standard"] {
        for seconds in [0, 1, 5, 10, 20, 30, 45, 60, 90, 120, 180, 240, 300, 400, 500, 600, 900, 3600, 86_400] {
            let what = format!("{tier}, {seconds} s after its deletion");
            let scenario = Scenario::default();
            scenario.want(tier, 1);
            scenario.rest();
            let former = scenario.life();
            scenario.delete(2);
            scenario.wait(seconds);
            let mark = scenario.simulator.log().mark();
            scenario.tell("tenant-created", serde_json::json!({ "tier": tier, "version": 3 }));
            scenario.rest();
            scenario.assert_tidy();
            assert_eq!((scenario.phase("demo").as_str(), scenario.counted()), ("Ready", 1), "{what}: {:?}", scenario.said());
            assert_apart(&scenario, &former, &what);
            assert_reads_only_its_own(&scenario, &scenario.life(), mark, &what);
            // What is kept of the former life is still there, and proven.
            assert_eq!(scenario.standing("snapshot mate-demo-dev-<life 1> available true").len(), 1, "{what}");
            assert_eq!(scenario.standing("file-system").len(), 2, "{what}");
            assert_eq!(scenario.standing("secret").len(), 4, "{what}");
        }
    }
}

#[test]
fn created_again_before_the_former_creation_was_done_it_shares_nothing() {
    for seconds in [0, 1, 5, 30, 100, 300, 400, 420, 450, 500, 600] {
        let what = format!("deleted {seconds} s after its creation and created again at once");
        let scenario = Scenario::default();
        scenario.want("trial", 1);
        scenario.wait(seconds);
        let former = scenario.life();
        scenario.delete(2);
        scenario.wait(1);
        scenario.tell("tenant-created", serde_json::json!({ "tier": "trial", "version": 3 }));
        scenario.rest();
        scenario.assert_tidy();
        assert_eq!((scenario.phase("demo").as_str(), scenario.counted()), ("Ready", 1), "{what}: {:?}", scenario.said());
        assert_apart(&scenario, &former, &what);
    }
}

#[test]
fn many_lives_in_a_row_leave_each_its_own_snapshot_and_no_revision() {
    let scenario = Scenario::default();
    for round in 0..4 {
        scenario.tell("tenant-created", serde_json::json!({ "tier": "trial", "version": 2 * round + 1 }));
        scenario.rest();
        scenario.delete(2 * round + 2);
        scenario.rest();
    }
    scenario.assert_tidy();
    assert_eq!((scenario.phase("demo").as_str(), scenario.counted()), ("Removed", 0));
    assert_eq!(scenario.standing("snapshot").len(), 4);
    assert_eq!(scenario.standing("file-system").len(), 4);
    for gone in ["database", "service", "revision"] {
        assert_eq!(scenario.standing(gone), [""; 0]);
    }
    // The secrets end with their recovery window, and the ledger forgets them.
    scenario.wait(31 * 86_400);
    scenario.sweep("demo");
    scenario.rest();
    assert_eq!(scenario.standing("secret"), [""; 0]);
}

// Invariant: what is ordered of a former life leaves the present one alone.

#[test]
fn destroying_what_a_former_life_has_left_leaves_the_present_one_alone() {
    let scenario = Scenario::default();
    scenario.want("trial", 1);
    scenario.rest();
    let former = scenario.life();
    scenario.delete(2);
    scenario.rest();
    scenario.tell("tenant-created", serde_json::json!({ "tier": "trial", "version": 3 }));
    scenario.rest();
    let (all, present) = (scenario.simulator.census(), scenario.simulator.census().of("<life 2>"));
    assert!(all.lines.len() > present.lines.len() + 3, "both lives have something");
    scenario.order("destroy-data", &former, None);
    scenario.rest();
    scenario.assert_tidy();
    // With the former life gone, the present one is the first that is seen.
    let left = scenario.simulator.census().to_string().replace("<life 1>", "<life 2>");
    assert_eq!(left, present.to_string());
    assert_eq!((scenario.phase("demo").as_str(), scenario.counted()), ("Ready", 1));
}

#[test]
fn a_late_event_of_a_former_life_does_not_reach_the_present_one() {
    let scenario = Scenario::default();
    scenario.want("trial", 1);
    scenario.rest();
    let former = scenario.life();
    scenario.delete(2);
    scenario.rest();
    scenario.tell("tenant-created", serde_json::json!({ "tier": "trial", "version": 3 }));
    scenario.rest();
    let before = scenario.simulator.census();
    scenario.delete(2);
    scenario.rest();
    scenario.want("enterprise", 2);
    scenario.rest();
    scenario.order("pause", &former, None);
    scenario.rest();
    assert_eq!(scenario.simulator.census(), before);
    assert_eq!(scenario.phase("demo"), "Ready");
}

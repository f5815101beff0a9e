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

const DATABASE: &str = "mate-demo-dev";
const SERVICE: &str = "mate-demo-dev-django";

fn ready(tier: &str) -> Scenario {
    let scenario = Scenario::default();
    scenario.want(tier, 1);
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1"]);
    scenario
}

/// All orders of `items`.
fn orders<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let first = |index: usize| {
        let mut rest = items.to_vec();
        let first = rest.remove(index);
        orders(&rest).into_iter().map(move |mut order| {
            order.insert(0, first.clone());
            order
        })
    };
    (0..items.len()).flat_map(first).collect()
}

fn created(version: u64, tier: &str) -> String {
    event("tenant-created", json!({ "tier": tier, "version": version }))
}

fn updated(version: u64, tier: &str) -> String {
    event("tenant-updated", json!({ "tier": tier, "version": version }))
}

fn deleted(version: u64) -> String {
    event("tenant-deleted", json!({ "version": version }))
}

/// Tells `events` in every order, at every pace, each of them twice.
fn check_all_orders(events: &[String], check: impl Fn(&Scenario, &str)) {
    // At once; while the first is at work; while the database is being made; after each has come to rest.
    for pace in [Some(0), Some(1), Some(40), Some(300), None] {
        for order in orders(events) {
            let scenario = Scenario::default();
            for event in order.iter().chain(&order) {
                scenario.send(event);
                match pace {
                    Some(seconds) => scenario.wait(seconds),
                    None => scenario.rest(),
                }
            }
            scenario.rest();
            let told: Vec<_> = order.iter().map(|event| &event[event.find("detail").unwrap_or(0)..]).collect();
            let what = format!("pace {pace:?}, order {told:#?}");
            scenario.assert_tidy();
            check(&scenario, &what);
        }
    }
}

// Invariant: the newest event decides, in whatever order and how often events come.

#[test]
fn created_updated_deleted_in_any_order_end_deleted_and_keep_what_held_data() {
    check_all_orders(&[created(1, "trial"), updated(2, "standard"), deleted(3)], |scenario, what| {
        assert_eq!(scenario.phase("demo"), "Removed", "{what}");
        assert_eq!(scenario.counted(), 0, "{what}");
        for gone in ["database", "service", "revision"] {
            assert_eq!(scenario.standing(gone), [""; 0], "{what}");
        }
        let last = scenario.last();
        assert_eq!((last.kind.as_str(), last.version, &last.detail["leftovers"]), ("tenant-removed", 3, &json!([])), "{what}");
        assert_eq!(scenario.heard("demo").iter().filter(|said| said.starts_with("tenant-removed")).count(), 1, "{what}");
    });
}

#[test]
fn created_and_updated_in_any_order_end_ready_in_the_newest_size() {
    check_all_orders(&[created(1, "trial"), updated(2, "standard"), updated(3, "enterprise")], |scenario, what| {
        assert_eq!((scenario.phase("demo").as_str(), scenario.last().version, scenario.counted()), ("Ready", 3, 1), "{what}");
        let database = scenario.standing("database").join("");
        assert!(database.contains("db.r6g.xlarge") && database.contains("multi-az true"), "{what}: {database}");
        assert_eq!(scenario.done("rds.CreateDatabase").len(), 1, "{what}");
        assert!(scenario.simulator.registrations(SERVICE) <= 3, "{what}");
        assert_eq!(scenario.heard("demo").iter().filter(|said| *said == "tenant-ready 3").count(), 1, "{what}");
    });
}

#[test]
fn created_deleted_created_in_any_order_end_ready() {
    check_all_orders(&[created(1, "trial"), deleted(2), created(3, "standard")], |scenario, what| {
        assert_eq!((scenario.phase("demo").as_str(), scenario.last().version, scenario.counted()), ("Ready", 3, 1), "{what}");
        assert_eq!((scenario.standing("database").len(), scenario.standing("service").len()), (1, 1), "{what}");
        let of_life = format!("caretaker:incarnation=<life {}>", scenario.intent("demo").former.len() + 1);
        let revisions = scenario.standing("revision");
        assert!(!revisions.is_empty() && revisions.iter().all(|line| line.contains(&of_life)), "{what}: {revisions:#?}");
    });
}

#[test]
fn a_tenant_deleted_before_it_was_ever_created_is_removed_and_stays_so() {
    let scenario = Scenario::default();
    scenario.delete(5);
    scenario.rest();
    scenario.want("trial", 1);
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-removed 5"]);
    assert_eq!(scenario.simulator.census().lines, [""; 0]);
    assert_eq!(scenario.counted(), 0);
}

#[test]
fn one_version_with_two_contents_is_refused_and_its_sender_told() {
    let scenario = ready("trial");
    scenario.want("trial", 7);
    scenario.rest();
    let before = scenario.simulator.census();
    scenario.tell("tenant-updated", json!({ "tier": "standard", "version": 7 }));
    scenario.rest();
    assert_eq!(scenario.simulator.census(), before);
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1", "tenant-ready 7", "tenant-failed 7"]);
    assert!(scenario.last().detail["reason"].to_string().contains("accepted with another content"), "{:?}", scenario.last());
    assert_eq!(scenario.phase("demo"), "Ready");
}

// Invariant: a deletion during a creation stops it and unwinds what stands.

#[test]
fn deleted_at_any_moment_of_its_creation_it_ends_removed() {
    for seconds in (0..720).step_by(15) {
        let scenario = Scenario::default();
        scenario.want("trial", 1);
        scenario.wait(seconds);
        scenario.delete(2);
        scenario.rest();
        scenario.assert_tidy();
        assert_eq!((scenario.phase("demo").as_str(), scenario.counted()), ("Removed", 0), "after {seconds} s");
        let left: Vec<_> = ["database", "service", "revision"].iter().flat_map(|kind| scenario.standing(kind)).collect();
        assert_eq!(left, [""; 0], "after {seconds} s");
    }
}

// Invariant: a deletion that follows a kill, at whatever call of a change, ends removed.

fn check_deletion_after_kills(from: &str, to: &str) {
    let calm = ready(from);
    let skipped = calm.simulator.log().all().len();
    calm.want(to, 2);
    calm.rest();
    let calls = calm.simulator.log().all().len() - skipped;
    assert!(calls > 20, "{calls}");
    for nth in 1..=calls {
        let scenario = ready(from);
        scenario.simulator.strike(Aim::nth(nth), Strike::CrashBefore);
        scenario.want(to, 2);
        // The deletion comes before the record that was killed does.
        scenario.executor.run_until(|| scenario.simulator.unmet_strikes() == 0);
        scenario.delete(3);
        scenario.rest();
        let what = format!("{from} to {to}, killed before call {nth}: {:?}", scenario.last());
        assert_eq!((scenario.phase("demo").as_str(), scenario.counted()), ("Removed", 0), "{what}");
        scenario.assert_tidy();
    }
}

#[test]
fn deleted_after_a_kill_at_any_call_of_a_growth_it_ends_removed() {
    check_deletion_after_kills("trial", "standard");
}

#[test]
fn deleted_after_a_kill_at_any_call_of_a_reduction_it_ends_removed() {
    check_deletion_after_kills("standard", "trial");
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

// Invariant: drift is repaired; what others own is none.

fn repaired(tier: &str, change: impl FnOnce(&Scenario)) {
    let scenario = ready(tier);
    scenario.assert_set_back(change, |scenario| {
        scenario.look_over("demo");
        scenario.rest();
        // What is deleted by hand takes its time to go.
        scenario.wait(3600);
        scenario.sweep("demo");
        scenario.rest();
        scenario.wait(3600);
    });
    assert_eq!(scenario.phase("demo"), "Ready");
    scenario.assert_tidy();
}

fn modify(scenario: &Scenario, change: DatabaseChange) {
    let change = DatabaseChange { apply_immediately: true, ..change };
    scenario.simulator.by_hand(ModifyDatabase { name: DATABASE.into(), change }).expect("AWS takes it");
}

#[test]
fn a_class_changed_by_hand_is_set_back() {
    repaired("trial", |scenario| modify(scenario, DatabaseChange { class: Some("db.m5.large".into()), ..DatabaseChange::default() }));
}

#[test]
fn a_protection_taken_off_by_hand_is_put_back() {
    repaired("standard", |scenario| modify(scenario, DatabaseChange { deletion_protection: Some(false), ..DatabaseChange::default() }));
}

#[test]
fn a_mount_target_deleted_by_hand_is_made_again() {
    repaired("trial", |scenario| {
        let arn = scenario.record(&scenario.life(), "tenant-data").and_then(|record| record.arn).expect("it has an ARN");
        let id = arn.rsplit('/').next().expect("it ends in the id").to_owned();
        let Ok(Reply::DescribeMountTargets(targets)) = scenario.simulator.by_hand(DescribeMountTargets { file_system: id }) else {
            panic!("it is described")
        };
        scenario.simulator.by_hand(DeleteMountTarget { id: targets[0].id.clone() }).expect("AWS takes it");
    });
}

#[test]
fn a_secret_deleted_by_hand_comes_back_with_its_value() {
    repaired("trial", |scenario| {
        let arn = scenario.record(&scenario.life(), "db-credentials").and_then(|record| record.arn).expect("it has an ARN");
        scenario.simulator.by_hand(DeleteSecret { id: arn, recovery_days: Some(30) }).expect("AWS takes it");
    });
}

#[test]
fn a_service_deleted_by_hand_is_made_again() {
    repaired("trial", |scenario| {
        let cluster = Environment::dev().cluster;
        scenario.simulator.by_hand(DeleteService { cluster, name: SERVICE.into() }).expect("AWS takes it");
    });
}

#[test]
fn storage_that_aws_has_grown_is_no_drift_and_never_shrinks() {
    let scenario = ready("trial");
    modify(&scenario, DatabaseChange { storage_gib: Some(40), ..DatabaseChange::default() });
    scenario.wait(40_000);
    let mark = scenario.simulator.log().mark();
    scenario.look_over("demo");
    scenario.rest();
    assert_eq!(scenario.simulator.log().changes_since(mark), Vec::<&_>::new());
    assert!(scenario.standing("database")[0].contains("40 GiB"));
}

#[test]
fn the_desired_count_is_not_ours() {
    let scenario = ready("trial");
    assert!(scenario.simulator.set_desired_count(SERVICE, 3));
    scenario.wait(600);
    let mark = scenario.simulator.log().mark();
    scenario.look_over("demo");
    scenario.rest();
    assert_eq!(scenario.simulator.log().changes_since(mark), Vec::<&_>::new());
    scenario.want("standard", 2);
    scenario.rest();
    assert!(scenario.standing("service")[0].contains("wants 3"), "{:?}", scenario.standing("service"));
}

#[test]
fn the_image_is_the_pipelines_and_a_change_of_size_carries_it_on() {
    let scenario = ready("trial");
    let by_hand = |call: domain::ports::Call| scenario.simulator.by_hand(call).expect("AWS takes it");
    let Reply::DescribeTaskDefinition(Some(view)) = by_hand(DescribeTaskDefinition { id: SERVICE.into() }.into()) else {
        panic!("it stands")
    };
    let mut content = view.content;
    content.image = content.image.replace("dev-f539de6", "dev-0a1b2c3");
    let Reply::RegisterTaskDefinition(arn) = by_hand(RegisterTaskDefinition { content, tags: Tags::new() }.into()) else {
        panic!("an ARN")
    };
    by_hand(UpdateService { cluster: Environment::dev().cluster, name: SERVICE.into(), task_definition: arn, settings: None }.into());
    scenario.wait(600);
    let mark = scenario.simulator.log().mark();
    scenario.sweep("demo");
    scenario.rest();
    assert_eq!(scenario.simulator.log().changes_since(mark), Vec::<&_>::new());
    scenario.want("standard", 2);
    scenario.rest();
    let service = scenario.standing("service").join("");
    assert!(service.contains("dev-0a1b2c3") && service.contains("memory_mib: 1024"), "{service}");
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

// Invariant: data outlives mistakes.

#[test]
fn vanished_data_is_not_made_again_until_ordered() {
    let scenario = ready("trial");
    scenario.simulator.by_hand(DeleteDatabase { name: DATABASE.into(), final_snapshot: None }).expect("AWS takes it");
    scenario.wait(3600);
    for _ in 0..3 {
        scenario.sweep("demo");
        scenario.rest();
    }
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1", "tenant-failed 1"]);
    assert!(scenario.last().detail["stuck"]["database"].is_string(), "{:?}", scenario.last());
    assert_eq!(scenario.done("rds.CreateDatabase").len(), 1);
    scenario.order("retry", &scenario.life(), None);
    scenario.rest();
    assert_eq!(scenario.done("rds.CreateDatabase").len(), 2);
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1", "tenant-failed 1", "tenant-ready 1"]);
}

#[test]
fn a_protection_set_by_hand_holds_a_deletion_until_it_is_lifted() {
    let scenario = ready("trial");
    modify(&scenario, DatabaseChange { deletion_protection: Some(true), ..DatabaseChange::default() });
    scenario.delete(2);
    scenario.rest();
    assert_eq!(scenario.last().kind, "tenant-failed");
    assert!(scenario.last().detail["stuck"]["database"].to_string().contains("protection"), "{:?}", scenario.last());
    assert_eq!(scenario.standing("database").len(), 1);
    modify(&scenario, DatabaseChange { deletion_protection: Some(false), ..DatabaseChange::default() });
    scenario.sweep("demo");
    scenario.rest();
    assert_eq!((scenario.last().kind.as_str(), scenario.standing("database").len()), ("tenant-removed", 0));
}

#[test]
fn a_protection_set_by_hand_is_no_drift_whatever_else_is() {
    let scenario = ready("trial");
    modify(&scenario, DatabaseChange { deletion_protection: Some(true), ..DatabaseChange::default() });
    let mark = scenario.simulator.log().mark();
    scenario.sweep("demo");
    scenario.rest();
    assert_eq!(scenario.simulator.log().changes_since(mark), Vec::<&_>::new());
    modify(&scenario, DatabaseChange { class: Some("db.m5.large".into()), ..DatabaseChange::default() });
    scenario.wait(3600);
    scenario.sweep("demo");
    scenario.rest();
    let database = scenario.standing("database").join("");
    assert!(database.contains("db.t4g.micro") && database.contains("protected true"), "{database}");
    assert_eq!(scenario.phase("demo"), "Ready");
    scenario.delete(2);
    scenario.rest();
    assert_eq!((scenario.last().kind.as_str(), scenario.standing("database").len()), ("tenant-failed", 1));
}

#[test]
fn our_own_protection_goes_with_the_size_that_asked_for_it() {
    let scenario = ready("standard");
    scenario.want("trial", 2);
    scenario.rest();
    assert!(scenario.standing("database")[0].contains("protected false"));
    scenario.delete(3);
    scenario.rest();
    assert_eq!(scenario.last().kind, "tenant-removed");
}

#[test]
fn a_protection_set_by_hand_yields_to_an_order_to_destroy() {
    let scenario = ready("trial");
    modify(&scenario, DatabaseChange { deletion_protection: Some(true), ..DatabaseChange::default() });
    scenario.order("destroy-data", &scenario.life(), None);
    scenario.rest();
    assert_eq!((scenario.phase("demo").as_str(), scenario.simulator.census().lines.len()), ("Removed", 0));
}

#[test]
fn a_tenant_is_removed_only_once_its_final_snapshot_is_proven() {
    for tier in ["trial", "standard"] {
        let scenario = ready(tier);
        scenario.delete(2);
        let proven = |line: &String| line.contains("available true");
        while !scenario.heard("demo").contains(&"tenant-removed 2".to_owned()) {
            assert!(scenario.executor.step(), "it comes to its end");
            let Ok(Reply::DescribeDatabase(instance)) = scenario.simulator.by_hand(DescribeDatabase { name: DATABASE.into() }) else {
                panic!("AWS answers")
            };
            let going = instance.is_none_or(|seen| matches!(seen.detail, Detail::RdsInstance(seen) if seen.status == "deleting"));
            assert!(!going || scenario.standing("snapshot").len() == 1, "{tier}: it goes only with a snapshot");
        }
        assert!(scenario.standing("snapshot").iter().all(proven), "{tier}: {:?}", scenario.standing("snapshot"));
        let retained = scenario.last().detail["retained"].to_string();
        assert!(retained.contains(&format!("mate-demo-dev-{}", scenario.life())), "{tier}: {retained}");
        scenario.rest();
    }
}

#[test]
fn a_service_of_a_removed_tenant_is_not_to_be_described() {
    let scenario = ready("trial");
    scenario.delete(2);
    scenario.rest();
    let seen = scenario.simulator.by_hand(DescribeService { cluster: Environment::dev().cluster, name: SERVICE.into() });
    assert_eq!(seen, Ok(Reply::DescribeService(None)));
}

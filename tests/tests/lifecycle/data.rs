//! Data outlives mistakes.

use super::*;

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

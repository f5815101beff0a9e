//! Drift is repaired; what others own is none.

use super::*;

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

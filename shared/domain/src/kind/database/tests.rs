use super::settings::{differences, never, wanted_storage};
use super::*;

fn desired(change: impl FnOnce(&mut Database)) -> Database {
    let mut desired = Database {
        engine: "postgres".into(),
        engine_version: "16".into(),
        class: "db.t4g.micro".into(),
        storage_gib: 20,
        database_name: "app".into(),
        credentials: "secret".into(),
        multi_az: false,
        deletion_protection: false,
        backup_days: 7,
        subnet_group: "subnets".into(),
        security_group: "sg-1".into(),
        parameter_group: None,
        key: None,
        max_storage_gib: None,
        monitoring_seconds: 0,
        monitoring_role: None,
        performance_insights: false,
    };
    change(&mut desired);
    desired
}

#[test]
fn storage_that_aws_has_let_grow_is_no_difference_and_never_shrinks() {
    let check = |storage, max, standing, wanted, refused| {
        let desired = desired(|desired| (desired.storage_gib, desired.max_storage_gib) = (storage, max));
        assert_eq!((wanted_storage(&desired, standing), never(&desired, &Settings::default(), standing).is_some()), (wanted, refused));
    };
    check(20, None, 20, 20, false);
    check(40, None, 20, 40, false);
    check(20, None, 40, 20, true); // grown by hand
    check(20, Some(100), 40, 40, false); // grown by AWS
    check(50, Some(100), 40, 50, false);
    check(20, Some(30), 40, 40, true); // beyond the limit
}

#[test]
fn only_what_a_blueprint_names_is_compared_but_what_it_leaves_out_is_off() {
    let seen = Settings { parameter_group: "default.postgres16".into(), key: Some("aws".into()), ..Settings::default() };
    let words = |change: fn(&mut Database), seen: &Settings| {
        let mut found = Vec::new();
        differences(&mut found, &desired(change), seen);
        found.iter().map(|found| format!("{} {}->{}", found.property, found.before, found.after)).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(words(|_| {}, &seen), "");
    assert_eq!(words(|desired| desired.parameter_group = Some("p".into()), &seen), "parameter_group default.postgres16->p");
    assert_eq!(words(|desired| desired.max_storage_gib = Some(100), &seen), "max_storage_gib ->100");
    assert_eq!(
        words(|desired| (desired.monitoring_seconds, desired.monitoring_role) = (60, Some("r".into())), &seen),
        "monitoring_seconds 0->60, monitoring_role ->r"
    );
    // A role without figures is of no use to anybody.
    assert_eq!(words(|desired| desired.monitoring_role = Some("r".into()), &seen), "");
    let more = Settings { max_storage_gib: Some(100), performance_insights: true, ..seen.clone() };
    assert_eq!(words(|_| {}, &more), "max_storage_gib 100->, performance_insights true->false");
    assert_eq!(
        never(&desired(|desired| desired.key = Some("ours".into())), &seen, 20).as_deref(),
        Some("key is fixed at creation: it is \"aws\", wanted is \"ours\"")
    );
}

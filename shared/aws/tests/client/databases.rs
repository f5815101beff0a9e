use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::database::{Database, DatabaseSeen, Endpoint, Pending, Settings, Snapshot};
use domain::ports::{
    Confidential, CreateDatabase, DatabaseChange, DeleteDatabase, DeleteSnapshot, DescribeDatabase, DescribeSnapshot, ModifyDatabase,
    TagDatabase,
};
use serde_json::json;

use crate::wire::{exchange, rds_refusal, request, tags, xml};

const ARN: &str = "arn:aws:rds:us-east-1:1:db:mate-demo";

/// As RDS shows an instance with changes owed to its window.
const INSTANCE: &str = "<DBInstanceIdentifier>mate-demo</DBInstanceIdentifier><DBInstanceArn>arn:aws:rds:us-east-1:1:db:mate-demo</DBInstanceArn>\
    <DBInstanceStatus>available</DBInstanceStatus><DBInstanceClass>db.t4g.micro</DBInstanceClass><AllocatedStorage>20</AllocatedStorage>\
    <MultiAZ>false</MultiAZ><DeletionProtection>true</DeletionProtection><BackupRetentionPeriod>7</BackupRetentionPeriod>\
    <EngineVersion>16.9</EngineVersion><Endpoint><Address>mate-demo.x.rds.amazonaws.com</Address><Port>5432</Port></Endpoint>\
    <PendingModifiedValues><DBInstanceClass>db.t4g.small</DBInstanceClass><BackupRetentionPeriod>14</BackupRetentionPeriod></PendingModifiedValues>\
    <TagList><Tag><Key>a</Key><Value>b</Value></Tag></TagList>";

pub(crate) fn create() -> CreateDatabase {
    let desired = Database {
        engine: "postgres".into(),
        engine_version: "16".into(),
        class: "db.t4g.micro".into(),
        storage_gib: 20,
        database_name: "app".into(),
        credentials: "credentials".into(),
        multi_az: false,
        deletion_protection: true,
        backup_days: 7,
        subnet_group: "mate-dev".into(),
        security_group: "sg-1".into(),
        parameter_group: None,
        key: None,
        max_storage_gib: None,
        monitoring_seconds: 0,
        monitoring_role: None,
        performance_insights: false,
    };
    let password = Confidential("p%ss word&".into());
    CreateDatabase { name: "mate-demo".into(), desired, username: "app".into(), password, tags: tags(&[("a", "b")]) }
}

#[test]
fn a_database_is_made_private_encrypted_and_with_tags_on_its_snapshots() {
    let instance = "<DBInstance><DBInstanceStatus>creating</DBInstanceStatus></DBInstance>";
    let sent = request(create(), xml("CreateDBInstance", instance));
    let expected = json!({
        "DBInstanceIdentifier": "mate-demo", "Engine": "postgres", "EngineVersion": "16", "DBInstanceClass": "db.t4g.micro",
        "AllocatedStorage": "20", "StorageType": "gp3", "StorageEncrypted": "true", "DBName": "app", "MasterUsername": "app",
        "MasterUserPassword": "p%ss word&", "DBSubnetGroupName": "mate-dev", "VpcSecurityGroupIds.VpcSecurityGroupId.1": "sg-1",
        "PubliclyAccessible": "false", "MultiAZ": "false", "DeletionProtection": "true", "BackupRetentionPeriod": "7",
        "CopyTagsToSnapshot": "true", "AutoMinorVersionUpgrade": "true", "Tags.Tag.1.Key": "a", "Tags.Tag.1.Value": "b",
    });
    assert_eq!((sent.action.as_str(), sent.body), ("CreateDBInstance", expected));
}

#[test]
fn a_database_is_seen_with_what_it_owes_to_its_window() {
    let reply = xml("DescribeDBInstances", &format!("<DBInstances><DBInstance>{INSTANCE}</DBInstance></DBInstances>"));
    let exchange = exchange(DescribeDatabase { name: "mate-demo".into() }, &[reply]);
    assert_eq!(exchange.requests[0].body, json!({"DBInstanceIdentifier": "mate-demo"}));
    let seen = exchange.reply().expect("it is there");
    assert_eq!((seen.arn.as_str(), seen.tags), (ARN, tags(&[("a", "b")])));
    let expected = DatabaseSeen {
        status: "available".into(),
        class: "db.t4g.micro".into(),
        storage_gib: 20,
        multi_az: false,
        deletion_protection: true,
        backup_days: 7,
        engine_version: "16.9".into(),
        pending: Pending { class: Some("db.t4g.small".into()), storage_gib: None, multi_az: None, backup_days: Some(14) },
        endpoint: Some(Endpoint { host: "mate-demo.x.rds.amazonaws.com".into(), port: 5432 }),
        snapshot: None,
        settings: Settings::default(),
    };
    assert_eq!(seen.detail, Detail::RdsInstance(expected));
}

#[test]
fn only_not_found_is_none_and_any_other_failure_stays_one() {
    let describe = |code, status| exchange(DescribeDatabase { name: "x".into() }, &[rds_refusal(status, code, "")]);
    assert_eq!(describe("DBInstanceNotFound", 404).reply(), None);
    assert_eq!(describe("AccessDenied", 403).cause(), Cause::Denied);
    assert_eq!(describe("InternalFailure", 500).cause(), Cause::Unavailable);
    let snapshot = |code| exchange(DescribeSnapshot { name: "x".into() }, &[rds_refusal(404, code, "")]);
    assert_eq!(snapshot("DBSnapshotNotFound").reply(), None);
    assert_eq!(
        exchange(DeleteDatabase { name: "x".into(), final_snapshot: None }, &[rds_refusal(404, "DBInstanceNotFound", "")]).cause(),
        Cause::NotFound
    );
}

#[test]
fn a_snapshot_is_proven_only_once_it_is_available() {
    let check = |status: &str, available| {
        let snapshot =
            format!("<DBSnapshotIdentifier>s</DBSnapshotIdentifier><Status>{status}</Status><AllocatedStorage>20</AllocatedStorage>");
        let reply = xml("DescribeDBSnapshots", &format!("<DBSnapshots><DBSnapshot>{snapshot}</DBSnapshot></DBSnapshots>"));
        let seen = exchange(DescribeSnapshot { name: "s".into() }, &[reply]).reply();
        assert_eq!(seen, Some(Snapshot { name: "s".into(), available, storage_gib: 20 }), "{status}");
    };
    check("available", true);
    check("creating", false);
    check("failed", false);
}

#[test]
fn a_change_names_only_what_changes() {
    let reply = || xml("ModifyDBInstance", &format!("<DBInstance>{INSTANCE}</DBInstance>"));
    let class = DatabaseChange { class: Some("db.t4g.small".into()), apply_immediately: true, ..DatabaseChange::default() };
    let sent = request(ModifyDatabase { name: "x".into(), change: class }, reply());
    assert_eq!(sent.body, json!({"DBInstanceIdentifier": "x", "DBInstanceClass": "db.t4g.small", "ApplyImmediately": "true"}));
    let rest = DatabaseChange {
        storage_gib: Some(50),
        multi_az: Some(true),
        backup_days: Some(14),
        deletion_protection: Some(false),
        ..DatabaseChange::default()
    };
    let sent = request(ModifyDatabase { name: "x".into(), change: rest }, reply());
    let expected = json!({
        "DBInstanceIdentifier": "x", "AllocatedStorage": "50", "MultiAZ": "true", "BackupRetentionPeriod": "14",
        "DeletionProtection": "false", "ApplyImmediately": "false",
    });
    assert_eq!(sent.body, expected);
}

#[test]
fn a_deletion_says_what_becomes_of_the_data() {
    let reply = || xml("DeleteDBInstance", &format!("<DBInstance>{INSTANCE}</DBInstance>"));
    let kept = request(DeleteDatabase { name: "x".into(), final_snapshot: Some("x-1".into()) }, reply());
    assert_eq!(
        kept.body,
        json!({"DBInstanceIdentifier": "x", "FinalDBSnapshotIdentifier": "x-1", "SkipFinalSnapshot": "false", "DeleteAutomatedBackups": "false"})
    );
    let gone = request(DeleteDatabase { name: "x".into(), final_snapshot: None }, reply());
    assert_eq!(gone.body, json!({"DBInstanceIdentifier": "x", "SkipFinalSnapshot": "true", "DeleteAutomatedBackups": "true"}));
}

#[test]
fn a_snapshot_goes_by_its_name_and_tags_by_an_arn() {
    let gone = request(DeleteSnapshot { name: "s".into() }, xml("DeleteDBSnapshot", ""));
    assert_eq!((gone.action.as_str(), gone.body), ("DeleteDBSnapshot", json!({"DBSnapshotIdentifier": "s"})));
    let tagged = request(TagDatabase { arn: ARN.into(), tags: tags(&[("a", "b")]) }, xml("AddTagsToResource", ""));
    assert_eq!(tagged.body, json!({"ResourceName": ARN, "Tags.Tag.1.Key": "a", "Tags.Tag.1.Value": "b"}));
}

#[test]
fn the_refusals_of_rds_are_told_apart() {
    let check = |code: &str, message: &str, expected| {
        assert_eq!(exchange(create(), &[rds_refusal(400, code, message)]).cause(), expected, "{code}");
    };
    check("DBInstanceAlreadyExists", "DB instance already exists", Cause::AlreadyExists);
    check("InstanceQuotaExceeded", "", Cause::Quota);
    check("StorageQuotaExceeded", "", Cause::Quota);
    check("InvalidDBInstanceState", "", Cause::InvalidState);
    check("InsufficientDBInstanceCapacity", "", Cause::Unavailable);
    check("DBSubnetGroupNotFoundFault", "", Cause::NotFound);
    check("InvalidParameterValue", "The parameter MasterUserPassword is not a valid password.", Cause::InvalidRequest);
    check("Throttling", "Rate exceeded", Cause::Throttled);
    let delete = || DeleteDatabase { name: "x".into(), final_snapshot: Some("x-1".into()) };
    let refused = |code: &str| exchange(delete(), &[rds_refusal(400, code, "")]).cause();
    assert_eq!(refused("DBSnapshotAlreadyExists"), Cause::AlreadyExists);
    assert_eq!(refused("SnapshotQuotaExceeded"), Cause::Quota);
}

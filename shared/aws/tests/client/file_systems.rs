use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::file_system::{FileSystemSeen, LifeCycle, MountTarget};
use domain::ports::{
    CreateFileSystem, CreateMountTarget, DeleteFileSystem, DeleteMountTarget, DescribeFileSystem, DescribeMountTargets, TagFileSystem,
};
use serde_json::{Value, json};

use crate::wire::{Answer, efs_refusal, exchange, ok, request, tags};

const ARN: &str = "arn:aws:elasticfilesystem:us-east-1:1:file-system/fs-1";

fn described(state: &str) -> Value {
    json!({
        "OwnerId": "1", "CreationToken": "t", "FileSystemId": "fs-1", "FileSystemArn": ARN, "CreationTime": 1.0, "LifeCycleState": state,
        "NumberOfMountTargets": 0, "SizeInBytes": {"Value": 6144}, "PerformanceMode": "generalPurpose", "Tags": [{"Key": "a", "Value": "b"}],
    })
}

fn target(id: &str, state: &str) -> Value {
    json!({"MountTargetId": id, "FileSystemId": "fs-1", "SubnetId": "subnet-1", "LifeCycleState": state})
}

fn create() -> CreateFileSystem {
    CreateFileSystem { token: "t".into(), name: "mate-demo".into(), key: None, tags: tags(&[("a", "b")]) }
}

#[test]
fn a_file_system_is_made_encrypted_and_elastic_under_our_token() {
    let sent = exchange(create(), &[Answer::Reply(201, Vec::new(), described("creating").to_string())]);
    let expected = json!({
        "CreationToken": "t", "Encrypted": true, "PerformanceMode": "generalPurpose", "ThroughputMode": "elastic",
        "Tags": [{"Key": "a", "Value": "b"}, {"Key": "Name", "Value": "mate-demo"}],
    });
    assert_eq!((sent.requests[0].action.as_str(), &sent.requests[0].body), ("POST /2015-02-01/file-systems", &expected));
    let seen = FileSystemSeen { id: "fs-1".into(), life: LifeCycle::Creating, mount_targets: Vec::new(), bytes: 0, key: None };
    assert_eq!(sent.reply().detail, Detail::EfsFileSystem(seen));
}

#[test]
fn a_file_system_is_looked_for_by_its_token() {
    let describe = || DescribeFileSystem { token: "t".into() };
    let found = exchange(describe(), &[ok(json!({"FileSystems": [described("available")]}))]);
    assert_eq!(found.requests[0].body, json!({"CreationToken": "t"}));
    let seen = found.reply().expect("it is there");
    assert_eq!((seen.arn.as_str(), seen.tags), (ARN, tags(&[("a", "b")])));
    let detail = FileSystemSeen { id: "fs-1".into(), life: LifeCycle::Available, mount_targets: Vec::new(), bytes: 6144, key: None };
    assert_eq!(seen.detail, Detail::EfsFileSystem(detail));
    assert_eq!(exchange(describe(), &[ok(json!({"FileSystems": []}))]).reply(), None);
    assert_eq!(exchange(describe(), &[efs_refusal(404, "FileSystemNotFound", "")]).reply(), None);
    assert_eq!(exchange(describe(), &[efs_refusal(400, "BadRequest", "")]).cause(), Cause::InvalidRequest);
}

#[test]
fn every_state_of_efs_has_its_place_in_the_life() {
    let check = |state: &str, expected| {
        let seen = exchange(DescribeFileSystem { token: "t".into() }, &[ok(json!({"FileSystems": [described(state)]}))]).reply();
        let Some(Detail::EfsFileSystem(seen)) = seen.map(|seen| seen.detail) else { panic!("{state}: no file system") };
        assert_eq!(seen.life, expected, "{state}");
    };
    check("creating", LifeCycle::Creating);
    check("updating", LifeCycle::Creating);
    check("available", LifeCycle::Available);
    check("deleting", LifeCycle::Deleting);
    check("deleted", LifeCycle::Deleting);
    check("error", LifeCycle::Error);
}

#[test]
fn all_pages_of_mount_targets_are_read() {
    let pages = [
        ok(json!({"MountTargets": [target("fsmt-1", "available")], "NextMarker": "m"})),
        ok(json!({"MountTargets": [target("fsmt-2", "deleting")]})),
    ];
    let exchange = exchange(DescribeMountTargets { file_system: "fs-1".into() }, &pages);
    assert_eq!(exchange.requests[1].body, json!({"FileSystemId": "fs-1", "Marker": "m"}));
    let one = |id: &str, life| MountTarget { id: id.into(), subnet: "subnet-1".into(), life };
    assert_eq!(exchange.reply(), [one("fsmt-1", LifeCycle::Available), one("fsmt-2", LifeCycle::Deleting)]);
}

#[test]
fn a_mount_target_stands_in_one_subnet_behind_its_security_group() {
    let create = || CreateMountTarget { file_system: "fs-1".into(), subnet: "subnet-1".into(), security_group: "sg-1".into() };
    let sent = exchange(create(), &[ok(target("fsmt-1", "creating"))]);
    assert_eq!(sent.requests[0].body, json!({"FileSystemId": "fs-1", "SubnetId": "subnet-1", "SecurityGroups": ["sg-1"]}));
    assert_eq!(sent.reply().life, LifeCycle::Creating);
    let check = |status, code: &str, expected| assert_eq!(exchange(create(), &[efs_refusal(status, code, "")]).cause(), expected, "{code}");
    check(409, "MountTargetConflict", Cause::AlreadyExists);
    check(409, "IncorrectFileSystemLifeCycleState", Cause::InvalidState);
    check(409, "NoFreeAddressesInSubnet", Cause::Quota);
    check(404, "FileSystemNotFound", Cause::NotFound);
}

#[test]
fn the_refusals_of_a_file_system_are_told_apart() {
    let check = |status, code: &str, expected| assert_eq!(exchange(create(), &[efs_refusal(status, code, "")]).cause(), expected, "{code}");
    check(409, "FileSystemAlreadyExists", Cause::AlreadyExists);
    check(403, "FileSystemLimitExceeded", Cause::Quota);
    check(429, "ThrottlingException", Cause::Throttled);
    let delete = exchange(DeleteFileSystem { id: "fs-1".into() }, &[efs_refusal(409, "FileSystemInUse", "has mount targets")]);
    assert_eq!(delete.cause(), Cause::InvalidState);
    assert_eq!(
        exchange(DeleteMountTarget { id: "fsmt-1".into() }, &[efs_refusal(404, "MountTargetNotFound", "")]).cause(),
        Cause::NotFound
    );
}

#[test]
fn deletions_and_tags_go_by_id() {
    let done = || Answer::Reply(204, Vec::new(), String::new());
    assert_eq!(request(DeleteFileSystem { id: "fs-1".into() }, done()).action, "DELETE /2015-02-01/file-systems/fs-1");
    assert_eq!(request(DeleteMountTarget { id: "fsmt-1".into() }, done()).action, "DELETE /2015-02-01/mount-targets/fsmt-1");
    let tagged = request(TagFileSystem { id: "fs-1".into(), tags: tags(&[("a", "b")]) }, Answer::Reply(200, Vec::new(), String::new()));
    assert_eq!(
        (tagged.action.as_str(), tagged.body),
        ("POST /2015-02-01/resource-tags/fs-1", json!({"Tags": [{"Key": "a", "Value": "b"}]}))
    );
}

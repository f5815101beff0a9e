"""EFS: tokens, life cycle states, refusals."""

import pytest


@pytest.fixture
def system(cloud, base):
    return cloud.client("efs").create_file_system(CreationToken="mate-demo-1", Encrypted=True)["FileSystemId"]


def state(efs, system):
    return efs.describe_file_systems(FileSystemId=system)["FileSystems"][0]["LifeCycleState"]


def test_states_take_time_and_bind(slow, slow_base, refused):
    efs = slow.client("efs")
    created = efs.create_file_system(CreationToken="mate-demo-1")
    system, subnet = created["FileSystemId"], slow_base["private-a.id"]
    assert created["LifeCycleState"] == "creating"
    refused("IncorrectFileSystemLifeCycleState", efs.create_mount_target, FileSystemId=system, SubnetId=subnet)
    slow.pass_time()
    assert state(efs, system) == "available"
    target = efs.create_mount_target(FileSystemId=system, SubnetId=subnet)
    assert target["LifeCycleState"] == "creating"
    targets = lambda: efs.describe_mount_targets(FileSystemId=system)["MountTargets"]  # noqa: E731
    assert targets()[0]["LifeCycleState"] == "creating"
    slow.pass_time()
    assert targets()[0]["LifeCycleState"] == "available"
    efs.delete_mount_target(MountTargetId=target["MountTargetId"])
    assert targets()[0]["LifeCycleState"] == "deleting"
    refused("FileSystemInUse", efs.delete_file_system, FileSystemId=system)
    refused("MountTargetConflict", efs.create_mount_target, FileSystemId=system, SubnetId=subnet)
    slow.pass_time()
    assert targets() == []
    efs.delete_file_system(FileSystemId=system)
    assert state(efs, system) == "deleting"
    refused("FileSystemAlreadyExists", efs.create_file_system, CreationToken="mate-demo-1")
    slow.pass_time()
    assert efs.describe_file_systems()["FileSystems"] == []


def test_the_same_token_names_what_it_made(cloud, system, refused):
    error = refused("FileSystemAlreadyExists", cloud.client("efs").create_file_system, CreationToken="mate-demo-1")
    assert error["FileSystemId"] == system
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 409


def test_one_mount_target_in_a_zone(cloud, base, system, refused):
    efs = cloud.client("efs")
    private, public = base["private-a.id"], base["public-a.id"]
    efs.create_mount_target(FileSystemId=system, SubnetId=private, SecurityGroups=[base["efs.id"]])
    refused("MountTargetConflict", efs.create_mount_target, FileSystemId=system, SubnetId=private)
    refused("MountTargetConflict", efs.create_mount_target, FileSystemId=system, SubnetId=public)  # the same zone
    assert efs.describe_file_systems(FileSystemId=system)["FileSystems"][0]["NumberOfMountTargets"] == 1
    refused("FileSystemInUse", efs.delete_file_system, FileSystemId=system)


def test_a_quota_refuses_the_next_file_system(cloud, system, refused):
    cloud.control("POST", "quotas", {"efs.CreateFileSystem": 1})
    refused("FileSystemLimitExceeded", cloud.client("efs").create_file_system, CreationToken="another")


def test_an_encrypted_file_system_shows_its_keys_arn(cloud, system):
    seen = cloud.client("efs").describe_file_systems(FileSystemId=system)["FileSystems"][0]
    assert seen["KmsKeyId"].startswith("arn:aws:kms:us-east-1:123456789012:key/")


def test_a_listing_goes_on_beyond_its_first_page(cloud):
    client = cloud.client("efs")
    made = {client.create_file_system(CreationToken=f"token-{n}")["FileSystemId"] for n in range(3)}
    first = client.describe_file_systems(MaxItems=2)
    second = client.describe_file_systems(MaxItems=2, Marker=first["NextMarker"])
    assert (len(first["FileSystems"]), len(second["FileSystems"]), "NextMarker" in second) == (2, 1, False)
    assert {one["FileSystemId"] for page in (first, second) for one in page["FileSystems"]} == made

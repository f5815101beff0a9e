"""RDS: states, pending values, snapshots, events, refusals."""

from conftest import FIXTURE, Server, eventually, watch_default_bus

DATABASE = {
    "DBInstanceIdentifier": "mate-demo-dev", "DBInstanceClass": "db.t4g.micro", "Engine": "postgres",
    "AllocatedStorage": 20, "MasterUsername": "mate", "MasterUserPassword": "correct-horse-1", "StorageType": "gp3",
    "DBSubnetGroupName": "mate-dev", "BackupRetentionPeriod": 7,
}


def status(rds, name="mate-demo-dev"):
    found = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    return found["DBInstanceStatus"]


def gone(rds, name="mate-demo-dev"):
    try:
        rds.describe_db_instances(DBInstanceIdentifier=name)
    except rds.exceptions.DBInstanceNotFoundFault:
        return True
    return False


def event_ids(poll):
    return [event["detail"]["EventID"] for event in poll()]


def test_a_database_is_creating_without_an_endpoint_until_it_is_available(slow, slow_base):
    rds, poll = slow.client("rds"), watch_default_bus(slow, "aws.rds")
    created = rds.create_db_instance(**DATABASE)["DBInstance"]
    assert created["DBInstanceStatus"] == "creating"
    assert "Endpoint" not in created
    seen = rds.describe_db_instances()["DBInstances"][0]
    assert seen["DBInstanceStatus"] == "creating"
    assert "Endpoint" not in seen
    assert event_ids(poll) == []


def test_events_come_at_the_moment_of_change(cloud, base):
    rds, poll = cloud.client("rds"), watch_default_bus(cloud, "aws.rds")
    rds.create_db_instance(**DATABASE)
    assert status(rds) == "available"
    assert rds.describe_db_instances()["DBInstances"][0]["Endpoint"]["Address"].startswith("mate-demo-dev.")
    assert event_ids(poll) == ["RDS-EVENT-0005", "RDS-EVENT-0001", "RDS-EVENT-0002"]
    event = poll()[0]
    assert event["source"] == "aws.rds"
    assert event["detail-type"] == "RDS DB Instance Event"
    assert event["resources"] == [event["detail"]["SourceArn"]]
    assert event["detail"]["SourceIdentifier"] == "mate-demo-dev"
    assert event["detail"]["EventCategories"] == ["creation"]


def test_pending_values_wait_for_the_window(cloud, base):
    rds, poll = cloud.client("rds"), watch_default_bus(cloud, "aws.rds")
    rds.create_db_instance(**DATABASE)
    changed = rds.modify_db_instance(DBInstanceIdentifier="mate-demo-dev", DBInstanceClass="db.t4g.small",
                                     ApplyImmediately=False)["DBInstance"]
    assert changed["DBInstanceClass"] == "db.t4g.micro"
    assert changed["PendingModifiedValues"] == {"DBInstanceClass": "db.t4g.small"}
    assert status(rds) == "available"
    cloud.control("POST", "rds/maintenance-window", {"instance": "mate-demo-dev"})
    found = rds.describe_db_instances()["DBInstances"][0]
    assert found["DBInstanceClass"] == "db.t4g.small"
    assert found["PendingModifiedValues"] == {}
    assert event_ids(poll)[-2:] == ["RDS-EVENT-0012", "RDS-EVENT-0014"]


def test_an_immediate_modification_is_modifying_meanwhile(slow, slow_base, refused):
    rds = slow.client("rds")
    rds.create_db_instance(**DATABASE)
    assert status(rds) == "creating"
    refused("InvalidDBInstanceState", rds.modify_db_instance, DBInstanceIdentifier="mate-demo-dev",
            AllocatedStorage=30, ApplyImmediately=True)
    refused("InvalidDBInstanceState", rds.delete_db_instance, DBInstanceIdentifier="mate-demo-dev",
            SkipFinalSnapshot=True)
    slow.pass_time()
    changed = rds.modify_db_instance(DBInstanceIdentifier="mate-demo-dev", AllocatedStorage=30, ApplyImmediately=True)
    assert changed["DBInstance"]["PendingModifiedValues"] == {"AllocatedStorage": 30}
    assert status(rds) == "modifying"
    slow.pass_time()
    assert (status(rds), rds.describe_db_instances()["DBInstances"][0]["AllocatedStorage"]) == ("available", 30)


def test_a_grown_database_is_operational_while_its_storage_is_optimized(tmp_path, refused):
    server = Server(tmp_path, "--profile", "fast", "--time-scale", "0.002")  # hours of optimization remain seconds
    try:
        server.control("POST", "environment", FIXTURE)
        rds = server.client("rds")
        rds.create_db_instance(**DATABASE)
        eventually(lambda: status(rds) == "available")
        rds.modify_db_instance(DBInstanceIdentifier="mate-demo-dev", AllocatedStorage=30, ApplyImmediately=True)
        eventually(lambda: status(rds) == "storage-optimization")
        server.control("POST", "time", {"paused": True})
        refused("InvalidParameterCombination", rds.modify_db_instance, DBInstanceIdentifier="mate-demo-dev",
                AllocatedStorage=40, ApplyImmediately=True)
        rds.modify_db_instance(DBInstanceIdentifier="mate-demo-dev", BackupRetentionPeriod=8, ApplyImmediately=True)
        assert status(rds) == "modifying"
    finally:
        server.stop()


def test_what_aws_adds_is_seen(cloud, base):
    rds = cloud.client("rds")
    created = rds.create_db_instance(**DATABASE | {"EngineVersion": "16", "StorageEncrypted": True})["DBInstance"]
    for seen in (created, rds.describe_db_instances()["DBInstances"][0]):
        assert seen["EngineVersion"] == "16.8"
        assert seen["KmsKeyId"].startswith("arn:aws:kms:us-east-1:123456789012:key/")
    changed = rds.modify_db_instance(DBInstanceIdentifier="mate-demo-dev", EngineVersion="16")["DBInstance"]
    assert changed["PendingModifiedValues"] == {}


def test_equal_values_are_no_modification(cloud, base):
    rds, poll = cloud.client("rds"), watch_default_bus(cloud, "aws.rds")
    rds.create_db_instance(**DATABASE)
    poll().clear()
    rds.modify_db_instance(DBInstanceIdentifier="mate-demo-dev", DBInstanceClass="db.t4g.micro", ApplyImmediately=True)
    assert event_ids(poll) == []


def test_deletion_takes_a_final_snapshot_and_says_so(cloud, base):
    rds, poll = cloud.client("rds"), watch_default_bus(cloud, "aws.rds")
    rds.create_db_instance(**DATABASE)
    deleted = rds.delete_db_instance(DBInstanceIdentifier="mate-demo-dev", FinalDBSnapshotIdentifier="mate-demo-dev-1")
    assert deleted["DBInstance"]["DBInstanceStatus"] == "deleting"
    assert gone(rds)
    assert rds.describe_db_snapshots()["DBSnapshots"][0]["Status"] == "available"
    assert event_ids(poll)[-3:] == ["RDS-EVENT-0040", "RDS-EVENT-0042", "RDS-EVENT-0003"]


def test_a_final_snapshot_is_creating_while_the_database_is_deleting(slow, slow_base, refused):
    rds = slow.client("rds")
    rds.create_db_instance(**DATABASE)
    slow.pass_time()
    assert status(rds) == "available"
    rds.delete_db_instance(DBInstanceIdentifier="mate-demo-dev", FinalDBSnapshotIdentifier="mate-demo-dev-1")
    assert status(rds) == "deleting"
    assert rds.describe_db_snapshots()["DBSnapshots"][0]["Status"] == "creating"
    refused("InvalidDBInstanceState", rds.delete_db_instance, DBInstanceIdentifier="mate-demo-dev", SkipFinalSnapshot=True)
    refused("DBInstanceAlreadyExists", rds.create_db_instance, **DATABASE)
    slow.pass_time()
    assert gone(rds)
    rds.create_db_instance(**DATABASE)


def test_refusals(cloud, base, refused):
    rds = cloud.client("rds")
    rds.create_db_instance(**DATABASE | {"DeletionProtection": True})
    refused("DBInstanceAlreadyExists", rds.create_db_instance, **DATABASE)
    for bad in ("a--b", "ab-", "1ab"):
        refused("InvalidParameterValue", rds.create_db_instance, **DATABASE | {"DBInstanceIdentifier": bad})
    refused("InvalidParameterValue", rds.create_db_instance,
            **DATABASE | {"DBInstanceIdentifier": "other", "MasterUserPassword": "with/slash-1"})
    refused("InvalidParameterValue", rds.create_db_instance, **DATABASE | {"DBInstanceIdentifier": "other", "AllocatedStorage": 5})
    refused("DBSubnetGroupNotFoundFault", rds.create_db_instance,
            **DATABASE | {"DBInstanceIdentifier": "other", "DBSubnetGroupName": "none"})
    refused("InvalidParameterCombination", rds.modify_db_instance, DBInstanceIdentifier="mate-demo-dev", AllocatedStorage=10)
    refused("InvalidParameterCombination", rds.delete_db_instance, DBInstanceIdentifier="mate-demo-dev", SkipFinalSnapshot=True)
    rds.modify_db_instance(DBInstanceIdentifier="mate-demo-dev", DeletionProtection=False)
    refused("InvalidParameterCombination", rds.delete_db_instance, DBInstanceIdentifier="mate-demo-dev")
    rds.create_db_snapshot(DBInstanceIdentifier="mate-demo-dev", DBSnapshotIdentifier="kept")
    refused("DBSnapshotAlreadyExists", rds.delete_db_instance, DBInstanceIdentifier="mate-demo-dev",
            FinalDBSnapshotIdentifier="kept")
    refused("InvalidDBSubnetGroupStateFault", rds.delete_db_subnet_group, DBSubnetGroupName="mate-dev")


def test_a_snapshot_has_the_databases_tags_only_if_that_says_so(cloud, base):
    rds, tags = cloud.client("rds"), [{"Key": "caretaker:owner", "Value": "demo"}]
    for name, copies in (("with", True), ("without", False)):
        rds.create_db_instance(**DATABASE | {"DBInstanceIdentifier": name, "Tags": tags, "CopyTagsToSnapshot": copies})
        rds.delete_db_instance(DBInstanceIdentifier=name, FinalDBSnapshotIdentifier=f"{name}-final")
    found = {snapshot["DBSnapshotIdentifier"]: snapshot for snapshot in rds.describe_db_snapshots()["DBSnapshots"]}
    assert found["with-final"]["TagList"] == tags
    assert found["without-final"]["TagList"] == []
    assert rds.list_tags_for_resource(ResourceName=found["with-final"]["DBSnapshotArn"])["TagList"] == tags
    assert rds.list_tags_for_resource(ResourceName=found["without-final"]["DBSnapshotArn"])["TagList"] == []


def test_a_subnet_group_covers_two_zones(cloud, base, refused):
    refused("DBSubnetGroupDoesNotCoverEnoughAZs", cloud.client("rds").create_db_subnet_group, DBSubnetGroupName="one",
            DBSubnetGroupDescription="one", SubnetIds=[base["private-a.id"]])


def test_a_quota_refuses_the_next_database(cloud, base, refused):
    rds = cloud.client("rds")
    cloud.control("POST", "quotas", {"rds.CreateDBInstance": 1})
    rds.create_db_instance(**DATABASE)
    refused("InstanceQuotaExceeded", rds.create_db_instance, **DATABASE | {"DBInstanceIdentifier": "second"})
    cloud.control("POST", "quotas", {"rds.CreateDBInstance": None})
    rds.create_db_instance(**DATABASE | {"DBInstanceIdentifier": "second"})

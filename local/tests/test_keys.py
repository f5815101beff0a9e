"""KMS, SNS and access points: refusals and states."""

import pytest

POLICY = '{"Version": "2012-10-17", "Statement": []}'
TOPIC = {"Name": "mate-dev", "Attributes": {"Policy": POLICY}, "Tags": [{"Key": "a", "Value": "b"}]}


@pytest.fixture
def key(cloud):
    return cloud.client("kms").create_key(Policy=POLICY)["KeyMetadata"]["KeyId"]


def test_a_key_on_its_way_out_takes_no_change(cloud, key, refused):
    kms = cloud.client("kms")
    refused("KMSInvalidStateException", kms.cancel_key_deletion, KeyId=key)
    kms.enable_key_rotation(KeyId=key)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    for change in (kms.schedule_key_deletion, kms.enable_key, kms.enable_key_rotation, kms.disable_key_rotation):
        refused("KMSInvalidStateException", change, KeyId=key)
    refused("KMSInvalidStateException", kms.tag_resource, KeyId=key, Tags=[{"TagKey": "a", "TagValue": "b"}])
    refused("KMSInvalidStateException", kms.create_alias, AliasName="alias/mate-dev", TargetKeyId=key)
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
    kms.cancel_key_deletion(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"
    refused("DisabledException", kms.disable_key_rotation, KeyId=key)
    kms.enable_key(KeyId=key)
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True


def test_an_alias_is_made_once_and_names_the_key_of_a_file_system(cloud, key, refused):
    kms = cloud.client("kms")
    kms.create_alias(AliasName="alias/mate-dev", TargetKeyId=key)
    refused("AlreadyExistsException", kms.create_alias, AliasName="alias/mate-dev", TargetKeyId=key)
    system = cloud.client("efs").create_file_system(CreationToken="t", Encrypted=True, KmsKeyId="alias/mate-dev")
    assert system["KmsKeyId"].endswith(f":key/{key}")


def test_a_topic_is_the_answer_to_its_own_creation_only(cloud, refused):
    sns = cloud.client("sns")
    made = sns.create_topic(**TOPIC)["TopicArn"]
    assert sns.create_topic(**TOPIC)["TopicArn"] == made
    refused("InvalidParameter", sns.create_topic, **TOPIC | {"Tags": [{"Key": "a", "Value": "c"}]})
    refused("InvalidParameter", sns.create_topic, **TOPIC | {"Attributes": {"KmsMasterKeyId": "alias/aws/sns"}})


def test_an_access_point_takes_time_and_its_token_binds(slow, refused):
    efs = slow.client("efs")
    system = efs.create_file_system(CreationToken="mate-demo-1")["FileSystemId"]
    create = {"ClientToken": "t", "FileSystemId": system}
    refused("IncorrectFileSystemLifeCycleState", efs.create_access_point, **create)
    slow.pass_time()
    point = efs.create_access_point(**create)
    assert point["LifeCycleState"] == "creating"
    assert refused("AccessPointAlreadyExists", efs.create_access_point, **create)["AccessPointId"] == point["AccessPointId"]
    states = lambda: [one["LifeCycleState"] for one in efs.describe_access_points(FileSystemId=system)["AccessPoints"]]  # noqa: E731
    slow.pass_time()
    assert states() == ["available"]
    efs.delete_access_point(AccessPointId=point["AccessPointId"])
    assert states() == ["deleting"]
    slow.pass_time()
    assert states() == []

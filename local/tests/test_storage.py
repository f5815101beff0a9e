"""Buckets, vaults, plans, dashboards; and the protocol that the SDKs speak with CloudWatch."""

import pytest
from botocore.exceptions import ClientError
from caretaker_local import cbor

OWN, OTHER = "123456789012", "999999999999"


def refused(code, call, **arguments):
    with pytest.raises(ClientError) as error:
        call(**arguments)
    assert error.value.response["Error"]["Code"] == code


def test_a_bucket_is_its_accounts_and_blocks_public_access(cloud):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="ours-1", CreateBucketConfiguration={"Tags": [{"Key": "a", "Value": "b"}]})
    assert s3.get_bucket_tagging(Bucket="ours-1", ExpectedBucketOwner=OWN)["TagSet"] == [{"Key": "a", "Value": "b"}]
    assert all(s3.get_public_access_block(Bucket="ours-1")["PublicAccessBlockConfiguration"].values())
    refused("AccessDenied", s3.get_bucket_tagging, Bucket="ours-1", ExpectedBucketOwner=OTHER)


def test_a_vault_goes_after_its_recovery_points(cloud):
    backup = cloud.client("backup")
    refused("AccessDeniedException", backup.describe_backup_vault, BackupVaultName="vault-1")
    backup.create_backup_vault(BackupVaultName="vault-1")
    refused("AlreadyExistsException", backup.create_backup_vault, BackupVaultName="vault-1")
    role, thing = f"arn:aws:iam::{OWN}:role/backup", f"arn:aws:elasticfilesystem:us-east-1:{OWN}:file-system/fs-1"
    made = backup.start_backup_job(BackupVaultName="vault-1", ResourceArn=thing, IamRoleArn=role)["RecoveryPointArn"]
    listed = backup.list_recovery_points_by_backup_vault(BackupVaultName="vault-1")["RecoveryPoints"]
    assert [(point["RecoveryPointArn"], point["Status"]) for point in listed] == [(made, "COMPLETED")]
    refused("InvalidRequestException", backup.delete_backup_vault, BackupVaultName="vault-1")
    backup.delete_recovery_point(BackupVaultName="vault-1", RecoveryPointArn=made)
    refused("ResourceNotFoundException", backup.delete_recovery_point, BackupVaultName="vault-1", RecoveryPointArn=f"{made}0")


def test_a_plan_with_a_selection_stays(cloud):
    backup = cloud.client("backup")
    rule = {"RuleName": "r", "TargetBackupVaultName": "v", "ScheduleExpression": "cron(0 3 * * ? *)"}
    plan = {"BackupPlanName": "p", "Rules": [rule]}
    made = backup.create_backup_plan(BackupPlan=plan, CreatorRequestId="token")["BackupPlanId"]
    assert backup.create_backup_plan(BackupPlan=plan, CreatorRequestId="token")["BackupPlanId"] == made
    assert backup.list_backup_plans()["BackupPlansList"][0]["CreatorRequestId"] == "token"
    selection = {"SelectionName": "s", "IamRoleArn": f"arn:aws:iam::{OWN}:role/backup", "Resources": ["*"]}
    backup.create_backup_selection(BackupPlanId=made, BackupSelection=selection)
    refused("InvalidRequestException", backup.delete_backup_plan, BackupPlanId=made)


def test_a_dashboard_keeps_the_tags_of_its_creation(cloud):
    cloudwatch = cloud.client("cloudwatch")
    for value in ("first", "second"):
        cloudwatch.put_dashboard(DashboardName="d", DashboardBody="{}", Tags=[{"Key": "a", "Value": value}])
    arn = cloudwatch.get_dashboard(DashboardName="d")["DashboardArn"]
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "first"}]


def test_cbor_is_read_as_it_is_written_and_as_others_write_it():
    value = {"a": [1, -5, 300, 70_000, 2**40, True, False, None, 1.5, "é", b"x"], "b": {"c": {}}}
    assert cbor.loads(cbor.dumps(value)) == value
    # RFC 8949, appendix A
    for text, expected in (("bf6161f56162f4ff", {"a": True, "b": False}), ("7f657374726561646d696e67ff", "streaming"),
                           ("5f42010243030405ff", b"\1\2\3\4\5"), ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
                           ("c11a514b67b0", 1363896240), ("f93c00", 1.0), ("3903e7", -1000)):
        assert cbor.loads(bytes.fromhex(text)) == expected
    with pytest.raises(ValueError, match="ends too early"):
        cbor.loads(b"\x62a")

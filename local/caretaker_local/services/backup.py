"""AWS Backup: recovery points, what stands in the way of a deletion, tokens of plans."""

import json
from urllib.parse import unquote

from caretaker_local.arn import arn
from caretaker_local.errors import Reply, refusal
from caretaker_local.rules import json_reply, with_json
from caretaker_local.wire import Call

JSON = b"application/json"


def install(cloud) -> None:
    points = RecoveryPoints(cloud)
    add = cloud.refusals.add
    add("backup.DescribeBackupVault", refuse_missing_vault)
    add("backup.CreateBackupVault", refuse_same_vault)
    add("backup.DeleteBackupVault", points.refuse_vault_in_use)
    add("backup.ListRecoveryPointsByBackupVault", points.list)
    add("backup.DeleteRecoveryPoint", points.delete)
    add("backup.CreateBackupPlan", create_again)
    add("backup.DeleteBackupPlan", refuse_plan_with_selections)
    cloud.effects.add("backup.StartBackupJob", points.made)
    cloud.effects.add("backup.CreateBackupPlan", remember_token)
    cloud.effects.add("backup.ListBackupPlans", show_tokens)


def refuse_missing_vault(call: Call) -> None:
    from ministack.services import backup

    if call.params.get("BackupVaultName") not in backup._vaults:
        raise refusal("backup_vault_missing")


def refuse_same_vault(call: Call) -> None:
    from ministack.services import backup

    if call.params.get("BackupVaultName") in backup._vaults:
        raise refusal("backup_vault_exists")


def create_again(call: Call) -> Reply | None:
    """The plan of the same CreatorRequestId.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupPlan.html"""
    from ministack.services import backup

    token = call.params.get("CreatorRequestId")
    for plan in backup._plans.values():
        if token and plan.get("CreatorRequestId") == token:
            return json_reply({key: plan[key] for key in ("BackupPlanId", "BackupPlanArn", "CreationDate", "VersionId")}, content_type=JSON)
    return None


def remember_token(call: Call, reply: Reply) -> None:
    from ministack.services import backup

    backup._plans[json.loads(reply.body)["BackupPlanId"]]["CreatorRequestId"] = call.params.get("CreatorRequestId", "")


def show_tokens(_call: Call, reply: Reply) -> Reply:
    from ministack.services import backup

    plans = json.loads(reply.body)["BackupPlansList"]
    shown = [plan | {"CreatorRequestId": backup._plans[plan["BackupPlanId"]].get("CreatorRequestId", "")} for plan in plans]
    return with_json(reply, BackupPlansList=shown)


def refuse_plan_with_selections(call: Call) -> None:
    from ministack.services import backup

    if any(one["BackupPlanId"] == call.params.get("BackupPlanId") for one in backup._selections.values()):
        raise refusal("backup_plan_with_selections")


class RecoveryPoints:
    """By vault; ministack only counts them. They go with its own state."""

    def __init__(self, cloud):
        self.cloud = cloud

    def of(self, vault: str) -> dict:
        from ministack.services import backup

        return backup._vaults.get(vault, {}).setdefault("_recovery_points", {})

    def made(self, call: Call, reply: Reply) -> Reply:
        """On AWS the ARN does not name the vault: a point can be copied."""
        from ministack.services import backup

        job = json.loads(reply.body)
        vault, identifier = call.params["BackupVaultName"], job["RecoveryPointArn"].rpartition("/")[2]
        point = arn("backup", f"recovery-point:{identifier}")
        self.of(vault)[point] = {
            "RecoveryPointArn": point, "BackupVaultName": vault, "BackupVaultArn": backup._vault_arn(vault),
            "ResourceArn": call.params.get("ResourceArn", ""), "IamRoleArn": call.params.get("IamRoleArn", ""),
            "Status": "COMPLETED", "CreationDate": job["CreationDate"], "BackupSizeInBytes": 1,
        }
        return with_json(reply, RecoveryPointArn=point)

    def list(self, call: Call) -> Reply:
        return json_reply({"RecoveryPoints": list(self.of(call.params["BackupVaultName"]).values())}, content_type=JSON)

    def delete(self, call: Call) -> Reply:
        points = self.of(call.params["BackupVaultName"])
        arn = unquote(call.params["RecoveryPointArn"])
        point = points.get(arn)
        if point is None:
            raise refusal("backup_point_missing")
        if point["Status"] != "DELETING":
            point["Status"] = "DELETING"
            self.cloud.timeline.after(self.cloud.takes("backup-recovery-point", "delete", arn), lambda: points.pop(arn, None))
        return Reply(200, [(b"content-type", JSON)], b"")

    def refuse_vault_in_use(self, call: Call) -> None:
        if self.of(call.params.get("BackupVaultName")):
            raise refusal("backup_vault_in_use")

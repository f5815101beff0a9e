"""KMS: what the state of a key refuses, which ministack lets pass.

The table: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html"""

import json

from caretaker_local.errors import Reply, refusal
from caretaker_local.rules import with_json
from caretaker_local.wire import Call

# Refused while the deletion of the key is pending; UpdateAlias and the uses of a key are none of ours.
NOT_WHILE_PENDING = ("CreateAlias", "DisableKeyRotation", "EnableKey", "EnableKeyRotation", "ScheduleKeyDeletion", "TagResource",
                     "UpdateKeyDescription")


def install(cloud) -> None:
    cloud.refusals.add("kms.CreateAlias", alias_is_new)
    for operation in NOT_WHILE_PENDING:
        cloud.refusals.add(f"kms.{operation}", key_stands)
    for operation in ("EnableKeyRotation", "DisableKeyRotation"):
        cloud.refusals.add(f"kms.{operation}", key_is_enabled)
    cloud.refusals.add("kms.CancelKeyDeletion", deletion_is_pending)
    cloud.effects.add("kms.GetKeyRotationStatus", pending_rotates_nothing)


def key_of(call: Call) -> dict | None:
    from ministack.services import kms

    return kms._resolve_key(call.params.get("KeyId") or call.params.get("TargetKeyId"))


def alias_is_new(call: Call) -> None:
    """First of all, also where the key is on its way out."""
    from ministack.services import kms

    name = call.params.get("AliasName", "")
    if kms._alias_arn(name) in kms._aliases:
        raise refusal("kms_alias_exists", arn=kms._alias_arn(name))


def key_stands(call: Call) -> None:
    key = key_of(call)
    if key and key["KeyState"] == "PendingDeletion":
        raise refusal("kms_key_pending_deletion", arn=key["Arn"])


def key_is_enabled(call: Call) -> None:
    key = key_of(call)
    if key and key["KeyState"] == "Disabled":
        raise refusal("kms_key_disabled", arn=key["Arn"])


def deletion_is_pending(call: Call) -> None:
    key = key_of(call)
    if key and key["KeyState"] != "PendingDeletion":
        raise refusal("kms_key_not_pending_deletion", arn=key["Arn"])


def pending_rotates_nothing(call: Call, reply: Reply) -> Reply:
    """"While a KMS key is pending deletion, its key rotation status is false"
    (https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html)."""
    key = key_of(call)
    rotates = json.loads(reply.body).get("KeyRotationEnabled", False)
    return with_json(reply, KeyRotationEnabled=rotates and bool(key) and key["KeyState"] != "PendingDeletion")

"""Secrets Manager: token semantics, names in recovery."""

import re
import time

from caretaker_local.errors import Reply, refusal
from caretaker_local.rules import json_reply, with_json
from caretaker_local.wire import Call

# "The secret name can contain ASCII letters, numbers, and the following characters: /_+=.@-"
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
NAME = re.compile(r"[A-Za-z0-9/_+=.@!-]+")


def install(cloud) -> None:
    cloud.refusals.add("secretsmanager.CreateSecret", refuse_create)
    cloud.effects.add("secretsmanager.CreateSecret", name_first_version)
    cloud.refusals.add("secretsmanager.PutSecretValue", refuse_put)
    cloud.refusals.add("secretsmanager.DeleteSecret", delete_what_never_was)


def refuse_create(call: Call) -> Reply | None:
    from ministack.services import secretsmanager

    name = call.params.get("Name", "")
    if not NAME.fullmatch(name):
        raise refusal("secret_name_alphabet")
    secret = secretsmanager._secrets.get(name)
    if secret is None:
        return None
    if secret.get("DeletedDate"):
        raise refusal("secret_name_in_recovery")
    version = token_version(secret, call)
    return json_reply({"ARN": secret["ARN"], "Name": name, "VersionId": version}) if version else None


def refuse_put(call: Call) -> Reply | None:
    from ministack.services import secretsmanager

    _name, secret = secretsmanager._resolve(call.params.get("SecretId", ""))
    if secret is None or secret.get("DeletedDate"):
        return None
    version = token_version(secret, call)
    if version is None:
        return None
    stages = list(secret["Versions"][version]["Stages"])
    return json_reply({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": version, "VersionStages": stages})


def delete_what_never_was(call: Call) -> Reply | None:
    """"If you forcibly delete an already deleted or nonexistent secret, the operation does not return
    ResourceNotFoundException" (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html)."""
    from ministack.services import secretsmanager

    identifier = call.params.get("SecretId", "")
    if not call.params.get("ForceDeleteWithoutRecovery") or secretsmanager._resolve(identifier)[1] is not None:
        return None
    return json_reply({"Name": identifier, "DeletionDate": int(time.time())})


def token_version(secret: dict, call: Call) -> str | None:
    """The version that this token made before, if its value is the same; a clash is refused."""
    token = call.params.get("ClientRequestToken")
    version = secret["Versions"].get(token)
    if version is None:
        return None
    same = all(version.get(part) == call.params.get(part) for part in ("SecretString", "SecretBinary"))
    if not same:
        raise refusal("secret_token_other_value", token=token, arn=secret["ARN"])
    return token


def name_first_version(call: Call, reply: Reply) -> Reply | None:
    """AWS takes the token as the version's id; ministack invents one."""
    import json

    from ministack.services import secretsmanager

    token = call.params.get("ClientRequestToken")
    secret = secretsmanager._secrets.get(call.params["Name"])
    version = json.loads(reply.body).get("VersionId")
    if not token or secret is None or version not in secret["Versions"]:
        return None
    secret["Versions"][token] = secret["Versions"].pop(version)
    return with_json(reply, VersionId=token)

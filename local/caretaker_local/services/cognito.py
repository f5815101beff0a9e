"""Cognito: deletion protection, second factors, and updates that reset what they leave out."""

from caretaker_local.errors import refusal
from caretaker_local.wire import Call

# What an UpdateUserPool that leaves it out sets: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
DEFAULTS = {
    "Policies": lambda: {"PasswordPolicy": {
        "MinimumLength": 8, "RequireUppercase": True, "RequireLowercase": True, "RequireNumbers": True, "RequireSymbols": True,
        "TemporaryPasswordValidityDays": 7}},
    "AutoVerifiedAttributes": list,
    "LambdaConfig": dict,
    "MfaConfiguration": lambda: "OFF",
    "UserPoolTags": dict,
    "DeletionProtection": lambda: "INACTIVE",
    "SmsConfiguration": dict,
    "EmailVerificationMessage": str,
    "EmailVerificationSubject": str,
}


def install(cloud) -> None:
    cloud.refusals.add("cognito-idp.CreateUserPool", refuse_second_factor)
    for operation in ("DescribeUserPool", "UpdateUserPool", "SetUserPoolMfaConfig", "DeleteUserPool"):
        cloud.refusals.add(f"cognito-idp.{operation}", refuse_missing)
    cloud.refusals.add("cognito-idp.UpdateUserPool", reset_what_is_left_out)
    cloud.refusals.add("cognito-idp.DeleteUserPool", refuse_protected)


def pool_of(call: Call) -> dict | None:
    from ministack.services import cognito

    return cognito._user_pools.get(call.params.get("UserPoolId"))


def refuse_missing(call: Call) -> None:
    if pool_of(call) is None:
        raise refusal("cognito_pool_missing", id=call.params.get("UserPoolId"))


def refuse_second_factor(call: Call) -> None:
    if call.params.get("MfaConfiguration", "OFF") != "OFF" and not call.params.get("SmsConfiguration"):
        raise refusal("cognito_second_factor_without_messages")


def refuse_protected(call: Call) -> None:
    if pool_of(call).get("DeletionProtection") == "ACTIVE":
        raise refusal("cognito_pool_protected")


def reset_what_is_left_out(call: Call) -> None:
    pool = pool_of(call)
    pool.update({member: default() for member, default in DEFAULTS.items() if member not in call.params})

"""ACM: a certificate is issued some time after the records that prove it stand in Route 53. ministack issues at once."""

import json
import time

from caretaker_local.errors import Reply, refusal
from caretaker_local.events import emit
from caretaker_local.rules import json_reply
from caretaker_local.services.route53 import has_record
from caretaker_local.wire import Call

# ACM knows a token for an hour: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
TOKEN_TIME_S = 3600


def install(cloud) -> None:
    authority = Authority(cloud)
    cloud.refusals.add("acm.RequestCertificate", authority.requested_before)
    cloud.effects.add("acm.RequestCertificate", authority.requested)
    for operation in ("DescribeCertificate", "ListTagsForCertificate", "DeleteCertificate"):
        cloud.refusals.add(f"acm.{operation}", refuse_missing)
    cloud.refusals.add("acm.DeleteCertificate", refuse_in_use)
    cloud.effects.add("acm.DescribeCertificate", show_use)
    cloud.effects.add("route53.ChangeResourceRecordSets", authority.records_changed)


def refuse_missing(call: Call) -> None:
    from ministack.services import acm

    arn = call.params.get("CertificateArn", "")
    if acm._get_local_certificate(arn) is None:
        raise refusal("acm_certificate_missing", arn=arn)


def users_of(arn: str) -> list[str]:
    """The load balancers whose listeners have it."""
    from ministack.services import alb

    return sorted({listener["LoadBalancerArn"] for listener in alb._listeners.values()
                   if any(arn in json.dumps(one) for one in listener.get("Certificates", []))})


def refuse_in_use(call: Call) -> None:
    arn = call.params.get("CertificateArn", "")
    if users_of(arn):
        raise refusal("acm_certificate_in_use", arn=arn)


def show_use(call: Call, reply: Reply) -> Reply:
    shown = json.loads(reply.body)
    users = users_of(call.params["CertificateArn"])
    shown["Certificate"]["InUseBy"] = sorted({*shown["Certificate"].get("InUseBy", []), *users})
    return Reply(reply.status, reply.headers, json.dumps(shown).encode())


class Authority:
    """PENDING_VALIDATION, without its records; with them; ISSUED once they have stood for a while."""

    def __init__(self, cloud):
        self.cloud = cloud

    def requested_before(self, call: Call) -> Reply | None:
        from ministack.services import acm

        token = call.params.get("IdempotencyToken")
        hour = TOKEN_TIME_S * (self.cloud.settings.time_scale or 1)
        for arn, certificate in acm._certificates.items():
            if token and certificate.get("_token") == token and time.monotonic() - certificate["_requested"] < hour:
                return json_reply({"CertificateArn": arn})
        return None

    def requested(self, call: Call, reply: Reply) -> None:
        from ministack.services import acm

        certificate = acm._certificates[json.loads(reply.body)["CertificateArn"]]
        options = certificate["DomainValidationOptions"]
        for option in options:
            option["ValidationStatus"] = "PENDING_VALIDATION"
        certificate.update(
            Status="PENDING_VALIDATION", _token=call.params.get("IdempotencyToken"), _requested=time.monotonic(), _validating=False,
            DomainValidationOptions=[{key: value for key, value in option.items() if key != "ResourceRecord"} for option in options],
        )
        wait = self.cloud.takes("acm-certificate", "describe", certificate["DomainName"])
        self.cloud.timeline.after(wait, lambda: self.describe(certificate, options))

    def describe(self, certificate: dict, options: list[dict]) -> None:
        certificate["DomainValidationOptions"] = options
        self.look()

    def records_changed(self, call: Call, reply: Reply) -> None:
        self.look()

    def look(self) -> None:
        """ACM looks for the records of what waits for them."""
        from ministack.services import acm

        for certificate in acm._certificates.values():
            if certificate["Status"] != "PENDING_VALIDATION" or certificate["_validating"] or not is_proven(certificate):
                continue
            certificate["_validating"] = True
            wait = self.cloud.takes("acm-certificate", "validate", certificate["DomainName"])
            self.cloud.timeline.after(wait, lambda certificate=certificate: issue(certificate))


def is_proven(certificate: dict) -> bool:
    """Whether all of its records are known, and stand."""
    records = [option.get("ResourceRecord") for option in certificate["DomainValidationOptions"]]
    return all(record is not None and has_record(record["Name"], record["Type"], record["Value"]) for record in records)


def issue(certificate: dict) -> None:
    certificate["_validating"] = False
    if is_proven(certificate):
        certificate["Status"] = "ISSUED"
        for option in certificate["DomainValidationOptions"]:
            option["ValidationStatus"] = "SUCCESS"
        # https://docs.aws.amazon.com/acm/latest/userguide/supported-events.html, "ACM Certificate Available"
        emit("aws.acm", "ACM Certificate Available", [certificate["CertificateArn"]], {
            "Action": "ISSUANCE", "CertificateType": "AMAZON_ISSUED", "CommonName": certificate["DomainName"],
            "DomainValidationMethod": "DNS", "DaysToExpiry": 395, "InUse": False, "Exported": False,
        })

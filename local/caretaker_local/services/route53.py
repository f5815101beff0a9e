"""Route 53: what a batch of changes is refused for, in AWS's own words, and the hook for whoever looks for records."""

from dataclasses import dataclass

from caretaker_local.errors import refusal
from caretaker_local.wire import Call


def install(cloud) -> None:
    cloud.refusals.add("route53.ChangeResourceRecordSets", refuse_batch)


@dataclass
class Change:
    """One change of a batch."""

    action: str
    record: dict

    @property
    def names(self) -> dict:
        return {"name": self.record["Name"], "type": self.record["Type"]}


def changes_of(call: Call) -> list[Change]:
    """In their order; ministack says what is wrong with a body that has none."""
    from ministack.services import route53

    root = route53._parse_body(call.body)
    batch = None if root is None else route53._find(root, "ChangeBatch")
    changes = None if batch is None else route53._find(batch, "Changes")
    found = []
    for element in [] if changes is None else route53._findall(changes, "Change"):
        record = route53._find(element, "ResourceRecordSet")
        if record is not None:
            found.append(Change(route53._text(element, "Action"), route53._parse_record_set(record)))
    return found


def refuse_batch(call: Call) -> None:
    from ministack.services import route53

    identifier = call.params.get("HostedZoneId", "")
    zone = route53._zones.get(identifier)
    if zone is None:
        raise refusal("route53_zone_missing", id=identifier)
    standing = list(route53._records.get(identifier, []))
    for change in changes_of(call):
        standing = applied(change, standing, zone["name"])


def applied(change: Change, standing: list[dict], zone: str) -> list[dict]:
    """What stands after the change; raises if it cannot be made."""
    from ministack.services import route53

    record, names = change.record, change.names
    if record["Name"] != zone and not record["Name"].endswith(f".{zone}"):
        raise refusal("route53_record_outside_its_zone", zone=zone, **names)
    key = route53._rs_key(record)
    present = next((one for one in standing if route53._rs_key(one) == key), None)
    if change.action == "CREATE" and present is not None:
        raise refusal("route53_record_exists", **names)
    others = [one for one in standing if one is not present]
    if change.action != "DELETE":
        refuse_beside_cname(record, others, zone)
        return [*others, record]
    if present is None:
        raise refusal("route53_record_missing", **names)
    if route53._rs_values(present) != route53._rs_values(record):
        raise refusal("route53_record_differs", **names)
    return others


def refuse_beside_cname(record: dict, others: list[dict], zone: str) -> None:
    for other in others:
        if other["Name"] == record["Name"] and "CNAME" in (other["Type"], record["Type"]) and other["Type"] != record["Type"]:
            raise refusal("route53_cname_beside_others", name=record["Name"], type=record["Type"], zone=zone)


def has_record(name: str, record_type: str, value: str) -> bool:
    """Whether a public zone answers so."""
    from ministack.services import route53

    public = [zone["id"] for zone in route53._zones.values() if not zone.get("private")]
    records = [record for identifier in public for record in route53._records.get(identifier, [])]
    wanted = (name.rstrip("."), record_type)
    return any((record["Name"].rstrip("."), record["Type"]) == wanted
               and value.rstrip(".") in [one.rstrip(".") for one in record.get("ResourceRecords", [])] for record in records)

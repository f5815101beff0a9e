"""RDS's events on EventBridge: best effort on AWS, each at the moment of its change here.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html"""

from caretaker_local.events import emit, iso_now

# id → (categories, message)
INSTANCE = {
    "RDS-EVENT-0001": (["backup"], "Backing up DB instance"),
    "RDS-EVENT-0002": (["backup"], "Finished DB instance backup"),
    "RDS-EVENT-0003": (["deletion"], "DB instance deleted"),
    "RDS-EVENT-0005": (["creation"], "DB instance created"),
    "RDS-EVENT-0012": (["configuration change"], "Applying modification to database instance class"),
    "RDS-EVENT-0014": (["configuration change"], "Finished applying modification to DB instance class"),
    "RDS-EVENT-0016": (["configuration change"], "Reset master credentials"),
    "RDS-EVENT-0017": (["configuration change"], "Finished applying modification to allocated storage"),
    "RDS-EVENT-0018": (["configuration change"], "Applying modification to allocated storage"),
    "RDS-EVENT-0024": (["configuration change"], "Applying modification to convert to a Multi-AZ DB instance"),
    "RDS-EVENT-0025": (["configuration change"], "Finished applying modification to convert to a Multi-AZ DB instance"),
    "RDS-EVENT-0029": (["configuration change"],
                       "Finished applying modification to convert to a standard (Single-AZ) DB instance"),
    "RDS-EVENT-0030": (["configuration change"],
                       "Applying modification to convert to a standard (Single-AZ) DB instance"),
}
SNAPSHOT = {
    "RDS-EVENT-0040": (["creation"], "Creating manual snapshot"),
    "RDS-EVENT-0042": (["creation"], "Manual snapshot created"),
}


def instance_event(event_id: str, instance: dict) -> None:
    """An event about a DB instance."""
    categories, message = INSTANCE[event_id]
    put("RDS DB Instance Event", "DB_INSTANCE", instance["DBInstanceArn"], instance["DBInstanceIdentifier"],
        event_id, categories, message)


def snapshot_event(event_id: str, snapshot: dict) -> None:
    """An event about a manual snapshot; its SourceIdentifier is the ARN's last part with its `rds:`-less name."""
    categories, message = SNAPSHOT[event_id]
    put("RDS DB Snapshot Event", "SNAPSHOT", snapshot["DBSnapshotArn"], snapshot["DBSnapshotIdentifier"],
        event_id, categories, message)


def put(detail_type: str, source_type: str, arn: str, name: str, event_id: str, categories: list[str], message: str) -> None:
    emit("aws.rds", detail_type, [arn], {
        "EventCategories": categories,
        "SourceType": source_type,
        "SourceArn": arn,
        "Date": iso_now(),
        "Message": message,
        "SourceIdentifier": name,
        "EventID": event_id,
    })

"""What RDS adds to what was sent, and shows in each describe: rows of facts/defaults.toml."""

from caretaker_local.services.keys import key_arn

# The minor version that a major one becomes. The figures age; that there is one does not.
# https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-versions.html
POSTGRES_MINOR = {"13": "13.20", "14": "14.17", "15": "15.12", "16": "16.8", "17": "17.4"}


def complete_instance(instance: dict) -> None:
    """A new instance as AWS would show it."""
    if instance["Engine"] == "postgres":
        version = instance["EngineVersion"]
        instance["EngineVersion"] = POSTGRES_MINOR.get(version, version)
    if instance["StorageEncrypted"] or instance["KmsKeyId"]:
        instance["StorageEncrypted"] = True
        instance["KmsKeyId"] = key_arn(instance["KmsKeyId"], "rds")

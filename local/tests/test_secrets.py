"""Secrets Manager: tokens, names in recovery."""

TOKEN = "incarnation-1-resource-database-0"


def test_the_same_token_and_value_is_the_same_secret(cloud):
    client = cloud.client("secretsmanager")
    first = client.create_secret(Name="mate/demo/db", SecretString="one", ClientRequestToken=TOKEN)
    again = client.create_secret(Name="mate/demo/db", SecretString="one", ClientRequestToken=TOKEN)
    assert first["VersionId"] == again["VersionId"] == TOKEN
    assert first["ARN"] == again["ARN"]


def test_the_same_token_with_another_value_is_refused(cloud, refused):
    client = cloud.client("secretsmanager")
    client.create_secret(Name="mate/demo/db", SecretString="one", ClientRequestToken=TOKEN)
    for call, name in ((client.create_secret, {"Name": "mate/demo/db"}), (client.put_secret_value, {"SecretId": "mate/demo/db"})):
        error = refused("ResourceExistsException", call, SecretString="two", ClientRequestToken=TOKEN, **name)
        assert TOKEN in error["Error"]["Message"]
    assert client.get_secret_value(SecretId="mate/demo/db")["SecretString"] == "one"


def test_another_token_meets_the_name(cloud, refused):
    client = cloud.client("secretsmanager")
    client.create_secret(Name="mate/demo/db", SecretString="one", ClientRequestToken=TOKEN)
    refused("ResourceExistsException", client.create_secret, Name="mate/demo/db", SecretString="one",
            ClientRequestToken="x" * 32)


def test_a_name_in_recovery_is_refused_until_restored(cloud, refused):
    client = cloud.client("secretsmanager")
    client.create_secret(Name="mate/demo/db", SecretString="one")
    client.delete_secret(SecretId="mate/demo/db", RecoveryWindowInDays=7)
    error = refused("InvalidRequestException", client.create_secret, Name="mate/demo/db", SecretString="two")
    assert error["Error"]["Message"] == (
        "You can't create this secret because a secret with this name is already scheduled for deletion.")
    assert client.describe_secret(SecretId="mate/demo/db")["DeletedDate"]
    refused("InvalidRequestException", client.get_secret_value, SecretId="mate/demo/db")
    client.restore_secret(SecretId="mate/demo/db")
    assert client.get_secret_value(SecretId="mate/demo/db")["SecretString"] == "one"


def test_a_name_has_its_alphabet(cloud, refused):
    refused("ValidationException", cloud.client("secretsmanager").create_secret, Name="mate demo", SecretString="x")


def test_a_forced_deletion_of_what_never_was_succeeds(cloud, refused):
    client = cloud.client("secretsmanager")
    client.delete_secret(SecretId="mate/nobody/db", ForceDeleteWithoutRecovery=True)
    refused("ResourceNotFoundException", client.delete_secret, SecretId="mate/nobody/db", RecoveryWindowInDays=7)

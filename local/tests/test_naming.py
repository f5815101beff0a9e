"""Route 53, ACM and Cognito: what conformance cannot show through the port."""

import pytest
from caretaker_local.access import rights
from caretaker_local.wire import read_call
from caretaker_local.world import world

ZONE = "Z0D3F6A1B2C4E5F601AA"


def change(client, action, name, record_type, value):
    record = {"Name": name, "Type": record_type, "TTL": 300, "ResourceRecords": [{"Value": value}]}
    return client.change_resource_record_sets(
        HostedZoneId=ZONE, ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]})


def test_a_batch_is_refused_in_awss_words(cloud, base, refused):
    client = cloud.client("route53")
    host = "demo.mate.sociant.ai"
    change(client, "CREATE", host, "TXT", '"one"')
    error = refused("InvalidChangeBatch", change, client=client, action="CREATE", name=host, record_type="TXT", value='"two"')
    assert error["Error"]["Message"] == f"[Tried to create resource record set [name='{host}.', type='TXT'] but it already exists]"
    refused("InvalidChangeBatch", change, client=client, action="DELETE", name=host, record_type="TXT", value='"two"')
    refused("InvalidChangeBatch", change, client=client, action="CREATE", name=host, record_type="CNAME", value="a.b")
    refused("InvalidChangeBatch", change, client=client, action="CREATE", name="a.example.com", record_type="TXT", value='"x"')
    refused("NoSuchHostedZone", client.change_resource_record_sets, HostedZoneId="Z1", ChangeBatch={"Changes": [
        {"Action": "DELETE", "ResourceRecordSet": {"Name": host, "Type": "A", "TTL": 1, "ResourceRecords": [{"Value": "192.0.2.1"}]}}]})


@pytest.fixture
def certificate(slow_base, slow):
    domain = "demo.mate.sociant.ai"
    return slow.client("acm").request_certificate(DomainName=domain, ValidationMethod="DNS", IdempotencyToken="a" * 32)["CertificateArn"]


def shown(cloud, arn):
    return cloud.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]


def test_a_certificate_is_issued_some_time_after_its_record_stands(slow, certificate):
    assert "ResourceRecord" not in shown(slow, certificate)["DomainValidationOptions"][0]
    slow.pass_time()
    record = shown(slow, certificate)["DomainValidationOptions"][0]["ResourceRecord"]
    slow.pass_time()
    assert shown(slow, certificate)["Status"] == "PENDING_VALIDATION"
    change(slow.client("route53"), "CREATE", record["Name"], "CNAME", record["Value"])
    assert shown(slow, certificate)["Status"] == "PENDING_VALIDATION"
    slow.pass_time()
    assert shown(slow, certificate)["Status"] == "ISSUED"


def test_a_record_that_goes_too_early_proves_nothing(slow, certificate):
    slow.pass_time()
    record = shown(slow, certificate)["DomainValidationOptions"][0]["ResourceRecord"]
    route53 = slow.client("route53")
    change(route53, "CREATE", record["Name"], "CNAME", record["Value"])
    change(route53, "DELETE", record["Name"], "CNAME", record["Value"])
    slow.pass_time()
    assert shown(slow, certificate)["Status"] == "PENDING_VALIDATION"
    change(route53, "CREATE", record["Name"], "CNAME", record["Value"])
    slow.pass_time()
    assert shown(slow, certificate)["Status"] == "ISSUED"


def test_a_certificate_in_use_cannot_be_deleted(cloud, base, refused):
    acm, elbv2 = cloud.client("acm"), cloud.client("elbv2")
    domain = "demo.mate.sociant.ai"
    arn = acm.request_certificate(DomainName=domain, ValidationMethod="DNS")["CertificateArn"]
    record = shown(cloud, arn)["DomainValidationOptions"][0]["ResourceRecord"]
    change(cloud.client("route53"), "CREATE", record["Name"], "CNAME", record["Value"])
    assert shown(cloud, arn)["Status"] == "ISSUED"
    balancer = elbv2.create_load_balancer(Name="demo", Subnets=[base["public-a.id"], base["public-b.id"]])["LoadBalancers"][0]
    group = elbv2.create_target_group(Name="demo", Protocol="HTTP", Port=80, VpcId=base["vpc.id"], TargetType="ip")["TargetGroups"][0]
    listener = elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTPS", Port=443, Certificates=[{"CertificateArn": arn}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}])["Listeners"][0]
    assert shown(cloud, arn)["InUseBy"] == [balancer["LoadBalancerArn"]]
    refused("ResourceInUseException", acm.delete_certificate, CertificateArn=arn)
    elbv2.delete_listener(ListenerArn=listener["ListenerArn"])
    assert shown(cloud, arn)["InUseBy"] == []
    acm.delete_certificate(CertificateArn=arn)
    refused("ResourceNotFoundException", acm.delete_certificate, CertificateArn=arn)


def test_a_second_factor_at_creation_is_a_message(cloud, refused):
    refused("InvalidParameterException", cloud.client("cognito-idp").create_user_pool, PoolName="demo", MfaConfiguration="ON")


def test_an_update_of_a_user_pool_resets_what_it_leaves_out(cloud, refused):
    client = cloud.client("cognito-idp")
    policy = {"PasswordPolicy": {"MinimumLength": 12}}
    pool = client.create_user_pool(PoolName="demo", Policies=policy, DeletionProtection="ACTIVE", UserPoolTags={"a": "b"})["UserPool"]
    refused("InvalidParameterException", client.delete_user_pool, UserPoolId=pool["Id"])
    client.update_user_pool(UserPoolId=pool["Id"], AutoVerifiedAttributes=["email"])
    seen = client.describe_user_pool(UserPoolId=pool["Id"])["UserPool"]
    assert (seen["Policies"]["PasswordPolicy"]["MinimumLength"], seen["DeletionProtection"]) == (8, "INACTIVE")
    client.delete_user_pool(UserPoolId=pool["Id"])
    refused("ResourceNotFoundException", client.update_user_pool, UserPoolId=pool["Id"])


def test_a_host_belongs_to_whom_its_companion_names(cloud, base):
    client = cloud.client("route53")
    change(client, "CREATE", "acme-dev.mate.sociant.ai", "A", "192.0.2.1")
    change(client, "CREATE", "_caretaker.acme-dev.mate.sociant.ai", "TXT", '"caretaker owner=tenant/dev/acme incarnation=01j"')
    change(client, "CREATE", "_x.acme-dev.mate.sociant.ai", "CNAME", "_y.acm-validations.aws")
    change(client, "CREATE", "other.mate.sociant.ai", "A", "192.0.2.1")
    found = world(cloud.endpoint)
    assert found["tenant/dev/acme"]["record"] == ["A (host)", "CNAME _x.(host)", "TXT _caretaker.(host)"]
    assert found["nobody"]["record"] == ["A other.mate.sociant.ai"]


def test_iam_knows_which_records_a_batch_is_about():
    body = (b'<ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch><Changes><Change>'
            b"<Action>CREATE</Action><ResourceRecordSet><Name>Demo.a.b.</Name><Type>A</Type></ResourceRecordSet></Change></Changes>"
            b"</ChangeBatch></ChangeResourceRecordSetsRequest>")
    signed = (b"authorization", b"AWS4-HMAC-SHA256 Credential=test/20261121/us-east-1/route53/aws4_request, SignedHeaders=host, Signature=x")
    scope = {"method": "POST", "path": "/2013-04-01/hostedzone/Z1/rrset", "headers": [signed], "query_string": b""}
    [(action, resource, keys)] = rights(read_call(scope, body))
    assert (action, resource) == ("route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1")
    assert keys["route53:ChangeResourceRecordSetsNormalizedRecordNames"] == ["demo.a.b"]
    assert keys["route53:ChangeResourceRecordSetsRecordTypes"] == ["A"]

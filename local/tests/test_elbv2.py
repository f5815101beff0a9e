"""Load balancers, target groups, listeners and web ACLs: states, refusals, repeated creates."""

import json

import functions
import pytest
from conftest import FIXTURE, Server, eventually
from test_ecs import create as create_service
from test_ecs import register, tasks

NAME = "mate-demo-web"
CODES = {"Matcher": {"HttpCode": "200,301"}, "TargetType": "ip", "Protocol": "HTTP", "Port": 8000}


@pytest.fixture
def elb(cloud, base):
    return cloud.client("elbv2")


def create(elb, base, name="mate-dev", **other):
    settings = {"Subnets": [base["public-a.id"], base["public-b.id"]], "SecurityGroups": [base["ecs.id"]]} | other
    return elb.create_load_balancer(Name=name, **settings)["LoadBalancers"][0]


def targets(elb, base, name="mate-dev", **other):
    return elb.create_target_group(Name=name, VpcId=base["vpc.id"], **(CODES | other))["TargetGroups"][0]["TargetGroupArn"]


def forward(group):
    return [{"Type": "forward", "TargetGroupArn": group}]


def listen(elb, balancer, group, port=80, **other):
    made = elb.create_listener(LoadBalancerArn=balancer, Port=port, **({"Protocol": "HTTP", "DefaultActions": forward(group)} | other))
    return made["Listeners"][0]["ListenerArn"]


def state(elb, name="mate-dev"):
    return elb.describe_load_balancers(Names=[name])["LoadBalancers"][0]["State"]["Code"]


def test_a_load_balancer_takes_time_and_lingers(slow, slow_base, refused):
    elb, ec2 = slow.client("elbv2"), slow.client("ec2")
    made = create(elb, slow_base)
    assert made["State"]["Code"] == state(elb) == "provisioning"
    assert create(elb, slow_base)["State"]["Code"] == "provisioning"  # the same again
    slow.pass_time()
    assert state(elb) == create(elb, slow_base)["State"]["Code"] == "active"
    group, subnet = slow_base["ecs.id"], slow_base["public-a.id"]
    refused("DependencyViolation", ec2.delete_security_group, GroupId=group)
    elb.delete_load_balancer(LoadBalancerArn=made["LoadBalancerArn"])
    refused("LoadBalancerNotFound", elb.describe_load_balancers, Names=["mate-dev"])
    refused("DependencyViolation", ec2.delete_security_group, GroupId=group)
    refused("DependencyViolation", ec2.delete_subnet, SubnetId=subnet)
    slow.pass_time()
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_security_group(GroupId=group)


def test_a_load_balancers_name_zones_and_settings(elb, base, refused):
    def make(**other):
        return {"Name": "mate-dev", "Subnets": [base["public-a.id"], base["public-b.id"]]} | other

    for name in ("internal-mate", "mate-", "-mate", "mate_dev", "m" * 33):
        refused("ValidationError", elb.create_load_balancer, **make(Name=name))
    refused("ValidationError", elb.create_load_balancer, **make(Subnets=[base["public-a.id"], base["private-a.id"]]))  # one zone
    refused("SubnetNotFound", elb.create_load_balancer, **make(Subnets=["subnet-1", "subnet-2"]))
    elb.create_load_balancer(**make(Name="m" * 32))
    elb.create_load_balancer(**make())
    for other in ({"Scheme": "internal"}, {"Tags": [{"Key": "a", "Value": "b"}]}):
        refused("DuplicateLoadBalancerName", elb.create_load_balancer, **make(**other))


def test_access_logs_need_a_bucket_whose_policy_names_who_delivers_them(cloud, elb, base, refused):
    s3, arn = cloud.client("s3"), create(elb, base)["LoadBalancerArn"]
    wanted = {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": "mate-logs", "access_logs.s3.prefix": ""}
    request = {"LoadBalancerArn": arn, "Attributes": [{"Key": key, "Value": value} for key, value in wanted.items()]}
    refused("InvalidConfigurationRequest", elb.modify_load_balancer_attributes, **request)
    s3.create_bucket(Bucket="mate-logs")
    refused("InvalidConfigurationRequest", elb.modify_load_balancer_attributes, **request)
    for principal in ({"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}, {"AWS": "arn:aws:iam::127311923021:root"}):
        allow = {"Effect": "Allow", "Principal": principal, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::mate-logs/*"}
        s3.put_bucket_policy(Bucket="mate-logs", Policy=json.dumps({"Version": "2012-10-17", "Statement": [allow]}))
        elb.modify_load_balancer_attributes(**request)
    shown = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    assert wanted.items() <= {one["Key"]: one["Value"] for one in shown}.items()


def test_a_protected_load_balancer_stays(elb, base, refused):
    arn = create(elb, base)["LoadBalancerArn"]

    def protect(value):
        elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[{"Key": "deletion_protection.enabled", "Value": value}])

    protect("true")
    refused("OperationNotPermitted", elb.delete_load_balancer, LoadBalancerArn=arn)
    protect("false")
    elb.delete_load_balancer(LoadBalancerArn=arn)
    elb.delete_load_balancer(LoadBalancerArn=arn)


def test_a_target_group_has_one_name_and_one_load_balancer(elb, base, refused):
    group = targets(elb, base)
    assert targets(elb, base) == group
    for other in ({"Port": 9000}, {"HealthCheckPath": "/health"}, {"Matcher": {"HttpCode": "204"}}):
        refused("DuplicateTargetGroupName", elb.create_target_group, Name="mate-dev", VpcId=base["vpc.id"], **(CODES | other))
    one, two = (create(elb, base, name)["LoadBalancerArn"] for name in ("one", "two"))
    front = listen(elb, one, group)
    used_by = lambda: elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]["LoadBalancerArns"]  # noqa: E731
    assert used_by() == [one]
    refused("ResourceInUse", elb.delete_target_group, TargetGroupArn=group)
    refused("TargetGroupAssociationLimit", elb.create_listener, LoadBalancerArn=two, Protocol="HTTP", Port=80, DefaultActions=forward(group))
    elb.delete_listener(ListenerArn=front)
    assert used_by() == []
    listen(elb, two, group)
    elb.delete_load_balancer(LoadBalancerArn=two)
    assert used_by() == []
    elb.delete_target_group(TargetGroupArn=group)


def test_a_port_has_one_listener(elb, base, refused):
    balancer, group, other = create(elb, base)["LoadBalancerArn"], targets(elb, base), targets(elb, base, "other")
    front = listen(elb, balancer, group)
    assert listen(elb, balancer, group) == front
    make = {"LoadBalancerArn": balancer, "Protocol": "HTTP", "Port": 80}
    refused("DuplicateListener", elb.create_listener, **make, DefaultActions=forward(other))
    second = listen(elb, balancer, group, port=81)
    refused("DuplicateListener", elb.modify_listener, ListenerArn=second, Port=80)
    elb.delete_target_group(TargetGroupArn=other)
    refused("TargetGroupNotFound", elb.modify_listener, ListenerArn=second, DefaultActions=forward(other))


def test_a_listener_needs_an_issued_certificate(cloud, elb, base, refused):
    acm = cloud.client("acm")
    balancer, group = create(elb, base)["LoadBalancerArn"], targets(elb, base)
    missing = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    make = {"LoadBalancerArn": balancer, "Protocol": "HTTPS", "Port": 443, "DefaultActions": forward(group)}
    refused("CertificateNotFound", elb.create_listener, **make, Certificates=[{"CertificateArn": missing}])
    issued = acm.request_certificate(DomainName="mate.sociant.ai", ValidationMethod="DNS")["CertificateArn"]
    refused("UnsupportedCertificate", elb.create_listener, **make, Certificates=[{"CertificateArn": issued}])
    prove(cloud, acm, issued)
    assert acm.describe_certificate(CertificateArn=issued)["Certificate"]["Status"] == "ISSUED"
    policy = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    listen(elb, balancer, group, port=443, Protocol="HTTPS", Certificates=[{"CertificateArn": issued}], SslPolicy=policy)
    shown = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"][0]
    assert (shown["SslPolicy"], shown["Certificates"]) == (policy, [{"CertificateArn": issued}])


def prove(cloud, acm, arn):
    """The certificate's record, in the zone of the base."""
    route53 = cloud.client("route53")
    record = acm.describe_certificate(CertificateArn=arn)["Certificate"]["DomainValidationOptions"][0]["ResourceRecord"]
    shown = {"Name": record["Name"], "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": record["Value"]}]}
    zone = route53.list_hosted_zones()["HostedZones"][0]["Id"]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": shown}]})


def web_acl(waf, name="mate-dev"):
    shows = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}
    made = waf.create_web_acl(Name=name, Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=shows)
    return made["Summary"]


def test_a_web_acl_has_one_name_and_a_lock(cloud, refused):
    waf = cloud.client("wafv2")
    made = web_acl(waf)
    shows = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "mate-dev"}
    same = {"Name": "mate-dev", "Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": shows}
    refused("WAFDuplicateItemException", waf.create_web_acl, **same)
    lock = waf.update_web_acl(**same, Id=made["Id"], LockToken=made["LockToken"])["NextLockToken"]
    refused("WAFOptimisticLockException", waf.update_web_acl, **same, Id=made["Id"], LockToken=made["LockToken"])
    refused("WAFOptimisticLockException", waf.delete_web_acl, Name="mate-dev", Scope="REGIONAL", Id=made["Id"], LockToken=made["LockToken"])
    waf.delete_web_acl(Name="mate-dev", Scope="REGIONAL", Id=made["Id"], LockToken=lock)


def test_a_web_acl_filters_active_load_balancers_and_stays_while_it_does(slow, slow_base, refused):
    elb, waf = slow.client("elbv2"), slow.client("wafv2")
    made, balancer = web_acl(waf), create(elb, slow_base)["LoadBalancerArn"]
    refused("WAFUnavailableEntityException", waf.associate_web_acl, WebACLArn=made["ARN"], ResourceArn=balancer)
    refused("WAFNonexistentItemException", waf.associate_web_acl, WebACLArn=made["ARN"], ResourceArn=f"{balancer}x")
    slow.pass_time()
    assert "WebACL" not in waf.get_web_acl_for_resource(ResourceArn=balancer)
    waf.associate_web_acl(WebACLArn=made["ARN"], ResourceArn=balancer)
    assert waf.get_web_acl_for_resource(ResourceArn=balancer)["WebACL"]["ARN"] == made["ARN"]
    delete = {"Name": "mate-dev", "Scope": "REGIONAL", "Id": made["Id"], "LockToken": made["LockToken"]}
    refused("WAFAssociatedItemException", waf.delete_web_acl, **delete)
    elb.delete_load_balancer(LoadBalancerArn=balancer)
    waf.delete_web_acl(**delete)


# Health of targets


def balanced(server, base):
    """A service of two tasks behind a listener; (client, target group)."""
    elb = server.client("elbv2")
    group = targets(elb, base, HealthCheckIntervalSeconds=60)
    listen(elb, create(elb, base)["LoadBalancerArn"], group)
    definition = register(server, base, portMappings=[{"containerPort": 8000}])
    create_service(server, definition, loadBalancers=[{"targetGroupArn": group, "containerName": "web", "containerPort": 8000}])
    return elb, group


def health(elb, group, **asked):
    """Address and port → state and reason."""
    shown = elb.describe_target_health(TargetGroupArn=group, **asked)["TargetHealthDescriptions"]
    return {(one["Target"]["Id"], one["Target"]["Port"]): (one["TargetHealth"]["State"], one["TargetHealth"].get("Reason"))
            for one in shown}


def addresses(server):
    details = [detail for task in tasks(server) for detail in task["attachments"][0]["details"]]
    return {detail["value"] for detail in details if detail["name"] == "privateIPv4Address"}


def test_running_tasks_are_targets_and_become_healthy(slow, slow_base):
    elb, group = balanced(slow, slow_base)
    assert health(elb, group) == {}
    slow.pass_time()
    assert health(elb, group) == {(address, 8000): ("healthy", None) for address in addresses(slow)}
    assert len(addresses(slow)) == 2
    one = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"][0]
    assert (one["HealthCheckPort"], one["Target"]["AvailabilityZone"]) == ("8000", "us-east-1a")


def test_a_target_is_initial_until_its_first_check_and_draining_while_its_task_stops(slow, slow_base):
    elb, group = balanced(slow, slow_base)
    slow.pass_time()
    stopped = {(address, 8000) for address in addresses(slow)}
    arn = slow.control("POST", "ecs/stop-task", {"cluster": "mate-dev", "service": NAME})["taskArn"]
    draining = [target for target, seen in health(elb, group).items() if seen == ("draining", "Target.DeregistrationInProgress")]
    assert len(draining) == 1
    assert draining[0] in stopped
    slow.pass_time()
    assert draining[0] not in health(elb, group)
    assert set(health(elb, group).values()) == {("healthy", None)}
    assert len(health(elb, group)) == 2
    assert arn not in {task["taskArn"] for task in tasks(slow)}


def test_a_new_target_takes_a_checks_interval(tmp_path):
    server = Server(tmp_path, "--profile", "fast", "--time-scale", "0.02")
    try:
        elb, group = balanced(server, server.control("POST", "environment", FIXTURE))
        first = eventually(lambda: set(health(elb, group).values()), timeout=30)
        assert first == {("initial", "Elb.RegistrationInProgress")}
        eventually(lambda: set(health(elb, group).values()) == {("healthy", None)})
    finally:
        server.stop()


def test_targets_of_nobodys_group_are_unused(cloud, elb, base, refused):
    group = targets(elb, base)
    refused("TargetGroupNotFound", elb.describe_target_health, TargetGroupArn=f"{group}0")
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.0.11.9"}])
    assert health(elb, group) == {("10.0.11.9", 8000): ("unused", "Target.NotInUse")}
    listen(elb, create(elb, base)["LoadBalancerArn"], group)
    asked = [{"Id": "10.0.11.9", "Port": 8000}, {"Id": "10.0.11.10"}]
    assert health(elb, group, Targets=asked) == {
        ("10.0.11.9", 8000): ("healthy", None), ("10.0.11.10", 8000): ("unused", "Target.NotRegistered")}


def test_a_task_that_does_not_start_is_no_target(cloud, base):
    elb, group = balanced(cloud, base)
    before = health(elb, group)
    definition = register(cloud, base, image="123456789012.dkr.ecr.us-east-1.amazonaws.com/nobody:1")
    cloud.client("ecs").update_service(cluster="mate-dev", service=NAME, taskDefinition=definition)
    eventually(lambda: tasks(cloud, desiredStatus="STOPPED"))
    assert health(elb, group) == before


def test_the_right_to_see_health_is_for_all_or_nothing(cloud, base):
    elb, group = balanced(cloud, base)
    functions.create_function(cloud)
    ask = {"calls": [functions.call("elbv2", "describe_target_health", TargetGroupArn=group)]}
    cloud.control("POST", "iam", {"mode": "enforce"})
    for resource, allowed in ((group, False), ("*", True)):
        statement = {"Effect": "Allow", "Action": "elasticloadbalancing:DescribeTargetHealth", "Resource": resource}
        cloud.client("iam").put_role_policy(
            RoleName="worker-role", PolicyName="own", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        (answer,), _failure = functions.invoke(cloud, ask)
        assert ("TargetHealthDescriptions" in answer) is allowed, answer
    assert [(line["action"], line["resource"]) for line in cloud.control("GET", "iam")["denials"]] == [
        ("elasticloadbalancing:DescribeTargetHealth", "*")]


def test_the_world_shows_what_stands(cloud, elb, base):
    from caretaker_local.world import world

    mine = [{"Key": "caretaker:owner", "Value": "tenant/dev/demo"}]
    balancer = create(elb, base, "mate-demo-dev", Tags=mine)["LoadBalancerArn"]
    group = targets(elb, base, "mate-demo-dev", Tags=mine)
    listen(elb, balancer, group, Tags=mine)
    assert world(cloud.endpoint)["tenant/dev/demo"] == {
        "listener": ["mate-(tenant)-dev on 80"], "load balancer": ["mate-(tenant)-dev"], "target group": ["mate-(tenant)-dev"]}

use std::collections::BTreeSet;

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::balancing::{AccessLogs, BalancerAttributes, LoadBalancer, LoadBalancerSeen};
use domain::kind::listeners::{Listener, ListenerAction, TargetGroup};
use domain::kind::plain::{Progress, Shown};
use domain::ports::{
    CreateListener, CreateLoadBalancer, CreateTargetGroup, DeleteLoadBalancer, DescribeBalancingTags, DescribeListeners,
    DescribeLoadBalancer, DescribeLoadBalancerAttributes, DescribeTargetGroup, DescribeTargetGroupAttributes, ModifyListener,
    ModifyLoadBalancerAttributes, ModifyTargetGroup, ModifyTargetGroupAttributes,
};
use serde_json::json;

use crate::wire::{exchange, rds_refusal, request, tags, xml};

mod listeners;

const ARN: &str = "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/mate-dev/50dc";
const GROUP: &str = "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/mate-dev/73e2";
const LISTENER: &str = "arn:aws:elasticloadbalancing:us-east-1:1:listener/app/mate-dev/50dc/f2f7";

fn balancer(state: &str) -> String {
    format!(
        "<LoadBalancers><member><LoadBalancerArn>{ARN}</LoadBalancerArn><DNSName>mate-dev-1.us-east-1.elb.amazonaws.com</DNSName>\
         <CanonicalHostedZoneId>Z35SXDOTRQ7X7K</CanonicalHostedZoneId><LoadBalancerName>mate-dev</LoadBalancerName><Scheme>internal</Scheme>\
         <State><Code>{state}</Code><Reason>why</Reason></State><AvailabilityZones><member><SubnetId>subnet-b</SubnetId></member>\
         <member><SubnetId>subnet-a</SubnetId></member></AvailabilityZones><SecurityGroups><member>sg-1</member></SecurityGroups>\
         </member></LoadBalancers>"
    )
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn properties() -> LoadBalancer {
    LoadBalancer {
        internal: true,
        subnets: names(&["subnet-a", "subnet-b"]),
        security_groups: names(&["sg-1"]),
        access_logs: None,
        web_acl: None,
        idle_seconds: 0,
        deletion_protection: false,
    }
}

#[test]
fn a_load_balancer_is_made_with_its_place_and_tags() {
    let create = CreateLoadBalancer { name: "mate-dev".into(), desired: properties(), tags: tags(&[("a", "b")]) };
    let sent = request(create, xml("CreateLoadBalancer", &balancer("provisioning")));
    let expected = json!({
        "Name": "mate-dev", "Type": "application", "Scheme": "internal", "Subnets.member.1": "subnet-a", "Subnets.member.2": "subnet-b",
        "SecurityGroups.member.1": "sg-1", "Tags.member.1.Key": "a", "Tags.member.1.Value": "b",
    });
    assert_eq!((sent.action.as_str(), sent.body), ("CreateLoadBalancer", expected));
}

#[test]
fn a_load_balancer_is_seen_with_what_it_gives() {
    let check = |state: &str, progress| {
        let describe = DescribeLoadBalancer { name: "mate-dev".into() };
        let seen = exchange(describe, &[xml("DescribeLoadBalancers", &balancer(state))]).reply().expect("it is there");
        let mut shown = Shown::done(ARN, properties())
            .giving("dns", "mate-dev-1.us-east-1.elb.amazonaws.com")
            .giving("zone", "Z35SXDOTRQ7X7K")
            .giving("suffix", "app/mate-dev/50dc");
        shown.progress = progress;
        assert_eq!(seen.detail, Detail::LoadBalancer(LoadBalancerSeen { shown, drops_invalid_headers: false }), "{state}");
        assert_eq!(seen.arn, ARN);
    };
    check("active", Progress::Done);
    check("active_impaired", Progress::Done);
    check("provisioning", Progress::Working("provisioning".into()));
    check("failed", Progress::Failed("why".into()));
}

#[test]
fn attributes_are_written_and_read_alike() {
    let logs = AccessLogs { bucket: "logs".into(), prefix: "dev".into() };
    let attributes =
        BalancerAttributes { access_logs: Some(logs), idle_seconds: 90, deletion_protection: true, drops_invalid_headers: true };
    let modify = ModifyLoadBalancerAttributes { arn: ARN.into(), attributes: attributes.clone() };
    let sent = request(modify, xml("ModifyLoadBalancerAttributes", "")).body;
    let pairs = [
        ("access_logs.s3.enabled", "true"),
        ("idle_timeout.timeout_seconds", "90"),
        ("deletion_protection.enabled", "true"),
        ("routing.http.drop_invalid_header_fields.enabled", "true"),
        ("access_logs.s3.bucket", "logs"),
        ("access_logs.s3.prefix", "dev"),
    ];
    let mut expected = json!({ "LoadBalancerArn": ARN });
    let mut shown = String::new();
    for (number, (key, value)) in pairs.iter().enumerate() {
        expected[format!("Attributes.member.{}.Key", number + 1)] = json!(key);
        expected[format!("Attributes.member.{}.Value", number + 1)] = json!(value);
        shown.push_str(&format!("<member><Key>{key}</Key><Value>{value}</Value></member>"));
    }
    assert_eq!(sent, expected);
    let reply = xml("DescribeLoadBalancerAttributes", &format!("<Attributes>{shown}</Attributes>"));
    assert_eq!(exchange(DescribeLoadBalancerAttributes { arn: ARN.into() }, &[reply]).reply(), attributes);
    let without = BalancerAttributes { access_logs: None, ..attributes };
    let sent = request(ModifyLoadBalancerAttributes { arn: ARN.into(), attributes: without }, xml("ModifyLoadBalancerAttributes", "")).body;
    assert_eq!((sent["Attributes.member.1.Value"].as_str(), sent.get("Attributes.member.5.Key")), (Some("false"), None));
}

fn targets() -> TargetGroup {
    TargetGroup {
        vpc: "vpc-1".into(),
        port: 8000,
        protocol: "HTTP".into(),
        path: "/health".into(),
        codes: "200,301".into(),
        interval_seconds: 30,
        timeout_seconds: 5,
        healthy: 2,
        unhealthy: 3,
        deregistration_seconds: 0,
    }
}

/// As ELB shows [`targets`].
fn group() -> String {
    format!(
        "<TargetGroups><member><TargetGroupArn>{GROUP}</TargetGroupArn><VpcId>vpc-1</VpcId><Port>8000</Port><Protocol>HTTP</Protocol>\
         <HealthCheckPath>/health</HealthCheckPath><Matcher><HttpCode>200,301</HttpCode></Matcher><TargetType>ip</TargetType>\
         <HealthCheckIntervalSeconds>30</HealthCheckIntervalSeconds><HealthCheckTimeoutSeconds>5</HealthCheckTimeoutSeconds>\
         <HealthyThresholdCount>2</HealthyThresholdCount><UnhealthyThresholdCount>3</UnhealthyThresholdCount></member></TargetGroups>"
    )
}

#[test]
fn a_target_group_takes_addresses_and_is_seen_as_it_was_asked_for() {
    let checks = json!({
        "HealthCheckPath": "/health", "Matcher.HttpCode": "200,301", "HealthCheckIntervalSeconds": "30", "HealthCheckTimeoutSeconds": "5",
        "HealthyThresholdCount": "2", "UnhealthyThresholdCount": "3",
    });
    let with = |more: serde_json::Value| {
        let mut all = checks.clone();
        all.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        all
    };
    let create = CreateTargetGroup { name: "mate-dev".into(), desired: targets(), tags: tags(&[("a", "b")]) };
    let fixed = json!({
        "Name": "mate-dev", "VpcId": "vpc-1", "Port": "8000", "Protocol": "HTTP", "TargetType": "ip",
        "Tags.member.1.Key": "a", "Tags.member.1.Value": "b",
    });
    assert_eq!(request(create, xml("CreateTargetGroup", &group())).body, with(fixed));
    let modify = ModifyTargetGroup { arn: GROUP.into(), desired: targets() };
    assert_eq!(request(modify, xml("ModifyTargetGroup", "")).body, with(json!({ "TargetGroupArn": GROUP })));
    let seen = exchange(DescribeTargetGroup { name: "mate-dev".into() }, &[xml("DescribeTargetGroups", &group())]).reply();
    let shown = Shown::done(GROUP, targets()).giving("suffix", "targetgroup/mate-dev/73e2");
    assert_eq!(seen.map(|seen| seen.detail), Some(Detail::TargetGroup(shown)));
    let delay = "<Attributes><member><Key>deregistration_delay.timeout_seconds</Key><Value>30</Value></member></Attributes>";
    let attributes = exchange(DescribeTargetGroupAttributes { arn: GROUP.into() }, &[xml("DescribeTargetGroupAttributes", delay)]);
    assert_eq!(attributes.reply(), 30);
    let set = ModifyTargetGroupAttributes { arn: GROUP.into(), deregistration_seconds: 30 };
    let sent = request(set, xml("ModifyTargetGroupAttributes", delay)).body;
    assert_eq!(sent["Attributes.member.1.Value"], json!("30"));
}

fn https() -> Listener {
    Listener {
        load_balancer: ARN.into(),
        port: 443,
        protocol: "HTTPS".into(),
        certificate: Some("arn:cert".into()),
        ssl_policy: Some("policy".into()),
        action: ListenerAction::Forward(GROUP.into()),
    }
}

#[test]
fn only_not_found_is_none_and_any_other_failure_stays_one() {
    let balancer = |code, status| exchange(DescribeLoadBalancer { name: "x".into() }, &[rds_refusal(status, code, "")]);
    assert_eq!(balancer("LoadBalancerNotFound", 400).reply(), None);
    assert_eq!(balancer("AccessDenied", 403).cause(), Cause::Denied);
    let group = |code| exchange(DescribeTargetGroup { name: "x".into() }, &[rds_refusal(400, code, "")]);
    assert_eq!(group("TargetGroupNotFound").reply(), None);
    assert_eq!(group("Throttling").cause(), Cause::Throttled);
    let listeners = |code| exchange(DescribeListeners { load_balancer: ARN.into() }, &[rds_refusal(400, code, "")]);
    assert_eq!(listeners("LoadBalancerNotFound").reply(), []);
    assert_eq!(listeners("InternalFailure").cause(), Cause::Unavailable);
}

#[test]
fn many_are_asked_for_their_tags_twenty_at_a_time() {
    let arns: Vec<_> = (0..21).map(|number| format!("{LISTENER}{number}")).collect();
    let tagged = |arn: &str| {
        let tags = "<Tags><member><Key>a</Key><Value>b</Value></member></Tags>";
        format!("<TagDescriptions><member><ResourceArn>{arn}</ResourceArn>{tags}</member></TagDescriptions>")
    };
    let replies = [&arns[0], &arns[20]].map(|arn| xml("DescribeTags", &tagged(arn)));
    let exchange = exchange(DescribeBalancingTags { arns: arns.clone() }, &replies);
    assert_eq!(exchange.requests.len(), 2);
    assert_eq!(exchange.requests[1].body, json!({ "ResourceArns.member.1": arns[20] }));
    let seen = exchange.reply();
    assert_eq!((seen.len(), &seen[&arns[20]]), (2, &tags(&[("a", "b")])));
}

#[test]
fn the_refusals_of_load_balancing_are_told_apart() {
    let make = || CreateListener { name: "front".into(), desired: https(), tags: tags(&[]) };
    let check = |code: &str, expected| assert_eq!(exchange(make(), &[rds_refusal(400, code, "")]).cause(), expected, "{code}");
    check("DuplicateListener", Cause::AlreadyExists);
    check("TargetGroupNotFound", Cause::NotFound);
    check("TargetGroupAssociationLimit", Cause::Quota);
    check("CertificateNotFound", Cause::NotFound);
    check("UnsupportedCertificate", Cause::InvalidState);
    check("TooManyListeners", Cause::Quota);
    check("ValidationError", Cause::InvalidRequest);
    check("PriorRequestNotComplete", Cause::Throttled);
    let protected = rds_refusal(400, "OperationNotPermitted", "it cannot be deleted because deletion protection is enabled");
    assert_eq!(exchange(DeleteLoadBalancer { arn: ARN.into() }, &[protected]).cause(), Cause::InvalidState);
}

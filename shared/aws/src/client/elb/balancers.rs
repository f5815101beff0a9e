//! Load balancers.

use aws_sdk_elasticloadbalancingv2::types::{
    LoadBalancer as Described, LoadBalancerAttribute, LoadBalancerSchemeEnum, LoadBalancerStateEnum, LoadBalancerTypeEnum,
};
use domain::failure::CallError;
use domain::kind::Detail;
use domain::kind::balancing::{AccessLogs, BalancerAttributes, LoadBalancer, LoadBalancerSeen};
use domain::kind::plain::{Progress, Shown};
use domain::observed::Observed;
use domain::ports::{
    Call, CreateLoadBalancer, DeleteLoadBalancer, DescribeLoadBalancer, DescribeLoadBalancerAttributes, ModifyLoadBalancerAttributes,
    Reply, SetSecurityGroups, SetSubnets,
};
use domain::resource::Tags;

use super::{made, observed, suffix, there, write_tags};
use crate::client::failure::failure;
use crate::client::{AwsCloud, unknown};

const LOGS: &str = "access_logs.s3.enabled";
const LOGS_BUCKET: &str = "access_logs.s3.bucket";
const LOGS_PREFIX: &str = "access_logs.s3.prefix";
const IDLE: &str = "idle_timeout.timeout_seconds";
const PROTECTION: &str = "deletion_protection.enabled";
const DROPS: &str = "routing.http.drop_invalid_header_fields.enabled";

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.elb;
    match call {
        Call::DescribeLoadBalancer(DescribeLoadBalancer { name: balancer }) => {
            let outcome = client.describe_load_balancers().names(balancer).send().await;
            let output = there(outcome.map_err(|error| failure(name, &error)))?;
            let found = output.as_ref().and_then(|output| output.load_balancers().first());
            Ok(Reply::DescribeLoadBalancer(found.map(|one| view(cloud, one, Tags::new()))))
        }
        Call::DescribeLoadBalancerAttributes(DescribeLoadBalancerAttributes { arn }) => {
            let output = client.describe_load_balancer_attributes().load_balancer_arn(arn).send().await;
            let output = output.map_err(|error| failure(name, &error))?;
            Ok(Reply::DescribeLoadBalancerAttributes(read(output.attributes())))
        }
        // Sent again by the SDK: with the same settings it is the same load balancer.
        Call::CreateLoadBalancer(CreateLoadBalancer { name: balancer, desired, tags }) => {
            let scheme = if desired.internal { LoadBalancerSchemeEnum::Internal } else { LoadBalancerSchemeEnum::InternetFacing };
            let request = client.create_load_balancer().name(balancer).r#type(LoadBalancerTypeEnum::Application).scheme(scheme);
            let request = request.set_subnets(Some(desired.subnets.into_iter().collect()));
            let request = request.set_security_groups(Some(desired.security_groups.into_iter().collect()));
            let output = request.set_tags(Some(write_tags(tags.clone()))).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::CreateLoadBalancer(view(cloud, made(name, output.load_balancers().first())?, tags)))
        }
        Call::SetSubnets(SetSubnets { arn, subnets }) => {
            let outcome = client.set_subnets().load_balancer_arn(arn).set_subnets(Some(subnets.into_iter().collect())).send().await;
            outcome.map(|_| Reply::SetSubnets(())).map_err(|error| failure(name, &error))
        }
        Call::SetSecurityGroups(SetSecurityGroups { arn, security_groups }) => {
            let request = client.set_security_groups().load_balancer_arn(arn);
            let outcome = request.set_security_groups(Some(security_groups.into_iter().collect())).send().await;
            outcome.map(|_| Reply::SetSecurityGroups(())).map_err(|error| failure(name, &error))
        }
        Call::ModifyLoadBalancerAttributes(ModifyLoadBalancerAttributes { arn, attributes }) => {
            let request = client.modify_load_balancer_attributes().load_balancer_arn(arn);
            let outcome = request.set_attributes(Some(write(attributes))).send().await;
            outcome.map(|_| Reply::ModifyLoadBalancerAttributes(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteLoadBalancer(DeleteLoadBalancer { arn }) => {
            let outcome = client.delete_load_balancer().load_balancer_arn(arn).send().await;
            outcome.map(|_| Reply::DeleteLoadBalancer(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

fn write(attributes: BalancerAttributes) -> Vec<LoadBalancerAttribute> {
    let mut pairs = vec![
        (LOGS, attributes.access_logs.is_some().to_string()),
        (IDLE, attributes.idle_seconds.to_string()),
        (PROTECTION, attributes.deletion_protection.to_string()),
        (DROPS, attributes.drops_invalid_headers.to_string()),
    ];
    if let Some(logs) = attributes.access_logs {
        pairs.extend([(LOGS_BUCKET, logs.bucket), (LOGS_PREFIX, logs.prefix)]);
    }
    pairs.into_iter().map(|(key, value)| LoadBalancerAttribute::builder().key(key).value(value).build()).collect()
}

fn read(attributes: &[LoadBalancerAttribute]) -> BalancerAttributes {
    let value = |key| attributes.iter().find(|one| one.key() == Some(key)).and_then(LoadBalancerAttribute::value).unwrap_or_default();
    let logs = || AccessLogs { bucket: value(LOGS_BUCKET).to_owned(), prefix: value(LOGS_PREFIX).to_owned() };
    BalancerAttributes {
        access_logs: (value(LOGS) == "true").then(logs),
        idle_seconds: value(IDLE).parse().unwrap_or(0),
        deletion_protection: value(PROTECTION) == "true",
        drops_invalid_headers: value(DROPS) == "true",
    }
}

fn view(cloud: &AwsCloud, balancer: &Described, tags: Tags) -> Observed {
    let properties = LoadBalancer {
        internal: balancer.scheme() == Some(&LoadBalancerSchemeEnum::Internal),
        subnets: balancer.availability_zones().iter().filter_map(|zone| zone.subnet_id()).map(str::to_owned).collect(),
        security_groups: balancer.security_groups().iter().cloned().collect(),
        access_logs: None,
        web_acl: None,
        idle_seconds: 0,
        deletion_protection: false,
    };
    let arn = balancer.load_balancer_arn();
    let mut shown = Shown::done(arn.unwrap_or_default(), properties)
        .giving("dns", balancer.dns_name().unwrap_or_default())
        .giving("zone", balancer.canonical_hosted_zone_id().unwrap_or_default())
        .giving("suffix", suffix(arn));
    shown.progress = progress(balancer);
    observed(cloud, arn, tags, Detail::LoadBalancer(LoadBalancerSeen { shown, drops_invalid_headers: false }))
}

/// One that is impaired serves, with less than it needs: AWS says why, and nothing of ours mends it.
fn progress(balancer: &Described) -> Progress {
    let state = balancer.state();
    match state.and_then(|state| state.code()) {
        Some(LoadBalancerStateEnum::Active | LoadBalancerStateEnum::ActiveImpaired) => Progress::Done,
        Some(LoadBalancerStateEnum::Failed) => {
            Progress::Failed(state.and_then(|state| state.reason()).unwrap_or("the load balancer failed").to_owned())
        }
        other => Progress::Working(other.map_or("provisioning", LoadBalancerStateEnum::as_str).to_owned()),
    }
}

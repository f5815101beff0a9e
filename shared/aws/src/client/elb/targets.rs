//! Target groups.

use aws_sdk_elasticloadbalancingv2::types::{
    Matcher, ProtocolEnum, TargetGroup as Described, TargetGroupAttribute, TargetHealth, TargetTypeEnum,
};
use domain::failure::CallError;
use domain::kind::Detail;
use domain::kind::listeners::TargetGroup;
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    Call, CreateTargetGroup, DeleteTargetGroup, DescribeTargetGroup, DescribeTargetGroupAttributes, DescribeTargetHealth,
    ModifyTargetGroup, ModifyTargetGroupAttributes, Reply, TargetView,
};
use domain::resource::Tags;

use super::{made, number, observed, signed, suffix, there, write_tags};
use crate::client::failure::failure;
use crate::client::{AwsCloud, unknown};

const DEREGISTRATION: &str = "deregistration_delay.timeout_seconds";

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.elb;
    match call {
        Call::DescribeTargetGroup(DescribeTargetGroup { name: group }) => {
            let outcome = client.describe_target_groups().names(group).send().await;
            let output = there(outcome.map_err(|error| failure(name, &error)))?;
            let found = output.as_ref().and_then(|output| output.target_groups().first());
            Ok(Reply::DescribeTargetGroup(found.map(|one| view(cloud, one, Tags::new()))))
        }
        Call::DescribeTargetGroupAttributes(DescribeTargetGroupAttributes { arn }) => {
            let output = client.describe_target_group_attributes().target_group_arn(arn).send().await;
            let output = output.map_err(|error| failure(name, &error))?;
            let delay = output.attributes().iter().find(|one| one.key() == Some(DEREGISTRATION)).and_then(TargetGroupAttribute::value);
            Ok(Reply::DescribeTargetGroupAttributes(delay.and_then(|delay| delay.parse().ok()).unwrap_or(0)))
        }
        Call::DescribeTargetHealth(DescribeTargetHealth { group }) => {
            let output = client.describe_target_health().target_group_arn(group).send().await.map_err(|error| failure(name, &error))?;
            let health = output.target_health_descriptions().iter().filter_map(|one| one.target_health());
            let view = |health: &TargetHealth| TargetView {
                state: health.state().map(|state| state.as_str().to_owned()).unwrap_or_default(),
                reason: health.reason().map(|reason| reason.as_str().to_owned()),
            };
            Ok(Reply::DescribeTargetHealth(health.map(view).collect()))
        }
        // Sent again by the SDK: with the same settings it is the same group.
        Call::CreateTargetGroup(CreateTargetGroup { name: group, desired, tags }) => {
            let protocol = ProtocolEnum::from(desired.protocol.as_str());
            let request = client.create_target_group().name(group).vpc_id(desired.vpc).port(i32::from(desired.port)).protocol(protocol);
            let request = request
                .target_type(TargetTypeEnum::Ip)
                .health_check_path(desired.path)
                .matcher(Matcher::builder().http_code(desired.codes).build())
                .health_check_interval_seconds(signed(desired.interval_seconds))
                .health_check_timeout_seconds(signed(desired.timeout_seconds))
                .healthy_threshold_count(signed(desired.healthy))
                .unhealthy_threshold_count(signed(desired.unhealthy));
            let output = request.set_tags(Some(write_tags(tags.clone()))).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::CreateTargetGroup(view(cloud, made(name, output.target_groups().first())?, tags)))
        }
        Call::ModifyTargetGroup(ModifyTargetGroup { arn, desired }) => {
            let request = client.modify_target_group().target_group_arn(arn).health_check_path(desired.path);
            let request = request
                .matcher(Matcher::builder().http_code(desired.codes).build())
                .health_check_interval_seconds(signed(desired.interval_seconds))
                .health_check_timeout_seconds(signed(desired.timeout_seconds))
                .healthy_threshold_count(signed(desired.healthy))
                .unhealthy_threshold_count(signed(desired.unhealthy));
            request.send().await.map(|_| Reply::ModifyTargetGroup(())).map_err(|error| failure(name, &error))
        }
        Call::ModifyTargetGroupAttributes(ModifyTargetGroupAttributes { arn, deregistration_seconds }) => {
            let attribute = TargetGroupAttribute::builder().key(DEREGISTRATION).value(deregistration_seconds.to_string()).build();
            let outcome = client.modify_target_group_attributes().target_group_arn(arn).attributes(attribute).send().await;
            outcome.map(|_| Reply::ModifyTargetGroupAttributes(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteTargetGroup(DeleteTargetGroup { arn }) => {
            let outcome = client.delete_target_group().target_group_arn(arn).send().await;
            outcome.map(|_| Reply::DeleteTargetGroup(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

fn view(cloud: &AwsCloud, group: &Described, tags: Tags) -> Observed {
    let properties = TargetGroup {
        vpc: group.vpc_id().unwrap_or_default().to_owned(),
        port: group.port().and_then(|port| u16::try_from(port).ok()).unwrap_or(0),
        protocol: group.protocol().map(ProtocolEnum::as_str).unwrap_or_default().to_owned(),
        path: group.health_check_path().unwrap_or_default().to_owned(),
        codes: group.matcher().and_then(Matcher::http_code).unwrap_or_default().to_owned(),
        interval_seconds: number(group.health_check_interval_seconds()),
        timeout_seconds: number(group.health_check_timeout_seconds()),
        healthy: number(group.healthy_threshold_count()),
        unhealthy: number(group.unhealthy_threshold_count()),
        deregistration_seconds: 0,
    };
    let arn = group.target_group_arn();
    let shown = Shown::done(arn.unwrap_or_default(), properties).giving("suffix", suffix(arn));
    observed(cloud, arn, tags, Detail::TargetGroup(shown))
}

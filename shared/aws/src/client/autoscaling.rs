//! Application Auto Scaling, for the counts of ECS services.

use std::collections::BTreeMap;

use aws_sdk_applicationautoscaling::types::{
    self, MetricType, PolicyType, PredefinedMetricSpecification, ScalableDimension, ScalingPolicy, ServiceNamespace,
    TargetTrackingScalingPolicyConfiguration,
};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::plain::Shown;
use domain::kind::scaling::{Metric, Policy, ScalableTarget};
use domain::observed::Observed;
use domain::ports::{
    BoundsView, Call, Cloud, DeleteScalingPolicy, DeregisterScalableTarget, DescribeBounds, DescribeScalableTarget,
    DescribeScalingPolicies, ListTargetTags, PutScalingPolicy, RegisterScalableTarget, Reply, SuspendScaling, TagScalableTarget,
};
use domain::resource::Tags;
use domain::scaling::limits::{Bounds, Suspended};

use super::failure::failure;
use super::{AwsCloud, once, unknown};

const NAMESPACE: ServiceNamespace = ServiceNamespace::Ecs;
const COUNT: ScalableDimension = ScalableDimension::EcsServiceDesiredCount;

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.autoscaling;
    match call {
        Call::DescribeScalableTarget(DescribeScalableTarget { cluster, service }) => {
            let request = client.describe_scalable_targets().service_namespace(NAMESPACE).scalable_dimension(COUNT);
            let output = request.resource_ids(id(&cluster, &service)).send().await.map_err(|error| failure(name, &error))?;
            let target = output.scalable_targets().first();
            Ok(Reply::DescribeScalableTarget(target.map(|target| observed(cloud, target, cluster, service))))
        }
        Call::DescribeBounds(DescribeBounds { cluster, service }) => {
            let request = client.describe_scalable_targets().service_namespace(NAMESPACE).scalable_dimension(COUNT);
            let output = request.resource_ids(id(&cluster, &service)).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::DescribeBounds(output.scalable_targets().first().map(bounds)))
        }
        Call::ListTargetTags(ListTargetTags { arn }) => {
            let output = client.list_tags_for_resource().resource_arn(arn).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::ListTargetTags(output.tags.unwrap_or_default().into_iter().collect()))
        }
        Call::DescribeScalingPolicies(describe) => policies(cloud, name, describe).await.map(Reply::DescribeScalingPolicies),
        Call::RegisterScalableTarget(register) => register_target(cloud, name, register).await.map(Reply::RegisterScalableTarget),
        Call::SuspendScaling(SuspendScaling { cluster, service, suspended }) => {
            let state = types::SuspendedState::builder()
                .dynamic_scaling_in_suspended(suspended)
                .dynamic_scaling_out_suspended(suspended)
                .scheduled_scaling_suspended(suspended);
            // Without bounds those that stand stay (API reference, RegisterScalableTarget).
            let request = client.register_scalable_target().service_namespace(NAMESPACE).scalable_dimension(COUNT);
            let outcome = request.resource_id(id(&cluster, &service)).suspended_state(state.build()).send().await;
            outcome.map(|_| Reply::SuspendScaling(())).map_err(|error| failure(name, &error))
        }
        Call::PutScalingPolicy(put) => put_policy(cloud, name, put).await.map(Reply::PutScalingPolicy),
        Call::DeleteScalingPolicy(DeleteScalingPolicy { cluster, service, name: policy }) => {
            let request = client.delete_scaling_policy().service_namespace(NAMESPACE).scalable_dimension(COUNT);
            let outcome = request.resource_id(id(&cluster, &service)).policy_name(policy).send().await;
            outcome.map(|_| Reply::DeleteScalingPolicy(())).map_err(|error| failure(name, &error))
        }
        Call::DeregisterScalableTarget(DeregisterScalableTarget { cluster, service }) => {
            let request = client.deregister_scalable_target().service_namespace(NAMESPACE).scalable_dimension(COUNT);
            let outcome = request.resource_id(id(&cluster, &service)).send().await;
            outcome.map(|_| Reply::DeregisterScalableTarget(())).map_err(|error| failure(name, &error))
        }
        Call::TagScalableTarget(TagScalableTarget { arn, tags }) => {
            let outcome = client.tag_resource().resource_arn(arn).set_tags(Some(tags.into_iter().collect())).send().await;
            outcome.map(|_| Reply::TagScalableTarget(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

/// How Application Auto Scaling calls a service.
fn id(cluster: &str, service: &str) -> String {
    format!("service/{cluster}/{service}")
}

async fn register_target(cloud: &AwsCloud, name: &str, register: RegisterScalableTarget) -> Result<String, CallError> {
    let RegisterScalableTarget { desired, tags } = register;
    let bound = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
    let request = cloud
        .autoscaling
        .register_scalable_target()
        .service_namespace(NAMESPACE)
        .scalable_dimension(COUNT)
        .resource_id(id(&desired.cluster, &desired.service))
        .min_capacity(bound(desired.min))
        .max_capacity(bound(desired.max));
    // With tags a repeat is refused, without them it changes nothing.
    let outcome = if tags.is_empty() {
        request.send().await
    } else {
        let config = aws_sdk_applicationautoscaling::config::Builder::default().retry_config(once());
        request.set_tags(Some(tags.into_iter().collect())).customize().config_override(config).send().await
    };
    Ok(outcome.map_err(|error| failure(name, &error))?.scalable_target_arn.unwrap_or_default())
}

async fn put_policy(cloud: &AwsCloud, name: &str, put: PutScalingPolicy) -> Result<(), CallError> {
    let invalid = |error: aws_sdk_applicationautoscaling::error::BuildError| CallError::new(name, Cause::InvalidRequest, error.to_string());
    let PutScalingPolicy { cluster, service, name: policy_name, policy } = put;
    let metric = PredefinedMetricSpecification::builder()
        .predefined_metric_type(aws_metric(policy.metric))
        .set_resource_label(policy.resource_label)
        .build()
        .map_err(invalid)?;
    let seconds = |seconds: u32| i32::try_from(seconds).unwrap_or(i32::MAX);
    let configuration = TargetTrackingScalingPolicyConfiguration::builder()
        .target_value(policy.target.into())
        .predefined_metric_specification(metric)
        .scale_out_cooldown(seconds(policy.out_cooldown_seconds))
        .scale_in_cooldown(seconds(policy.in_cooldown_seconds))
        .build()
        .map_err(invalid)?;
    let request = cloud.autoscaling.put_scaling_policy().service_namespace(NAMESPACE).scalable_dimension(COUNT);
    let request = request.resource_id(id(&cluster, &service)).policy_name(policy_name).policy_type(PolicyType::TargetTrackingScaling);
    let outcome = request.target_tracking_scaling_policy_configuration(configuration).send().await;
    outcome.map(|_| ()).map_err(|error| failure(name, &error))
}

async fn policies(cloud: &AwsCloud, name: &str, describe: DescribeScalingPolicies) -> Result<BTreeMap<String, Policy>, CallError> {
    let (mut found, mut token) = (BTreeMap::new(), None);
    loop {
        let request = cloud.autoscaling.describe_scaling_policies().service_namespace(NAMESPACE).scalable_dimension(COUNT);
        let request = request.resource_id(id(&describe.cluster, &describe.service)).set_next_token(token);
        let output = request.send().await.map_err(|error| failure(name, &error))?;
        found.extend(output.scaling_policies().iter().filter_map(|one| Some((one.policy_name().to_owned(), policy(one)?))));
        token = output.next_token;
        if token.is_none() {
            return Ok(found);
        }
    }
}

/// None: it is of a sort that we never make.
fn policy(policy: &ScalingPolicy) -> Option<Policy> {
    let configuration = policy.target_tracking_scaling_policy_configuration()?;
    let metric = configuration.predefined_metric_specification()?;
    // Of ECS services, when a policy does not say (API reference, TargetTrackingScalingPolicyConfiguration).
    const COOLDOWN_SECONDS: u32 = 300;
    let seconds = |seconds: Option<i32>| seconds.and_then(|seconds| u32::try_from(seconds).ok()).unwrap_or(COOLDOWN_SECONDS);
    Some(Policy {
        metric: our_metric(metric.predefined_metric_type())?,
        target: configuration.target_value().try_into().ok()?,
        resource_label: metric.resource_label().map(str::to_owned),
        out_cooldown_seconds: seconds(configuration.scale_out_cooldown()),
        in_cooldown_seconds: seconds(configuration.scale_in_cooldown()),
    })
}

fn aws_metric(metric: Metric) -> MetricType {
    match metric {
        Metric::Cpu => MetricType::EcsServiceAverageCpuUtilization,
        Metric::Memory => MetricType::EcsServiceAverageMemoryUtilization,
        Metric::Requests => MetricType::AlbRequestCountPerTarget,
    }
}

fn our_metric(metric: &MetricType) -> Option<Metric> {
    [Metric::Cpu, Metric::Memory, Metric::Requests].into_iter().find(|ours| aws_metric(*ours) == *metric)
}

fn bounds(target: &types::ScalableTarget) -> BoundsView {
    let bound = |count: i32| u32::try_from(count).unwrap_or(0);
    let suspended = |state: &types::SuspendedState| Suspended {
        inwards: state.dynamic_scaling_in_suspended().unwrap_or(false),
        out: state.dynamic_scaling_out_suspended().unwrap_or(false),
        schedules: state.scheduled_scaling_suspended().unwrap_or(false),
    };
    BoundsView {
        bounds: Bounds { min: bound(target.min_capacity()), max: bound(target.max_capacity()) },
        suspended: target.suspended_state().map(suspended).unwrap_or_default(),
    }
}

fn observed(cloud: &AwsCloud, target: &types::ScalableTarget, cluster: String, service: String) -> Observed {
    let bound = |count: i32| u32::try_from(count).unwrap_or(0);
    let arn = target.scalable_target_arn().unwrap_or_default();
    let (min, max) = (bound(target.min_capacity()), bound(target.max_capacity()));
    let properties = ScalableTarget { cluster, service, min, max, policies: BTreeMap::new() };
    let detail = Detail::ScalableTarget(Shown::done(arn, properties));
    Observed { arn: arn.to_owned(), tags: Tags::new(), at: cloud.now(), detail }
}

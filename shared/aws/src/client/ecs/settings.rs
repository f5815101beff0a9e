//! A service's settings to and from ECS.

use aws_sdk_ecs::error::BuildError;
use aws_sdk_ecs::operation::update_service::builders::UpdateServiceFluentBuilder;
use aws_sdk_ecs::types::{
    AssignPublicIp, AvailabilityZoneRebalancing, AwsVpcConfiguration, DeploymentCircuitBreaker, DeploymentConfiguration, LoadBalancer,
    NetworkConfiguration, Service,
};
use domain::kind::service::{Settings, Target};

/// Private, in its subnets, with one group.
pub(super) fn network(settings: &Settings) -> Result<NetworkConfiguration, BuildError> {
    let network = AwsVpcConfiguration::builder()
        .set_subnets(Some(settings.subnets.iter().cloned().collect()))
        .security_groups(&settings.security_group)
        .assign_public_ip(AssignPublicIp::Disabled)
        .build()?;
    Ok(NetworkConfiguration::builder().awsvpc_configuration(network).build())
}

/// With a breaker that rolls back.
pub(super) fn deployment(settings: &Settings) -> DeploymentConfiguration {
    let breaker = DeploymentCircuitBreaker::builder().enable(true).rollback(true).build();
    DeploymentConfiguration::builder()
        .minimum_healthy_percent(i32::from(settings.minimum_percent))
        .maximum_percent(i32::from(settings.maximum_percent))
        .deployment_circuit_breaker(breaker)
        .build()
}

/// ECS turns it on for new services unless it is told otherwise.
pub(super) fn rebalancing(settings: &Settings) -> AvailabilityZoneRebalancing {
    if settings.rebalancing { AvailabilityZoneRebalancing::Enabled } else { AvailabilityZoneRebalancing::Disabled }
}

/// The target group that `container` is put into.
pub(super) fn load_balancers(settings: &Settings, container: &str) -> Option<Vec<LoadBalancer>> {
    let balancer = |target: &Target| {
        LoadBalancer::builder().target_group_arn(&target.group).container_name(container).container_port(i32::from(target.port)).build()
    };
    settings.target.as_ref().map(|target| vec![balancer(target)])
}

/// ECS refuses a grace period of a service without a load balancer.
pub(super) fn grace(settings: &Settings) -> Option<i32> {
    settings.target.as_ref().map(|_| i32::try_from(settings.grace_seconds).unwrap_or(i32::MAX))
}

/// `request`, with all of `settings`; a target group that is none any more is taken away by an empty list.
pub(super) fn change(
    request: UpdateServiceFluentBuilder,
    settings: &Settings,
    container: &str,
) -> Result<UpdateServiceFluentBuilder, BuildError> {
    Ok(request
        .network_configuration(network(settings)?)
        .deployment_configuration(deployment(settings))
        .availability_zone_rebalancing(rebalancing(settings))
        .set_load_balancers(Some(load_balancers(settings, container).unwrap_or_default()))
        .set_health_check_grace_period_seconds(grace(settings)))
}

/// What ECS shows.
pub(super) fn read(service: &Service) -> Settings {
    let network = service.network_configuration().and_then(|network| network.awsvpc_configuration());
    let percent = |of: fn(&DeploymentConfiguration) -> Option<i32>| {
        service.deployment_configuration().and_then(of).and_then(|percent| u16::try_from(percent).ok()).unwrap_or(0)
    };
    let target = |balancer: &LoadBalancer| {
        Some(Target { group: balancer.target_group_arn()?.to_owned(), port: u16::try_from(balancer.container_port()?).ok()? })
    };
    Settings {
        subnets: network.map(|network| network.subnets().iter().cloned().collect()).unwrap_or_default(),
        security_group: network.and_then(|network| network.security_groups().first().cloned()).unwrap_or_default(),
        target: service.load_balancers().first().and_then(target),
        grace_seconds: service.health_check_grace_period_seconds().and_then(|seconds| u32::try_from(seconds).ok()).unwrap_or(0),
        minimum_percent: percent(DeploymentConfiguration::minimum_healthy_percent),
        maximum_percent: percent(DeploymentConfiguration::maximum_percent),
        rebalancing: service.availability_zone_rebalancing() == Some(&AvailabilityZoneRebalancing::Enabled),
    }
}

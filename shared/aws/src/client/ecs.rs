//! ECS task definitions and services.

mod clusters;
mod settings;
mod tasks;

use aws_sdk_ecs::types::{
    Compatibility, Deployment, DeploymentRolloutState, LaunchType, NetworkMode, PropagateTags, Service, ServiceField, SortOrder, Tag,
    TaskDefinitionField, TaskDefinitionStatus,
};
use domain::failure::{CallError, Cause};
use domain::kind::service::{Rollout, ServiceLife, ServiceSeen};
use domain::ports::{
    Call, CreateService, DeleteService, DeregisterTaskDefinition, DescribeService, DescribeServices, DescribeTaskDefinition,
    ForceDeployment, ListTaskDefinitions, RegisterTaskDefinition, Reply, RevisionView, ServiceView, SetDesiredCount, TagService,
    UpdateService,
};
use domain::resource::Tags;
use jiff::Timestamp;

use super::failure::failure;
use super::task_definition::{container, container_name, content, volumes};
use super::{AwsCloud, once};

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.ecs;
    match call {
        Call::DescribeService(DescribeService { cluster, name: service }) => {
            let found = describe_services(cloud, name, cluster, vec![service]).await?;
            Ok(Reply::DescribeService(found.into_iter().next().map(|(_, view)| view)))
        }
        Call::DescribeServices(DescribeServices { cluster, names }) => {
            describe_services(cloud, name, cluster, names).await.map(Reply::DescribeServices)
        }
        Call::DescribeTaskDefinition(DescribeTaskDefinition { id }) => {
            let request = client.describe_task_definition().task_definition(id).include(TaskDefinitionField::Tags);
            match request.send().await.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::DescribeTaskDefinition(None)),
                Err(error) => Err(error),
                Ok(output) => Ok(Reply::DescribeTaskDefinition(output.task_definition().map(|one| RevisionView {
                    arn: one.task_definition_arn().unwrap_or_default().to_owned(),
                    tags: read_tags(output.tags()),
                    content: content(one),
                }))),
            }
        }
        Call::ListTaskDefinitions(ListTaskDefinitions { family }) => list(cloud, name, family).await.map(Reply::ListTaskDefinitions),
        Call::RegisterTaskDefinition(register) => register_task_definition(cloud, name, register).await.map(Reply::RegisterTaskDefinition),
        Call::DeregisterTaskDefinition(DeregisterTaskDefinition { arn }) => {
            client.deregister_task_definition().task_definition(arn).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::DeregisterTaskDefinition(()))
        }
        Call::CreateService(create) => create_service(cloud, name, create).await.map(Reply::CreateService),
        Call::UpdateService(UpdateService { cluster, name: service, task_definition, settings }) => {
            let container = container_name(&service).to_owned();
            let mut request = client.update_service().cluster(cluster).service(service).task_definition(task_definition);
            if let Some(settings) = settings {
                request = settings::change(request, &settings, &container).map_err(|error| invalid(name, &error))?;
            }
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            service_of(name, output.service()).map(Reply::UpdateService)
        }
        Call::SetDesiredCount(SetDesiredCount { cluster, name: service, count }) => {
            let request = client.update_service().cluster(cluster).service(service);
            let count = i32::try_from(count).unwrap_or(i32::MAX);
            request.desired_count(count).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::SetDesiredCount(()))
        }
        Call::ForceDeployment(ForceDeployment { cluster, name: service }) => {
            let request = client.update_service().cluster(cluster).service(service).force_new_deployment(true);
            // A repeat of a lost reply would start all tasks twice.
            request.customize().config_override(config()).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::ForceDeployment(()))
        }
        Call::DeleteService(DeleteService { cluster, name: service }) => {
            let output = client
                .delete_service()
                .cluster(cluster)
                .service(service)
                .force(true)
                .send()
                .await
                .map_err(|error| failure(name, &error))?;
            service_of(name, output.service()).map(Reply::DeleteService)
        }
        Call::TagService(TagService { arn, tags }) => {
            client.tag_resource().resource_arn(arn).set_tags(Some(write_tags(tags))).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::TagService(()))
        }
        Call::RunTask(_) | Call::ListTasks(_) | Call::DescribeTasks(_) | Call::StopTask(_) => tasks::call(cloud, call).await,
        call => clusters::call(cloud, call).await,
    }
}

async fn list(cloud: &AwsCloud, name: &str, family: String) -> Result<Vec<String>, CallError> {
    let (mut arns, mut token) = (Vec::new(), None);
    loop {
        let request = cloud.ecs.list_task_definitions().family_prefix(family.clone()).status(TaskDefinitionStatus::Active);
        let output = request.sort(SortOrder::Asc).set_next_token(token).send().await.map_err(|error| failure(name, &error))?;
        // The prefix takes in other families that begin alike.
        let of_family =
            |arn: &String| arn.rsplit_once('/').and_then(|(_, tail)| tail.split_once(':')).is_some_and(|(found, _)| found == family);
        arns.extend(output.task_definition_arns.unwrap_or_default().into_iter().filter(of_family));
        token = output.next_token;
        if token.is_none() {
            return Ok(arns);
        }
    }
}

async fn register_task_definition(cloud: &AwsCloud, name: &str, register: RegisterTaskDefinition) -> Result<String, CallError> {
    let content = register.content;
    let built = |error: aws_sdk_ecs::error::BuildError| invalid(name, &error);
    let request = cloud
        .ecs
        .register_task_definition()
        .family(&content.family)
        .requires_compatibilities(Compatibility::Fargate)
        .network_mode(NetworkMode::Awsvpc)
        .cpu(content.cpu.to_string())
        .memory(content.memory_mib.to_string())
        .execution_role_arn(&content.execution_role)
        .set_task_role_arn(content.task_role.clone())
        .container_definitions(container(&content).map_err(built)?)
        .set_volumes(Some(volumes(&content).map_err(built)?))
        .set_tags(Some(write_tags(register.tags)));
    let output = request.customize().config_override(config()).send().await.map_err(|error| failure(name, &error))?;
    Ok(output.task_definition().and_then(|one| one.task_definition_arn()).unwrap_or_default().to_owned())
}

async fn create_service(cloud: &AwsCloud, name: &str, create: CreateService) -> Result<ServiceView, CallError> {
    let desired = create.desired;
    let settings = desired.settings();
    let container = container_name(&create.name).to_owned();
    let request = cloud
        .ecs
        .create_service()
        .cluster(desired.cluster)
        .service_name(create.name)
        .client_token(create.token)
        .task_definition(create.task_definition)
        .desired_count(i32::try_from(desired.initial_count).unwrap_or(i32::MAX))
        .launch_type(LaunchType::Fargate)
        .network_configuration(settings::network(&settings).map_err(|error| invalid(name, &error))?)
        .deployment_configuration(settings::deployment(&settings))
        .availability_zone_rebalancing(settings::rebalancing(&settings))
        .set_load_balancers(settings::load_balancers(&settings, &container))
        .set_health_check_grace_period_seconds(settings::grace(&settings))
        .enable_ecs_managed_tags(true)
        .propagate_tags(PropagateTags::Service)
        .set_tags(Some(write_tags(create.tags)));
    let output = request.customize().config_override(config()).send().await.map_err(|error| failure(name, &error))?;
    service_of(name, output.service())
}

fn invalid(name: &str, error: &aws_sdk_ecs::error::BuildError) -> CallError {
    CallError::new(name, Cause::InvalidRequest, error.to_string())
}

fn service_of(name: &str, service: Option<&Service>) -> Result<ServiceView, CallError> {
    service.map(view).ok_or_else(|| CallError::new(name, Cause::Unavailable, "the reply has no service"))
}

async fn describe_services(
    cloud: &AwsCloud,
    name: &str,
    cluster: String,
    services: Vec<String>,
) -> Result<Vec<(String, ServiceView)>, CallError> {
    let request = cloud.ecs.describe_services().cluster(cluster).set_services(Some(services)).include(ServiceField::Tags);
    let output = request.send().await.map_err(|error| failure(name, &error))?;
    // Only MISSING says that there is none: any other failure of the look is not an absence.
    if let Some(failed) = output.failures().iter().find(|failure| failure.reason() != Some("MISSING")) {
        let why = format!("{}: {}", failed.reason().unwrap_or("(no reason)"), failed.detail().unwrap_or_default());
        return Err(CallError::new(name, Cause::Unavailable, why));
    }
    let standing = output.services().iter().filter(|service| service.status() != Some("INACTIVE"));
    Ok(standing.map(|service| (service.service_name().unwrap_or_default().to_owned(), view(service))).collect())
}

fn view(service: &Service) -> ServiceView {
    let primary = service.deployments().iter().find(|deployment| deployment.status() == Some("PRIMARY"));
    let seen = ServiceSeen {
        life: if service.status() == Some("DRAINING") { ServiceLife::Draining } else { ServiceLife::Active },
        desired_count: u32::try_from(service.desired_count()).unwrap_or(0),
        running_count: u32::try_from(service.running_count()).unwrap_or(0),
        rollout: primary.map_or(Rollout::InProgress, rollout),
        primary: None,
        revisions: Vec::new(),
        settings: settings::read(service),
    };
    ServiceView {
        arn: service.service_arn().unwrap_or_default().to_owned(),
        tags: read_tags(service.tags()),
        seen,
        primary: primary.and_then(|deployment| deployment.task_definition()).map(str::to_owned),
        deployed_at: primary.and_then(Deployment::created_at).and_then(|at| Timestamp::from_second(at.secs()).ok()),
        rolls_back: primary.is_some_and(|primary| primary.rollout_state() != Some(&DeploymentRolloutState::Completed))
            && service
                .deployments()
                .iter()
                .any(|one| one.status() != Some("PRIMARY") && one.rollout_state() == Some(&DeploymentRolloutState::Failed)),
    }
}

fn rollout(deployment: &Deployment) -> Rollout {
    match deployment.rollout_state() {
        Some(DeploymentRolloutState::Completed) => Rollout::Completed,
        Some(DeploymentRolloutState::Failed) => Rollout::Failed,
        Some(_) => Rollout::InProgress,
        // Absent where the circuit breaker is off.
        None if deployment.running_count() >= deployment.desired_count() => Rollout::Completed,
        None => Rollout::InProgress,
    }
}

fn config() -> aws_sdk_ecs::config::Builder {
    aws_sdk_ecs::config::Builder::default().retry_config(once())
}

fn write_tags(tags: Tags) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

fn read_tags(tags: &[Tag]) -> Tags {
    tags.iter().filter_map(|tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()))).collect()
}

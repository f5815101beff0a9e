//! One-off tasks.

use aws_sdk_ecs::types::{
    AssignPublicIp, AwsVpcConfiguration, DesiredStatus, LaunchType, NetworkConfiguration, PropagateTags, Task as Described,
};
use domain::failure::{CallError, Cause};
use domain::ports::{Call, DescribeTasks, ListTasks, Reply, RunTask, StopTask, TaskView};

use super::{config, invalid, write_tags};
use crate::client::failure::failure;
use crate::client::{AwsCloud, unknown};

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.ecs;
    match call {
        Call::RunTask(request) => run(cloud, name, request).await.map(Reply::RunTask),
        Call::ListTasks(ListTasks { cluster, family, stopped }) => {
            let status = if stopped { DesiredStatus::Stopped } else { DesiredStatus::Running };
            let request = client.list_tasks().cluster(cluster).family(family).desired_status(status);
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::ListTasks(output.task_arns.unwrap_or_default()))
        }
        Call::DescribeTasks(DescribeTasks { cluster, tasks }) => {
            let output = client.describe_tasks().cluster(cluster).set_tasks(Some(tasks)).send().await;
            let output = output.map_err(|error| failure(name, &error))?;
            Ok(Reply::DescribeTasks(output.tasks().iter().map(view).collect()))
        }
        Call::StopTask(StopTask { cluster, task, reason }) => {
            let output = client.stop_task().cluster(cluster).task(task).reason(reason).send().await;
            output.map(|_| Reply::StopTask(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

async fn run(cloud: &AwsCloud, name: &str, request: RunTask) -> Result<String, CallError> {
    let network = AwsVpcConfiguration::builder()
        .set_subnets(Some(request.subnets))
        .security_groups(request.security_group)
        .assign_public_ip(AssignPublicIp::Disabled)
        .build()
        .map_err(|error| invalid(name, &error))?;
    let request = cloud
        .ecs
        .run_task()
        .cluster(request.cluster)
        .task_definition(request.task_definition)
        .client_token(request.token)
        .launch_type(LaunchType::Fargate)
        .network_configuration(NetworkConfiguration::builder().awsvpc_configuration(network).build())
        .enable_ecs_managed_tags(true)
        .propagate_tags(PropagateTags::TaskDefinition)
        .set_tags(Some(write_tags(request.tags)));
    let output = request.customize().config_override(config()).send().await.map_err(|error| failure(name, &error))?;
    if let Some(task) = output.tasks().first() {
        return Ok(task.task_arn().unwrap_or_default().to_owned());
    }
    // A task that finds no room is a failure within a success.
    let failed = output.failures().first();
    let why = failed.map(|one| format!("{}: {}", one.reason().unwrap_or("(no reason)"), one.detail().unwrap_or_default()));
    Err(CallError::new(name, Cause::Unavailable, why.unwrap_or_else(|| "the reply has no task".to_owned())))
}

fn view(task: &Described) -> TaskView {
    let container = task.containers().first();
    let why = container.and_then(|one| one.reason()).or(task.stopped_reason());
    TaskView {
        arn: task.task_arn().unwrap_or_default().to_owned(),
        revision: task.task_definition_arn().unwrap_or_default().to_owned(),
        status: task.last_status().unwrap_or_default().to_owned(),
        exit_code: container.and_then(|one| one.exit_code()),
        reason: why.unwrap_or_default().to_owned(),
    }
}

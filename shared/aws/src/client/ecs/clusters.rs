//! Clusters.

use aws_sdk_ecs::types::{Cluster as Described, ClusterField, ClusterSetting, ClusterSettingName};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::grounds::Cluster;
use domain::kind::plain::{Progress, Shown};
use domain::observed::Observed;
use domain::ports::{Call, Cloud, CreateCluster, DeleteCluster, DescribeCluster, Reply, UpdateCluster};

use super::{read_tags, write_tags};
use crate::client::failure::failure;
use crate::client::{AwsCloud, unknown};

/// Where tasks may run; Spot only where a service asks for it.
const PROVIDERS: [&str; 2] = ["FARGATE", "FARGATE_SPOT"];

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.ecs;
    match call {
        Call::DescribeCluster(DescribeCluster { name: cluster }) => {
            let request = client.describe_clusters().clusters(cluster).include(ClusterField::Tags).include(ClusterField::Settings);
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            if let Some(failed) = output.failures().iter().find(|failure| failure.reason() != Some("MISSING")) {
                return Err(CallError::new(name, Cause::Unavailable, failed.reason().unwrap_or("(no reason)")));
            }
            let standing = output.clusters().iter().find(|cluster| cluster.status() != Some("INACTIVE"));
            Ok(Reply::DescribeCluster(standing.map(|cluster| observed(cloud, cluster))))
        }
        Call::CreateCluster(CreateCluster { name: cluster, desired, tags }) => {
            let providers = PROVIDERS.map(str::to_owned).to_vec();
            let request =
                client.create_cluster().cluster_name(cluster).settings(insights(&desired)).set_capacity_providers(Some(providers));
            let output = request.set_tags(Some(write_tags(tags))).send().await.map_err(|error| failure(name, &error))?;
            made(cloud, name, output.cluster()).map(Reply::CreateCluster)
        }
        Call::UpdateCluster(UpdateCluster { name: cluster, desired }) => {
            let output = client.update_cluster().cluster(cluster).settings(insights(&desired)).send().await;
            let output = output.map_err(|error| failure(name, &error))?;
            made(cloud, name, output.cluster()).map(Reply::UpdateCluster)
        }
        Call::DeleteCluster(DeleteCluster { name: cluster }) => {
            let outcome = client.delete_cluster().cluster(cluster).send().await;
            outcome.map(|_| Reply::DeleteCluster(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

fn insights(desired: &Cluster) -> ClusterSetting {
    let value = if desired.insights { "enabled" } else { "disabled" };
    ClusterSetting::builder().name(ClusterSettingName::ContainerInsights).value(value).build()
}

fn made(cloud: &AwsCloud, name: &str, cluster: Option<&Described>) -> Result<Observed, CallError> {
    let made = cluster.map(|cluster| observed(cloud, cluster));
    made.ok_or_else(|| CallError::new(name, Cause::Unavailable, "the reply has no cluster"))
}

fn observed(cloud: &AwsCloud, cluster: &Described) -> Observed {
    let name = cluster.cluster_name().unwrap_or_default();
    let setting = cluster.settings().iter().find(|setting| setting.name() == Some(&ClusterSettingName::ContainerInsights));
    let insights = setting.is_some_and(|setting| setting.value() != Some("disabled"));
    let mut shown = Shown::done(name, Cluster { insights }).giving("name", name);
    shown.progress = match cluster.status() {
        Some("ACTIVE") => Progress::Done,
        Some("DEPROVISIONING") => Progress::Leaving,
        Some("FAILED") => Progress::Failed("it failed".to_owned()),
        other => Progress::Working(other.unwrap_or("PROVISIONING").to_lowercase()),
    };
    let arn = cluster.cluster_arn().unwrap_or_default().to_owned();
    Observed { arn, tags: read_tags(cluster.tags()), at: cloud.now(), detail: Detail::EcsCluster(shown) }
}

//! EFS file systems and mount targets.

mod access_points;

use aws_sdk_efs::types::{FileSystemDescription, LifeCycleState, PerformanceMode, Tag, ThroughputMode};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::file_system::{FileSystemSeen, LifeCycle, MountTarget};
use domain::observed::Observed;
use domain::ports::{
    Call, Cloud, CreateFileSystem, CreateMountTarget, DeleteFileSystem, DeleteMountTarget, DescribeFileSystem, DescribeMountTargets, Reply,
    TagFileSystem,
};
use domain::resource::Tags;

use super::failure::failure;
use super::{AwsCloud, once, unknown};

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.efs;
    match call {
        Call::DescribeFileSystem(DescribeFileSystem { token }) => {
            match client.describe_file_systems().creation_token(token).send().await.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::DescribeFileSystem(None)),
                Err(error) => Err(error),
                Ok(output) => Ok(Reply::DescribeFileSystem(output.file_systems().first().map(|one| observed(cloud, one.clone())))),
            }
        }
        Call::DescribeMountTargets(DescribeMountTargets { file_system }) => {
            describe_mount_targets(cloud, name, file_system).await.map(Reply::DescribeMountTargets)
        }
        Call::CreateFileSystem(CreateFileSystem { token, name: label, key, tags: wanted }) => {
            let request = client.create_file_system().creation_token(token).encrypted(true).set_tags(Some(tags(wanted, Some(label))));
            let request = request.performance_mode(PerformanceMode::GeneralPurpose).throughput_mode(ThroughputMode::Elastic);
            let request = request.set_kms_key_id(key);
            let output = request.customize().config_override(config()).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::CreateFileSystem(created(cloud, output)))
        }
        Call::CreateMountTarget(CreateMountTarget { file_system, subnet, security_group }) => {
            let request = client.create_mount_target().file_system_id(file_system).subnet_id(subnet).security_groups(security_group);
            let output = request.customize().config_override(config()).send().await.map_err(|error| failure(name, &error))?;
            let life = life(&output.life_cycle_state);
            Ok(Reply::CreateMountTarget(MountTarget { id: output.mount_target_id, subnet: output.subnet_id, life }))
        }
        Call::DeleteMountTarget(DeleteMountTarget { id }) => {
            client.delete_mount_target().mount_target_id(id).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::DeleteMountTarget(()))
        }
        Call::DeleteFileSystem(DeleteFileSystem { id }) => {
            client.delete_file_system().file_system_id(id).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::DeleteFileSystem(()))
        }
        Call::TagFileSystem(TagFileSystem { id, tags: wanted }) => {
            client.tag_resource().resource_id(id).set_tags(Some(tags(wanted, None))).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::TagFileSystem(()))
        }
        Call::DescribeAccessPoint(_) | Call::CreateAccessPoint(_) | Call::DeleteAccessPoint(_) => access_points::call(cloud, call).await,
        _ => Err(unknown(name)),
    }
}

async fn describe_mount_targets(cloud: &AwsCloud, name: &str, file_system: String) -> Result<Vec<MountTarget>, CallError> {
    let (mut targets, mut marker) = (Vec::new(), None);
    loop {
        let request = cloud.efs.describe_mount_targets().file_system_id(file_system.clone()).set_marker(marker);
        let output = request.send().await.map_err(|error| failure(name, &error))?;
        for target in output.mount_targets.unwrap_or_default() {
            let life = life(&target.life_cycle_state);
            targets.push(MountTarget { id: target.mount_target_id, subnet: target.subnet_id, life });
        }
        marker = output.next_marker;
        if marker.is_none() {
            return Ok(targets);
        }
    }
}

fn observed(cloud: &AwsCloud, one: FileSystemDescription) -> Observed {
    let bytes = one.size_in_bytes.map_or(0, |size| u64::try_from(size.value).unwrap_or(0));
    let tags = one.tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
    let detail = Detail::EfsFileSystem(FileSystemSeen {
        id: one.file_system_id,
        life: life(&one.life_cycle_state),
        mount_targets: Vec::new(),
        bytes,
        key: one.kms_key_id,
    });
    Observed { arn: one.file_system_arn.unwrap_or_default(), tags, at: cloud.now(), detail }
}

fn created(cloud: &AwsCloud, one: aws_sdk_efs::operation::create_file_system::CreateFileSystemOutput) -> Observed {
    let tags = one.tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
    let seen = FileSystemSeen {
        id: one.file_system_id,
        life: life(&one.life_cycle_state),
        mount_targets: Vec::new(),
        bytes: 0,
        key: one.kms_key_id,
    };
    Observed { arn: one.file_system_arn.unwrap_or_default(), tags, at: cloud.now(), detail: Detail::EfsFileSystem(seen) }
}

fn life(state: &LifeCycleState) -> LifeCycle {
    match state {
        LifeCycleState::Available => LifeCycle::Available,
        LifeCycleState::Deleting | LifeCycleState::Deleted => LifeCycle::Deleting,
        LifeCycleState::Error => LifeCycle::Error,
        _ => LifeCycle::Creating,
    }
}

fn config() -> aws_sdk_efs::config::Builder {
    aws_sdk_efs::config::Builder::default().retry_config(once())
}

/// Both halves are set, so none is refused.
fn tags(tags: Tags, label: Option<String>) -> Vec<Tag> {
    let all = tags.into_iter().chain(label.map(|label| ("Name".to_owned(), label)));
    all.filter_map(|(key, value)| Tag::builder().key(key).value(value).build().ok()).collect()
}

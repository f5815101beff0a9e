//! Access points.

use aws_sdk_efs::types::{AccessPointDescription, CreationInfo, LifeCycleState, PosixUser, RootDirectory};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::access_point::{AccessPoint, PERMISSIONS};
use domain::kind::plain::{Progress, Shown};
use domain::observed::Observed;
use domain::ports::{Call, Cloud, CreateAccessPoint, DeleteAccessPoint, DescribeAccessPoint, Reply};

use super::super::failure::failure;
use super::super::{AwsCloud, unknown};
use super::{config, tags};

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.efs;
    match call {
        Call::DescribeAccessPoint(DescribeAccessPoint { file_system, token }) => match find(cloud, name, &file_system, &token).await {
            // Without its file system there is none.
            Err(error) if error.cause == Cause::NotFound => Ok(Reply::DescribeAccessPoint(None)),
            outcome => outcome.map(Reply::DescribeAccessPoint),
        },
        Call::CreateAccessPoint(CreateAccessPoint { token, name: label, desired, tags: wanted }) => {
            let (user, root) = whose(&desired)?;
            let request = client.create_access_point().client_token(token).file_system_id(desired.file_system).posix_user(user);
            let request = request.root_directory(root).set_tags(Some(tags(wanted, Some(label))));
            let output = request.customize().config_override(config()).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::CreateAccessPoint(observed(cloud, created(output))))
        }
        Call::DeleteAccessPoint(DeleteAccessPoint { id }) => {
            let outcome = client.delete_access_point().access_point_id(id).send().await;
            outcome.map(|_| Reply::DeleteAccessPoint(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

/// EFS lists the access points of a file system with their tokens; it finds none by one.
async fn find(cloud: &AwsCloud, name: &str, file_system: &str, token: &str) -> Result<Option<Observed>, CallError> {
    let mut next = None;
    loop {
        let request = cloud.efs.describe_access_points().file_system_id(file_system).set_next_token(next);
        let output = request.send().await.map_err(|error| failure(name, &error))?;
        let found = output.access_points.unwrap_or_default().into_iter().find(|one| one.client_token() == Some(token));
        next = output.next_token;
        if found.is_some() || next.is_none() {
            return Ok(found.map(|one| observed(cloud, one)));
        }
    }
}

/// Who its users are, and whose its directory is.
fn whose(desired: &AccessPoint) -> Result<(PosixUser, RootDirectory), CallError> {
    let (uid, gid) = (i64::from(desired.uid), i64::from(desired.gid));
    let bad = |error: aws_smithy_types::error::operation::BuildError| {
        CallError::new("elasticfilesystem.CreateAccessPoint", Cause::InvalidRequest, error.to_string())
    };
    let user = PosixUser::builder().uid(uid).gid(gid).build().map_err(bad)?;
    let owner = CreationInfo::builder().owner_uid(uid).owner_gid(gid).permissions(PERMISSIONS).build().map_err(bad)?;
    Ok((user, RootDirectory::builder().path(&desired.path).creation_info(owner).build()))
}

fn created(one: aws_sdk_efs::operation::create_access_point::CreateAccessPointOutput) -> AccessPointDescription {
    AccessPointDescription::builder()
        .set_access_point_id(one.access_point_id)
        .set_access_point_arn(one.access_point_arn)
        .set_file_system_id(one.file_system_id)
        .set_posix_user(one.posix_user)
        .set_root_directory(one.root_directory)
        .set_life_cycle_state(one.life_cycle_state)
        .set_tags(one.tags)
        .build()
}

fn observed(cloud: &AwsCloud, one: AccessPointDescription) -> Observed {
    let number = |id: i64| u32::try_from(id).unwrap_or(u32::MAX);
    let (uid, gid) = one.posix_user().map_or((u32::MAX, u32::MAX), |user| (number(user.uid()), number(user.gid())));
    let path = one.root_directory().and_then(RootDirectory::path).unwrap_or("/").to_owned();
    let properties = AccessPoint { file_system: one.file_system_id().unwrap_or_default().to_owned(), path, uid, gid };
    let progress = match one.life_cycle_state() {
        Some(LifeCycleState::Available) => Progress::Done,
        Some(LifeCycleState::Deleting | LifeCycleState::Deleted) => Progress::Leaving,
        Some(LifeCycleState::Error) => Progress::Failed("it is in the state error".to_owned()),
        other => Progress::Working(other.map_or("creating", LifeCycleState::as_str).to_owned()),
    };
    let shown = Shown { progress, ..Shown::done(one.access_point_id().unwrap_or_default(), properties) };
    let tags = one.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect();
    Observed { arn: one.access_point_arn().unwrap_or_default().to_owned(), tags, at: cloud.now(), detail: Detail::EfsAccessPoint(shown) }
}

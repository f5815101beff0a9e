//! EFS.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::file_system::{FileSystemSeen, LifeCycle, MountTarget};
use domain::ports::{
    CreateFileSystem, CreateMountTarget, DeleteFileSystem, DeleteMountTarget, DescribeFileSystem, DescribeMountTargets, Operation, send,
};

use super::ground::{Ground, does, passes, refusal, refuses, tags, until};

fn request(token: &str) -> CreateFileSystem {
    CreateFileSystem { token: token.to_owned(), name: format!("name-of-{token}"), key: None, tags: tags() }
}

fn seen(observed: domain::observed::Observed) -> FileSystemSeen {
    match observed.detail {
        Detail::EfsFileSystem(seen) => seen,
        other => panic!("{other:?} is no file system"),
    }
}

async fn life<G: Ground>(ground: &G, token: &str) -> Option<LifeCycle> {
    does(ground, DescribeFileSystem { token: token.to_owned() }).await.map(|observed| seen(observed).life)
}

/// A file system that stands: its token and id.
pub(super) async fn available<G: Ground>(ground: &G) -> (String, String) {
    let token = ground.name("fs");
    let id = seen(does(ground, request(&token)).await).id;
    until(ground, "an available file system", async || (life(ground, &token).await == Some(LifeCycle::Available)).then_some(())).await;
    (token, id)
}

fn target(ground: &impl Ground, file_system: &str, subnet: usize) -> CreateMountTarget {
    let environment = ground.environment();
    CreateMountTarget {
        file_system: file_system.to_owned(),
        subnet: environment.private_subnets[subnet].id.clone(),
        security_group: environment.security_groups["efs"].clone(),
    }
}

async fn targets<G: Ground>(ground: &G, file_system: &str) -> Vec<MountTarget> {
    does(ground, DescribeMountTargets { file_system: file_system.to_owned() }).await
}

pub(super) async fn a_file_system_is_creating_until_it_is_available<G: Ground>(ground: &G) {
    let token = ground.name("fs");
    let created = does(ground, request(&token)).await;
    assert_eq!(created.tags.get("caretaker:owner"), tags().get("caretaker:owner"));
    assert_eq!(seen(created).life, LifeCycle::Creating);
    let lives = passes(ground, "Some(Available)", async || format!("{:?}", life(ground, &token).await)).await;
    assert!(lives.iter().all(|life| ["Some(Creating)", "Some(Available)"].contains(&life.as_str())), "{lives:?}");
}

pub(super) async fn a_file_system_with_the_same_token_already_exists<G: Ground>(ground: &G) {
    let token = ground.name("fs");
    does(ground, request(&token)).await;
    refuses(ground, request(&token), Cause::AlreadyExists).await;
    refuses(ground, CreateFileSystem { name: "another".to_owned(), ..request(&token) }, Cause::AlreadyExists).await;
}

pub(super) async fn a_deleted_file_system_is_deleting_until_it_is_gone<G: Ground>(ground: &G) {
    let (token, id) = available(ground).await;
    does(ground, DeleteFileSystem { id: id.clone() }).await;
    let lives = passes(ground, "None", async || format!("{:?}", life(ground, &token).await)).await;
    assert!(lives.iter().all(|life| ["Some(Deleting)", "None"].contains(&life.as_str())), "{lives:?}");
    refuses(ground, DeleteFileSystem { id }, Cause::NotFound).await;
}

/// A new file system is `creating` for seconds only, and a busy machine may miss them: it is tried several times.
pub(super) async fn refused_while_creating<G: Ground, O: Operation>(ground: &G, call: impl Fn(String) -> O) {
    for _ in 0..20 {
        let id = seen(does(ground, request(&ground.name("fs"))).await).id;
        if let Some(cause) = refusal(send(ground.aws(), call(id)).await) {
            return assert_eq!(cause, Cause::InvalidState, "{}", O::NAME);
        }
    }
    panic!("{} is never refused", O::NAME);
}

pub(super) async fn a_file_system_that_is_not_available_cannot_be_deleted<G: Ground>(ground: &G) {
    refused_while_creating(ground, |id| DeleteFileSystem { id }).await;
}

pub(super) async fn a_file_system_with_mount_targets_cannot_be_deleted<G: Ground>(ground: &G) {
    let (_, id) = available(ground).await;
    let made = does(ground, target(ground, &id, 0)).await;
    refuses(ground, DeleteFileSystem { id: id.clone() }, Cause::InvalidState).await;
    // Also while it is being deleted.
    does(ground, DeleteMountTarget { id: made.id }).await;
    refuses(ground, DeleteFileSystem { id }, Cause::InvalidState).await;
}

pub(super) async fn a_mount_target_waits_for_its_file_system<G: Ground>(ground: &G) {
    refused_while_creating(ground, |id| target(ground, &id, 0)).await;
}

pub(super) async fn a_mount_target_is_creating_until_it_is_available<G: Ground>(ground: &G) {
    let (_, id) = available(ground).await;
    let made = does(ground, target(ground, &id, 0)).await;
    assert_eq!((made.life, &made.subnet), (LifeCycle::Creating, &ground.environment().private_subnets[0].id));
    let lives = passes(ground, "Available", async || format!("{:?}", targets(ground, &id).await[0].life)).await;
    assert_eq!(lives, ["Creating", "Available"]);
}

pub(super) async fn a_second_mount_target_in_a_zone_conflicts<G: Ground>(ground: &G) {
    let (_, id) = available(ground).await;
    does(ground, target(ground, &id, 0)).await;
    refuses(ground, target(ground, &id, 0), Cause::AlreadyExists).await;
    does(ground, target(ground, &id, 1)).await;
    assert_eq!(targets(ground, &id).await.len(), 2);
}

pub(super) async fn a_deleted_mount_target_lingers<G: Ground>(ground: &G) {
    let (_, id) = available(ground).await;
    let made = does(ground, target(ground, &id, 0)).await;
    does(ground, DeleteMountTarget { id: made.id.clone() }).await;
    let lives =
        passes(ground, "", async || targets(ground, &id).await.first().map_or(String::new(), |one| format!("{:?}", one.life))).await;
    assert_eq!(lives, ["Deleting", ""]);
    refuses(ground, DeleteMountTarget { id: made.id }, Cause::NotFound).await;
}

/// A mount target in the first subnet, ready.
pub(super) async fn mounted<G: Ground>(ground: &G, file_system: &str) {
    does(ground, target(ground, file_system, 0)).await;
    let ready = async || targets(ground, file_system).await.iter().all(|one| one.life == LifeCycle::Available).then_some(());
    until(ground, "an available mount target", ready).await;
}

/// The creation of a mount target, for the quotas.
pub(super) fn another_target(ground: &impl Ground, file_system: &str) -> CreateMountTarget {
    target(ground, file_system, 1)
}

/// The creation of a file system, for the quotas.
pub(super) fn another(ground: &impl Ground) -> CreateFileSystem {
    request(&ground.name("fs"))
}

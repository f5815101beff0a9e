//! RDS instances: their modification and deletion, and snapshots.

use domain::failure::Cause;
use domain::kind::database::{Pending, Snapshot};
use domain::ports::{DatabaseChange, DeleteDatabase, DeleteSnapshot, DescribeSnapshot, ModifyDatabase};

use super::databases::{available, look, request, seen, status};
use super::ground::{Ground, does, passes, refuses, until};

const LARGER: &str = "db.t4g.medium";

fn modify(name: &str, apply_immediately: bool, change: impl FnOnce(&mut DatabaseChange)) -> ModifyDatabase {
    let mut wanted = DatabaseChange { apply_immediately, ..DatabaseChange::default() };
    change(&mut wanted);
    ModifyDatabase { name: name.to_owned(), change: wanted }
}

fn class(name: &str, apply_immediately: bool) -> ModifyDatabase {
    modify(name, apply_immediately, |change| change.class = Some(LARGER.to_owned()))
}

fn delete(name: &str, snapshot: Option<&str>) -> DeleteDatabase {
    DeleteDatabase { name: name.to_owned(), final_snapshot: snapshot.map(str::to_owned) }
}

async fn snapshot<G: Ground>(ground: &G, name: &str) -> Option<Snapshot> {
    does(ground, DescribeSnapshot { name: name.to_owned() }).await
}

pub(super) async fn a_database_that_is_not_available_cannot_be_modified<G: Ground>(ground: &G) {
    let name = ground.name("db");
    refuses(ground, class(&name, true), Cause::NotFound).await;
    does(ground, request(ground, &name)).await;
    refuses(ground, class(&name, true), Cause::InvalidState).await;
}

pub(super) async fn an_immediate_modification_is_modifying_then_available<G: Ground>(ground: &G) {
    let name = available(ground, |_| {}).await;
    let reply = seen(does(ground, class(&name, true)).await);
    assert_eq!((reply.class.as_str(), reply.pending.class.as_deref()), ("db.t4g.micro", Some(LARGER)), "the reply shows what is owed");
    until(ground, "modifying", async || (status(ground, &name).await == "modifying").then_some(())).await;
    refuses(ground, class(&name, true), Cause::InvalidState).await;
    assert_eq!(passes(ground, "available", async || status(ground, &name).await).await, ["modifying", "available"]);
    let after = look(ground, &name).await.expect("it stands");
    assert_eq!((after.class.as_str(), after.pending), (LARGER, Pending::default()));
}

pub(super) async fn a_modification_waits_for_the_maintenance_window<G: Ground>(ground: &G) {
    let name = available(ground, |_| {}).await;
    does(ground, class(&name, false)).await;
    ground.elapse(600).await;
    let owed = look(ground, &name).await.expect("it stands");
    assert_eq!((owed.status.as_str(), owed.class.as_str(), owed.pending.class.as_deref()), ("available", "db.t4g.micro", Some(LARGER)));
    ground.open_maintenance_window(&name).await;
    passes(ground, "available", async || status(ground, &name).await).await;
    let after = look(ground, &name).await.expect("it stands");
    assert_eq!((after.class.as_str(), after.pending), (LARGER, Pending::default()));
}

pub(super) async fn deletion_protection_does_not_wait_for_the_maintenance_window<G: Ground>(ground: &G) {
    let name = available(ground, |desired| desired.deletion_protection = true).await;
    does(ground, modify(&name, false, |change| change.deletion_protection = Some(false))).await;
    assert!(!look(ground, &name).await.expect("it stands").deletion_protection);
}

pub(super) async fn storage_does_not_shrink<G: Ground>(ground: &G) {
    let name = available(ground, |desired| desired.storage_gib = 40).await;
    refuses(ground, modify(&name, true, |change| change.storage_gib = Some(30)), Cause::InvalidRequest).await;
    assert_eq!(look(ground, &name).await.expect("it stands").storage_gib, 40);
}

pub(super) async fn a_grown_database_is_operational_while_its_storage_is_optimized<G: Ground>(ground: &G) {
    let name = available(ground, |_| {}).await;
    let grow = |gib| modify(&name, true, move |change| change.storage_gib = Some(gib));
    does(ground, grow(40)).await;
    until(ground, "storage-optimization", async || (status(ground, &name).await == "storage-optimization").then_some(())).await;
    assert_eq!(look(ground, &name).await.expect("it stands").storage_gib, 40);
    // Too early, not wrong: hours later AWS does it.
    refuses(ground, grow(60), Cause::InvalidState).await;
    does(ground, modify(&name, true, |change| change.backup_days = Some(9))).await;
}

pub(super) async fn a_protected_database_cannot_be_deleted<G: Ground>(ground: &G) {
    let name = available(ground, |desired| desired.deletion_protection = true).await;
    refuses(ground, delete(&name, None), Cause::InvalidRequest).await;
    assert_eq!(status(ground, &name).await, "available");
}

pub(super) async fn a_database_that_is_not_available_cannot_be_deleted<G: Ground>(ground: &G) {
    let name = ground.name("db");
    refuses(ground, delete(&name, Some(&format!("{name}-final"))), Cause::NotFound).await;
    does(ground, request(ground, &name)).await;
    refuses(ground, delete(&name, Some(&format!("{name}-final"))), Cause::InvalidState).await;
}

pub(super) async fn a_database_is_not_deleted_twice<G: Ground>(ground: &G) {
    let name = available(ground, |_| {}).await;
    does(ground, delete(&name, None)).await;
    refuses(ground, delete(&name, None), Cause::InvalidState).await;
}

pub(super) async fn a_deleted_database_is_deleting_until_it_is_gone<G: Ground>(ground: &G) {
    let name = available(ground, |_| {}).await;
    let reply = does(ground, delete(&name, None)).await.map(seen);
    assert_eq!(reply.map(|seen| seen.status).as_deref(), Some("deleting"));
    refuses(ground, request(ground, &name), Cause::AlreadyExists).await;
    assert_eq!(passes(ground, "gone", async || status(ground, &name).await).await, ["deleting", "gone"]);
    does(ground, request(ground, &name)).await;
}

pub(super) async fn a_final_snapshot_is_creating_until_it_is_available<G: Ground>(ground: &G) {
    let name = available(ground, |_| {}).await;
    let kept = format!("{name}-final");
    assert_eq!(snapshot(ground, &kept).await, None);
    does(ground, delete(&name, Some(&kept))).await;
    let look = async || snapshot(ground, &kept).await.map_or(String::new(), |seen| seen.available.to_string());
    assert_eq!(passes(ground, "true", look).await, ["false", "true"]);
    passes(ground, "gone", async || status(ground, &name).await).await;
    let outlives = snapshot(ground, &kept).await.expect("it outlives its database");
    assert_eq!((outlives.name.as_str(), outlives.available, outlives.storage_gib), (kept.as_str(), true, 20));
    does(ground, DeleteSnapshot { name: kept.clone() }).await;
    refuses(ground, DeleteSnapshot { name: kept }, Cause::NotFound).await;
}

pub(super) async fn a_snapshot_of_the_same_name_already_exists<G: Ground>(ground: &G) {
    let first = available(ground, |_| {}).await;
    let kept = format!("{first}-final");
    does(ground, delete(&first, Some(&kept))).await;
    let second = available(ground, |_| {}).await;
    refuses(ground, delete(&second, Some(&kept)), Cause::AlreadyExists).await;
    assert_eq!(status(ground, &second).await, "available", "nothing is deleted");
}

pub(super) async fn a_snapshot_that_is_not_available_cannot_be_deleted<G: Ground>(ground: &G) {
    let name = available(ground, |_| {}).await;
    let kept = format!("{name}-final");
    does(ground, delete(&name, Some(&kept))).await;
    refuses(ground, DeleteSnapshot { name: kept }, Cause::InvalidState).await;
}

//! Access points of EFS.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::access_point::AccessPoint;
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{CreateAccessPoint, DeleteAccessPoint, DescribeAccessPoint, TagFileSystem};

use super::file_systems::{available, refused_while_creating};
use super::ground::{Ground, does, passes, refuses, tags};

fn request(token: &str, file_system: &str) -> CreateAccessPoint {
    let desired = AccessPoint { file_system: file_system.to_owned(), path: "/uploads".to_owned(), uid: 1_000, gid: 1_001 };
    CreateAccessPoint { token: token.to_owned(), name: format!("name-of-{token}"), desired, tags: tags() }
}

fn seen(observed: Observed) -> Shown<AccessPoint> {
    match observed.detail {
        Detail::EfsAccessPoint(seen) => seen,
        other => panic!("{other:?} is no access point"),
    }
}

async fn found<G: Ground>(ground: &G, request: &CreateAccessPoint) -> Option<Observed> {
    let file_system = request.desired.file_system.clone();
    does(ground, DescribeAccessPoint { file_system, token: request.token.clone() }).await
}

async fn progress<G: Ground>(ground: &G, request: &CreateAccessPoint) -> String {
    found(ground, request).await.map(|point| format!("{:?}", seen(point).progress)).unwrap_or_default()
}

pub(super) async fn an_access_point_is_creating_until_it_is_available<G: Ground>(ground: &G) {
    let (_, system) = available(ground).await;
    let request = request(&ground.name("point"), &system);
    assert_eq!(found(ground, &request).await, None);
    let made = does(ground, request.clone()).await;
    assert_eq!(made.tags.get("caretaker:owner"), tags().get("caretaker:owner"));
    assert_eq!(format!("{:?}", seen(made.clone()).progress), r#"Working("creating")"#);
    passes(ground, "Done", async || progress(ground, &request).await).await;
    let point = found(ground, &request).await.expect("it stands");
    assert_eq!((&point.arn, seen(point.clone()).properties), (&made.arn, request.desired.clone()));
    does(ground, TagFileSystem { id: seen(made).id, tags: [("a".to_owned(), "b".to_owned())].into() }).await;
    assert_eq!(found(ground, &request).await.and_then(|point| point.tags.get("a").cloned()), Some("b".to_owned()));
}

pub(super) async fn an_access_point_with_the_same_token_already_exists<G: Ground>(ground: &G) {
    let (_, system) = available(ground).await;
    let first = request(&ground.name("point"), &system);
    does(ground, first.clone()).await;
    refuses(ground, first.clone(), Cause::AlreadyExists).await;
    let desired = AccessPoint { path: "/other".to_owned(), ..first.desired.clone() };
    refuses(ground, CreateAccessPoint { desired, ..first }, Cause::AlreadyExists).await;
    does(ground, request(&ground.name("point"), &system)).await;
}

pub(super) async fn an_access_point_waits_for_its_file_system<G: Ground>(ground: &G) {
    let token = ground.name("point");
    refused_while_creating(ground, |id| request(&format!("{token}-{id}"), &id)).await;
    let missing = request(&token, "fs-00000000000000000");
    refuses(ground, missing.clone(), Cause::NotFound).await;
    assert_eq!(found(ground, &missing).await, None);
}

pub(super) async fn a_deleted_access_point_is_deleting_until_it_is_gone<G: Ground>(ground: &G) {
    let (_, system) = available(ground).await;
    let request = request(&ground.name("point"), &system);
    let id = seen(does(ground, request.clone()).await).id;
    passes(ground, "Done", async || progress(ground, &request).await).await;
    does(ground, DeleteAccessPoint { id: id.clone() }).await;
    let lives = passes(ground, "", async || progress(ground, &request).await).await;
    assert!(lives.iter().all(|life| ["Leaving", ""].contains(&life.as_str())), "{lives:?}");
    refuses(ground, DeleteAccessPoint { id }, Cause::NotFound).await;
    does(ground, request).await;
}

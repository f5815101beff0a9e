//! S3 buckets.

use domain::failure::Cause;
use domain::kind::bucket::{Lifecycle, ObjectVersion};
use domain::ports::{
    CreateBucket, DeleteBucket, DeleteBucketLifecycle, DeleteBucketPolicy, DeleteObjects, GetBucketEncryption, GetBucketLifecycle,
    GetBucketPolicy, GetBucketTagging, GetBucketVersioning, GetObjectLock, GetPublicAccessBlock, ListBuckets, ListMultipartUploads,
    ListObjectVersions, PutBucketEncryption, PutBucketLifecycle, PutBucketPolicy, PutBucketTagging, PutBucketVersioning, PutObjectLock,
    PutPublicAccessBlock,
};
use domain::resource::Tags;
use serde_json::json;

use super::ground::{Deed, Ground, does, refuses, tags};

/// A bucket, by its name and its owner.
async fn bucket<G: Ground>(ground: &G, lock: bool) -> (String, String) {
    let (name, owner) = (ground.name("bucket"), ground.environment().account.clone());
    does(ground, CreateBucket { name: name.clone(), owner: owner.clone(), lock, tags: tags() }).await;
    (name, owner)
}

async fn versions<G: Ground>(ground: &G, (name, owner): &(String, String)) -> Vec<ObjectVersion> {
    does(ground, ListObjectVersions { name: name.clone(), owner: owner.clone() }).await
}

pub(super) async fn a_bucket_is_made_with_its_tags_and_blocks_public_access<G: Ground>(ground: &G) {
    let (name, owner) = bucket(ground, false).await;
    let of = || (name.clone(), owner.clone());
    let shown = async || {
        let (name, owner) = of();
        does(ground, GetBucketTagging { name, owner }).await
    };
    let found = shown().await.expect("it stands");
    assert_eq!((found.arn, found.tags), (format!("arn:aws:s3:::{name}"), tags()));
    let (name, owner) = of();
    assert!(does(ground, GetPublicAccessBlock { name, owner }).await);
    // In us-east-1, where both clouds are, a repeat is a success that changes nothing.
    let (name, owner) = of();
    does(ground, CreateBucket { name, owner, lock: false, tags: [("a".to_owned(), "b".to_owned())].into() }).await;
    assert_eq!(shown().await.map(|found| found.tags), Some(tags()));
    let (name, owner) = of();
    let others = Tags::from([("a".to_owned(), "b".to_owned())]);
    does(ground, PutBucketTagging { name: name.clone(), owner, tags: others.clone() }).await;
    assert_eq!(shown().await.map(|found| found.tags), Some(others));
    assert_eq!(does(ground, ListBuckets { prefix: name.clone() }).await, [name]);
}

pub(super) async fn a_bucket_shows_what_it_was_set_to<G: Ground>(ground: &G) {
    let (name, owner) = bucket(ground, false).await;
    let of = || (name.clone(), owner.clone());
    let key = ground.environment().arn("kms", "key/1");
    let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Principal": { "AWS": "*" }, "Action": "s3:PutObject",
        "Resource": format!("arn:aws:s3:::{name}/*") }] });
    let closed = Lifecycle::Closed { until: "2030-01-01T00:00:00Z".parse().expect("a moment"), days: 90 };
    let settings = async || {
        let (name, owner) = of();
        let key = does(ground, GetBucketEncryption { name, owner }).await;
        let (name, owner) = of();
        let versioning = does(ground, GetBucketVersioning { name, owner }).await;
        let (name, owner) = of();
        let policy = does(ground, GetBucketPolicy { name, owner }).await;
        let (name, owner) = of();
        (key, versioning, policy, does(ground, GetBucketLifecycle { name, owner }).await)
    };
    assert_eq!(settings().await, (None, false, None, None));
    let (name, owner) = of();
    does(ground, PutBucketEncryption { name, owner, key: Some(key.clone()) }).await;
    let (name, owner) = of();
    does(ground, PutBucketVersioning { name, owner, on: true }).await;
    let (name, owner) = of();
    does(ground, PutBucketPolicy { name, owner, policy: policy.clone() }).await;
    let (name, owner) = of();
    does(ground, PutBucketLifecycle { name, owner, lifecycle: Lifecycle::Expires { days: 30 } }).await;
    assert_eq!(settings().await, (Some(key), true, Some(policy), Some(Lifecycle::Expires { days: 30 })));
    let (name, owner) = of();
    does(ground, PutBucketEncryption { name, owner, key: None }).await;
    let (name, owner) = of();
    does(ground, PutBucketVersioning { name, owner, on: false }).await;
    let (name, owner) = of();
    does(ground, DeleteBucketPolicy { name, owner }).await;
    let (name, owner) = of();
    does(ground, PutBucketLifecycle { name, owner, lifecycle: closed.clone() }).await;
    assert_eq!(settings().await, (None, false, None, Some(closed)));
    let (name, owner) = of();
    does(ground, DeleteBucketLifecycle { name, owner }).await;
    // What is not there is deleted as well.
    let (name, owner) = of();
    does(ground, DeleteBucketPolicy { name, owner }).await;
    assert_eq!(settings().await, (None, false, None, None));
    let (name, owner) = of();
    does(ground, PutPublicAccessBlock { name, owner }).await;
}

pub(super) async fn a_locked_bucket_keeps_its_objects<G: Ground>(ground: &G) {
    let (name, owner) = bucket(ground, false).await;
    refuses(ground, PutObjectLock { name, owner, days: 1 }, Cause::InvalidState).await;
    let locked = bucket(ground, true).await;
    let of = || locked.clone();
    let (name, owner) = of();
    assert!(does(ground, GetBucketVersioning { name, owner }).await);
    let (name, owner) = of();
    assert_eq!(does(ground, GetObjectLock { name, owner }).await, None);
    let (name, owner) = of();
    does(ground, PutObjectLock { name, owner, days: 1 }).await;
    let (name, owner) = of();
    assert_eq!(does(ground, GetObjectLock { name, owner }).await, Some(1));
    ground.others(Deed::WriteObject { bucket: &locked.0, key: "a" }).await;
    let kept = versions(ground, &locked).await;
    let (name, owner) = of();
    refuses(ground, DeleteObjects { name, owner, versions: kept.clone() }, Cause::Denied).await;
    assert_eq!((kept.len(), versions(ground, &locked).await), (1, kept));
}

pub(super) async fn a_bucket_with_versions_cannot_be_deleted<G: Ground>(ground: &G) {
    let own = bucket(ground, false).await;
    let of = || own.clone();
    assert_eq!(versions(ground, &own).await, []);
    let (name, owner) = of();
    does(ground, PutBucketVersioning { name, owner, on: true }).await;
    for key in ["a", "a", "b"] {
        ground.others(Deed::WriteObject { bucket: &own.0, key }).await;
    }
    let all = versions(ground, &own).await;
    let mut keys: Vec<_> = all.iter().map(|version| (version.key.as_str(), version.bytes)).collect();
    keys.sort_unstable();
    assert_eq!(keys, [("a", 5), ("a", 5), ("b", 5)]);
    let (name, owner) = of();
    refuses(ground, DeleteBucket { name, owner }, Cause::InvalidState).await;
    let (name, owner) = of();
    does(ground, DeleteObjects { name, owner, versions: all.clone() }).await;
    // What is gone is deleted as well.
    let (name, owner) = of();
    does(ground, DeleteObjects { name, owner, versions: all }).await;
    assert_eq!(versions(ground, &own).await, []);
    let (name, owner) = of();
    assert_eq!(does(ground, ListMultipartUploads { name, owner }).await, []);
    let (name, owner) = of();
    does(ground, DeleteBucket { name, owner }).await;
    let (name, owner) = of();
    refuses(ground, DeleteBucket { name, owner }, Cause::NotFound).await;
    let (name, owner) = of();
    assert_eq!(does(ground, GetBucketTagging { name, owner }).await, None);
}

pub(super) async fn a_bucket_of_another_account_is_denied_and_its_name_is_taken<G: Ground>(ground: &G) {
    let (name, owner) = (ground.name("bucket"), ground.environment().account.clone());
    ground.others(Deed::TakeBucketName(&name)).await;
    refuses(ground, GetBucketTagging { name: name.clone(), owner: owner.clone() }, Cause::Denied).await;
    assert_eq!(does(ground, ListBuckets { prefix: name.clone() }).await, Vec::<String>::new());
    refuses(ground, CreateBucket { name, owner, lock: false, tags: tags() }, Cause::AlreadyExists).await;
    let (name, _) = bucket(ground, false).await;
    let owner = "999999999999".to_owned();
    refuses(ground, GetBucketTagging { name: name.clone(), owner: owner.clone() }, Cause::Denied).await;
    refuses(ground, DeleteBucket { name, owner }, Cause::Denied).await;
}

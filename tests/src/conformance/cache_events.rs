//! Replication groups of ElastiCache: whom they tell of their events. What arrives is shown by the local cloud's own tests.

use domain::failure::Cause;
use domain::kind::cache::CacheChange;
use domain::kind::messaging::Topic;
use domain::kind::policy::Policy;
use domain::ports::{CreateTopic, DescribeReplicationGroup, ModifyReplicationGroup};
use serde_json::json;

use super::caches::{available, node, request, settles};
use super::ground::{Ground, does, refuses, tags};

/// The policy of a topic that lets everybody publish of whom `key` says that they are of this account.
fn policy<G: Ground>(ground: &G, key: &str) -> Policy {
    let own = json!({ "StringEquals": { key: ground.environment().account } });
    let statement = json!({ "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "sns:Publish", "Resource": "*", "Condition": own });
    json!({ "Version": "2012-10-17", "Statement": [statement] }).into()
}

/// The ARN of a topic of this kind.
async fn topic<G: Ground>(ground: &G, key: Option<&str>, policy: Option<Policy>) -> String {
    let desired = Topic { key: key.map(str::to_owned), policy };
    does(ground, CreateTopic { name: ground.name("topic"), desired, tags: tags() }).await.arn
}

async fn usable<G: Ground>(ground: &G) -> String {
    topic(ground, None, Some(policy(ground, "aws:SourceOwner"))).await
}

fn told(name: &str, topic: &str) -> ModifyReplicationGroup {
    let change = CacheChange { notification_topic: Some(topic.to_owned()), ..CacheChange::default() };
    ModifyReplicationGroup { name: name.to_owned(), change }
}

pub(super) async fn a_cache_shows_the_topic_that_it_tells_and_takes_another<G: Ground>(ground: &G) {
    let (first, second) = (usable(ground).await, usable(ground).await);
    let name = available(ground, |desired| desired.notification_topic = Some(first.clone())).await;
    assert_eq!(node(ground, &name).await.notification_topic, first);
    does(ground, told(&name, &second)).await;
    settles(ground, &name).await;
    assert_eq!(node(ground, &name).await.notification_topic, second, "it does not wait for the window");
}

pub(super) async fn a_topic_that_elasticache_cannot_publish_to_becomes_inactive<G: Ground>(ground: &G) {
    let encrypted = topic(ground, Some("alias/aws/sns"), Some(policy(ground, "aws:SourceOwner"))).await;
    let by_account = topic(ground, None, Some(policy(ground, "aws:SourceAccount"))).await;
    for topic in [encrypted, by_account] {
        let request = request(ground, |desired| desired.notification_topic = Some(topic.clone())).await;
        let name = request.name.clone();
        does(ground, request).await;
        assert_eq!(node(ground, &name).await.notification_topic, topic, "it is taken");
        settles(ground, &name).await;
        assert_eq!(node(ground, &name).await.notification_topic, "", "it has been tried");
        does(ground, told(&name, &topic)).await;
        assert_eq!(node(ground, &name).await.notification_topic, topic, "it can be made active, until it is tried again");
    }
}

pub(super) async fn a_cache_tells_no_topic_of_another_account_or_region<G: Ground>(ground: &G) {
    let own = ground.environment().arn("sns", "anything");
    let others = [own.replace(&ground.environment().account, "210987654321"), own.replace(&ground.environment().region, "eu-north-1")];
    let name = available(ground, |_| {}).await;
    for topic in others {
        let request = request(ground, |desired| desired.notification_topic = Some(topic.clone())).await;
        let refused = request.name.clone();
        refuses(ground, request, Cause::InvalidRequest).await;
        assert_eq!(does(ground, DescribeReplicationGroup { name: refused }).await, None);
        refuses(ground, told(&name, &topic), Cause::InvalidRequest).await;
    }
}

//! SNS.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::messaging::Topic;
use domain::kind::policy::Policy;
use domain::ports::{CreateTopic, DeleteTopic, FindTopic, GetTopicAttributes, ListTopicTags, SetTopicKey, SetTopicPolicy, TagTopic};
use serde_json::json;

use super::ground::{Ground, does, refuses, tags};

fn policy(service: &str) -> Policy {
    let statement = json!({ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sns:Publish", "Resource": "*" });
    json!({ "Version": "2012-10-17", "Statement": [statement] }).into()
}

fn request(name: &str) -> CreateTopic {
    let desired = Topic { key: Some("alias/aws/sns".to_owned()), policy: Some(policy("cloudwatch.amazonaws.com")) };
    CreateTopic { name: name.to_owned(), desired, tags: tags() }
}

async fn shown<G: Ground>(ground: &G, arn: &str) -> Option<Topic> {
    match does(ground, GetTopicAttributes { arn: arn.to_owned() }).await?.detail {
        Detail::SnsTopic(seen) => Some(seen.properties),
        other => panic!("{other:?} is no topic"),
    }
}

pub(super) async fn a_topic_of_the_same_name_is_the_same_topic<G: Ground>(ground: &G) {
    let name = ground.name("topic");
    assert_eq!(does(ground, FindTopic { name: name.clone() }).await, None);
    let made = does(ground, request(&name)).await.arn;
    assert_eq!(does(ground, request(&name)).await.arn, made);
    let other = Topic { policy: Some(policy("events.amazonaws.com")), ..request(&name).desired };
    refuses(ground, CreateTopic { desired: other, ..request(&name) }, Cause::AlreadyExists).await;
    let others = [("caretaker:owner".to_owned(), "another".to_owned())].into();
    refuses(ground, CreateTopic { tags: others, ..request(&name) }, Cause::AlreadyExists).await;
    assert_eq!(does(ground, FindTopic { name: name.clone() }).await, Some(made.clone()));
    assert_eq!(shown(ground, &made).await, Some(request(&name).desired));
    assert_eq!(does(ground, ListTopicTags { arn: made.clone() }).await, tags());
    does(ground, TagTopic { arn: made.clone(), tags: [("a".to_owned(), "b".to_owned())].into() }).await;
    assert_eq!(does(ground, ListTopicTags { arn: made }).await.get("a").map(String::as_str), Some("b"));
}

pub(super) async fn a_topic_has_the_policy_of_its_account_until_it_gets_another<G: Ground>(ground: &G) {
    let bare = Topic { key: None, policy: None };
    let arn = does(ground, CreateTopic { desired: bare.clone(), ..request(&ground.name("topic")) }).await.arn;
    assert_eq!(shown(ground, &arn).await, Some(bare.clone()));
    does(ground, SetTopicPolicy { arn: arn.clone(), policy: Some(policy("events.amazonaws.com")) }).await;
    does(ground, SetTopicKey { arn: arn.clone(), key: Some("alias/aws/sns".to_owned()) }).await;
    let other = Topic { key: Some("alias/aws/sns".to_owned()), policy: Some(policy("events.amazonaws.com")) };
    assert_eq!(shown(ground, &arn).await, Some(other));
    does(ground, SetTopicPolicy { arn: arn.clone(), policy: None }).await;
    does(ground, SetTopicKey { arn: arn.clone(), key: None }).await;
    assert_eq!(shown(ground, &arn).await, Some(bare));
}

pub(super) async fn a_deleted_topic_is_gone_and_one_that_never_was_is_deleted_as_well<G: Ground>(ground: &G) {
    let name = ground.name("topic");
    let arn = does(ground, request(&name)).await.arn;
    does(ground, DeleteTopic { arn: arn.clone() }).await;
    assert_eq!((does(ground, FindTopic { name }).await, shown(ground, &arn).await), (None, None));
    does(ground, DeleteTopic { arn: arn.clone() }).await;
    refuses(ground, SetTopicKey { arn: arn.clone(), key: None }, Cause::NotFound).await;
    refuses(ground, ListTopicTags { arn }, Cause::NotFound).await;
}

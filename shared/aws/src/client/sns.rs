//! Topics of SNS. A topic's policy is AWS's own until it gets another.

use std::collections::HashMap;

use aws_sdk_sns::types::{MessageAttributeValue, Tag};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::messaging::Topic;
use domain::kind::plain::Shown;
use domain::kind::policy::Policy;
use domain::observed::Observed;
use domain::ports::{
    Call, Cloud, CreateTopic, DeleteTopic, FindTopic, GetTopicAttributes, ListTopicTags, Publish, PublishText, Reply, SetTopicKey,
    SetTopicPolicy, TagTopic,
};
use domain::resource::Tags;
use serde_json::json;

use super::failure::{failure, without};
use super::{AwsCloud, unknown};

/// The attributes that we set.
const KEY: &str = "KmsMasterKeyId";
/// See [`KEY`].
const POLICY: &str = "Policy";
/// The id of the policy that SNS gives to a topic.
const DEFAULT: &str = "__default_policy_ID";

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.sns;
    match call {
        Call::FindTopic(FindTopic { name: topic }) => find(cloud, name, &topic).await.map(Reply::FindTopic),
        Call::GetTopicAttributes(GetTopicAttributes { arn }) => {
            let outcome = client.get_topic_attributes().topic_arn(&arn).send().await;
            match outcome.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::GetTopicAttributes(None)),
                Err(error) => Err(error),
                Ok(output) => {
                    let topic = read(&output.attributes.unwrap_or_default());
                    Ok(Reply::GetTopicAttributes(Some(observed(cloud, arn, topic, Tags::new()))))
                }
            }
        }
        Call::ListTopicTags(ListTopicTags { arn }) => {
            let output = client.list_tags_for_resource().resource_arn(arn).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::ListTopicTags(output.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()))
        }
        Call::CreateTopic(CreateTopic { name: topic, desired, tags }) => {
            let request = client.create_topic().name(topic).set_attributes(Some(write(&desired))).set_tags(Some(write_tags(tags.clone())?));
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::CreateTopic(observed(cloud, output.topic_arn.unwrap_or_default(), desired, tags)))
        }
        Call::SetTopicKey(SetTopicKey { arn, key }) => set(cloud, name, arn, KEY, key.unwrap_or_default()).await.map(Reply::SetTopicKey),
        Call::SetTopicPolicy(SetTopicPolicy { arn, policy }) => {
            let policy = policy.unwrap_or_else(|| default_policy(&arn));
            set(cloud, name, arn, POLICY, policy.to_string()).await.map(Reply::SetTopicPolicy)
        }
        Call::DeleteTopic(DeleteTopic { arn }) => {
            client.delete_topic().topic_arn(arn).send().await.map(|_| Reply::DeleteTopic(())).map_err(|error| failure(name, &error))
        }
        Call::TagTopic(TagTopic { arn, tags }) => {
            let outcome = client.tag_resource().resource_arn(arn).set_tags(Some(write_tags(tags)?)).send().await;
            outcome.map(|_| Reply::TagTopic(())).map_err(|error| failure(name, &error))
        }
        Call::Publish(Publish { topic, subject, message }) => {
            let send = client.publish().topic_arn(topic).subject(subject).message(&message.0).send().await;
            send.map(|_| Reply::Publish(())).map_err(|error| without(failure(name, &error), &message.0))
        }
        Call::PublishText(PublishText { phone, message }) => {
            let kind = MessageAttributeValue::builder().data_type("String").string_value("Transactional").build();
            let kind = kind.map_err(|error| CallError::new(name, Cause::InvalidRequest, error.to_string()))?;
            let send = client.publish().phone_number(&phone.0).message(&message.0).message_attributes("AWS.SNS.SMS.SMSType", kind);
            let outcome = send.send().await.map(|_| Reply::PublishText(()));
            outcome.map_err(|error| without(without(failure(name, &error), &message.0), &phone.0))
        }
        call => Err(unknown(call.name())),
    }
}

async fn find(cloud: &AwsCloud, name: &str, topic: &str) -> Result<Option<String>, CallError> {
    let mut token = None;
    loop {
        let output = cloud.sns.list_topics().set_next_token(token).send().await.map_err(|error| failure(name, &error))?;
        let named = |arn: &&str| arn.rsplit(':').next() == Some(topic);
        if let Some(arn) = output.topics().iter().filter_map(|topic| topic.topic_arn()).find(named) {
            return Ok(Some(arn.to_owned()));
        }
        token = output.next_token;
        if token.is_none() {
            return Ok(None);
        }
    }
}

async fn set(cloud: &AwsCloud, name: &str, arn: String, attribute: &str, value: String) -> Result<(), CallError> {
    let request = cloud.sns.set_topic_attributes().topic_arn(arn).attribute_name(attribute).attribute_value(value);
    request.send().await.map(|_| ()).map_err(|error| failure(name, &error))
}

fn write(topic: &Topic) -> HashMap<String, String> {
    let key = topic.key.iter().map(|key| (KEY.to_owned(), key.clone()));
    key.chain(topic.policy.iter().map(|policy| (POLICY.to_owned(), policy.to_string()))).collect()
}

fn read(attributes: &HashMap<String, String>) -> Topic {
    let key = attributes.get(KEY).filter(|key| !key.is_empty()).cloned();
    let policy = attributes.get(POLICY).map(|text| Policy::read(text)).filter(|policy| policy.id() != Some(DEFAULT));
    Topic { key, policy }
}

/// What SNS itself gives to a topic: its account may do everything (SNS developer guide, "Default access policy").
fn default_policy(arn: &str) -> Policy {
    const ACTIONS: [&str; 8] = [
        "SNS:AddPermission",
        "SNS:DeleteTopic",
        "SNS:GetTopicAttributes",
        "SNS:ListSubscriptionsByTopic",
        "SNS:Publish",
        "SNS:RemovePermission",
        "SNS:SetTopicAttributes",
        "SNS:Subscribe",
    ];
    let account = arn.split(':').nth(4).unwrap_or_default();
    let own = json!({ "StringEquals": { "AWS:SourceOwner": account } });
    let statement = json!({
        "Sid": "__default_statement_ID", "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": ACTIONS, "Resource": arn, "Condition": own,
    });
    json!({ "Version": "2008-10-17", "Id": DEFAULT, "Statement": [statement] }).into()
}

fn observed(cloud: &AwsCloud, arn: String, topic: Topic, tags: Tags) -> Observed {
    let name = arn.rsplit(':').next().unwrap_or_default().to_owned();
    let shown = Shown::done(arn.clone(), topic).giving("name", name);
    Observed { arn, tags, at: cloud.now(), detail: Detail::SnsTopic(shown) }
}

fn write_tags(tags: Tags) -> Result<Vec<Tag>, CallError> {
    let tag = |(key, value): (String, String)| Tag::builder().key(key).value(value).build();
    let tags = tags.into_iter().map(tag).collect::<Result<_, _>>();
    tags.map_err(|error| CallError::new("sns.Tag", Cause::InvalidRequest, error.to_string()))
}

//! Topics. SNS shows none by its name: the list of all is searched.

use domain::failure::CallError;
use domain::kind::Detail;
use domain::kind::messaging::Topic;
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    Cloud, CreateTopic, DeleteTopic, FindTopic, GetTopicAttributes, ListTopicTags, SetTopicKey, SetTopicPolicy, TagTopic, send,
};

use super::plain::{plain, with};

plain!(Topic(SnsTopic), |cloud, resource, desired|
    observe: match send(cloud, FindTopic { name: resource.name.clone() }).await? {
        Some(arn) => whole(cloud, arn).await?,
        None => None,
    },
    create: {
        let create = CreateTopic { name: resource.name.clone(), desired: desired.clone(), tags: resource.tags.clone() };
        send(cloud, create).await
    },
    update |old, seen|: {
        if seen.properties.key != desired.key {
            send(cloud, SetTopicKey { arn: old.arn.clone(), key: desired.key.clone() }).await?;
        }
        if seen.properties.policy != desired.policy {
            send(cloud, SetTopicPolicy { arn: old.arn.clone(), policy: desired.policy.clone() }).await?;
        }
        Ok(with(old, Detail::SnsTopic(Shown { properties: desired.clone(), ..seen.clone() })))
    },
    delete |seen|: send(cloud, DeleteTopic { arn: seen.id.clone() }).await,
    gone: now,
    tag |of|: send(cloud, TagTopic { arn: of.0.clone(), tags: resource.tags.clone() }).await?,
);

async fn whole(cloud: &impl Cloud, arn: String) -> Result<Option<Observed>, CallError> {
    match send(cloud, GetTopicAttributes { arn: arn.clone() }).await? {
        Some(observed) => Ok(Some(Observed { tags: send(cloud, ListTopicTags { arn }).await?, ..observed })),
        None => Ok(None),
    }
}

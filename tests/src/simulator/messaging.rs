//! SNS: topics, each under its name, at once.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::messaging::Topic;
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{Call, CreateTopic, Reply};
use domain::resource::Tags;

use super::environment::Environment;
use super::shelf::{Shelf, Thing};
use super::turn::{Answer, Refused, Turn};

/// By ARN.
#[derive(Debug, Clone)]
pub(super) struct Topics(pub(super) Shelf<Topic>);

fn missing() -> Refused {
    Refused::new(Cause::NotFound, "NotFound: Topic does not exist")
}

impl Topics {
    pub(super) fn new() -> Self {
        Self(Shelf::new(Detail::SnsTopic))
    }

    /// Reads. None: the call is none of SNS's.
    pub(super) fn read(&self, call: &Call, turn: &Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::FindTopic(request) => {
                let found = self.0.find(|topic| topic.name == request.name);
                Ok(Reply::FindTopic(found.map(|topic| topic.arn.clone())))
            }
            Call::GetTopicAttributes(request) => {
                let view = |topic| Observed { tags: Tags::new(), ..self.0.view(topic, turn.now) };
                Ok(Reply::GetTopicAttributes(self.0.get(&request.arn).map(view)))
            }
            Call::ListTopicTags(request) => {
                self.0.get(&request.arn).map(|topic| Reply::ListTopicTags(topic.tags.clone())).ok_or_else(missing)
            }
            _ => return None,
        })
    }

    /// Effects. None: the call is none of SNS's.
    pub(super) fn change(&mut self, call: &Call, environment: &Environment, turn: &Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::CreateTopic(request) => self.create(request, environment, turn).map(Reply::CreateTopic),
            Call::SetTopicKey(request) => self.topic(&request.arn).map(|topic| topic.key.clone_from(&request.key)).map(Reply::SetTopicKey),
            Call::SetTopicPolicy(request) => {
                self.topic(&request.arn).map(|topic| topic.policy.clone_from(&request.policy)).map(Reply::SetTopicPolicy)
            }
            Call::DeleteTopic(request) => {
                self.0.take(&request.arn);
                Ok(Reply::DeleteTopic(()))
            }
            Call::TagTopic(request) => {
                let tagged = self.0.tag(&request.arn, &request.tags);
                if tagged { Ok(Reply::TagTopic(())) } else { Err(missing()) }
            }
            _ => return None,
        })
    }

    /// The same again is the same topic; with other attributes or tags it is refused.
    fn create(&mut self, request: &CreateTopic, environment: &Environment, turn: &Turn) -> Answer<Observed> {
        let arn = environment.arn("sns", &request.name);
        match self.0.get(&arn) {
            Some(known) if known.tags != request.tags => Err(Refused::fact("sns_topic_other_tags", Cause::AlreadyExists, &[])),
            Some(known) if known.shown.properties != request.desired => {
                Err(Refused::fact("sns_topic_other_attributes", Cause::AlreadyExists, &[]))
            }
            Some(known) => Ok(self.0.view(known, turn.now)),
            None => {
                let shown = Shown::done(arn.clone(), request.desired.clone()).giving("name", request.name.clone());
                let topic = Thing { name: request.name.clone(), token: None, arn, tags: request.tags.clone(), shown };
                Ok(self.0.put(topic, turn.now))
            }
        }
    }

    /// Whether ElastiCache can publish to a topic: it is not encrypted, and its policy admits whoever publishes as its owner.
    /// The stack's own is none of these, and can be published to.
    pub(super) fn hear_caches(&self, arn: &str) -> bool {
        self.0.get(arn).is_none_or(|topic| {
            let Topic { key, policy } = &topic.shown.properties;
            key.is_none() && policy.as_ref().is_none_or(|policy| policy.to_string().contains("aws:SourceOwner"))
        })
    }

    fn topic(&mut self, arn: &str) -> Answer<&mut Topic> {
        self.0.get_mut(arn).map(|topic| &mut topic.shown.properties).ok_or_else(missing)
    }
}

//! The calls by which `caretaker doctor` looks whether the pager would reach anybody. All of them only read.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_sqs::types::QueueAttributeName;
use domain::failure::{CallError, Cause};

use super::{Operator, failure};

/// What stands for the ARN of a subscription that nobody has confirmed (SNS API reference, ListSubscriptionsByTopic).
const PENDING: &str = "PendingConfirmation";
/// What stands for it once it was never confirmed, until SNS forgets it.
const DELETED: &str = "Deleted";

/// Somebody who hears of what a topic is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// By what, such as `email`.
    pub protocol: String,
    /// The address.
    pub endpoint: String,
    /// Whether it is still to be confirmed.
    pub is_pending: bool,
}

impl Operator {
    /// The subscriptions of the topic `name`; none: there is no such topic.
    ///
    /// # Errors
    /// Why AWS did not say.
    pub async fn subscriptions(&self, name: &str) -> Result<Option<Vec<Subscription>>, CallError> {
        let Some(arn) = self.topic(name).await? else { return Ok(None) };
        let (mut all, mut token) = (Vec::new(), None);
        loop {
            let list = self.sns.list_subscriptions_by_topic().topic_arn(&arn).set_next_token(token);
            let output = list.send().await.map_err(|error| failure("sns.ListSubscriptionsByTopic", &error))?;
            all.extend(output.subscriptions().iter().filter_map(subscription));
            token = output.next_token;
            if token.is_none() {
                return Ok(Some(all));
            }
        }
    }

    async fn topic(&self, name: &str) -> Result<Option<String>, CallError> {
        let mut token = None;
        loop {
            let output = self.sns.list_topics().set_next_token(token).send().await.map_err(|error| failure("sns.ListTopics", &error))?;
            let named = |arn: &&str| arn.rsplit(':').next() == Some(name);
            if let Some(arn) = output.topics().iter().filter_map(|topic| topic.topic_arn()).find(named) {
                return Ok(Some(arn.to_owned()));
            }
            token = output.next_token;
            if token.is_none() {
                return Ok(None);
            }
        }
    }

    /// Whether the account may send text messages to verified numbers alone.
    ///
    /// # Errors
    /// Why AWS did not say.
    pub async fn is_in_sms_sandbox(&self) -> Result<bool, CallError> {
        let asked = self.sns.get_sms_sandbox_account_status().send().await;
        asked.map(|output| output.is_in_sandbox).map_err(|error| failure("sns.GetSMSSandboxAccountStatus", &error))
    }

    /// The keys under which the secret `id` holds something. What they hold leaves this function by no way.
    ///
    /// # Errors
    /// Why AWS did not say, or the secret is no JSON object of texts.
    pub async fn secret_keys(&self, id: &str) -> Result<BTreeSet<String>, CallError> {
        const NAME: &str = "secretsmanager.GetSecretValue";
        let output = self.secretsmanager.get_secret_value().secret_id(id).send().await.map_err(|error| failure(NAME, &error))?;
        keys(output.secret_string.as_deref().unwrap_or_default())
            .ok_or_else(|| CallError::new(NAME, Cause::InvalidRequest, "the secret is no JSON object of texts"))
    }

    /// The address of the function `name`; none: it has none.
    ///
    /// # Errors
    /// Why AWS did not say.
    pub async fn function_url(&self, name: &str) -> Result<Option<String>, CallError> {
        let asked = self.lambda.get_function_url_config().function_name(name).send().await;
        match asked.map_err(|error| failure("lambda.GetFunctionUrlConfig", &error)) {
            Ok(output) => Ok(Some(output.function_url).filter(|url| !url.is_empty())),
            Err(error) if error.cause == Cause::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// About how many messages the queue `name` holds.
    ///
    /// # Errors
    /// `NotFound`: there is no such queue; else why AWS did not say.
    pub async fn messages(&self, name: &str) -> Result<u64, CallError> {
        const HELD: [QueueAttributeName; 2] =
            [QueueAttributeName::ApproximateNumberOfMessages, QueueAttributeName::ApproximateNumberOfMessagesNotVisible];
        let url = self.queue_url(name).await?;
        let asked = self.sqs.get_queue_attributes().queue_url(url).set_attribute_names(Some(HELD.to_vec())).send().await;
        let attributes = asked.map_err(|error| failure("sqs.GetQueueAttributes", &error))?.attributes.unwrap_or_default();
        let number = |name: &QueueAttributeName| attributes.get(name).and_then(|text| text.parse::<u64>().ok());
        // What does not say how many there are does not say that there are none.
        let numbers = HELD.iter().map(number).collect::<Option<Vec<_>>>();
        let numbers = numbers.ok_or_else(|| CallError::new("sqs.GetQueueAttributes", Cause::Unavailable, "the reply has no number"))?;
        Ok(numbers.iter().sum())
    }
}

fn subscription(found: &aws_sdk_sns::types::Subscription) -> Option<Subscription> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let arn = found.subscription_arn().filter(|arn| *arn != DELETED)?;
    Some(Subscription { protocol: text(found.protocol()), endpoint: text(found.endpoint()), is_pending: arn == PENDING })
}

fn keys(secret: &str) -> Option<BTreeSet<String>> {
    let read: BTreeMap<String, String> = serde_json::from_str(secret).ok()?;
    Some(read.into_iter().filter(|(_, value)| !value.is_empty()).map(|(key, _)| key).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_holds_nothing_is_none() {
        let check = |secret: &str, expected: Option<&[&str]>| {
            let expected = expected.map(|keys| keys.iter().map(|key| (*key).to_owned()).collect());
            assert_eq!(keys(secret), expected, "{secret}");
        };
        check(r#"{"slack":"https://x","pagerduty":""}"#, Some(&["slack"]));
        check("{}", Some(&[]));
        check(r#"["slack"]"#, None);
        check("", None);
    }

    #[test]
    fn a_subscription_that_waits_is_told_from_one_that_stands() {
        let check = |arn: &str, expected: Option<bool>| {
            let found = aws_sdk_sns::types::Subscription::builder().subscription_arn(arn).protocol("email").endpoint("a@example.com");
            assert_eq!(subscription(&found.build()).map(|found| found.is_pending), expected, "{arn}");
        };
        check("PendingConfirmation", Some(true));
        check("arn:aws:sns:us-east-1:123456789012:caretaker-alerts:0", Some(false));
        check("Deleted", None);
    }
}

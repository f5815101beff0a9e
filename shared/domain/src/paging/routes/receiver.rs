//! Where a message can go.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::paging::channel::Channel;

/// One address of one channel.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Receiver {
    /// Unique among receivers and people.
    pub id: String,
    /// The receiver that is tried when this one cannot be reached. After those that are named come the first of Slack and the first of
    /// email, in this order.
    #[serde(default)]
    pub fallback: Option<String>,
    /// By which channel, and what that needs.
    #[serde(flatten)]
    pub means: Means,
}

/// A channel, and what it needs. A secret is named by its key in the one secret of paging, and never stands here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Means {
    /// PagerDuty, Events API v2.
    PagerDuty {
        /// The key that holds the routing key.
        secret: String,
    },
    /// Slack.
    Slack {
        /// The key that holds the address of the incoming web hook.
        secret: String,
    },
    /// Email, to whoever has subscribed to a topic of SNS.
    Email {
        /// The topic's ARN, or `{alerts_topic}`: the stack's own.
        topic: String,
    },
    /// A text message.
    Sms {
        /// The key that holds the number.
        secret: String,
    },
    /// A POST of JSON.
    Webhook {
        /// The key that holds the address, which begins with `https://`.
        secret: String,
    },
    /// Nobody is told: it stands in the list of incidents and in the figures. For what is `info` alone.
    Dashboard {},
}

impl Receiver {
    /// Its channel.
    pub fn channel(&self) -> Channel {
        match self.means {
            Means::PagerDuty { .. } => Channel::PagerDuty,
            Means::Slack { .. } => Channel::Slack,
            Means::Email { .. } => Channel::Email,
            Means::Sms { .. } => Channel::Sms,
            Means::Webhook { .. } => Channel::Webhook,
            Means::Dashboard {} => Channel::Dashboard,
        }
    }

    /// The key in the secret that it needs.
    pub fn secret(&self) -> Option<&str> {
        match &self.means {
            Means::PagerDuty { secret } | Means::Slack { secret } | Means::Sms { secret } | Means::Webhook { secret } => Some(secret),
            Means::Email { .. } | Means::Dashboard {} => None,
        }
    }
}

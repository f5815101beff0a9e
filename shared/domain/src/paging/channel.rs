//! By what people are reached.

use std::fmt;

use serde::{Deserialize, Serialize};

/// By what people are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// PagerDuty's Events API v2.
    PagerDuty,
    /// An incoming webhook of Slack.
    Slack,
    /// A topic of SNS with subscriptions by email.
    Email,
    /// A phone number, by SNS.
    Sms,
    /// Somebody else's URL, in a form of ours.
    Webhook,
    /// No message at all: it stands in the list of incidents.
    Dashboard,
}

impl Channel {
    /// As in routes and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PagerDuty => "pagerduty",
            Self::Slack => "slack",
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Webhook => "webhook",
            Self::Dashboard => "dashboard",
        }
    }

    /// Whether one message by it is enough: a text message may be lost without a word, and a dashboard tells nobody.
    pub fn is_enough(self) -> bool {
        !matches!(self, Self::Sms | Self::Dashboard)
    }

    /// The channels that are tried after it, in their order, unless a file names others.
    pub fn after(self) -> &'static [Self] {
        match self {
            Self::PagerDuty | Self::Sms | Self::Webhook => &[Self::Slack, Self::Email],
            Self::Slack => &[Self::Email],
            Self::Email | Self::Dashboard => &[],
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

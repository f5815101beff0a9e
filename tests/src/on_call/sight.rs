//! What people see.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::OnCall;
use crate::receivers::{Message, Seen};
use crate::stage::StageError;

/// What people have seen of one fault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sight {
    /// How often PagerDuty has called somebody.
    pub pages: u64,
    /// Messages on Slack.
    pub slack: u64,
    /// Mails.
    pub mails: u64,
    /// Incidents of PagerDuty that are over.
    pub resolved: u64,
}

impl OnCall<'_> {
    /// What people have seen of what has `marker` in it.
    ///
    /// # Errors
    /// A control call failed.
    pub fn sight(&self, marker: &str) -> Result<Sight, StageError> {
        let seen = self.receivers.seen()?;
        let calls = seen.incidents.iter().filter(|call| call.title.contains(marker));
        let (pages, resolved) = calls.fold((0, 0), |(pages, over), call| (pages + call.pages, over + u64::from(call.status == "resolved")));
        let slack = told(&seen, "slack", marker).count() as u64;
        Ok(Sight { pages, slack, mails: self.mails(marker)?, resolved })
    }

    /// Mails that concern `marker`. What a tenant's own making is told by, for information, is no part of any fault.
    fn mails(&self, marker: &str) -> Result<u64, StageError> {
        let sent = self.stage.cloud.control("GET", "sns/sent", &Value::Null)?;
        let is_one = |mail: &&Value| {
            let text = format!("{} {}", mail["subject"], mail["message"]);
            mail["protocol"] == "email"
                && mail["delivered"] == true
                && text.contains(marker)
                && (!text.contains("For information") || text.contains("nobody is needed"))
        };
        Ok(sent["messages"].as_array().into_iter().flatten().filter(is_one).count() as u64)
    }

    /// When PagerDuty or Slack was told of `marker` first, and since when the incident was open as that says, in seconds since 1970.
    ///
    /// # Errors
    /// The control call failed.
    pub fn told_first(&self, marker: &str) -> Result<Option<(f64, Option<f64>)>, StageError> {
        let seen = self.receivers.seen()?;
        let first = told(&seen, "pagerduty", marker).chain(told(&seen, "slack", marker)).min_by(|one, other| one.at.total_cmp(&other.at));
        let opened = |body: &Value| body["payload"]["timestamp"].as_str()?.parse::<Timestamp>().ok();
        Ok(first.map(|message| (message.at, opened(&message.body).map(|at| at.as_millisecond() as f64 / 1_000.0))))
    }

    /// Whether a message that was taken has both texts.
    ///
    /// # Errors
    /// The control call failed.
    pub fn says(&self, marker: &str, text: &str) -> Result<bool, StageError> {
        let seen = self.receivers.seen()?;
        Ok(seen.messages.iter().filter(|message| message.accepted && has(message, marker)).any(|message| has(message, text)))
    }
}

fn told<'a>(seen: &'a Seen, receiver: &'a str, marker: &'a str) -> impl Iterator<Item = &'a Message> {
    seen.messages.iter().filter(move |message| message.accepted && message.receiver == receiver && has(message, marker))
}

fn has(message: &Message, text: &str) -> bool {
    message.body.to_string().contains(text)
}

impl fmt::Display for Sight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pages, slack, mails, resolved } = self;
        write!(f, "{pages} {slack} {mails} {resolved}")
    }
}

//! A signal: what an alarm or an event says of one thing, whoever carries it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::Severity;
use crate::tenant::Owner;

/// One thing said by one source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Signal {
    /// Tells its source from all others, and is the same by whichever road it comes: `alarm/<ARN>`, `incident/<dedup key>`,
    /// `database/<ARN>/<fault>`.
    pub key: String,
    /// What kind of source it is.
    pub producer: Producer,
    /// What it says.
    pub state: State,
    /// Orders the signals of one key: an older one is dropped.
    pub at: Timestamp,
    /// How much it matters, where the source says so itself. An alarm's tag counts; its name's suffix is looked at elsewhere.
    pub severity: Option<Severity>,
    /// What it is about.
    pub about: About,
    /// Its name, as people know it: an alarm's name, or a short word such as `failover`.
    pub name: String,
    /// In a few words.
    pub title: String,
    /// What is behind it, as far as the source says.
    pub cause: String,
    /// What was seen.
    pub evidence: Vec<String>,
    /// What was tried.
    pub tried: Vec<String>,
    /// Where to look, by name.
    pub links: BTreeMap<String, String>,
    /// Why AWS itself tells nobody at present (an alarm's suppressor, a mute rule), in words.
    pub muted: Option<String>,
}

/// What a source of signals is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Producer {
    /// An alarm of CloudWatch, by any of its roads.
    Alarm,
    /// Caretaker itself.
    Caretaker,
    /// RDS.
    Database,
    /// ElastiCache.
    Cache,
    /// AWS Health.
    Health,
    /// ECS: deployments.
    Deployment,
    /// Application Auto Scaling.
    Scaling,
    /// AWS Backup.
    Backup,
    /// Cost Anomaly Detection.
    Cost,
}

impl Producer {
    /// As labels have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::Caretaker => "caretaker",
            Self::Database => "database",
            Self::Cache => "cache",
            Self::Health => "health",
            Self::Deployment => "deployment",
            Self::Scaling => "scaling",
            Self::Backup => "backup",
            Self::Cost => "cost",
        }
    }
}

/// What a signal says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is so.
    Firing,
    /// It is over.
    Over,
    /// Its source cannot tell. That ends nothing.
    Unknown,
    /// It has happened, and nothing follows: for those who like to know.
    Note,
}

/// What a signal is about, as its source says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// The thing of this ARN: an alarm, a database, a service.
    Arn(String),
    /// An owner of ours, or a service of it by its name.
    Owned(Owner, Option<String>),
    /// The account as a whole.
    Account,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_producer_has_one_word_for_labels_and_for_the_table() {
        let check = |producer: Producer| assert_eq!(json!(producer), json!(producer.word()));
        check(Producer::Alarm);
        check(Producer::Caretaker);
        check(Producer::Database);
        check(Producer::Cache);
        check(Producer::Health);
        check(Producer::Deployment);
        check(Producer::Scaling);
        check(Producer::Backup);
        check(Producer::Cost);
    }
}

//! What a blueprint says of a pool's scaling.

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kind::scaling::Level;

/// How the count of a pool of workers follows its backlog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What the recommendation follows.
    #[serde(default)]
    pub follow: Follow,
    /// A count that is off by no more than so many percent stays as it is (HPA's default: 10).
    #[serde(default = "a_tenth")]
    pub tolerance_percent: u32,
    /// How workers are added.
    #[serde(default = "Pace::out")]
    pub out: Pace,
    /// How workers are taken away.
    #[serde(default = "Pace::inwards")]
    pub r#in: Pace,
    /// A pool without workers gets its first one once more than so many tasks wait.
    #[serde(default)]
    pub activation: u64,
    /// So long nothing must wait or run before the last worker goes, in seconds (KEDA's default).
    #[serde(default = "five_minutes")]
    pub cooldown_seconds: u32,
    /// What to do when the backlog is not known for long.
    #[serde(default)]
    pub fallback: Option<Fallback>,
}

/// What a recommendation follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Follow {
    /// So many workers that the backlog is empty within a time, by the measured time of a task and the measured arrivals.
    Drain {
        /// Within which the backlog is to be empty, in seconds.
        seconds: u32,
        /// From the decision until a new worker takes its first task, in seconds.
        start_seconds: u32,
        /// Tasks per worker while the time of a task is not known yet.
        until_known: Level,
    },
    /// So many tasks of backlog per worker: the wait that is acceptable, divided by the mean time of a task.
    BacklogPerTask {
        /// Tasks.
        target: Level,
    },
}

impl Default for Follow {
    /// A minute, from Fargate's usual 30 s until a task runs, and ten tasks a worker until more is known.
    fn default() -> Self {
        Self::Drain { seconds: 60, start_seconds: 30, until_known: Level::of(10.0) }
    }
}

/// How fast a count may move in one direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pace {
    /// The most careful recommendation of so many seconds counts.
    pub window_seconds: u32,
    /// Each allows so much; none: any change at once.
    #[serde(default)]
    pub rates: Vec<Rate>,
    /// Which of the rates counts.
    #[serde(default)]
    pub select: Select,
}

impl Pace {
    fn out() -> Self {
        Self { window_seconds: 0, rates: Vec::new(), select: Select::Most }
    }

    fn inwards() -> Self {
        Self { window_seconds: five_minutes(), rates: Vec::new(), select: Select::Most }
    }

    /// How long recommendations are held against each other.
    pub fn window(&self) -> SignedDuration {
        SignedDuration::from_secs(self.window_seconds.into())
    }
}

/// A bound on change within a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// How much.
    pub most: Most,
    /// Within so many seconds.
    pub period_seconds: u32,
}

/// The size of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Most {
    /// Workers.
    Tasks(u32),
    /// Percent of the count that the period began with.
    Percent(u32),
}

/// Which of several rates counts, as HPA has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Select {
    /// The one that allows the most change.
    #[default]
    Most,
    /// The one that allows the least.
    Least,
    /// None: no change in this direction.
    Disabled,
}

/// What to do when the backlog is not known for long. It adds workers, and takes none away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fallback {
    /// After so many samples in a row that say nothing.
    pub after: u32,
    /// At least so many workers.
    pub tasks: u32,
}

fn a_tenth() -> u32 {
    10
}

fn five_minutes() -> u32 {
    300
}

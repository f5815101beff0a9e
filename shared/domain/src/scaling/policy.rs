//! What a blueprint says of a pool's scaling.

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::schedule::Schedule;
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
    #[serde(default)]
    pub out: Pace,
    /// How workers are taken away.
    #[serde(default)]
    pub r#in: Pace,
    /// A pool without workers gets its first one once more than so many tasks wait.
    #[serde(default)]
    pub activation: u64,
    /// So long nothing must wait or run before the last worker goes, in seconds. Left out, it follows from `follow`: see
    /// [`Policy::cooldown`].
    #[serde(default)]
    pub cooldown_seconds: Option<u32>,
    /// What to do when the backlog is not known for long.
    #[serde(default)]
    pub fallback: Option<Fallback>,
    /// Hours with bounds of their own.
    #[serde(default)]
    pub schedules: Vec<Schedule>,
}

/// HPA's window on the way in and KEDA's cooldown: they know nothing of what a task or a start takes.
const FIVE_MINUTES: u32 = 300;

impl Policy {
    /// How long recommendations to add workers are held against each other.
    pub fn window_out(&self) -> SignedDuration {
        seconds(self.out.window_seconds.unwrap_or(0))
    }

    /// How long recommendations to take workers away are held against each other. A count that follows work in seconds is held by how much
    /// of it is left, and needs no window; a count that follows numbers of tasks has HPA's.
    pub fn window_in(&self) -> SignedDuration {
        let usual = if matches!(self.follow, Follow::Drain { .. }) { 0 } else { FIVE_MINUTES };
        seconds(self.r#in.window_seconds.unwrap_or(usual))
    }

    /// How long the last worker stays without work: for as long as a new one would take to start, so that to keep it never costs more than
    /// twice what is best; where that is not known, as long as KEDA has it.
    pub fn cooldown(&self) -> SignedDuration {
        let usual = if let Follow::Drain { start_seconds, .. } = self.follow { start_seconds } else { FIVE_MINUTES };
        seconds(self.cooldown_seconds.unwrap_or(usual))
    }
}

fn seconds(seconds: u32) -> SignedDuration {
    SignedDuration::from_secs(seconds.into())
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pace {
    /// The most careful recommendation of so many seconds counts. Left out, it is none on the way out; on the way in it follows from
    /// `follow`: see [`Policy::window_in`].
    #[serde(default)]
    pub window_seconds: Option<u32>,
    /// Each allows so much; none: any change at once.
    #[serde(default)]
    pub rates: Vec<Rate>,
    /// Which of the rates counts.
    #[serde(default)]
    pub select: Select,
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn windows_and_cooldown_follow_from_what_is_followed_unless_they_are_named() {
        let check = |policy: serde_json::Value, expected: [i64; 3]| {
            let policy: Policy = serde_json::from_value(policy).expect("a policy");
            assert_eq!([policy.window_out(), policy.window_in(), policy.cooldown()].map(|one| one.as_secs()), expected);
        };
        check(json!({}), [0, 0, 30]);
        check(json!({ "follow": { "drain": { "seconds": 60, "start_seconds": 45, "until_known": 5.0 } } }), [0, 0, 45]);
        check(json!({ "follow": { "backlog-per-task": { "target": 10.0 } } }), [0, 300, 300]);
        // What is named counts, and a pace without a window has the usual one.
        check(json!({ "in": { "window_seconds": 120 }, "out": { "window_seconds": 5 }, "cooldown_seconds": 7 }), [5, 120, 7]);
        check(json!({ "follow": { "backlog-per-task": { "target": 10.0 } }, "in": { "rates": [] } }), [0, 300, 300]);
    }
}

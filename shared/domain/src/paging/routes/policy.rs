//! Who is told first, and who next while nobody has acknowledged it.

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::scaling::schedule::Zone;

/// Minutes until the next level, as GoAlert and PagerDuty have it.
const NEXT: u32 = 30;

/// Somebody who can be told.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Unique among receivers and people.
    pub id: String,
    /// As others call them.
    pub name: String,
    /// Where they are told, by receivers' ids: by the first, and by the others if that cannot be reached.
    pub receivers: Vec<String>,
    /// Where they live, by the name that IANA has for it: the times that they are told.
    #[serde(default)]
    pub zone: Zone,
}

/// Levels, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What routes call it.
    pub id: String,
    /// In their order.
    #[serde(default, rename = "level")]
    pub levels: Vec<Step>,
    /// So many times it begins again after its last level.
    #[serde(default)]
    pub repeat: u32,
    /// So many minutes after its last level.
    #[serde(default = "next")]
    pub repeat_after_minutes: u32,
}

/// One level.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// So many minutes after the level before (30), or after the start for the first (0).
    #[serde(default)]
    pub after_minutes: Option<u32>,
    /// Receivers, people, and `schedule:ID`.
    pub to: Vec<String>,
}

impl Policy {
    /// Every level of every round: how long after the start, a name for it, and who is told.
    pub(super) fn unrolled(&self) -> Vec<(SignedDuration, String, &[String])> {
        let mut wait = 0;
        let mut all = Vec::new();
        for round in 0..=self.repeat {
            for (place, step) in self.levels.iter().enumerate() {
                wait += match (round, place) {
                    (0, 0) => step.after_minutes.unwrap_or(0),
                    (_, 0) => self.repeat_after_minutes,
                    _ => step.after_minutes.unwrap_or(NEXT),
                };
                let again = if round > 0 { format!(", round {}", round + 1) } else { String::new() };
                let name = format!("policy {}, level {}{again}", self.id, place + 1);
                all.push((SignedDuration::from_mins(i64::from(wait)), name, step.to.as_slice()));
            }
        }
        all
    }
}

fn next() -> u32 {
    NEXT
}

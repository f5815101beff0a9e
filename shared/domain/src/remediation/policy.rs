//! What remediation may do to a service, as its blueprint says, by tier and environment.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::budget::Harm;
use crate::scaling::schedule::Hours;

/// What remediation may do to a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Who decides upon acts.
    #[serde(default)]
    pub mode: Mode,
    /// So much memory its tasks may be given when theirs has run out, in MiB; none: no more than they have.
    #[serde(default)]
    pub memory_cap_mib: Option<u32>,
    /// The hours in which tasks may be replaced without a person's word; none: at any time.
    #[serde(default)]
    pub windows: Vec<Hours>,
}

/// Who decides upon acts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Caretaker.
    #[default]
    Act,
    /// A person, upon each.
    Approve,
    /// Nobody: nothing is done, and all is told.
    Observe,
}

impl Policy {
    /// Who decides at `now` upon an act of this `harm`. What does none needs nobody's word, but in [`Mode::Observe`].
    pub fn mode(&self, harm: Harm, now: Timestamp) -> Mode {
        let is_outside = !self.windows.is_empty() && !self.windows.iter().any(|hours| hours.is_on(now));
        match (self.mode, harm) {
            (Mode::Observe, _) => Mode::Observe,
            (_, Harm::None) => Mode::Act,
            (Mode::Act, _) if is_outside => Mode::Approve,
            (mode, _) => mode,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_replaces_tasks_outside_of_its_hours_needs_a_word() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a moment");
        let check = |policy: serde_json::Value, harm, now: &str, expected| {
            let policy: Policy = serde_json::from_value(policy).expect("a policy");
            assert_eq!(policy.mode(harm, at(now)), expected, "{policy:?} {harm:?} {now}");
        };
        let night = json!({ "windows": [{ "from": "02:00", "until": "04:00" }] });
        check(json!({}), Harm::Disruptive, "2026-11-21T12:00:00Z", Mode::Act);
        check(night.clone(), Harm::Disruptive, "2026-11-21T03:00:00Z", Mode::Act);
        check(night.clone(), Harm::Disruptive, "2026-11-21T12:00:00Z", Mode::Approve);
        check(night, Harm::None, "2026-11-21T12:00:00Z", Mode::Act);
        check(json!({ "mode": "approve" }), Harm::Disruptive, "2026-11-21T12:00:00Z", Mode::Approve);
        check(json!({ "mode": "approve" }), Harm::None, "2026-11-21T12:00:00Z", Mode::Act);
        check(json!({ "mode": "observe" }), Harm::None, "2026-11-21T12:00:00Z", Mode::Observe);
    }
}

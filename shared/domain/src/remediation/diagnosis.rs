//! From a stop and the facts around it to its cause, with what speaks for it.
//!
//! The order is that of the facts' weight: the stop code, the reasons of the containers, the task's own reason, and only then an exit
//! code, which alone proves nothing (137 is a lack of memory, a slow end or a dead host). What other sources tell comes last.

use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::facts::{Facts, Rollout};
use super::stop::TaskStopped;

mod correlate;
mod evidence;
mod exit;
mod told;
mod wanted;

pub use wanted::OWN_REASON;

/// How sure a diagnosis is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Other causes look the same.
    Guess,
    /// It is what usually is behind it.
    Likely,
    /// AWS says so.
    Certain,
}

/// What a stop means, and what its remedy must know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnosis {
    /// Why it stopped.
    pub cause: Cause,
    /// How sure that is.
    pub confidence: Confidence,
    /// What was seen, in short sentences that quote it.
    pub evidence: Vec<String>,
    /// The container that explains it, by name.
    pub container: Option<String>,
    /// Whether it began with the revision that runs: that is new, and the one before was clean.
    pub began_with_revision: Option<bool>,
    /// What the service's deployments do.
    pub rollout: Option<Rollout>,
    /// How many other tenants failed alike lately.
    pub tenants_alike: Option<u32>,
}

/// A cause with what speaks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Verdict {
    cause: Cause,
    confidence: Confidence,
    evidence: Vec<String>,
    container: Option<String>,
}

/// Why `stop` happened, as far as it and `facts` tell.
pub fn diagnose(stop: &TaskStopped, facts: &Facts) -> Diagnosis {
    let mut verdict = correlate::with_facts(wanted::by_stop_code(stop, facts), stop, facts);
    verdict.evidence.extend(evidence::around(stop, facts));
    Diagnosis {
        cause: verdict.cause,
        confidence: verdict.confidence,
        evidence: verdict.evidence,
        container: verdict.container,
        began_with_revision: facts.began_with_revision(),
        rollout: facts.rollout,
        tenants_alike: facts.tenants_alike,
    }
}

impl Verdict {
    fn new(cause: Cause, confidence: Confidence, seen: impl Into<String>) -> Self {
        Self { cause, confidence, evidence: vec![seen.into()], container: None }
    }

    /// Of a text that no rule knows.
    fn unrecognised(text: &str, seen: impl Into<String>) -> Self {
        Self::new(Cause::Unrecognised { text: super::text::normalise(text) }, Confidence::Guess, seen)
    }

    fn of(self, container: Option<&str>) -> Self {
        Self { container: container.map(str::to_owned), ..self }
    }

    fn at_most(self, confidence: Confidence) -> Self {
        Self { confidence: self.confidence.min(confidence), ..self }
    }

    fn and(mut self, seen: impl Into<String>) -> Self {
        self.evidence.push(seen.into());
        self
    }
}

#[cfg(test)]
mod tests;

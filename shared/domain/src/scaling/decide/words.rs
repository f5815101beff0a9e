//! What a decision is made of.

use serde::{Deserialize, Serialize};

use super::super::recommend::{Flow, Recommendation};
use super::super::sample::Unusable;
use super::super::trust::Distrust;

/// What is to become of a count, and what it follows from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// The outcome.
    pub outcome: Outcome,
    /// What the backlog asks for.
    pub recommendation: Option<Recommendation>,
    /// What was measured.
    pub flow: Flow,
    /// What each step has made of it, in order; those that changed nothing are left out.
    pub clamps: Vec<Clamp>,
    /// What a person should look at.
    pub distrust: Option<Distrust>,
}

impl Decision {
    /// The workers that the pool would have if it shared nothing.
    pub fn wanted(&self) -> Option<u32> {
        let before_share = self.clamps.iter().find(|clamp| clamp.by == Step::Share).map(|clamp| clamp.from);
        before_share.or(match self.outcome {
            Outcome::Scale { to, .. } => Some(to),
            Outcome::Hold(_) => None,
        })
    }

    /// A count that stays, for a reason that needs no numbers.
    pub fn hold(why: Hold) -> Self {
        Self { outcome: Outcome::Hold(why), recommendation: None, flow: Flow::default(), clamps: Vec::new(), distrust: None }
    }
}

/// What is to become of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It stays.
    Hold(Hold),
    /// It changes.
    Scale {
        /// Workers now.
        from: u32,
        /// Workers then.
        to: u32,
    },
}

/// Why a count stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hold {
    /// The blueprint says a fixed count.
    Fixed,
    /// It is not to be touched.
    Held(Held),
    /// There is nothing to decide by.
    Blind(Blind),
    /// It is what it should be, after all clamps.
    AsItShould,
}

/// Why the count of a pool is not to be touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Held {
    /// Its scalable target is suspended, by remediation or by a person.
    Suspended,
    /// Its tenant is paused.
    Paused,
    /// Its service is not active.
    Inactive,
    /// Its service is another owner's, or nobody's.
    Foreign,
    /// It has no scalable target: how far it may go is not known.
    Unbounded,
    /// Another scaler moves its count.
    TwoScalers,
}

/// Why there is nothing to decide by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blind {
    /// Nothing could be seen of the queues.
    Unknown,
    /// The sample is of no use.
    Unusable(Unusable),
}

/// What a step has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clamp {
    /// The step.
    pub by: Step,
    /// Workers before it.
    pub from: u32,
    /// Workers after it.
    pub to: u32,
}

/// A step that may change a number of workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Workers that execute a task are not taken away.
    Busy,
    /// From and to nothing there are rules of their own.
    Activation,
    /// The most careful recommendation of the window.
    Window,
    /// The reading may not be believed, or is not whole.
    Doubt,
    /// A deployment is under way.
    Deployment,
    /// Rates of change.
    Rate,
    /// What is measured is suspended in this direction.
    Suspended,
    /// These are hours with bounds of their own.
    Schedule,
    /// The part of what is shared.
    Share,
    /// The bounds of the scalable target.
    Bounds,
    /// The backlog has not been known for long.
    Fallback,
}

//! Ours: the decision code that the product runs.

use domain::scaling::decide::{Blind, Inputs, Outcome, decide};
use domain::scaling::history::History;
use domain::scaling::policy::Policy;
use domain::scaling::reading::Reading;
use domain::scaling::standing::Pool;
use jiff::Timestamp;

use super::{Scaler, View};
use crate::engine::sample::timestamp;

/// `domain::scaling::decide`, and what it remembers.
#[derive(Debug, Clone)]
pub struct Caretaker {
    policy: Policy,
    sampling: u64,
    history: History,
    newest: Option<Timestamp>,
}

impl Caretaker {
    /// Decides by `policy` at each sample, which come `sampling` milliseconds apart.
    pub fn new(policy: Policy, sampling: u64) -> Self {
        Self { policy, sampling, history: History::default(), newest: None }
    }

    /// All that the next decision follows from.
    pub fn inputs(&self, view: &View<'_>) -> Inputs {
        let pool = Pool::free(view.desired, view.serving, view.bounds);
        Inputs {
            policy: Some(self.policy.clone()),
            pool,
            reading: self.reading(view),
            history: self.history.clone(),
            now: timestamp(view.now),
        }
    }

    fn reading(&self, view: &View<'_>) -> Result<Reading, Blind> {
        view.sample.depth().check(self.newest, timestamp(view.now)).map_err(Blind::Unusable)?;
        view.sample.reading().ok_or(Blind::Unknown)
    }
}

impl Scaler for Caretaker {
    fn interval(&self) -> u64 {
        self.sampling
    }

    fn decide(&mut self, view: &View<'_>) -> u32 {
        let (decision, history) = decide(&self.inputs(view));
        self.history = history;
        self.newest = Some(timestamp(view.sample.at));
        match decision.outcome {
            Outcome::Scale { to, .. } => to,
            Outcome::Hold(_) => view.desired,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use super::*;
    use domain::scaling::limits::Bounds;

    #[test]
    fn what_it_decides_is_what_the_decision_code_decides_on_the_same_inputs() {
        let policy: Policy = serde_json::from_str("{}").expect("all has a default");
        let mut ours = Caretaker::new(policy, 10_000);
        let mut desired = 0;
        let mut seen = Vec::new();
        for (at, ready, unacked, serving) in [(10, 30, 0, 0), (20, 60, 0, 0), (40, 60, 3, 3), (50, 4, 3, 3), (600, 0, 0, 3), (950, 0, 0, 3)]
        {
            let sample = sample(at * 1_000, ready, unacked, serving);
            let bounds = Bounds { min: 0, max: 8 };
            let view = View { now: sample.at + 1_000, sample: &sample, desired, serving, bounds };
            let expected = match decide(&ours.inputs(&view)).0.outcome {
                Outcome::Scale { from, to } => {
                    assert_eq!(from, desired);
                    to
                }
                Outcome::Hold(_) => desired,
            };
            desired = ours.decide(&view);
            assert_eq!(desired, expected);
            seen.push(desired);
        }
        assert_eq!(seen.first(), Some(&3), "30 tasks, ten for each worker until their time is known");
        assert_eq!(seen.last(), Some(&0), "idle for longer than the cooldown");
    }

    #[test]
    fn a_sample_that_was_decided_by_is_not_decided_by_again() {
        let mut ours = Caretaker::new(serde_json::from_str("{}").expect("all has a default"), 10_000);
        let sample = sample(10_000, 30, 0, 0);
        let view = View { now: 11_000, sample: &sample, desired: 0, serving: 0, bounds: Bounds { min: 0, max: 8 } };
        assert!(ours.inputs(&view).reading.is_ok());
        ours.decide(&view);
        assert!(matches!(ours.inputs(&view).reading, Err(Blind::Unusable(_))));
    }
}

//! recommend → stabilize → limit: a decision, with all that it follows from and what each step has changed.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::history::History;
use super::limits::pace;
use super::policy::Policy;
use super::reading::Reading;
use super::recommend::{Flow, Recommendation, flow, recommend};
use super::schedule::bounds;
use super::stabilize::{settle, stabilize};
use super::standing::Pool;
use super::trust::{Distrust, distrust};

mod sentence;
mod words;

pub use words::{Blind, Clamp, Decision, Held, Hold, Outcome, Step};

/// All that a decision follows from: a logged one can be made again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inputs {
    /// What the blueprint says; none where the count is fixed.
    pub policy: Option<Policy>,
    /// How the pool stands.
    pub pool: Pool,
    /// What was seen, or why that is of no use.
    pub reading: Result<Reading, Blind>,
    /// What is remembered.
    pub history: History,
    /// The moment.
    pub now: Timestamp,
}

/// A broker that was replaced is not believed to be idle for so long: whoever sent what it lost may send it again.
const DISTRUSTED: SignedDuration = SignedDuration::from_mins(5);

/// Decides, and tells what is to be remembered.
pub fn decide(inputs: &Inputs) -> (Decision, History) {
    let history = inputs.history.at(inputs.pool.desired, inputs.now);
    let contended = history.is_contended().then_some(Held::TwoScalers);
    let mut run = Run { inputs, count: inputs.pool.desired, clamps: Vec::new(), history };
    if let Some(held) = inputs.pool.held.or(contended) {
        return (Decision::hold(Hold::Held(held)), run.history);
    }
    let Some(policy) = &inputs.policy else { return (Decision::hold(Hold::Fixed), run.history) };
    let decision = match &inputs.reading {
        Ok(reading) => run.follow(policy, reading),
        Err(blind) => run.grope(policy, *blind),
    };
    (decision, run.end())
}

/// A decision on its way.
struct Run<'a> {
    inputs: &'a Inputs,
    count: u32,
    clamps: Vec<Clamp>,
    history: History,
}

impl Run<'_> {
    fn set(&mut self, by: Step, to: u32) {
        if to != self.count {
            self.clamps.push(Clamp { by, from: self.count, to });
            self.count = to;
        }
    }

    fn follow(&mut self, policy: &Policy, reading: &Reading) -> Decision {
        let (pool, now) = (self.inputs.pool, self.inputs.now);
        let added = self.history.changed.iter().any(|change| change.to > change.from);
        let distrust = distrust(&self.history.readings, reading, added);
        self.note(reading, distrust);
        let flow = flow(&self.history.readings);
        // What runs does the work; during a deployment old and new run side by side, and the base is what is desired.
        let base = if pool.deploying { pool.desired } else { pool.running.min(pool.desired) };
        let recommendation = recommend(&policy.follow, reading, flow, base);
        self.count = settle(&recommendation, base, pool.desired, f64::from(policy.tolerance_percent) / 100.0);
        self.set(Step::Busy, self.count.max(reading.busy()));
        self.activate(policy, reading);
        let wanted = self.count;
        self.set(Step::Window, stabilize(policy, &self.history.recommended, wanted, pool.desired, now));
        self.history.recommend(now, wanted);
        self.doubt(reading, distrust);
        if pool.deploying {
            self.set(Step::Deployment, self.count.max(pool.desired));
        }
        self.set(Step::Rate, pace(policy, &self.history.changed, self.count, pool.desired, now));
        self.suspend();
        self.schedule(policy, true);
        self.bound();
        self.decision(Some(recommendation), flow, distrust)
    }

    /// Remembers a reading. One of another broker makes the earlier ones void.
    fn note(&mut self, reading: &Reading, distrust: Option<Distrust>) {
        self.history.unknown = 0;
        if matches!(distrust, Some(Distrust::BrokerReplaced { .. })) {
            self.history.readings.clear();
            self.history.distrusted_until = Some(self.inputs.now + DISTRUSTED);
        }
        self.history.read(reading);
        let is_idle = reading.is_whole && reading.backlog == 0 && reading.busy() == 0;
        self.history.idle_since = if is_idle { self.history.idle_since.or(Some(self.inputs.now)) } else { None };
    }

    /// The first worker comes once enough waits; the last one goes once nothing has for a while.
    fn activate(&mut self, policy: &Policy, reading: &Reading) {
        if self.inputs.pool.desired == 0 {
            let enough = reading.backlog > policy.activation;
            self.set(Step::Activation, if enough { self.count.max(1) } else { 0 });
        } else if self.count == 0 {
            let idle = self.history.idle_since.is_some_and(|since| self.inputs.now.duration_since(since) >= policy.cooldown());
            self.set(Step::Activation, if idle { 0 } else { 1 });
        }
    }

    /// What is not whole, or not believed, takes no worker away; where work leads nowhere, none is added either.
    fn doubt(&mut self, reading: &Reading, distrust: Option<Distrust>) {
        let desired = self.inputs.pool.desired;
        if !reading.is_whole || self.history.is_distrusted(self.inputs.now) {
            self.set(Step::Doubt, self.count.max(desired));
        }
        if matches!(distrust, Some(Distrust::NothingCompletes { .. } | Distrust::AllFail { .. })) {
            self.set(Step::Doubt, self.count.min(desired));
        }
    }

    /// What is measured moves the count in no direction that is suspended.
    fn suspend(&mut self) {
        let Pool { desired, suspended, .. } = self.inputs.pool;
        if suspended.inwards {
            self.set(Step::Suspended, self.count.max(desired));
        }
        if suspended.out {
            self.set(Step::Suspended, self.count.min(desired));
        }
    }

    /// Schedules go by the clock alone; the most of one takes workers away only where the reading is good.
    fn schedule(&mut self, policy: &Policy, whole: bool) {
        if self.inputs.pool.suspended.schedules {
            return;
        }
        let (least, most) = bounds(&policy.schedules, self.inputs.now);
        self.set(Step::Schedule, self.count.max(least));
        if let Some(most) = most {
            let fewest = if whole { 0 } else { self.inputs.pool.desired };
            self.set(Step::Schedule, self.count.min(most.max(fewest)));
        }
    }

    fn bound(&mut self) {
        self.set(Step::Bounds, self.inputs.pool.bounds.hold(self.count));
        self.share();
    }

    /// The last step, so that others hear of no more than the bounds allow. What a pool has is not taken away because others want it.
    fn share(&mut self) {
        let pool = self.inputs.pool;
        if let Some(share) = pool.share {
            self.set(Step::Share, self.count.min(share.max(pool.desired)));
        }
    }

    /// Nothing is known: workers are added if that lasts and the blueprint says so, and none is taken away.
    fn grope(&mut self, policy: &Policy, blind: Blind) -> Decision {
        if blind == Blind::Unknown {
            self.history.unknown += 1;
        }
        let pool = self.inputs.pool;
        if let Some(fallback) = policy.fallback.filter(|fallback| self.history.unknown >= fallback.after) {
            self.set(Step::Fallback, self.count.max(fallback.tasks));
            self.suspend();
        }
        self.schedule(policy, false);
        if self.count > pool.desired {
            self.set(Step::Bounds, pool.bounds.hold(self.count).max(pool.desired));
            self.share();
        }
        if self.count == pool.desired { Decision::hold(Hold::Blind(blind)) } else { self.decision(None, Flow::default(), None) }
    }

    fn decision(&self, recommendation: Option<Recommendation>, flow: Flow, distrust: Option<Distrust>) -> Decision {
        let from = self.inputs.pool.desired;
        let outcome = if self.count == from { Outcome::Hold(Hold::AsItShould) } else { Outcome::Scale { from, to: self.count } };
        Decision { outcome, recommendation, flow, clamps: self.clamps.clone(), distrust }
    }

    fn end(mut self) -> History {
        self.history.change(self.inputs.now, self.inputs.pool.desired, self.count);
        self.history
    }
}

#[cfg(test)]
mod tests;

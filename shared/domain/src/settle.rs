//! The end of a pass: what it has come to, what is to be remembered and announced, when to look again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::graph::Graph;
use crate::intent::Intent;
use crate::ledger::Record;
use crate::look::WHOLE_EVERY;
use crate::orphan::Orphan;
use crate::plan::{Plan, Standing};
use crate::ports::Tagged;
use crate::resource::{Place, ResourceId};
use crate::tenant::Owner;
use crate::wake::{Nudges, Pace, Wake};

mod drift;
mod news;
mod next;
mod orphans;
mod phase;

pub use drift::Drift;
use news::announce;
use next::wake;
use phase::{phase, troubled};

/// How an owner stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Its environment is not ready.
    AwaitingEnvironment,
    /// On its way to what it should be.
    Working,
    /// As it should be.
    Ready,
    /// It was ready, and something waits; or all that is left waits for something from outside, or far longer than AWS usually takes.
    Degraded,
    /// It goes no further by itself.
    Failed,
    /// On its way out.
    Removing,
    /// Gone, but for what is kept.
    Removed,
    /// A person holds it.
    Paused,
}

/// What the last pass came to. Written by the holder of the lease alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// How the owner stands.
    pub phase: Phase,
    /// The intent's version that this is of.
    pub version: u64,
    /// The revision of the intent that this has settled.
    pub revision: u64,
    /// The intent's count of orders to try again that this has heeded.
    pub retries: u32,
    /// The pending wake-up.
    pub wake: Option<Wake>,
    /// Passes in a row that AWS did not let finish.
    pub failures: u32,
    /// How often events may bring the wake-up forward.
    pub nudges: Option<Nudges>,
    /// What was announced last: version and phase.
    pub announced: Option<(u64, Phase)>,
    /// How each resource stands, for the operators.
    pub report: Vec<Line>,
    /// Endpoints and ARNs.
    pub outputs: BTreeMap<String, String>,
    /// Whether all of it has stood in this life: tenants stay on an environment that is being changed.
    #[serde(default)]
    pub stood: bool,
    /// USD a month of what stands.
    pub monthly_usd: f64,
    /// When the pass ended.
    pub settled_at: Timestamp,
    /// When a pass has looked at all of it last.
    #[serde(default)]
    pub looked_at: Option<Timestamp>,
    /// What others have changed on AWS and what was found of it last.
    #[serde(default)]
    pub drift: BTreeMap<ResourceId, Drift>,
    /// What carries the owner's tags and has no record, by ARN.
    #[serde(default)]
    pub orphans: BTreeMap<String, Orphan>,
    /// Whether all was looked at once more after it was gone.
    #[serde(default)]
    pub looked_back: bool,
}

impl State {
    /// An owner of which nothing is known but its phase.
    pub fn new(phase: Phase, version: u64, revision: u64, settled_at: Timestamp) -> Self {
        Self {
            phase,
            version,
            revision,
            retries: 0,
            wake: None,
            failures: 0,
            nudges: None,
            announced: None,
            report: Vec::new(),
            outputs: BTreeMap::new(),
            stood: false,
            monthly_usd: 0.0,
            settled_at,
            looked_at: None,
            drift: BTreeMap::new(),
            orphans: BTreeMap::new(),
            looked_back: false,
        }
    }
}

/// How one resource stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Which.
    pub place: Place,
    /// Its kind.
    pub kind: String,
    /// Its name on AWS.
    pub name: String,
    /// How it stands.
    pub standing: Standing,
}

/// What a pass has come to.
#[derive(Debug, Clone, Copy)]
pub struct Pass<'a> {
    /// Whose.
    pub owner: &'a Owner,
    /// What it was for.
    pub intent: &'a Intent,
    /// The state before.
    pub before: Option<&'a State>,
    /// The last plan of the pass, in which nothing is due that could be done.
    pub plan: &'a Plan,
    /// What should stand, if anything.
    pub stands: Option<&'a Graph>,
    /// As they are to be remembered.
    pub records: &'a BTreeMap<Place, Record>,
    /// What others were found to have changed.
    pub drift: &'a BTreeMap<Place, String>,
    /// Whether all of it was looked at.
    pub whole: bool,
    /// What carries the owner's tags; none: it was not looked for, or AWS did not say.
    pub tagged: Option<&'a [Tagged]>,
    /// Of the present life.
    pub outputs: &'a BTreeMap<String, String>,
    /// Of what stands.
    pub monthly_usd: f64,
    /// What the nudge that began the pass has left.
    pub nudges: Option<&'a Nudges>,
    /// The pass's number.
    pub epoch: u64,
    /// How long waits are.
    pub pace: Pace,
    /// The moment.
    pub now: Timestamp,
}

/// The state after a pass, and what is to be said.
pub fn settle(pass: Pass<'_>) -> (State, Vec<Answer>) {
    let failures = if troubled(pass.plan) { pass.before.map_or(0, |before| before.failures) + 1 } else { 0 };
    let mut phase = phase(pass);
    let mut wake = wake(pass, failures);
    if wake.as_ref().is_some_and(|wake| wake.is_worn_out(pass.now)) {
        (phase, wake) = (Phase::Failed, None);
    }
    let mut answers: Vec<_> = announce(pass, phase).into_iter().collect();
    let announced = if answers.is_empty() { pass.before.and_then(|before| before.announced) } else { Some((pass.intent.version, phase)) };
    let (drift, told) = drift::drift(pass);
    answers.extend(told);
    let orphans = orphans::found(pass);
    answers.extend(orphans::announce(pass, &orphans));
    let looked_back = phase == Phase::Removed && looked_back(pass, &orphans);
    let state = State {
        phase,
        version: pass.intent.version,
        revision: pass.intent.revision,
        retries: pass.intent.retries,
        wake,
        failures,
        nudges: pass.nudges.cloned().or_else(|| pass.before.and_then(|before| before.nudges.clone())),
        announced,
        report: lines(pass),
        outputs: pass.outputs.clone(),
        stood: phase == Phase::Ready || (pass.intent.stands().is_some() && pass.before.is_some_and(|before| before.stood)),
        monthly_usd: pass.monthly_usd,
        settled_at: pass.now,
        looked_at: if pass.whole { Some(pass.now) } else { pass.before.and_then(|before| before.looked_at) },
        drift,
        looked_back,
        orphans,
    };
    (state, answers)
}

/// Whether all was looked at once more since it was gone, and nothing was found that is not certain yet.
fn looked_back(pass: Pass<'_>, orphans: &BTreeMap<String, Orphan>) -> bool {
    let before = pass.before.filter(|before| before.phase == Phase::Removed && before.revision == pass.intent.revision);
    let certain = orphans.values().all(|orphan| orphan.is_certain(pass.now));
    before.is_some_and(|before| before.looked_back || (pass.tagged.is_some() && certain))
}

/// Whether a scheduled look at an owner has anything to find: not while its own wake-up is pending, nor once it is gone for good.
pub fn has_work(state: Option<&State>, records: &BTreeMap<Place, Record>, outbox_is_empty: bool, now: Timestamp) -> bool {
    let Some(state) = state else { return true };
    let kept = |record: &Record| record.retained.as_ref().is_some_and(|kept| kept.until.is_none_or(|until| until > now));
    // What is gone is looked for once more a day later: what should not be there shows by then.
    let looked_back = state.looked_back || now.duration_since(state.settled_at) < WHOLE_EVERY;
    let at_rest = state.phase == Phase::Removed && records.values().all(kept) && looked_back;
    let comes_by_itself = state.wake.as_ref().is_some_and(|wake| !wake.is_lost(now));
    !outbox_is_empty || !(at_rest || comes_by_itself)
}

fn lines(pass: Pass<'_>) -> Vec<Line> {
    let wanted = |place: &Place| pass.stands?.resources().iter().find(|resource| resource.place() == *place);
    let line = |(place, standing): (&Place, &Standing)| {
        let resource = pass.records.get(place).map(|record| &record.resource).or_else(|| wanted(place));
        Line {
            place: place.clone(),
            kind: resource.map_or(String::new(), |resource| resource.desired.kind().to_owned()),
            name: resource.map_or(String::new(), |resource| resource.name.clone()),
            standing: standing.clone(),
        }
    };
    pass.plan.report.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::{CallError, Cause};
    use crate::ledger::Item;
    use crate::plan::{Retained, Retention, Stuck, Wait};

    #[test]
    fn every_standing_survives_the_ledger() {
        let now = Timestamp::UNIX_EPOCH;
        let place = Place { incarnation: crate::tenant::Incarnation::mint(0, 0), id: "a".into() };
        let error = || CallError::new("rds.CreateDatabase", Cause::Throttled, "slow down");
        let kept = Retention { what: Retained::Snapshot("s".into()), until: None, monthly_usd: 0.1 };
        let standings = [
            Standing::Ready { note: None },
            Standing::Ready { note: Some("n".into()) },
            Standing::Due,
            Standing::Waiting(Wait::Settling("s".into())),
            Standing::Waiting(Wait::Outside("s".into())),
            Standing::Waiting(Wait::On(vec![place.clone()])),
            Standing::Waiting(Wait::Unknown(error())),
            Standing::Waiting(Wait::FormerLife(place.incarnation)),
            Standing::Waiting(Wait::JustTried),
            Standing::Waiting(Wait::Failed(error())),
            Standing::Stuck(Stuck::DataVanished),
            Standing::Stuck(Stuck::Failed(error())),
            Standing::Kept(Retention { what: Retained::SecretInRecovery, ..kept.clone() }),
            Standing::Kept(kept),
            Standing::Gone,
        ];
        let line = |standing| Line { place: place.clone(), kind: "k".into(), name: "n".into(), standing };
        let state = State {
            announced: Some((1, Phase::Ready)),
            report: standings.into_iter().map(line).collect(),
            ..State::new(Phase::Working, 1, 1, now)
        };
        assert_eq!(Item::new("tenant#dev#demo", "state", &state).read::<State>().ok(), Some(state));
    }
}

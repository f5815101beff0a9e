//! The least that somebody could do with who knows all arrivals and service times.
//!
//! Two figures bracket the truth. The *bound* is the optimum of a relaxation ([`fluid`]): what no first-in-first-out pool can go below. The *plan* is a schedule that was replayed and keeps the wait: what somebody can really do, found by
//! carrying out the relaxation's optimum for several waits and taking workers away as long as the wait is kept.

pub mod fluid;
mod refine;

use fluid::{Fluid, Size};

use crate::engine::{Run, replay};
use crate::judge::{Figures, Part, figures};
use crate::scaler::fixed::Plan;
use crate::settings::Settings;
use crate::steps::Steps;
use crate::trace::Trace;

/// What a clairvoyant can do for one wait.
#[derive(Debug, Clone)]
pub struct Clairvoyant {
    /// Worker-hours that are needed in any case.
    pub bound_worker_hours: f64,
    /// The cheapest schedule that was found.
    pub plan: Option<(Figures, Run)>,
}

/// The waits for which a relaxed optimum is tried, as parts of the wait that is to be kept. The relaxation is optimistic, so that a
/// smaller one is often the cheapest that holds.
const TRIED: [f64; 5] = [1.0, 0.9, 0.75, 0.5, 0.0];

/// Fewest worker-hours for the second half of `trace`, so that 95 % of its tasks wait no longer than `wait` milliseconds.
pub fn bound(trace: &Trace, settings: &Settings, wait: u64) -> f64 {
    let half = second_half(trace);
    Fluid::new(&half, settings, wait, Size::of(&half, settings), true).optimum().bound / 3.6e6
}

/// [`bound`], and a schedule that keeps the wait.
pub fn best(trace: &Trace, settings: &Settings, wait: u64) -> Clairvoyant {
    let half = second_half(trace);
    let size = Size::of(&half, settings);
    let relaxed = TRIED.map(|part| Fluid::new(&half, settings, (wait as f64 * part) as u64, size, false).optimum().counts);
    let plans = relaxed.into_iter().flat_map(|counts| [counts.clone(), widened(&counts, settings)]);
    let rehearsal = Rehearsal { half: &half, settings, wait, slot: size.slot };
    let cheapest = plans.filter_map(|counts| rehearsal.cost(&counts).map(|cost| (cost, counts))).min_by_key(|(cost, _)| *cost);
    let plan = cheapest.map(|(cost, counts)| rehearsal.figures(&refine::refine(&rehearsal, cost, counts)));
    Clairvoyant { bound_worker_hours: bound(trace, settings, wait), plan }
}

/// One worker more where there are any: what holds a wait shorter than a slot, before [`refine`] takes back what is not needed.
fn widened(counts: &[u32], settings: &Settings) -> Vec<u32> {
    counts.iter().map(|count| if *count > 0 { (count + 1).min(settings.bounds.max) } else { 0 }).collect()
}

/// The second half as a trace of its own that begins in the middle.
fn second_half(trace: &Trace) -> Trace {
    let mut arrivals = trace.halves().1.to_vec();
    arrivals.iter_mut().for_each(|arrival| arrival.at -= trace.middle());
    Trace { name: trace.name.clone(), arrivals }
}

/// Carries schedules out.
pub(crate) struct Rehearsal<'a> {
    half: &'a Trace,
    settings: &'a Settings,
    /// In milliseconds.
    wait: u64,
    /// In milliseconds.
    slot: u64,
}

impl Rehearsal<'_> {
    fn part(&self) -> Part {
        Part::all(self.half, self.settings)
    }

    fn run(&self, counts: &[u32]) -> Run {
        let mut serving = Steps::default();
        for (slot, count) in counts.iter().enumerate() {
            serving.set(slot as u64 * self.slot, *count);
        }
        // What a plan has left undone is done nevertheless, and paid for.
        serving.set(counts.len() as u64 * self.slot, 1);
        let mut plan = Plan { serving, ahead: self.settings.mean_start_delay() };
        // A plan is not seen by a sampler and not held up by one.
        let settings = Settings { sampling: 500, latency: 0, ..self.settings.clone() };
        replay(self.half, &settings, &mut plan, counts.first().copied().unwrap_or(0), self.part().until)
    }

    /// Worker-milliseconds of `counts` per slot; none if more tasks wait too long than may.
    pub(crate) fn cost(&self, counts: &[u32]) -> Option<u64> {
        let run = self.run(counts);
        let late = self.half.arrivals.iter().zip(&run.begun).filter(|(one, begun)| **begun - one.at > self.wait).count();
        let paid = run.paid.sum(0, self.part().until.max(run.finished));
        (late <= Settings::allowed_misses(run.begun.len())).then_some(paid)
    }

    fn figures(&self, counts: &[u32]) -> (Figures, Run) {
        let run = self.run(counts);
        (figures(self.half, self.settings, &run, self.part()), run)
    }
}

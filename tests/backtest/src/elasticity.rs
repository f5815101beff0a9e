//! How closely supply follows demand, by the metrics of the SPEC Research Group.
//!
//! Source: N. Herbst, R. Krebs, G. Oikonomou, G. Kousiouris, A. Evangelinou, A. Iosup, S. Kounev: "Ready for Rain? A View from SPEC
//! Research on the Future of Cloud Metrics", SPEC-RG-2016-01, section on elasticity. With demand `d`, supply `s` and time `T`:
//! accuracy `θU = 100/T · Σ max(d − s, 0)/d · Δt` and `θO = 100/T · Σ max(s − d, 0)/d · Δt`; timeshare `τU`, `τO`: the part of the time
//! with too little and with too much; instability `υ`: the part of the time in which supply and demand do not move in the same
//! direction; elastic speedup `ε = (θU·θO·τU·τO of the other ÷ θU·θO·τU·τO of this one)^¼`.

use serde::Serialize;

use crate::settings::Settings;
use crate::steps::Steps;
use crate::trace::Trace;

/// All in percent; less is better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Elasticity {
    /// θU: what is missing, relative to demand.
    pub accuracy_under_percent: f64,
    /// θO: what is too much, relative to demand.
    pub accuracy_over_percent: f64,
    /// τU: time with too little.
    pub timeshare_under_percent: f64,
    /// τO: time with too much.
    pub timeshare_over_percent: f64,
    /// υ: time in which supply and demand move apart.
    pub instability_percent: f64,
}

/// Δt of accuracy and timeshare, in milliseconds.
const FINE: u64 = 1_000;
/// Δt of instability, in milliseconds: within a second nothing moves.
const COARSE: u64 = 10_000;

/// Workers that serve against workers that are needed, between two moments in milliseconds.
pub fn elasticity(demand: &Steps, supply: &Steps, from: u64, to: u64) -> Elasticity {
    let at = |moment| (f64::from(demand.at(moment)), f64::from(supply.at(moment)));
    let fine: Vec<(f64, f64)> = (from..to).step_by(FINE as usize).map(at).collect();
    let share = |of: &dyn Fn(f64, f64) -> f64| 100.0 * fine.iter().map(|(d, s)| of(*d, *s)).sum::<f64>() / fine.len().max(1) as f64;
    Elasticity {
        // Where nothing is demanded, the metric is not defined; what is supplied then counts as against a demand of one.
        accuracy_under_percent: share(&|d, s| (d - s).max(0.0) / d.max(1.0)),
        accuracy_over_percent: share(&|d, s| (s - d).max(0.0) / d.max(1.0)),
        timeshare_under_percent: share(&|d, s| f64::from(d > s)),
        timeshare_over_percent: share(&|d, s| f64::from(s > d)),
        instability_percent: instability(&(from..to).step_by(COARSE as usize).map(at).collect::<Vec<_>>()),
    }
}

fn instability(points: &[(f64, f64)]) -> f64 {
    let apart = points.windows(2).filter(|pair| {
        let moved = |one: f64, other: f64| other.partial_cmp(&one);
        moved(pair[0].0, pair[1].0) != moved(pair[0].1, pair[1].1)
    });
    100.0 * apart.count() as f64 / points.len().saturating_sub(1).max(1) as f64
}

impl Elasticity {
    /// ε: how much better this is than `other`; none if one of the parts of either is 0, for then the ratio says nothing.
    pub fn speedup_over(&self, other: &Self) -> Option<f64> {
        let parts =
            |one: &Self| [one.accuracy_under_percent, one.accuracy_over_percent, one.timeshare_under_percent, one.timeshare_over_percent];
        let ratio: f64 = parts(other).iter().zip(parts(self)).map(|(theirs, ours)| theirs / ours).product();
        (ratio.is_finite() && ratio > 0.0).then(|| ratio.powf(0.25))
    }
}

/// How many workers are needed at each moment: each task's work is spread evenly over the objective that follows its arrival, and the sum
/// rounded up. A pool of so many workers, at any time, gets the work of any span done within the objective after it; it follows from the
/// arrivals alone, and from no scaler.
pub fn demand(trace: &Trace, settings: &Settings, until: u64) -> Steps {
    let each = settings.objective * u64::from(settings.concurrency);
    let mut demand = Steps::default();
    let (mut work, mut new, mut old) = (0_u64, 0, 0);
    for moment in (0..until).step_by(FINE as usize) {
        while trace.arrivals.get(new).is_some_and(|one| one.at <= moment) {
            work += trace.arrivals[new].service;
            new += 1;
        }
        while trace.arrivals.get(old).is_some_and(|one| one.at + settings.objective <= moment) {
            work -= trace.arrivals[old].service;
            old += 1;
        }
        demand.set(moment, settings.bounds.hold(u32::try_from(work.div_ceil(each)).unwrap_or(u32::MAX)));
    }
    demand
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::plain;
    use crate::trace::Arrival;

    fn steps(points: &[(u64, u32)]) -> Steps {
        let mut steps = Steps::default();
        for (second, count) in points {
            steps.set(second * 1_000, *count);
        }
        steps
    }

    #[test]
    fn the_parts_are_as_reckoned_by_hand() {
        // Demand 2 for 50 s, then 4; supply 1, 2, 4, 6 for 25 s each.
        let demand = steps(&[(0, 2), (50, 4)]);
        let supply = steps(&[(0, 1), (25, 2), (50, 4), (75, 6)]);
        let got = elasticity(&demand, &supply, 0, 100_000);
        // A half is missing for a quarter of the time, and a half too much for another.
        assert_eq!((got.accuracy_under_percent, got.accuracy_over_percent), (12.5, 12.5));
        assert_eq!((got.timeshare_under_percent, got.timeshare_over_percent), (25.0, 25.0));
        // Ten points, nine steps: supply rises alone in the steps to 30 s and to 80 s.
        assert!((got.instability_percent - 100.0 * 2.0 / 9.0).abs() < 1e-9, "{got:?}");
    }

    #[test]
    fn a_speedup_is_the_geometric_mean_of_the_ratios() {
        let all = |accuracy_under_percent, accuracy_over_percent, timeshare_under_percent, timeshare_over_percent| Elasticity {
            accuracy_under_percent,
            accuracy_over_percent,
            timeshare_under_percent,
            timeshare_over_percent,
            instability_percent: 0.0,
        };
        let check = |other: Elasticity, expected| assert_eq!(all(1.0, 10.0, 4.0, 5.0).speedup_over(&other), expected);
        check(all(1.0, 10.0, 4.0, 5.0), Some(1.0));
        // 2 · 4 · 1 · 2 = 16.
        check(all(2.0, 40.0, 4.0, 10.0), Some(2.0));
        check(all(0.0, 40.0, 0.0, 10.0), None);
        assert_eq!(all(0.0, 1.0, 0.0, 1.0).speedup_over(&all(1.0, 1.0, 1.0, 1.0)), None);
    }

    #[test]
    fn demand_is_the_work_of_an_objective_spread_over_it() {
        let arrivals = (0..30).map(|_| Arrival { at: 0, service: 4_000 }).chain([Arrival { at: 30_000, service: 1_000 }]).collect();
        let trace = Trace { name: "t".into(), arrivals };
        // 120 s of work at once are two workers for a minute; with one more second, three.
        assert_eq!(demand(&trace, &plain(), 120_000).points(), [(0, 2), (30_000, 3), (60_000, 1), (90_000, 0)]);
        assert_eq!(demand(&trace, &Settings { concurrency: 2, ..plain() }, 60_000).points(), [(0, 1), (30_000, 2)]);
    }
}

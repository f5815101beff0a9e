use domain::scaling::limits::Bounds;
use proptest::prelude::*;

use super::super::Rehearsal;
use super::*;
use crate::settings::plain;
use crate::trace::Arrival;

const FIVE: Size = Size { slot: 5_000, per_slot: 5, backlog: 200 };

fn settings(max: u32) -> Settings {
    Settings { bounds: Bounds { min: 0, max }, start_delay: (15_000, 15_000), objective: 10_000, ..plain() }
}

fn trace(arrivals: &[(u64, u64)]) -> Trace {
    let arrivals = arrivals.iter().map(|(at, service)| Arrival { at: *at, service: *service }).collect();
    Trace { name: "t".into(), arrivals }
}

#[test]
fn the_optimum_is_as_reckoned_by_hand() {
    let check = |arrivals: &[(u64, u64)], wait, expected_seconds: f64| {
        let got = Fluid::new(&trace(arrivals), &settings(4), wait, FIVE, false).optimum().bound / 1e3;
        assert!((got - expected_seconds).abs() < 1e-6, "{got} instead of {expected_seconds} for {arrivals:?} within {wait}");
    };
    // 15 s of work at once: one worker does it in three slots.
    let burst: Vec<_> = (0..15).map(|_| (0, 1_000)).collect();
    check(&burst, 15_000, 15.0);
    // And again a minute later: to stop and to start anew costs 15 s; to stay would cost 45 s.
    let twice: Vec<_> = burst.iter().copied().chain(burst.iter().map(|_| (60_000, 1_000))).collect();
    check(&twice, 15_000, 45.0);
    // 40 s of work, half of it with the first slot and half with the second: one worker, if they may wait.
    let later: Vec<_> = (0..40).map(|n| (n / 20 * 5_000, 1_000)).collect();
    check(&later, 60_000, 40.0);
}

#[test]
fn more_time_never_costs_more() {
    let arrivals: Vec<_> = (0..60).map(|n| (n * n * 20, 700 + n * 31 % 900)).collect();
    let bound = |wait| Fluid::new(&trace(&arrivals), &settings(6), wait, FIVE, true).optimum().bound;
    let bounds: Vec<_> = [2_000, 5_000, 10_000, 30_000, 90_000].map(bound).into();
    assert!(bounds.is_sorted_by(|one, other| one >= other), "{bounds:?}");
}

/// The cheapest of all schedules of `slots` slots, each replayed.
fn brute_force(trace: &Trace, settings: &Settings, wait: u64, slots: u32) -> Option<f64> {
    let rehearsal = Rehearsal { half: trace, settings, wait, slot: FIVE.slot };
    let choices = settings.bounds.max + 1;
    let schedules = (0..choices.pow(slots)).map(|n| (0..slots).map(|slot| n / choices.pow(slot) % choices).collect::<Vec<u32>>());
    schedules.filter_map(|counts| rehearsal.cost(&counts)).map(|cost| cost as f64).reduce(f64::min)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_schedule_of_a_tiny_trace_is_below_the_bound(
        gaps in prop::collection::vec((0_u64..4_000, 200_u64..7_000), 2..14),
        wait in 1_000_u64..15_000,
    ) {
        let mut at = 0;
        let arrivals: Vec<_> = gaps.iter().map(|(gap, service)| { at += gap; (at, *service) }).collect();
        let (trace, settings) = (trace(&arrivals), settings(2));
        let bound = Fluid::new(&trace, &settings, wait, FIVE, true).optimum().bound;
        if let Some(cheapest) = brute_force(&trace, &settings, wait, 7) {
            prop_assert!(bound <= cheapest + 1e-6, "bound {bound}, cheapest {cheapest}");
        }
    }
}

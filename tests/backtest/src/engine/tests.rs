use domain::scaling::limits::Bounds;
use proptest::prelude::*;

use super::*;
use crate::scaler::fixed::Static;
use crate::settings::plain;
use crate::trace::Arrival;

/// A scaler of random whims.
struct Whims(Vec<u32>);

impl Scaler for Whims {
    fn interval(&self) -> u64 {
        10_000
    }

    fn decide(&mut self, _view: &View<'_>) -> u32 {
        // The last whim has workers, or nothing would ever end.
        if self.0.len() > 1 { self.0.remove(0) } else { 1 }
    }
}

fn trace(arrivals: &[(u64, u64)]) -> Trace {
    let arrivals = arrivals.iter().map(|(at, service)| Arrival { at: *at, service: *service }).collect();
    Trace { name: "t".into(), arrivals }
}

#[test]
fn a_worker_serves_after_its_start_delay_and_is_paid_from_its_order() {
    let settings = Settings { start_delay: (25_000, 25_000), ..plain() };
    let run = replay(&trace(&[(0, 3_000), (1_000, 2_000)]), &settings, &mut Whims(vec![1, 1]), 0, 100_000);
    // Sampled at 10 s, ordered at 11 s, serves from 36 s.
    assert_eq!(run.begun, [36_000, 39_000]);
    assert_eq!((run.finished, run.paid.sum(0, 100_000), run.serving.sum(0, 100_000)), (41_000, 89_000, 64_000));
    assert_eq!(run.changes, 1);
}

#[test]
fn what_is_there_from_the_start_serves_at_once() {
    let run = replay(&trace(&[(0, 3_000), (1_000, 2_000)]), &plain(), &mut Static { count: 1 }, 1, 10_000);
    assert_eq!((run.begun, run.finished), (vec![0, 3_000], 5_000));
}

proptest! {
    #[test]
    fn every_arrival_is_served_once_in_order_and_by_no_more_than_there_are(
        gaps in prop::collection::vec((0_u64..20_000, 1_u64..40_000), 1..60),
        whims in prop::collection::vec(0_u32..6, 1..40),
        concurrency in 1_u32..4,
        seed in 0_u64..9,
    ) {
        let mut at = 0;
        let arrivals: Vec<_> = gaps.iter().map(|(gap, service)| { at += gap; (at, *service) }).collect();
        let trace = trace(&arrivals);
        let settings = Settings { seed, concurrency, bounds: Bounds { min: 0, max: 5 }, ..plain() };
        let run = replay(&trace, &settings, &mut Whims(whims.clone()), 0, 0);
        prop_assert!(run.begun.is_sorted(), "first in, first out");
        let mut steps: Vec<(u64, i64)> = Vec::new();
        for (arrival, begun) in trace.arrivals.iter().zip(&run.begun) {
            prop_assert!(*begun >= arrival.at);
            steps.extend([(*begun, 1), (*begun + arrival.service, -1)]);
        }
        // An end comes before a beginning of the same moment.
        steps.sort_unstable();
        let mut active = 0;
        for (at, step) in steps {
            active += step;
            let before = run.serving.at(at.saturating_sub(1)).max(run.serving.at(at));
            prop_assert!(active <= i64::from(before * concurrency), "{active} at {at}");
        }
        prop_assert!(run.paid.points().iter().all(|(at, paid)| *paid >= run.serving.at(*at)));
        let work: u64 = trace.arrivals.iter().map(|arrival| arrival.service).sum();
        prop_assert!(run.serving.sum(0, u64::MAX / 16) * u64::from(concurrency) >= work);
        let again = replay(&trace, &settings, &mut Whims(whims), 0, 0);
        prop_assert_eq!(again, run, "the same seed, the same replay");
    }
}

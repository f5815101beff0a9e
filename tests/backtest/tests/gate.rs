//! What the scaler that ships must keep on traces made from seeds, in virtual time.

use backtest::clairvoyant::bound;
use backtest::judge::{Part, judge};
use backtest::settings::Settings;
use backtest::trace::synthetic::{SHAPES, Shape};
use backtest::tune::Candidate;
use domain::scaling::limits::Bounds;

fn settings(seed: u64) -> Settings {
    let bounds = Bounds { min: 0, max: 20 };
    Settings { seed, concurrency: 1, bounds, start_delay: (23_000, 30_000), sampling: 10_000, latency: 1_000, objective: 60_000 }
}

// Invariant: with its defaults and no tuning, the scaler keeps the objective, at a price that is known.
#[test]
fn the_objective_is_kept_on_every_shape_and_seed_at_a_known_price() {
    // Worker-hours over the clairvoyant's bound for the objective, with a tenth to spare over what was measured.
    let price = |shape| match shape {
        Shape::Daily => 1.25,
        Shape::Bursts => 1.55,
        Shape::Ramps => 1.35,
        Shape::Silence => 2.4,
    };
    for (shape, seed) in SHAPES.into_iter().flat_map(|shape| [7, 8].map(|seed| (shape, seed))) {
        let (trace, settings) = (shape.trace(seed, 4.0).expect("hours of it"), settings(seed));
        let scaler = &mut *Candidate::shipped(&settings).scaler(&settings);
        let (figures, run) = judge(&trace, &settings, scaler, Part::second_half(&trace, &settings));
        assert_eq!(run.begun.len(), trace.arrivals.len());
        assert!(figures.waits.p95_seconds <= 60.0, "{shape:?} {seed}: {:?}", figures.waits);
        let over = figures.worker_hours / bound(&trace, &settings, settings.objective);
        assert!((1.0..price(shape)).contains(&over), "{shape:?} {seed}: {over:.2} times the bound");
    }
}

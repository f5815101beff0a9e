//! A kill at a sample of the calls of a life on the whole of MATE; `make crash` has them all.
#![allow(clippy::print_stdout, reason = "what was run is part of what it shows")]

use scenarios::kills::{Life, Point, table};
use scenarios::parallel::each;
use scenarios::random::Random;

/// One of so many points, at random within each such run of points: so every part of the life is struck. `CRASH_EVERY` is another number.
const EVERY: usize = 50;
/// `CRASH_SEED` is another seed.
const SEED: u64 = 1;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().unwrap_or_else(|error| panic!("{variable}={text}: {error}")))
}

// Invariant: a kill at any call of a life on the whole of MATE changes nothing about its end, and doubles and leaks nothing.

#[test]
fn a_kill_at_a_sample_of_all_calls_on_the_whole_of_mate_changes_nothing() {
    let (every, seed) = (usize::try_from(number("CRASH_EVERY", EVERY as u64)).unwrap_or(EVERY), number("CRASH_SEED", SEED));
    let (mut random, all) = (Random::of(seed, "points"), Life::default().points());
    let sample: Vec<Point> = all.chunks(every).map(|chunk| chunk[random.below(chunk.len())].clone()).collect();
    let rows = each(&sample, Life::default, |life, point| life.kill(point));
    let told: Vec<_> = rows.iter().map(|row| serde_json::json!(row)).collect();
    println!("crash: {} of {} points, seed {seed}: {}", sample.len(), all.len(), table(&told));
    let bad: Vec<_> = rows.iter().filter(|row| !row.is_good()).collect();
    assert!(bad.is_empty(), "{} of {}: {:#?}", bad.len(), rows.len(), &bad[..bad.len().min(3)]);
}

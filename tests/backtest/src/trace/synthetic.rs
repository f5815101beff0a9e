//! Traces made from a seed: shapes that a queue of background tasks really has.

use std::io::Write;

use clap::ValueEnum;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp, LogNormal};
use serde::Serialize;

use super::{Arrival, Trace, Unfit};

/// How arrivals vary with time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Two days, each pressed into half of the time: from 0.2 tasks a second at night to 4 at noon.
    Daily,
    /// 0.2 tasks a second, and every ten minutes or so, for half a minute to three, up to 8.
    Bursts,
    /// Slow rises from 0 to 1–6 tasks a second within twenty minutes, each with a sudden end.
    Ramps,
    /// Nothing for 10 to 40 minutes, then 30 to 150 tasks at once.
    Silence,
}

/// All shapes.
pub const SHAPES: [Shape; 4] = [Shape::Daily, Shape::Bursts, Shape::Ramps, Shape::Silence];

/// Mean of the service times, in seconds; they are log-normal, with the mean for their standard deviation.
const SERVICE_SECONDS: f64 = 3.0;
/// No shape has more tasks a second.
const MOST: f64 = 8.0;

/// Arrivals per second, in pieces.
struct Pieces(Vec<(f64, f64)>);

impl Shape {
    /// Its name, as on the command line.
    pub fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// `hours` of it, by the chance of `seed`.
    ///
    /// # Errors
    /// If the time is so short that there is nothing to judge by.
    pub fn trace(self, seed: u64, hours: f64) -> Result<Trace, Unfit> {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let seconds = hours * 3_600.0;
        let mut arrivals: Vec<Arrival> = self.moments(seconds, &mut chance).into_iter().map(|at| task(at, &mut chance)).collect();
        arrivals.sort_unstable_by_key(|arrival| arrival.at);
        Trace::new(&self.name(), arrivals)
    }

    /// In seconds.
    fn moments(self, seconds: f64, chance: &mut ChaCha8Rng) -> Vec<f64> {
        match self {
            // From the middle of one night to the middle of the next but one.
            Self::Daily => thin(seconds, chance, |at| 2.1 - 1.9 * (std::f64::consts::TAU * 2.0 * at / seconds).cos()),
            Self::Bursts => {
                let bursts =
                    Pieces::drawn(seconds, chance, |chance| (chance.random_range(60.0..1_140.0), chance.random_range(30.0..180.0)));
                let heights: Vec<f64> = bursts.0.iter().map(|_| chance.random_range(2.0..MOST)).collect();
                thin(seconds, chance, |at| bursts.within(at).map_or(0.2, |(n, _)| heights[n]))
            }
            Self::Ramps => {
                let ramps = Pieces::drawn(seconds, chance, |chance| (chance.random_range(60.0..600.0), 1_200.0));
                let heights: Vec<f64> = ramps.0.iter().map(|_| chance.random_range(1.0..6.0)).collect();
                thin(seconds, chance, |at| ramps.within(at).map_or(0.0, |(n, part)| heights[n] * part))
            }
            Self::Silence => {
                let jobs = Pieces::drawn(seconds, chance, |chance| (chance.random_range(600.0..2_400.0), 1.0));
                let mut all = Vec::new();
                for (at, _) in jobs.0 {
                    all.extend((0..chance.random_range(30..150)).map(|n| at + f64::from(n) * 0.001));
                }
                all
            }
        }
    }
}

impl Pieces {
    /// Pieces with a gap before each, both drawn in seconds, until `seconds` are full.
    fn drawn(seconds: f64, chance: &mut ChaCha8Rng, draw: impl Fn(&mut ChaCha8Rng) -> (f64, f64)) -> Self {
        let (mut at, mut all) = (0.0, Vec::new());
        loop {
            let (gap, length) = draw(chance);
            at += gap;
            if at >= seconds {
                return Self(all);
            }
            all.push((at, length));
            at += length;
        }
    }

    /// The piece that a moment lies in, and how much of it has passed.
    fn within(&self, at: f64) -> Option<(usize, f64)> {
        let found = self.0.iter().enumerate().find(|(_, (from, length))| (*from..from + length).contains(&at));
        found.map(|(n, (from, length))| (n, (at - from) / length))
    }
}

/// A Poisson process of the given rate per second, by thinning one of the highest.
fn thin(seconds: f64, chance: &mut ChaCha8Rng, rate: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut moments = Vec::new();
    let Ok(gap) = Exp::new(MOST) else { return moments };
    let mut at = 0.0;
    loop {
        at += gap.sample(chance);
        if at >= seconds {
            return moments;
        }
        if chance.random_range(0.0..MOST) < rate(at) {
            moments.push(at);
        }
    }
}

fn task(at: f64, chance: &mut ChaCha8Rng) -> Arrival {
    // Of a log-normal distribution whose deviation is its mean m: σ² = ln 2, μ = ln m − σ²/2.
    let variance = 2.0_f64.ln();
    let service = LogNormal::new(SERVICE_SECONDS.ln() - variance / 2.0, variance.sqrt()).map_or(SERVICE_SECONDS, |law| law.sample(chance));
    Arrival { at: (at * 1e3) as u64, service: (service * 1e3) as u64 }
}

/// Writes `trace` as CSV, with times and service times in seconds.
///
/// # Errors
/// If it can not be written.
pub fn write(trace: &Trace, to: impl Write) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(to);
    writer.write_record(["time", "service_seconds"])?;
    for arrival in &trace.arrivals {
        writer.write_record([arrival.at, arrival.service].map(|milliseconds| format!("{:.3}", milliseconds as f64 / 1e3)))?;
    }
    Ok(writer.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_trace_each_time_and_another_gives_another() {
        for shape in SHAPES {
            let trace = shape.trace(7, 6.0).expect("hours of it");
            assert_eq!(shape.trace(7, 6.0), Ok(trace.clone()));
            assert_ne!(shape.trace(8, 6.0), Ok(trace.clone()));
            assert!(trace.arrivals.is_sorted_by_key(|arrival| arrival.at));
            assert!((trace.mean_service_seconds() - SERVICE_SECONDS).abs() < 0.4, "{}", trace.mean_service_seconds());
        }
    }

    #[test]
    fn shapes_have_the_rates_that_they_promise() {
        let per_second =
            |shape: Shape| shape.trace(7, 8.0).map(|trace| trace.arrivals.len() as f64 / (8.0 * 3_600.0)).expect("hours of it");
        assert!((per_second(Shape::Daily) - 2.1).abs() < 0.1);
        assert!((0.3..1.5).contains(&per_second(Shape::Bursts)));
        assert!((0.8..2.2).contains(&per_second(Shape::Ramps)));
        let silence = Shape::Silence.trace(7, 8.0).expect("hours of it");
        assert!(silence.arrivals.windows(2).any(|pair| pair[1].at - pair[0].at > 600_000));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let trace = Shape::Silence.trace(3, 4.0).expect("hours of it");
        let file = std::env::temp_dir().join(format!("backtest-{}-written.csv", std::process::id()));
        write(&trace, std::fs::File::create(&file).expect("a temporary file")).expect("it is written");
        let columns = super::super::read::Columns {
            time: None,
            service: Some("service_seconds".into()),
            service_scale: 1.0,
            service_seconds: 1.0,
            count: None,
            sort: false,
        };
        let read = super::super::read::read(&file, &columns).expect("it is read");
        std::fs::remove_file(&file).expect("it was written");
        assert_eq!(read.arrivals, trace.arrivals);
    }
}

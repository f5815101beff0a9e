//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use domain::scaling::limits::Bounds;

use crate::settings::Settings;
use crate::trace::Trace;
use crate::trace::read::{Columns, Unreadable, read};
use crate::trace::synthetic::Shape;

/// Replay arrivals against scalers of a pool of workers, in virtual time.
///
/// The first half of a trace is for tuning: each rival gets the best of 96 points of a grid, the cheapest that keeps the objective there.
/// The second half is judged, under the same start delays, bounds and sampling. Ours is the product's decision code, once with its
/// defaults and the objective, once tuned like the rivals.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// Something other than a replay.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The replay.
    #[command(flatten)]
    pub replay: Replay,
}

/// Something other than a replay.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a synthetic trace as CSV: the columns time and service_seconds
    Generate {
        /// How arrivals vary with time
        shape: Shape,
        /// Where to; standard output if it is left out
        file: Option<PathBuf>,
        /// Of all chance
        #[arg(long, default_value_t = 7)]
        seed: u64,
        /// How much of it
        #[arg(long, default_value_t = 4.0, value_parser = hours)]
        hours: f64,
    },
}

/// A replay.
#[derive(Debug, Args)]
pub struct Replay {
    /// A CSV file with a row per arrival, or per interval with --count-column; may be given several times
    #[arg(long, value_name = "FILE")]
    pub trace: Vec<PathBuf>,
    /// A trace made from the seed; may be given several times
    #[arg(long, value_name = "SHAPE")]
    pub synthetic: Vec<Shape>,
    /// How much of each synthetic trace
    #[arg(long, default_value_t = 4.0, value_parser = hours)]
    pub hours: f64,
    /// Column of the times: RFC 3339, "YYYY-MM-DD HH:MM:SS" (UTC) or seconds [default: timestamp, time or the like]
    #[arg(long, value_name = "NAME", help_heading = "Trace")]
    pub time_column: Option<String>,
    /// Column of the service times
    #[arg(long, value_name = "NAME", help_heading = "Trace")]
    pub service_column: Option<String>,
    /// Seconds per unit of the service column
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, value_parser = positive, help_heading = "Trace")]
    pub service_scale: f64,
    /// Service time of all tasks, where there is no such column
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, value_parser = positive, help_heading = "Trace")]
    pub service_seconds: f64,
    /// Column of counts per interval: the arrivals are spread evenly over the time until the next row
    #[arg(long, value_name = "NAME", help_heading = "Trace")]
    pub count_column: Option<String>,
    /// Put the rows in order first
    #[arg(long, help_heading = "Trace")]
    pub sort: bool,
    /// Of start delays, heartbeats and synthetic traces
    #[arg(long, default_value_t = 7, help_heading = "Pool")]
    pub seed: u64,
    /// Wait in seconds that 95 % of the tasks are to stay within
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0, value_parser = positive, help_heading = "Pool")]
    pub objective: f64,
    /// From the order of a worker until it serves, in seconds, drawn evenly
    #[arg(long, value_name = "LEAST..MOST", default_value = "23..30", value_parser = range, help_heading = "Pool")]
    pub start_delay: (u64, u64),
    /// Fewest workers; rivals that can not go to none have at least one
    #[arg(long, value_name = "WORKERS", default_value_t = 0, help_heading = "Pool")]
    pub min_workers: u32,
    /// Most workers
    #[arg(long, value_name = "WORKERS", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=255), help_heading = "Pool")]
    pub max_workers: u32,
    /// Tasks that a worker executes side by side
    #[arg(long, value_name = "TASKS", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000), help_heading = "Pool")]
    pub concurrency: u32,
    /// Seconds between two samples of the queue
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0, value_parser = positive, help_heading = "Pool")]
    pub sampling: f64,
    /// Seconds from a sample to the decision that follows from it
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, value_parser = positive, help_heading = "Pool")]
    pub latency: f64,
    /// Print JSON instead of tables
    #[arg(long, help_heading = "Output")]
    pub json: bool,
    /// Write the JSON to a file as well
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub out: Option<PathBuf>,
    /// Draw demand and workers of each trace
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub svg: Option<PathBuf>,
}

/// Why a command line can not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// Nothing to replay.
    #[error("nothing to replay: give --trace FILE or --synthetic SHAPE")]
    NoTrace,
    /// Fewest above most.
    #[error("--min-workers {0} is more than --max-workers {1}")]
    Bounds(u32, u32),
    /// A decision that comes after the next sample.
    #[error("--latency must be less than --sampling: a decision follows from the newest sample")]
    Latency,
    /// A file.
    #[error(transparent)]
    Trace(#[from] Unreadable),
}

impl Replay {
    /// What all scalers have in common.
    ///
    /// # Errors
    /// If the options contradict each other.
    pub fn settings(&self) -> Result<Settings, Unusable> {
        if self.min_workers > self.max_workers {
            return Err(Unusable::Bounds(self.min_workers, self.max_workers));
        }
        if self.latency >= self.sampling {
            return Err(Unusable::Latency);
        }
        let milliseconds = |seconds: f64| (seconds * 1e3).round() as u64;
        Ok(Settings {
            seed: self.seed,
            concurrency: self.concurrency,
            bounds: Bounds { min: self.min_workers, max: self.max_workers },
            start_delay: self.start_delay,
            sampling: milliseconds(self.sampling),
            latency: milliseconds(self.latency),
            objective: milliseconds(self.objective),
        })
    }

    /// The traces, files first.
    ///
    /// # Errors
    /// If there is none, or one can not be read.
    pub fn traces(&self) -> Result<Vec<Trace>, Unusable> {
        let columns = Columns {
            time: self.time_column.clone(),
            service: self.service_column.clone(),
            service_scale: self.service_scale,
            service_seconds: self.service_seconds,
            count: self.count_column.clone(),
            sort: self.sort,
        };
        let files = self.trace.iter().map(|file| read(file, &columns));
        let made = self.synthetic.iter().map(|shape| shape.trace(self.seed, self.hours).map_err(Unreadable::from));
        let traces = files.chain(made).collect::<Result<Vec<_>, _>>()?;
        if traces.is_empty() { Err(Unusable::NoTrace) } else { Ok(traces) }
    }
}

fn positive(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| *number > 0.0 && number.is_finite());
    number.ok_or_else(|| "a number above 0 is needed".to_owned())
}

fn hours(text: &str) -> Result<f64, String> {
    positive(text).and_then(|hours| if (1.0..=100.0).contains(&hours) { Ok(hours) } else { Err("1 to 100 hours can be made".to_owned()) })
}

/// In milliseconds.
fn range(text: &str) -> Result<(u64, u64), String> {
    let (least, most) = text.split_once("..").unwrap_or((text, text));
    let seconds = |text: &str| text.parse::<f64>().ok().filter(|number| *number >= 0.0 && number.is_finite());
    match (seconds(least), seconds(most)) {
        (Some(least), Some(most)) if least <= most => Ok(((least * 1e3) as u64, (most * 1e3) as u64)),
        _ => Err("LEAST..MOST in seconds is needed, such as 23..30".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_become_settings_or_a_sentence() {
        let parse = |args: &str| Cli::try_parse_from(args.split(' ')).map(|cli| cli.replay).map_err(|fault| fault.to_string());
        let settings = |args: &str| parse(args).expect("it parses").settings().map_err(|fault| fault.to_string());
        let got = settings("backtest --trace x --start-delay 20..21.5 --objective 30 --max-workers 9").expect("settings");
        assert_eq!((got.start_delay, got.objective, got.bounds), ((20_000, 21_500), 30_000, Bounds { min: 0, max: 9 }));
        assert_eq!(settings("backtest --min-workers 9 --max-workers 3"), Err("--min-workers 9 is more than --max-workers 3".into()));
        assert!(settings("backtest --latency 10").is_err_and(|fault| fault.contains("less than --sampling")));
        for (args, fault) in [
            ("backtest --start-delay 30..23", "such as 23..30"),
            ("backtest --objective=-5", "a number above 0"),
            ("backtest --max-workers 256", "1..=255"),
            ("backtest generate noise", "daily"),
        ] {
            assert!(parse(args).is_err_and(|text| text.contains(fault)), "{args}");
        }
        assert!(matches!(parse("backtest").expect("it parses").traces(), Err(Unusable::NoTrace)));
    }
}

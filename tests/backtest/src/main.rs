//! `backtest`: from the command line to a report.

use std::fs::File;
use std::io::{BufWriter, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use backtest::args::{Cli, Command, Replay, Unusable};
use backtest::report::table::table;
use backtest::report::{Report, examine, steps};
use backtest::settings::Settings;
use backtest::trace::synthetic::write;
use backtest::trace::{Trace, Unfit};
use backtest::{chart, report};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Unusable(#[from] Unusable),
    #[error(transparent)]
    Unfit(#[from] Unfit),
    #[error("cannot write {0}")]
    Write(PathBuf, #[source] std::io::Error),
    #[error("cannot write to standard output")]
    Print(#[source] std::io::Error),
    #[error("cannot write the trace")]
    Csv(#[from] csv::Error),
    #[error("cannot write the report as JSON")]
    Json(#[from] serde_json::Error),
    #[error("cannot draw the chart")]
    Draw(#[from] chart::Undrawn),
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let mut chain = vec![failure.to_string()];
            let mut cause = std::error::Error::source(&failure);
            while let Some(one) = cause {
                chain.push(one.to_string());
                cause = one.source();
            }
            // Nothing is left to do if standard error is closed.
            let _ = writeln!(std::io::stderr(), "backtest: {}", chain.join(": "));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        Some(Command::Generate { shape, file, seed, hours }) => {
            let trace = shape.trace(seed, hours)?;
            match file {
                Some(file) => write(&trace, BufWriter::new(File::create(&file).map_err(|fault| Failure::Write(file, fault))?))?,
                None => write(&trace, stdout().lock())?,
            }
            Ok(())
        }
        None => replay(&cli.replay),
    }
}

fn replay(options: &Replay) -> Result<(), Failure> {
    let (settings, traces) = (options.settings()?, options.traces()?);
    let report = examine_all(&traces, &settings);
    let json = serde_json::to_string_pretty(&report)? + "\n";
    if let Some(file) = &options.out {
        save(file, &json)?;
    }
    if let Some(file) = &options.svg {
        save(file, &chart::draw(&traces, &report.traces, &settings)?)?;
    }
    let tables = || report.traces.iter().map(table).collect::<Vec<_>>().join("\n");
    let text = if options.json { json } else { tables() };
    stdout().lock().write_all(text.as_bytes()).map_err(Failure::Print)
}

fn examine_all(traces: &[Trace], settings: &Settings) -> Report {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}").unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(traces.iter().map(|trace| steps(trace, settings)).sum()).with_style(style);
    let examined = traces.iter().map(|trace| {
        bar.set_message(trace.name.clone());
        examine(trace, settings, &|| bar.inc(1))
    });
    let examined = examined.collect();
    bar.finish_and_clear();
    Report { settings: report::Circumstances::from(settings), traces: examined }
}

fn save(file: &Path, text: &str) -> Result<(), Failure> {
    let failed = |fault| Failure::Write(file.to_owned(), fault);
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(file, text).map_err(failed)
}

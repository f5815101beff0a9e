//! `make picture`: writes the picture of a converged tenant of MATE, drawn by the tool from the simulator's ledger, to a file.
//! A number of seconds after it shows the tenant so long after its event instead.

use std::path::PathBuf;
use std::process::ExitCode;

use caretaker::exit::CliError;
use caretaker::graph::graph;
use caretaker::read::Ledger;
use futures::executor::block_on;
use scenarios::begun::{Reader, asked};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().map(PathBuf::from);
    let seconds = arguments.next().and_then(|text| text.parse().ok());
    match drawn(file, seconds) {
        Ok(said) => {
            eprint!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}", error.line());
            ExitCode::FAILURE
        }
    }
}

fn drawn(file: Option<PathBuf>, seconds: Option<i64>) -> Result<String, CliError> {
    let scenario = asked("trial");
    match seconds {
        Some(seconds) => scenario.wait(seconds),
        None => scenario.rest(),
    }
    let ledger = Ledger { cloud: Reader(&scenario), table: "the simulator's".to_owned() };
    let (tenant, environment) = ("demo".parse()?, "dev".parse()?);
    Ok(block_on(graph(&ledger, Some(&tenant), Some(&environment), file.as_deref()))?.text)
}

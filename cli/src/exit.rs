//! What a verb comes to: its report, or its error, and the exit code that scripts go by.

use serde_json::Value;

mod advice;
mod error;

pub use error::CliError;

/// The exit codes, as `--help` documents them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, and all is well.
    Done = 0,
    /// It failed, or what was asked about is failed or degraded.
    NotAsWished = 1,
    /// The command line or a file says nothing that could be done.
    Usage = 2,
    /// There is no such tenant, proposal, override, incident, silence, dead letter or file.
    NotFound = 3,
}

/// What a verb has to say.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// For people.
    pub text: String,
    /// For scripts: the same as JSON.
    pub json: Value,
    /// For both.
    pub exit: Exit,
}

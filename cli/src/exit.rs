//! What a verb comes to: its report, or its error, and the exit code that scripts go by.

use std::error::Error;
use std::path::PathBuf;

use aws_adapters::operator::SOURCE;
use domain::blueprint::BadBlueprint;
use domain::failure::{CallError, Cause};
use domain::intent::Refusal;
use domain::paging::routes::BadRoutes;
use domain::tenant::BadWord;
use provision_tenant::book::BadBook;
use provision_tenant::event::BadEvent;
use serde_json::{Value, json};
use thiserror::Error;

use crate::consent::NotOrdered;

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

/// Why a verb could not be carried out.
#[derive(Debug, Error)]
pub enum CliError {
    /// The command line asks for what makes no sense.
    #[error("{0}")]
    Usage(String),
    /// What is remembered of a pool or a service is of newer code, or broken.
    #[error("{what} failed")]
    Remembered {
        /// What was tried.
        what: String,
        /// Why.
        #[source]
        source: domain::ledger::BadItem,
    },
    /// The SDK was told of no region.
    #[error("no AWS region is set")]
    NoRegion,
    /// A word of the command line.
    #[error("the command line was not understood")]
    Word(#[from] BadWord),
    /// The file of an event or a blueprint.
    #[error("{} cannot be read", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// An event that the function would refuse.
    #[error("{file} is no event that can be sent")]
    Event {
        /// Where it stands.
        file: String,
        /// Why.
        #[source]
        source: Box<BadEvent>,
    },
    /// An event that is not ours to send.
    #[error("{file} is no event that can be sent: {why}")]
    NotOurs {
        /// Where it stands.
        file: String,
        /// Why.
        why: String,
    },
    /// The function would drop the order.
    #[error("{owner}: the order would be refused")]
    Refused {
        /// Of whom.
        owner: String,
        /// Why.
        #[source]
        source: Refusal,
    },
    /// A person's word was for nothing, or was not given.
    #[error("{owner}: nothing was ordered")]
    NotOrdered {
        /// Of whom.
        owner: String,
        /// Why.
        #[source]
        source: NotOrdered,
    },
    /// No blueprint that this tool knows can meet the order.
    #[error("{owner}: the order can never be met: {reason}")]
    Impossible {
        /// Of whom.
        owner: String,
        /// Why.
        reason: String,
    },
    /// Nobody of that name is in the ledger.
    #[error("nothing is known of tenant {tenant} in {place}")]
    NoTenant {
        /// Its id.
        tenant: String,
        /// Where it was looked for.
        place: String,
    },
    /// No environment of that name is in the ledger.
    #[error("nothing is known of environment {0}")]
    NoEnvironment(String),
    /// A file that was to be written.
    #[error("{} cannot be written", path.display())]
    Unwritten {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A picture.
    #[error("the graph cannot be laid out")]
    Layout(#[from] dugong::LayoutError),
    /// No dead letter has that id.
    #[error("there is no dead letter {0}")]
    NoLetter(String),
    /// No incident has that id.
    #[error("nothing is known of an incident {0}")]
    NoIncident(String),
    /// A routing file is refused.
    #[error(transparent)]
    Routes(#[from] BadRoutes),
    /// A blueprint is refused.
    #[error(transparent)]
    Blueprint(#[from] BadBlueprint),
    /// The ledger.
    #[error("the ledger {table} was not read")]
    Ledger {
        /// Its table.
        table: String,
        /// Why.
        #[source]
        source: Box<BadBook>,
    },
    /// AWS.
    #[error("{what} failed")]
    Call {
        /// What was tried, and where.
        what: String,
        /// Why.
        #[source]
        source: CallError,
    },
    /// Nothing came back in time.
    #[error("{what} after {seconds} s")]
    TimedOut {
        /// What has not happened.
        what: String,
        /// How long it was waited for.
        seconds: u64,
        /// What to do.
        advice: String,
    },
}

impl CliError {
    /// Its exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) | Self::NoRegion | Self::Word(_) | Self::Event { .. } | Self::NotOurs { .. } => Exit::Usage,
            Self::NotOrdered { source, .. } => source.exit(),
            Self::File { source, .. } if source.kind() != std::io::ErrorKind::NotFound => Exit::Usage,
            Self::NoTenant { .. } | Self::NoEnvironment(_) | Self::NoLetter(_) | Self::NoIncident(_) | Self::File { .. } => Exit::NotFound,
            _ => Exit::NotAsWished,
        }
    }

    /// What to do about it.
    pub fn advice(&self) -> String {
        match self {
            Self::Usage(_) | Self::Word(_) => "see caretaker --help".to_owned(),
            Self::NoRegion => "set AWS_REGION, or AWS_PROFILE to a profile that names one".to_owned(),
            Self::File { .. } => "name a file that can be read, or - for standard input".to_owned(),
            Self::Event { .. } => "mend the event; events/ has one example per case".to_owned(),
            Self::NotOurs { .. } => format!("this tool sends tenant-created, -updated, -deleted and -privileged, as {SOURCE}"),
            Self::NotOrdered { source, .. } => source.advice().to_owned(),
            Self::Refused { .. } => "look with caretaker status and send a higher version".to_owned(),
            Self::Impossible { .. } => "mend the event, or add --skip-blueprint-check if the functions are newer than this tool".to_owned(),
            Self::NoTenant { .. } => "caretaker status lists all tenants".to_owned(),
            Self::NoEnvironment(_) => "caretaker status lists all environments".to_owned(),
            Self::Unwritten { .. } => "name a file in a folder that is there and that you may write to".to_owned(),
            Self::Layout(_) => "look with caretaker status, which needs no picture".to_owned(),
            Self::NoLetter(_) => "caretaker dlq list shows them all".to_owned(),
            Self::NoIncident(_) => "caretaker incidents --all shows what is open and what was lately".to_owned(),
            Self::Routes(_) => "mend the key; paging/README.md has every key".to_owned(),
            Self::Blueprint(_) => "mend the key; blueprints/README.md has the schema".to_owned(),
            Self::Call { source, .. } => of_cause(source.cause).to_owned(),
            Self::Ledger { source, .. } => match &**source {
                BadBook::Call(_, source) => of_cause(source.cause).to_owned(),
                BadBook::Item(..) => "use a tool as new as the functions".to_owned(),
            },
            Self::Remembered { .. } => "use a tool as new as the functions".to_owned(),
            Self::TimedOut { advice, .. } => advice.clone(),
        }
    }

    /// In one line: what, where, why, and what to do.
    pub fn line(&self) -> String {
        format!("{}; {}", chain(self), self.advice())
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        json!({ "error": chain(self), "advice": self.advice(), "exit": self.exit() as u8 })
    }
}

fn of_cause(cause: Cause) -> &'static str {
    match cause {
        Cause::Denied => "check the credentials and that your role has this right",
        Cause::NotFound => {
            "check AWS_REGION and --stack, or take the names from aws cloudformation describe-stacks --stack-name STACK --query 'Stacks[0].Outputs'"
        }
        Cause::Unavailable | Cause::TimedOut => "check AWS_REGION, AWS_ENDPOINT_URL, the credentials and the network, and try again",
        Cause::Throttled => "try again in a minute",
        _ => "see what AWS says",
    }
}

/// An error and its causes on one line. A cause that its error has told already is not told again.
fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !line.contains(&text) {
            line = format!("{line}: {text}");
        }
        next = cause.source();
    }
    line.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_line_that_ends_in_what_to_do() {
        let source = CallError::new("dynamodb.ReadOwner", Cause::NotFound, "ResourceNotFoundException: no such table");
        let owner = "tenant#dev#demo".parse().unwrap();
        let error = CliError::Ledger { table: "caretaker-ledger".into(), source: Box::new(BadBook::Call(owner, source)) };
        let line = error.line();
        assert!(
            line.starts_with("the ledger caretaker-ledger was not read: the ledger of tenant#dev#demo was not read: dynamodb."),
            "{line}"
        );
        assert!(line.contains("; check AWS_REGION and --stack") && !line.contains('\n'), "{line}");
    }

    #[test]
    fn scripts_can_tell_errors_apart_by_the_exit_code() {
        let check = |error: CliError, expected: Exit| assert_eq!(error.exit(), expected, "{error}");
        let file = |kind: std::io::ErrorKind| CliError::File { path: "x.json".into(), source: kind.into() };
        check(CliError::Usage("x".into()), Exit::Usage);
        check(file(std::io::ErrorKind::NotFound), Exit::NotFound);
        check(file(std::io::ErrorKind::PermissionDenied), Exit::Usage);
        check(CliError::NoTenant { tenant: "demo".into(), place: "dev".into() }, Exit::NotFound);
        check(CliError::NoIncident("prod-x".into()), Exit::NotFound);
        check(CliError::NoLetter("1".into()), Exit::NotFound);
        check(CliError::NotOrdered { owner: "demo".into(), source: NotOrdered::NoneOpen }, Exit::NotFound);
        check(CliError::Refused { owner: "demo".into(), source: Refusal::Stale { version: 1, current: 2 } }, Exit::NotAsWished);
        check(CliError::TimedOut { what: "x".into(), seconds: 1, advice: String::new() }, Exit::NotAsWished);
    }
}

//! What an error comes to: its exit code, what to do about it, and how both are told.

use std::error::Error;

use aws_adapters::operator::SOURCE;
use domain::failure::Cause;
use provision_tenant::book::BadBook;
use serde_json::{Value, json};

use super::{CliError, Exit};

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
mod tests;

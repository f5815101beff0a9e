//! What a person says to paging, and what a person asks of it.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, Subcommand};
use domain::incident::Severity;
use domain::paging::id::is_incident;
use domain::paging::labels::{Label, Labels};
use domain::tenant::{BadWord, EnvironmentName, TenantId};
use jiff::Timestamp;

use super::wait::seconds;
use crate::silence::matcher;

/// What is to be explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Explained {
    /// A tenant.
    Tenant(TenantId),
    /// An incident.
    Incident(String),
    /// The incident of this id, or the tenant if there is no such incident.
    Either(TenantId),
}

impl FromStr for Explained {
    type Err = BadWord;

    fn from_str(text: &str) -> Result<Self, BadWord> {
        match (is_incident(text), text.parse()) {
            (true, Ok(tenant)) => Ok(Self::Either(tenant)),
            (true, Err(_)) => Ok(Self::Incident(text.to_owned())),
            (false, tenant) => tenant.map(Self::Tenant),
        }
    }
}

/// Somebody has an incident, or has it no more.
#[derive(Debug, Args)]
pub struct AckArguments {
    /// The incident's id
    #[arg(value_parser = incident)]
    pub incident: String,
    /// Who has it
    #[arg(long, env = "USER", hide_env_values = true, default_value = "")]
    pub by: String,
    /// Nobody has it any more: it is told again, and escalates
    #[arg(long)]
    pub give_back: bool,
    /// Do not ask: it is meant
    #[arg(short, long)]
    pub yes: bool,
}

/// Silences.
#[derive(Debug, Subcommand)]
pub enum SilenceVerb {
    /// List those that stand
    List {
        /// dev, staging or prod; without it all
        #[arg(short, long)]
        environment: Option<EnvironmentName>,
    },
    /// Be silent about something for a while, once it was shown and a person has said yes
    #[command(
        after_help = "Examples:\n  caretaker silence add --environment dev --match tenant=demo --match severity=warning --for 2h --reason 'load test'\n  caretaker silence add -e prod --match 'name=~mate-demo-.*' --for 30m --reason 'new disk' --yes\n\nLabels: severity, environment, tenant, tier, service, producer, name, resource, kind, blueprint.\nA text may be !text (any other), ~pattern (what it matches as a whole) or !~pattern."
    )]
    Add(AddSilence),
    /// End one: what it kept quiet and is still so is told
    #[command(after_help = "Example:\n  caretaker silence end 0k3c9v4a7d2f")]
    End(EndSilence),
}

/// What is not to be told, and until when.
#[derive(Debug, Args)]
pub struct AddSilence {
    /// dev, staging or prod
    #[arg(short, long)]
    pub environment: EnvironmentName,
    /// What is not told: all of these must fit; of one label any
    #[arg(long = "match", value_name = "LABEL=TEXT", required = true, value_parser = matcher)]
    pub matchers: Vec<(Label, String)>,
    /// How long: 30m, 2h
    #[arg(long = "for", value_name = "DURATION", value_parser = length)]
    pub length: Duration,
    /// Why
    #[arg(long)]
    pub reason: String,
    /// Who wants it so
    #[arg(long, env = "USER", hide_env_values = true, default_value = "")]
    pub by: String,
    /// Do not ask: it is meant
    #[arg(short, long)]
    pub yes: bool,
}

/// The end of a silence.
#[derive(Debug, Args)]
pub struct EndSilence {
    /// Its id
    pub id: String,
    /// dev, staging or prod; without it wherever it stands
    #[arg(short, long)]
    pub environment: Option<EnvironmentName>,
    /// Who ends it
    #[arg(long, env = "USER", hide_env_values = true, default_value = "")]
    pub by: String,
    /// Do not ask: it is meant
    #[arg(short, long)]
    pub yes: bool,
}

/// Routes.
#[derive(Debug, Subcommand)]
pub enum RoutesVerb {
    /// Check a routing file, as the functions do when they start
    Check {
        /// The TOML file, - for standard input; without it the one that this tool was built with
        file: Option<PathBuf>,
    },
    /// Print the JSON schema of routing files, for editors
    Schema,
    /// Tell who would be told of something, when, and who next
    #[command(
        after_help = "Examples:\n  caretaker routes test --severity critical --environment prod\n  caretaker routes test --severity warning --environment dev --tenant demo --at 2026-12-24T23:00:00Z"
    )]
    Test(Box<TestArguments>),
}

/// Something of which somebody would be told.
#[derive(Debug, Args)]
pub struct TestArguments {
    /// critical, warning or info
    #[arg(long, value_parser = severity)]
    pub severity: Severity,
    /// dev, staging or prod
    #[arg(short, long)]
    pub environment: Option<EnvironmentName>,
    /// The tenant's id
    #[arg(long)]
    pub tenant: Option<TenantId>,
    /// What it has bought
    #[arg(long)]
    pub tier: Option<String>,
    /// The service's name
    #[arg(long)]
    pub service: Option<String>,
    /// Where the signal comes from, such as alarm or health
    #[arg(long)]
    pub producer: Option<String>,
    /// The signal's name, such as an alarm's
    #[arg(long)]
    pub name: Option<String>,
    /// The resource's id in the blueprint
    #[arg(long)]
    pub resource: Option<String>,
    /// The resource's kind, such as rds-instance
    #[arg(long)]
    pub kind: Option<String>,
    /// The blueprint's name
    #[arg(long)]
    pub blueprint: Option<String>,
    /// When: 2026-12-24T23:00:00Z [now]
    #[arg(long)]
    pub at: Option<Timestamp>,
    /// A routing file, - for standard input [the one that this tool was built with]
    #[arg(short, long)]
    pub file: Option<PathBuf>,
}

impl TestArguments {
    /// What is said of it.
    pub fn labels(&self) -> Labels {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let said = [
            (Label::Environment, self.environment.as_ref().map(ToString::to_string).unwrap_or_default()),
            (Label::Tenant, self.tenant.as_ref().map(ToString::to_string).unwrap_or_default()),
            (Label::Tier, text(&self.tier)),
            (Label::Service, text(&self.service)),
            (Label::Producer, text(&self.producer)),
            (Label::Name, text(&self.name)),
            (Label::Resource, text(&self.resource)),
            (Label::Kind, text(&self.kind)),
            (Label::Blueprint, text(&self.blueprint)),
        ];
        said.iter().fold(Labels::default().of(self.severity), |labels, (label, text)| labels.with(*label, text))
    }
}

/// A look at whether the pager would reach anybody.
#[derive(Debug, Args)]
pub struct DoctorArguments {
    /// ARN or name of the secret with the receivers' keys [skipped]: output ReceiversSecretArn of the stack
    #[arg(long, env = "RECEIVERS_SECRET", hide_env_values = true)]
    pub receivers_secret: Option<String>,
}

fn incident(text: &str) -> Result<String, String> {
    match is_incident(text) {
        true => Ok(text.to_owned()),
        false => Err(format!("{text:?} is no incident's id, such as prod-0k3c9v4a7d2f")),
    }
}

fn length(text: &str) -> Result<Duration, String> {
    match seconds(text)? {
        length if length.is_zero() => Err("a silence lasts a while".to_owned()),
        length => Ok(length),
    }
}

fn severity(text: &str) -> Result<Severity, String> {
    Severity::read(text).ok_or_else(|| format!("{text:?} is none of critical, warning, info"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_told_from_an_incident_by_its_id() {
        let tenant = |id: &str| id.parse::<TenantId>().unwrap();
        let check = |text: &str, expected: Option<Explained>| assert_eq!(text.parse().ok(), expected, "{text}");
        check("demo", Some(Explained::Tenant(tenant("demo"))));
        check("prod-0k3c9v4a7d2f", Some(Explained::Incident("prod-0k3c9v4a7d2f".into())));
        check("0k3c9v4a7d2f", Some(Explained::Incident("0k3c9v4a7d2f".into())));
        check("peterandbeth", Some(Explained::Either(tenant("peterandbeth"))));
        check("De_mo", None);
        // There is no l in an incident's id, and no tenant is called by an environment.
        check("prod-0k3c9v4a7d2l", None);
    }
}

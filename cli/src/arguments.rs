//! The command line.

mod event;
mod paging;
mod remediation;
mod wait;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use domain::tenant::{EnvironmentName, TenantId};

pub use self::event::{EventArguments, When};
pub use self::paging::{AckArguments, AddSilence, DoctorArguments, EndSilence, Explained, RoutesVerb, SilenceVerb, TestArguments};
pub use self::remediation::{ApproveArguments, ClearArguments, OverrideVerb, Sort};
pub use self::wait::WaitArguments;
use self::wait::seconds;
use crate::settings::Places;

const EXAMPLES: &str = "\
Examples:
  caretaker status                                  all tenants: who is not ready, and why
  caretaker status demo                             everything about one
  caretaker graph demo --output demo.svg            its resources as a picture
  caretaker plan -f events/tenant-created.json      what an event would do, and what it would cost
  caretaker plan --tenant demo --tier standard      the same for a change of the present intent
  caretaker apply -f events/tenant-created.json --wait
  caretaker retry demo                              try again what has failed
  caretaker explain demo                            why so many workers; what was done about services that failed
  caretaker approve demo                            approve of a repair that Caretaker asks for
  caretaker incidents                               what is open, how bad it is, and who has it
  caretaker ack prod-0k3c9v4a7d2f                   take an incident on
  caretaker explain prod-0k3c9v4a7d2f               why somebody was told of it, or nobody
  caretaker dlq list                                events that could not be handled, with why

Exit codes:
  0  done                                 2  the command line or a file makes no sense
  1  failed, or what was asked about is   3  there is no such tenant, proposal, override,
     failed, degraded or ill, or             incident, silence, dead letter or file
     critical and nobody has it

AWS region, credentials and endpoint are the SDK's own: AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL. NO_COLOR=1 leaves out colours.";

/// Takes care of the tenants of a SaaS on AWS: looks at the ledger, puts events, redrives dead letters
#[derive(Debug, Parser)]
#[command(name = "caretaker", version, after_help = EXAMPLES, arg_required_else_help = true, max_term_width = 120)]
pub struct Arguments {
    /// What to do
    #[command(subcommand)]
    pub verb: Verb,
    /// Print JSON, errors too
    #[arg(long, global = true)]
    pub json: bool,
    /// Where things are
    #[command(flatten)]
    pub places: Places,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Show all tenants, or everything about one; exit 1 if one shown is failed or degraded
    #[command(
        after_help = "Examples:\n  caretaker status\n  caretaker status demo --environment dev\n  caretaker status --json | jq '.tenants[] | select(.phase == \"failed\")'"
    )]
    Status {
        /// Its id; without it all tenants
        tenant: Option<TenantId>,
        /// dev, staging or prod; without it wherever the tenant stands
        #[arg(short, long)]
        environment: Option<EnvironmentName>,
    },
    /// Draw what a tenant or a base consists of and how each resource stands, as SVG
    #[command(
        after_help = "Examples:\n  caretaker graph demo --environment dev --output demo.svg\n  caretaker graph demo > demo.svg\n  caretaker graph --environment dev --output base.svg\n\nA picture that could be drawn is done, exit code 0, however its owner stands."
    )]
    Graph {
        /// Its id; without it the base of the environment
        #[arg(required_unless_present = "environment")]
        tenant: Option<TenantId>,
        /// dev, staging or prod; without it wherever the tenant stands
        #[arg(short, long)]
        environment: Option<EnvironmentName>,
        /// File to write the picture to [standard output]
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// Ask what an event would do, without doing it
    #[command(
        after_help = "Examples:\n  caretaker plan -f events/tenant-updated.json\n  caretaker plan --tenant demo --tier standard\n  caretaker plan --tenant demo --delete"
    )]
    Plan {
        /// The event
        #[command(flatten)]
        event: EventArguments,
        /// How long to wait for the answer: 30, 90s, 5m
        #[arg(long, default_value = "90s", value_parser = seconds)]
        timeout: Duration,
    },
    /// Put an event on the bus
    #[command(
        after_help = "Examples:\n  caretaker apply -f events/tenant-created.json --wait\n  caretaker apply -f detail.json --type tenant-updated\n  caretaker apply --tenant demo --tier standard --wait"
    )]
    Apply {
        /// The event
        #[command(flatten)]
        event: EventArguments,
        /// Send it even if no blueprint that this tool knows can meet it
        #[arg(long)]
        skip_blueprint_check: bool,
        /// Whether to wait
        #[command(flatten)]
        wait: WaitArguments,
    },
    /// Tell why a tenant has as many workers as it has and what was done about its services, or why an incident was told or not
    #[command(
        after_help = "Examples:\n  caretaker explain demo\n  caretaker explain demo --json > decision.json && caretaker replay decision.json\n  caretaker explain prod-0k3c9v4a7d2f"
    )]
    Explain {
        /// A tenant's id, or an incident's
        #[arg(value_name = "TENANT_OR_INCIDENT")]
        explained: Explained,
        /// dev, staging or prod; without it wherever the tenant stands. An incident's id says where it is
        #[arg(short, long)]
        environment: Option<EnvironmentName>,
    },
    /// Make logged decisions about workers again, from their inputs; exit 1 if one comes out otherwise
    #[command(
        after_help = "Examples:\n  aws logs tail /aws/lambda/caretaker-scale-workers --format short | caretaker replay -\n  caretaker replay decision.json"
    )]
    Replay {
        /// A log, or what `explain --json` prints; - for standard input
        file: PathBuf,
    },
    /// Try again what has failed, make again what has vanished
    Retry(PrivilegedArguments),
    /// Change nothing of a tenant until resumed
    Pause(PrivilegedArguments),
    /// Let a paused tenant go on
    Resume(PrivilegedArguments),
    /// Approve of a repair that Caretaker asks for, once it was shown and a person has said yes
    #[command(
        after_help = "Examples:\n  caretaker approve demo --environment dev\n  caretaker approve demo 01K00000000000000000000001 --yes"
    )]
    Approve(ApproveArguments),
    /// Overrides: what remediation has laid over a tenant's blueprint
    Override {
        /// What to do with them
        #[command(subcommand)]
        act: OverrideVerb,
    },
    /// List open incidents, worst and oldest first; exit 1 if a critical one is open and nobody has it
    #[command(
        after_help = "Examples:\n  caretaker incidents\n  caretaker incidents --environment prod --all\n  caretaker incidents --json | jq '.incidents[] | select(.severity == \"critical\")'"
    )]
    Incidents {
        /// dev, staging or prod; without it all, and what is of none
        #[arg(short, long)]
        environment: Option<EnvironmentName>,
        /// Those that were over lately too
        #[arg(long)]
        all: bool,
    },
    /// Take an incident on, or give it back, once it was shown and a person has said yes
    #[command(
        after_help = "Examples:\n  caretaker ack prod-0k3c9v4a7d2f\n  caretaker ack prod-0k3c9v4a7d2f --by amy --yes\n  caretaker ack prod-0k3c9v4a7d2f --give-back"
    )]
    Ack(AckArguments),
    /// Silences: what nobody is told of for a while
    Silence {
        /// What to do with them
        #[command(subcommand)]
        act: SilenceVerb,
    },
    /// Routes: who is told of what, how and when
    Routes {
        /// What to do with them
        #[command(subcommand)]
        act: RoutesVerb,
    },
    /// Look whether the pager would reach anybody, and tell what to do if not; exit 1 if something is ill
    #[command(
        after_help = "Examples:\n  caretaker doctor\n  caretaker doctor --receivers-secret arn:aws:secretsmanager:us-east-1:123456789012:secret:ReceiversSecret-x"
    )]
    Doctor(DoctorArguments),
    /// Dead letters: events that could not be handled or handed over
    Dlq {
        /// What to do with them
        #[command(subcommand)]
        act: DlqVerb,
    },
    /// Blueprints: the data that says which resources a tenant has
    Blueprint {
        /// What to do with one
        #[command(subcommand)]
        act: BlueprintVerb,
    },
}

/// A privileged order.
#[derive(Debug, Args)]
pub struct PrivilegedArguments {
    /// The tenant's id
    pub tenant: TenantId,
    /// dev, staging or prod; without it wherever the tenant stands
    #[arg(short, long)]
    pub environment: Option<EnvironmentName>,
    /// Whether to wait
    #[command(flatten)]
    pub wait: WaitArguments,
}

/// Dead letters.
#[derive(Debug, Subcommand)]
pub enum DlqVerb {
    /// List them, with why they are there
    List,
    /// Send them to the tenant queue once more
    #[command(after_help = "Examples:\n  caretaker dlq redrive --id 5fea7756-0ea4-451a-a703-a558b933e274\n  caretaker dlq redrive --all")]
    Redrive {
        /// Those of these ids
        #[arg(long, required_unless_present = "all", conflicts_with = "all")]
        id: Vec<String>,
        /// All
        #[arg(long)]
        all: bool,
    },
}

/// Blueprints.
#[derive(Debug, Subcommand)]
pub enum BlueprintVerb {
    /// Check one for every tier and environment, as the functions do when they start
    Check {
        /// The TOML file, - for standard input
        file: PathBuf,
    },
    /// Print the JSON schema of blueprints, for editors
    Schema,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn what_a_verb_needs_is_asked_for_and_what_contradicts_itself_is_refused() {
        let check = |line: &str, expected: bool| {
            let parsed = Arguments::try_parse_from(line.split_whitespace());
            assert_eq!(parsed.is_ok(), expected, "{line}");
        };
        check("caretaker plan -f x.json", true);
        check("caretaker plan --tenant demo --tier standard", true);
        check("caretaker plan", false);
        check("caretaker plan -f x.json --tenant demo", false);
        check("caretaker plan -f x.json --tier standard", false);
        check("caretaker apply --tenant demo --delete --tier trial", false);
        check("caretaker apply -f x.json --type tenant-created --wait --timeout 1h --json", true);
        check("caretaker status De_mo", false);
        check("caretaker dlq redrive", false);
        check("caretaker graph", false);
        check("caretaker graph demo", true);
        check("caretaker explain", false);
        check("caretaker explain demo -e dev", true);
        check("caretaker explain prod-0k3c9v4a7d2f", true);
        check("caretaker explain Prod-0k3c9v4a7d2f", false);
        check("caretaker incidents", true);
        check("caretaker incidents -e prod --all --json", true);
        check("caretaker incidents demo", false);
        check("caretaker ack", false);
        check("caretaker ack demo", false);
        check("caretaker ack prod-0k3c9v4a7d2f --by amy -y", true);
        check("caretaker ack 0k3c9v4a7d2f --give-back", true);
        check("caretaker silence", false);
        check("caretaker silence list -e dev", true);
        check("caretaker silence add -e dev --match tenant=demo --match severity=!info --for 2h --reason x", true);
        check("caretaker silence add -e dev --for 2h --reason x", false);
        check("caretaker silence add -e dev --match tennant=demo --for 2h --reason x", false);
        check("caretaker silence add -e dev --match tenant=demo --for 0 --reason x", false);
        check("caretaker silence add --match tenant=demo --for 2h --reason x", false);
        check("caretaker silence end", false);
        check("caretaker silence end 0k3c9v4a7d2f --yes", true);
        check("caretaker routes check", true);
        check("caretaker routes check routes.toml", true);
        check("caretaker routes schema", true);
        check("caretaker routes test", false);
        check("caretaker routes test --severity critical -e prod --tenant demo --at 2026-12-24T23:00:00Z", true);
        check("caretaker routes test --severity loud", false);
        check("caretaker routes test --severity info --at tomorrow", false);
        check("caretaker doctor --receivers-secret x", true);
        check("caretaker replay -", true);
        check("caretaker approve", false);
        check("caretaker approve demo", true);
        check("caretaker approve demo 01J --environment dev --yes", true);
        check("caretaker approve demo -e moon", false);
        check("caretaker override", false);
        check("caretaker override list demo -e dev --json", true);
        check("caretaker override list demo --yes", false);
        check("caretaker override clear demo", false);
        check("caretaker override clear demo django -y", true);
        check("caretaker override clear demo django floor -e dev", true);
        check("caretaker override clear demo django ceiling", false);
        check("caretaker graph --environment dev --output base.svg", true);
        check("caretaker dlq redrive --id a --all", false);
        check("caretaker dlq redrive --id a --id b", true);
    }
}

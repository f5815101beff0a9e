//! What a person says to remediation: a word for a proposal, the end of an override.

use clap::{Args, Subcommand, ValueEnum};
use domain::tenant::{EnvironmentName, TenantId};

/// A word for what Caretaker would do.
#[derive(Debug, Args)]
pub struct ApproveArguments {
    /// The tenant's id
    pub tenant: TenantId,
    /// The proposal's id, as the incident names it; without it the only one that is open
    pub proposal: Option<String>,
    /// dev, staging or prod; without it wherever the tenant stands
    #[arg(short, long)]
    pub environment: Option<EnvironmentName>,
    /// Do not ask: it is meant
    #[arg(short, long)]
    pub yes: bool,
}

/// Overrides.
#[derive(Debug, Subcommand)]
pub enum OverrideVerb {
    /// List all that stand
    List {
        /// The tenant's id
        tenant: TenantId,
        /// dev, staging or prod; without it wherever the tenant stands
        #[arg(short, long)]
        environment: Option<EnvironmentName>,
    },
    /// Clear one: what stands still is brought back, and all else is as the blueprint says again
    #[command(
        after_help = "Examples:\n  caretaker override clear demo django --environment dev\n  caretaker override clear demo django floor --yes"
    )]
    Clear(ClearArguments),
}

/// The end of an override.
#[derive(Debug, Args)]
pub struct ClearArguments {
    /// The tenant's id
    pub tenant: TenantId,
    /// The blueprint's resource that it is laid over, such as django
    pub resource: String,
    /// Its sort; without it the only one there is
    pub sort: Option<Sort>,
    /// dev, staging or prod; without it wherever the tenant stands
    #[arg(short, long)]
    pub environment: Option<EnvironmentName>,
    /// Do not ask: it is meant
    #[arg(short, long)]
    pub yes: bool,
}

/// What is laid over a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Sort {
    /// The least size of its tasks
    Floor,
    /// An image that runs instead of a bad one
    Pin,
    /// The count that it is held at
    Hold,
}

impl Sort {
    /// The word for it, as [`domain::remediation::overlay::Lays::sort`] has it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Pin => "pin",
            Self::Hold => "hold",
        }
    }
}

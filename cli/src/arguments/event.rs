//! Where an event comes from: a file, or flags.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use domain::order::Apply;
use domain::tenant::{EnvironmentName, TenantId};

use crate::event_file::Wanted;

/// Where the event comes from.
#[derive(Debug, Args)]
pub struct EventArguments {
    /// File of the event: the whole envelope, or the detail with --type; - for standard input
    #[arg(short, long, required_unless_present = "tenant", conflicts_with = "tenant")]
    pub file: Option<PathBuf>,
    /// Detail-type of a bare detail: tenant-created, tenant-updated, tenant-deleted, tenant-privileged
    #[arg(long = "type", requires = "file")]
    pub detail_type: Option<String>,
    /// Build the event: the tenant's id
    #[arg(long, help_heading = HEADING)]
    pub tenant: Option<TenantId>,
    /// dev, staging or prod
    #[arg(short, long, requires = "tenant", conflicts_with = "file", help_heading = HEADING)]
    pub environment: Option<EnvironmentName>,
    /// The blueprint's name
    #[arg(long, requires = "tenant", conflicts_with = "file", help_heading = HEADING)]
    pub blueprint: Option<String>,
    /// The size
    #[arg(long, requires = "tenant", conflicts_with = "file", help_heading = HEADING)]
    pub tier: Option<String>,
    /// Tag of the first image
    #[arg(long, requires = "tenant", conflicts_with = "file", help_heading = HEADING)]
    pub image: Option<String>,
    /// When changes that interrupt are made
    #[arg(long, requires = "tenant", conflicts_with = "file", help_heading = HEADING)]
    pub apply: Option<When>,
    /// With an option of the blueprint, such as hipaa
    #[arg(long = "option", value_name = "OPTION", requires = "tenant", conflicts_with = "file", help_heading = HEADING)]
    pub options: Vec<String>,
    /// Without an option that it has
    #[arg(long, value_name = "OPTION", requires = "tenant", conflicts_with = "file", help_heading = HEADING)]
    pub without: Vec<String>,
    /// The tenant shall go; its data is kept
    #[arg(long, requires = "tenant", conflicts_with_all = ["file", "blueprint", "tier", "image", "apply", "options", "without"], help_heading = HEADING)]
    pub delete: bool,
    /// Version of the intent [the next one]
    #[arg(long, requires = "tenant", conflicts_with = "file", help_heading = HEADING)]
    pub version: Option<u64>,
}

const HEADING: &str = "Event built from flags; what is left out is taken from the present intent";

impl EventArguments {
    /// What the flags ask for.
    pub fn wanted(&self) -> Wanted {
        let apply = self.apply.map(|when| match when {
            When::Now => Apply::Now,
            When::Window => Apply::Window,
        });
        Wanted {
            blueprint: self.blueprint.clone(),
            tier: self.tier.clone(),
            image: self.image.clone(),
            apply,
            options: self.options.clone(),
            without: self.without.clone(),
            delete: self.delete,
            version: self.version,
        }
    }
}

/// When changes that interrupt are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// At once
    Now,
    /// In the maintenance window
    Window,
}

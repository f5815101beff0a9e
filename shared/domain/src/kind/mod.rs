//! The kinds of resource: for each its properties, what we see of it, and what follows from the difference.
//!
//! A kind is one file here (rules), one file in the AWS adapters (calls), one variant in [`Desired`] and [`Detail`].

pub mod database;
pub mod file_system;
pub mod secret;
pub mod service;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::graph::Outputs;
use crate::name::NameRule;
use crate::observed::Observed;
use crate::plan::{Change, Departure, Difference, Fate, Judgement, Removal};
use crate::resource::Resource;

/// A kind with the properties that a resource of it should have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Desired {
    /// A secret of Secrets Manager.
    Secret(secret::Secret),
    /// An EFS file system with its mount targets.
    EfsFileSystem(file_system::FileSystem),
    /// An RDS instance.
    RdsInstance(database::Database),
    /// An ECS task definition with its service.
    EcsService(service::Service),
}

/// What we see of a resource beyond its identity, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Detail {
    /// A secret.
    Secret(secret::SecretSeen),
    /// A file system.
    EfsFileSystem(file_system::FileSystemSeen),
    /// A database.
    RdsInstance(database::DatabaseSeen),
    /// A service.
    EcsService(service::ServiceSeen),
}

impl Desired {
    /// The kind's name in blueprints and records.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Secret(_) => "secret",
            Self::EfsFileSystem(_) => "efs-file-system",
            Self::RdsInstance(_) => "rds-instance",
            Self::EcsService(_) => "ecs-service",
        }
    }

    /// What AWS allows as a name of the kind.
    pub fn name_rule(&self) -> NameRule {
        match self {
            Self::Secret(_) => secret::NAME,
            Self::EfsFileSystem(_) => file_system::NAME,
            Self::RdsInstance(_) => database::NAME,
            Self::EcsService(_) => service::NAME,
        }
    }

    /// The properties that AWS fixes at creation, for the token.
    pub fn fixed(&self) -> Vec<&str> {
        match self {
            Self::Secret(_) => Vec::new(),
            Self::EfsFileSystem(file_system) => file_system.fixed(),
            Self::RdsInstance(database) => vec![&database.engine],
            Self::EcsService(service) => vec![&service.cluster],
        }
    }

    /// How long a creation usually takes until it is ready, and a change; paces the polls between events.
    ///
    /// A database's creation is the median of 22 public Terraform logs (362 s) and its first backup (45 s); the others are estimates.
    pub fn usual(&self, change: &Change) -> Duration {
        let seconds = match (self, change) {
            (Self::RdsInstance(_), Change::Create) => 362 + 45,
            (Self::RdsInstance(_), Change::Remove(Removal::DeleteDatabase { final_snapshot: None })) => 240,
            // The snapshot of a small instance comes first.
            (Self::RdsInstance(_), Change::Remove(_)) => 120 + 240,
            (Self::RdsInstance(_), _) => 540,
            (Self::EcsService(_), Change::Remove(_)) => 35,
            (Self::EcsService(_), _) => 55,
            // Of the file system itself; its mount targets come afterwards, as a change, and go before it.
            (Self::EfsFileSystem(_), Change::Create | Change::Remove(Removal::DeleteFileSystem)) => 6,
            (Self::EfsFileSystem(_), Change::Remove(_)) => 60,
            (Self::EfsFileSystem(_), _) => 90,
            (Self::Secret(_), _) => 1,
        };
        Duration::from_secs(seconds)
    }
}

/// Compares a resource that stands on AWS and is ours with what it should be.
pub fn judge(resource: &Resource, observed: &Observed, outputs: &Outputs) -> Judgement {
    match (&resource.desired, &observed.detail) {
        (Desired::Secret(_), Detail::Secret(seen)) => secret::judge(seen),
        (Desired::EfsFileSystem(desired), Detail::EfsFileSystem(seen)) => file_system::judge(desired, seen),
        (Desired::RdsInstance(desired), Detail::RdsInstance(seen)) => database::judge(desired, seen),
        (Desired::EcsService(desired), Detail::EcsService(seen)) => service::judge(resource, desired, seen, outputs),
        (desired, _) => Judgement::conflict(format!("it is seen as another kind than {}", desired.kind())),
    }
}

/// The next act on the way of a resource that shall go.
pub fn depart(resource: &Resource, observed: &Observed, fate: Fate) -> Departure {
    match (&resource.desired, &observed.detail) {
        (Desired::Secret(_), Detail::Secret(seen)) => secret::depart(seen, fate),
        (Desired::EfsFileSystem(_), Detail::EfsFileSystem(seen)) => file_system::depart(resource, seen, fate),
        (Desired::RdsInstance(desired), Detail::RdsInstance(seen)) => database::depart(resource, desired, seen, fate),
        (Desired::EcsService(_), Detail::EcsService(seen)) => service::depart(seen),
        (desired, _) => Departure::Blocked(format!("it is seen as another kind than {}", desired.kind())),
    }
}

/// What others may use of a resource: its ARN, endpoint and so on, by name.
pub fn outputs(observed: &Observed) -> Vec<(&'static str, String)> {
    let mut outputs = vec![("arn", observed.arn.clone())];
    match &observed.detail {
        Detail::EfsFileSystem(seen) => outputs.push(("id", seen.id.clone())),
        Detail::RdsInstance(seen) => {
            if let Some(endpoint) = &seen.endpoint {
                outputs.push(("host", endpoint.host.clone()));
                outputs.push(("port", endpoint.port.to_string()));
            }
        }
        Detail::Secret(_) | Detail::EcsService(_) => {}
    }
    outputs
}

/// Notes `property` where `before` and `after` differ.
pub(crate) fn compare<T: PartialEq + std::fmt::Display>(found: &mut Vec<Difference>, property: &'static str, before: &T, after: &T) {
    if before != after {
        found.push(Difference { property: property.to_owned(), before: before.to_string(), after: after.to_string() });
    }
}

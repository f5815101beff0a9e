//! The operations. One line of the table is one AWS operation: effect or read, request, reply.
//!
//! The table is in several files, each with the rows of its services: each hands its rows on to the next, and the last to
//! [`operations`], which makes a type of each and the two enums of all.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::{Confidential, Operation};
use crate::kind::access_point::AccessPoint;
use crate::kind::backup::{BackupPlan, RecoveryPoint};
use crate::kind::balancing::{BalancerAttributes, LoadBalancer};
use crate::kind::bucket::{Lifecycle, ObjectVersion, Upload};
use crate::kind::cache::{CacheChange, CacheNode, CacheSnapshot, ReplicationGroup};
use crate::kind::cache_settings::{RedisParameterGroup, RedisSubnetGroup};
use crate::kind::database::{Database, Snapshot};
use crate::kind::database_settings::DbParameterGroup;
use crate::kind::file_system::MountTarget;
use crate::kind::firewall::WebAcl;
use crate::kind::functions::Function;
use crate::kind::grounds::{Cluster, DbSubnetGroup, Repository};
use crate::kind::identity::Role;
use crate::kind::key::Key;
use crate::kind::listeners::{Listener, TargetGroup};
use crate::kind::messaging::Topic;
use crate::kind::naming::{Certificate, RecordChange, RecordSet};
use crate::kind::network::{FlowLog, Ingress, NatGateway, Subnet, Vpc};
use crate::kind::policy::Policy;
use crate::kind::scaling::{Policy as ScalingPolicy, ScalableTarget};
use crate::kind::service::{Service, Settings, TaskDefinition};
use crate::kind::users::{Mfa, UserPool};
use crate::kind::watching::{Alarm, Dashboard};
use crate::ledger::{Item, Write};
use crate::observed::Observed;
use crate::resource::Tags;

#[macro_use]
mod own;
#[macro_use]
mod secrets;
#[macro_use]
mod storage;
#[macro_use]
mod databases;
#[macro_use]
mod containers;
#[macro_use]
mod network;
#[macro_use]
mod identity;
#[macro_use]
mod front;
#[macro_use]
mod watching;
#[macro_use]
mod functions;
mod views;

pub use views::{
    Answered, BoundsView, DatabaseChange, Entry, MessageCounts, RevisionView, RuleTarget, ServiceView, Tagged, TargetView, TaskView,
};

/// Whether an operation changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It changes AWS or the ledger.
    Mutates,
    /// It only looks.
    Reads,
}

macro_rules! operations {
    ([] $($(#[$doc:meta])* $effect:ident $service:ident.$name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty),* $(,)? } -> $output:ty;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq)]
            #[allow(missing_docs, reason = "the table above names each field after AWS's own")]
            pub struct $name { $($(#[$fdoc])* pub $field: $type),* }

            impl From<$name> for Call {
                fn from(operation: $name) -> Self {
                    Self::$name(operation)
                }
            }

            impl Operation for $name {
                type Output = $output;
                const NAME: &'static str = concat!(stringify!($service), ".", stringify!($name));
                fn of(reply: Reply) -> Option<$output> {
                    match reply {
                        Reply::$name(output) => Some(output),
                        _ => None,
                    }
                }
            }
        )*

        /// Any operation's request.
        #[derive(Debug, Clone, PartialEq)]
        #[allow(missing_docs, reason = "each variant is the operation of its name, documented there")]
        pub enum Call { $($name($name)),* }

        /// Any operation's reply.
        #[derive(Debug, Clone, PartialEq)]
        #[allow(missing_docs, reason = "each variant is the reply of the operation of its name")]
        pub enum Reply { $($name($output)),* }

        impl Call {
            /// `service.Operation`
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $name::NAME),* }
            }

            /// Whether it changes anything.
            pub fn effect(&self) -> Effect {
                match self { $(Self::$name(_) => Effect::$effect),* }
            }
        }
    };
}

own! { [secrets storage databases containers network identity front watching functions operations] }

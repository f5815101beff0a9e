//! The kinds of resource: for each its properties, what we see of it, and what follows from the difference.
//!
//! A kind is one file here (rules), one file in the AWS adapters (calls), and one line in the table [`crate::kinds`].

pub mod backup;
pub mod balancing;
pub mod bucket;
pub mod cache;
pub mod cache_settings;
pub mod database;
pub mod database_settings;
pub mod file_system;
pub mod firewall;
pub mod functions;
pub mod grounds;
pub mod identity;
pub mod listeners;
pub mod naming;
pub mod network;
pub mod plain;
pub mod scaling;
pub mod secret;
pub mod service;
pub mod task;
pub mod workers;

pub mod access_point;
pub mod key;
pub mod messaging;
pub mod policy;
#[cfg(test)]
pub(crate) mod testing;
pub mod users;
pub mod watching;

use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::name::NameRule;
use crate::observed::Observed;
use crate::plan::{Change, Departure, Difference, Fate, Judgement};
use crate::resource::Resource;

/// The rules of one kind. The type itself holds the properties that a blueprint gives, references and all.
pub trait Kind: Serialize + DeserializeOwned + JsonSchema {
    /// Its word in blueprints and records.
    const KIND: &'static str;
    /// What AWS allows as a name.
    const NAME: NameRule;
    /// What others may refer to, beside `arn` and `name`.
    const OUTPUTS: &'static [&'static str] = &[];
    /// Whether failures, scaling or deployments change it often; all else changes only by hand, and is looked at once a day.
    const CHANGES_OFTEN: bool = false;
    /// Whether AWS sends an event once a creation, and most changes, of one are done: polls are only for what it does not tell or what
    /// gets lost. Not of a certificate: that it is issued is told, by which records it wants proof is not.
    const SENDS_EVENTS: bool = false;
    /// What we see of one.
    type Seen;

    /// The properties that AWS fixes at creation, for the token. Nothing that may change later may be among them.
    fn fixed(&self) -> Vec<&str> {
        Vec::new()
    }

    /// How long a creation usually takes until it is ready, and a change; paces the polls between events.
    fn usual(&self, change: &Change) -> Duration;

    /// Compares one that stands on AWS and is ours with what it should be. References in `self` and `resource` are bound.
    fn judge(&self, resource: &Resource, seen: &Self::Seen) -> Judgement;

    /// The next act on the way of one that shall go.
    fn depart(&self, resource: &Resource, seen: &Self::Seen, fate: Fate) -> Departure;

    /// The values of [`Self::OUTPUTS`] that are known.
    fn outputs(_seen: &Self::Seen) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}

/// All kinds, each as `Variant(module::Type)`: `kinds!(callback)` calls the macro `callback` with them.
#[macro_export]
macro_rules! kinds {
    ($callback:ident) => {
        $callback! {
            /// A secret of Secrets Manager.
            Secret(secret::Secret),
            /// An EFS file system with its mount targets.
            EfsFileSystem(file_system::FileSystem),
            /// An RDS instance.
            RdsInstance(database::Database),
            /// An ECS task definition with its service.
            EcsService(service::Service),
            /// A VPC.
            Vpc(network::Vpc),
            /// A subnet.
            Subnet(network::Subnet),
            /// An internet gateway.
            InternetGateway(network::InternetGateway),
            /// An elastic IP.
            ElasticIp(network::ElasticIp),
            /// A NAT gateway.
            NatGateway(network::NatGateway),
            /// A route table.
            RouteTable(network::RouteTable),
            /// A flow log.
            FlowLog(network::FlowLog),
            /// A security group.
            SecurityGroup(network::SecurityGroup),
            /// An IAM role with one policy.
            IamRole(identity::Role),
            /// An ECS cluster.
            EcsCluster(grounds::Cluster),
            /// An RDS subnet group.
            DbSubnetGroup(grounds::DbSubnetGroup),
            /// A log group.
            LogGroup(grounds::LogGroup),
            /// An ECR repository.
            EcrRepository(grounds::Repository),
            /// A task that succeeds once.
            EcsTask(task::Task),
            /// A KMS key with its alias.
            KmsKey(key::Key),
            /// An SNS topic.
            SnsTopic(messaging::Topic),
            /// An access point of a file system.
            EfsAccessPoint(access_point::AccessPoint),
            /// A scalable target with its policies.
            ScalableTarget(scaling::ScalableTarget),
            /// A pool of Celery workers, which our own ledger tells of.
            WorkerPool(workers::WorkerPool),
            /// An application load balancer.
            LoadBalancer(balancing::LoadBalancer),
            /// A group of targets of a load balancer.
            TargetGroup(listeners::TargetGroup),
            /// A port of a load balancer.
            Listener(listeners::Listener),
            /// A web ACL of WAF.
            WafWebAcl(firewall::WebAcl),
            /// A hosted zone, which is only looked up.
            HostedZone(naming::HostedZone),
            /// A certificate.
            AcmCertificate(naming::Certificate),
            /// The address of a host.
            DnsRecord(naming::Record),
            /// A pool of users.
            CognitoUserPool(users::UserPool),
            /// An ElastiCache replication group of Redis OSS.
            RedisReplicationGroup(cache::ReplicationGroup),
            /// A parameter group of ElastiCache.
            RedisParameterGroup(cache_settings::RedisParameterGroup),
            /// A subnet group of ElastiCache.
            RedisSubnetGroup(cache_settings::RedisSubnetGroup),
            /// An RDS parameter group.
            DbParameterGroup(database_settings::DbParameterGroup),
            /// An S3 bucket.
            S3Bucket(bucket::Bucket),
            /// An alarm of CloudWatch.
            CloudwatchAlarm(watching::Alarm),
            /// A dashboard of CloudWatch.
            CloudwatchDashboard(watching::Dashboard),
            /// A vault of AWS Backup.
            BackupVault(backup::Vault),
            /// A plan of AWS Backup with its selection.
            BackupPlan(backup::BackupPlan),
            /// A function of Lambda.
            LambdaFunction(functions::Function),
            /// A rule of EventBridge that calls a function at set times.
            EventRule(functions::Rule),
        }
    };
}

macro_rules! define {
    ($($(#[$doc:meta])* $variant:ident($module:ident::$type:ident),)*) => {
        /// A kind with the properties that a resource of it should have.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind", rename_all = "kebab-case")]
        pub enum Desired { $($(#[$doc])* $variant($module::$type)),* }

        /// What we see of a resource beyond its identity, by kind.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind", rename_all = "kebab-case")]
        pub enum Detail { $($(#[$doc])* $variant(<$module::$type as Kind>::Seen)),* }

        /// The words of all kinds.
        pub const KINDS: &[&str] = &[$($module::$type::KIND),*];

        /// What AWS allows as a name of `kind`; none: there is no such kind.
        pub fn name_rule(kind: &str) -> Option<NameRule> {
            match kind { $($module::$type::KIND => Some($module::$type::NAME),)* _ => None }
        }

        /// What others may refer to of a resource of `kind`, beside `arn` and `name`.
        pub fn output_names(kind: &str) -> &'static [&'static str] {
            match kind { $($module::$type::KIND => $module::$type::OUTPUTS,)* _ => &[] }
        }

        /// The JSON schema of each kind's properties.
        pub fn schemas(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
            vec![$(($module::$type::KIND, generator.subschema_for::<$module::$type>())),*]
        }

        impl Desired {
            /// The properties of a resource of `kind`, typed.
            ///
            /// # Errors
            /// What is wrong with them.
            pub fn read(kind: &str, properties: Value) -> Result<Self, String> {
                match kind {
                    $($module::$type::KIND => serde_json::from_value(properties).map(Self::$variant).map_err(|error| error.to_string()),)*
                    other => Err(format!("kind {other:?} is unknown; known are {}", KINDS.join(", "))),
                }
            }

            /// The kind's word in blueprints and records.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $module::$type::KIND),* }
            }

            /// The properties that AWS fixes at creation, for the token.
            pub fn fixed(&self) -> Vec<&str> {
                match self { $(Self::$variant(desired) => desired.fixed()),* }
            }

            /// See [`Kind::CHANGES_OFTEN`].
            pub fn changes_often(&self) -> bool {
                match self { $(Self::$variant(_) => <$module::$type as Kind>::CHANGES_OFTEN),* }
            }

            /// See [`Kind::SENDS_EVENTS`].
            pub fn sends_events(&self) -> bool {
                match self { $(Self::$variant(_) => <$module::$type as Kind>::SENDS_EVENTS),* }
            }

            /// See [`Kind::usual`].
            pub fn usual(&self, change: &Change) -> Duration {
                match self { $(Self::$variant(desired) => desired.usual(change)),* }
            }
        }

        /// See [`Kind::judge`].
        pub fn judge(resource: &Resource, observed: &Observed) -> Judgement {
            match (&resource.desired, &observed.detail) {
                $((Desired::$variant(desired), Detail::$variant(seen)) => desired.judge(resource, seen),)*
                (desired, _) => Judgement::conflict(format!("it is seen as another kind than {}", desired.kind())),
            }
        }

        /// See [`Kind::depart`].
        pub fn depart(resource: &Resource, observed: &Observed, fate: Fate) -> Departure {
            match (&resource.desired, &observed.detail) {
                $((Desired::$variant(desired), Detail::$variant(seen)) => desired.depart(resource, seen, fate),)*
                (desired, _) => Departure::Blocked(format!("it is seen as another kind than {}", desired.kind())),
            }
        }

        fn own_outputs(detail: &Detail) -> Vec<(&'static str, String)> {
            match detail { $(Detail::$variant(seen) => $module::$type::outputs(seen)),* }
        }
    };
}
crate::kinds!(define);

/// What others may use of a resource: its ARN, endpoint and so on, by name.
pub fn outputs(observed: &Observed) -> Vec<(&'static str, String)> {
    let mut outputs = own_outputs(&observed.detail);
    if !observed.arn.is_empty() {
        outputs.push(("arn", observed.arn.clone()));
    }
    outputs
}

/// Notes `property` where `before` and `after` differ.
pub(crate) fn compare<T: PartialEq + std::fmt::Display>(found: &mut Vec<Difference>, property: &'static str, before: &T, after: &T) {
    if before != after {
        found.push(Difference { property: property.to_owned(), before: before.to_string(), after: after.to_string() });
    }
}

/// What `bytes` cost a month at so many USD per GiB, rounded to cents.
pub(crate) fn monthly_usd(bytes: u64, usd_per_gib: f64) -> f64 {
    let gib = bytes as f64 / f64::from(1 << 30);
    (gib * usd_per_gib * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::Apply;
    use crate::tenant::Incarnation;

    /// A resource named `mate-demo` that holds a customer's data.
    pub(super) fn resource(desired: Desired) -> Resource {
        Resource {
            id: "one".into(),
            owner: "tenant#dev#demo".parse().unwrap(),
            incarnation: Incarnation::mint(0, 0),
            name: "mate-demo".into(),
            token: "t".into(),
            tags: Default::default(),
            after: Default::default(),
            refers: false,
            apply: Apply::Now,
            protects_data: true,
            desired,
        }
    }

    macro_rules! words {
        ($($(#[$doc:meta])* $variant:ident($module:ident::$type:ident),)*) => {
            [$((stringify!($variant), $module::$type::KIND)),*]
        };
    }

    #[test]
    fn records_and_blueprints_call_a_kind_alike() {
        for (variant, kind) in crate::kinds!(words) {
            let pascal: String = kind.split('-').map(|part| format!("{}{}", part[..1].to_uppercase(), &part[1..])).collect();
            assert_eq!(pascal, variant);
        }
    }
}

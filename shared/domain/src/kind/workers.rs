//! A pool of Celery workers: which queues an ECS service works on, where they lie, and how its count follows them.
//!
//! It is an item of our own ledger, made, changed and removed as any resource is: `sample-queues` reads those of its environment, and
//! `scale-workers` the one that a sample is about. So neither knows blueprints, and both hear of a change as soon as it stands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plain::plain;
use super::scaling::Level;
use crate::name::NameRule;
use crate::ports::MessageCounts;
use crate::resource::{Resource, Tags};
use crate::scaling::policy::Policy;
use crate::tenant::{EnvironmentName, Owner};

/// Part of a sort key: DynamoDB allows 1,024 bytes.
const POOL: NameRule = NameRule { longest: 255, also: "_", double_hyphen: true };

/// The queues that one ECS service works on, and how its count follows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkerPool {
    /// The cluster's name.
    pub cluster: String,
    /// The service's name. Its count is within the bounds of its scalable target.
    pub service: String,
    /// The queues that its workers consume. Their backlogs are summed.
    pub queues: Vec<String>,
    /// Where the queues lie.
    pub broker: Broker,
    /// How the count follows the backlog; none: it is fixed.
    #[serde(default)]
    pub policy: Option<Policy>,
    /// Connections to the tenant's database that all its pools share; none: they are not bounded.
    #[serde(default)]
    pub connections: Option<Connections>,
    /// vCPUs that the workers of all tenants of the environment share; none: they are not bounded.
    #[serde(default)]
    pub vcpus: Option<Vcpus>,
    /// How much it counts among the pools that it shares with: its tier's weight.
    #[serde(default = "one")]
    pub weight: Level,
}
plain!(WorkerPool: "worker-pool", name: POOL, creates: 1 s, changes: 1 s, fixed: [], outputs: []);

/// Where queues lie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Broker {
    /// Redis or Valkey, in the layout of kombu.
    Redis(Redis),
    /// Queues of SQS in the account and region of the environment.
    Sqs(Sqs),
}

/// SQS as Celery uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sqs {
    /// `queue_name_prefix` of Celery's transport options.
    #[serde(default)]
    pub prefix: String,
    /// Whether messages that workers hold count as backlog (KEDA's scaleOnInFlight).
    #[serde(default = "yes")]
    pub in_flight: bool,
    /// Whether messages whose delay is not over count as backlog (KEDA's scaleOnDelayed).
    #[serde(default)]
    pub delayed: bool,
}

impl Sqs {
    /// What is ready, held, and of that held for later, of a queue with these `counts`.
    pub fn depth(&self, counts: &MessageCounts) -> [u64; 3] {
        let held = if self.in_flight { counts.in_flight } else { 0 };
        let later = if self.delayed { 0 } else { counts.delayed };
        [counts.visible, held + counts.delayed, later]
    }
}

/// Redis as kombu uses it. The defaults are kombu's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Redis {
    /// The primary's host.
    pub host: String,
    /// Its port; a text, since another resource gives it.
    pub port: String,
    /// Whether the connection is encrypted.
    #[serde(default)]
    pub tls: bool,
    /// The ARN of the secret that holds the auth token; none: no token is asked for.
    #[serde(default)]
    pub auth: Option<String>,
    /// The field of that secret; none: it is the secret's whole text.
    #[serde(default)]
    pub auth_field: Option<String>,
    /// The database's number.
    #[serde(default)]
    pub db: u16,
    /// `global_keyprefix` of Celery's transport options.
    #[serde(default)]
    pub prefix: String,
    /// `sep`: what stands between a queue's name and a priority.
    #[serde(default = "separator")]
    pub separator: String,
    /// `priority_steps`. The first of them has no list of its own.
    #[serde(default = "steps")]
    pub steps: Vec<u8>,
}

/// Connections that pools share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Connections {
    /// So many are for workers: `max_connections` less what others need.
    pub most: u32,
    /// A worker opens so many: its concurrency.
    pub each: u32,
}

/// vCPUs that pools share, of all tenants of an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vcpus {
    /// So many are for workers: the account's quota less what all else runs on.
    pub most: u32,
    /// CPU units that a worker's task has, 1,024 a vCPU.
    pub each: u32,
}

/// A pool as the ledger tells of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Registered {
    /// The pool's name.
    pub name: String,
    /// Whose it is.
    pub owner: Owner,
    /// What it is.
    pub pool: WorkerPool,
    /// Its proof of ownership.
    pub tags: Tags,
}

/// The partition of the pools of `environment`.
pub fn partition(environment: &EnvironmentName) -> String {
    format!("pools#{environment}")
}

/// The sort key of a pool: its owner's before its name, so that an owner's are found together.
pub fn key(resource: &Resource) -> String {
    format!("{}{}", owner_prefix(&resource.owner), resource.name)
}

/// The sort key of `pool`, as [`key`] has it.
pub fn key_of(pool: &Registered) -> String {
    format!("{}{}", owner_prefix(&pool.owner), pool.name)
}

/// What the sort keys of all pools of `owner` begin with.
pub fn owner_prefix(owner: &Owner) -> String {
    format!("{}#", owner.tenant_id().map_or("", |id| id.as_str()))
}

fn yes() -> bool {
    true
}

fn one() -> Level {
    Level::ONE
}

/// `\x06\x16` (kombu, `transport/redis.py`, `Channel.sep`).
fn separator() -> String {
    "\u{6}\u{16}".to_owned()
}

/// kombu, `transport/redis.py`, `PRIORITY_STEPS`.
fn steps() -> Vec<u8> {
    vec![0, 3, 6, 9]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kind::Desired;

    #[test]
    fn a_pool_needs_little_and_a_target_that_divides_by_nothing_is_refused() {
        let read = |policy| {
            let redis = json!({ "redis": { "host": "h", "port": "6379" } });
            let pool = json!({ "cluster": "c", "service": "s", "queues": ["celery"], "broker": redis, "policy": policy });
            Desired::read("worker-pool", pool)
        };
        let Ok(Desired::WorkerPool(WorkerPool { broker: Broker::Redis(redis), .. })) = read(json!(null)) else { panic!("it is one") };
        assert_eq!((redis.separator.as_str(), &redis.steps[..], redis.db), ("\u{6}\u{16}", &[0, 3, 6, 9][..], 0));
        assert!(read(json!({ "follow": { "backlog-per-task": { "target": 5 } } })).is_ok());
        assert!(read(json!({ "follow": { "backlog-per-task": { "target": 0 } } })).is_err());
    }

    #[test]
    fn what_counts_as_backlog_on_sqs_is_said_by_two_options() {
        let check = |options: serde_json::Value, expected| {
            let sqs: Sqs = serde_json::from_value(options).expect("options");
            let [ready, unacked, scheduled] = sqs.depth(&MessageCounts { visible: 200, in_flight: 100, delayed: 50 });
            assert_eq!(ready + unacked - scheduled, expected, "{sqs:?}");
        };
        // KEDA's cases.
        check(json!({}), 300);
        check(json!({ "in_flight": false }), 200);
        check(json!({ "delayed": true }), 350);
        check(json!({ "in_flight": false, "delayed": true }), 250);
    }
}

//! Requests and replies that are more than a kind's own types.

use jiff::Timestamp;

use crate::kind::service::{ServiceSeen, TaskDefinition};
use crate::resource::Tags;
use crate::scaling::limits::{Bounds, Suspended};

/// What is announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who says it, such as `caretaker.answers`: rights and rules go by it.
    pub source: &'static str,
    /// Such as `tenant-ready`.
    pub detail_type: String,
    /// JSON text.
    pub detail: String,
    /// ARNs or owners that it concerns.
    pub resources: Vec<String>,
}

/// A thing of any service, with its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// Its ARN.
    pub arn: String,
    /// Its tags.
    pub tags: Tags,
}

/// Properties of a database that change; none: stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatabaseChange {
    /// The instance class.
    pub class: Option<String>,
    /// GiB.
    pub storage_gib: Option<u32>,
    /// A standby.
    pub multi_az: Option<bool>,
    /// Days of automated backups.
    pub backup_days: Option<u8>,
    /// AWS refuses its deletion.
    pub deletion_protection: Option<bool>,
    /// Now, or in the maintenance window.
    pub apply_immediately: bool,
    /// The parameter group's name.
    pub parameter_group: Option<String>,
    /// GiB that the storage may grow to; as much as there is: it does not grow.
    pub max_storage_gib: Option<u32>,
    /// Seconds between two figures of Enhanced Monitoring; 0: off.
    pub monitoring_seconds: Option<u32>,
    /// The role that sends them.
    pub monitoring_role: Option<String>,
    /// Whether Performance Insights are on.
    pub performance_insights: Option<bool>,
    /// The key that Performance Insights are encrypted with.
    pub performance_insights_key: Option<String>,
}

/// How far the count of a service may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoundsView {
    /// Fewest and most.
    pub bounds: Bounds,
    /// What of it is suspended.
    pub suspended: Suspended,
}

/// Messages of a queue of SQS, by what they wait for. SQS has them within about a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageCounts {
    /// To be received.
    pub visible: u64,
    /// Received, and neither deleted nor given back.
    pub in_flight: u64,
    /// Sent with a delay that is not over.
    pub delayed: u64,
}

/// A service as ECS shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceView {
    /// Its ARN.
    pub arn: String,
    /// Its tags.
    pub tags: Tags,
    /// Everything but the revision's content and the family's revisions.
    pub seen: ServiceSeen,
    /// The PRIMARY deployment's revision.
    pub primary: Option<String>,
    /// When the PRIMARY deployment began.
    pub deployed_at: Option<Timestamp>,
    /// Whether a deployment has failed and ECS is going back to the one before.
    pub rolls_back: bool,
}

/// A target of a load balancer: its state and, if that is not `healthy`, why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetView {
    /// Such as `healthy`, `initial`, `unhealthy`, `draining`.
    pub state: String,
    /// Such as `Target.ResponseCodeMismatch`.
    pub reason: Option<String>,
}

/// A task as ECS shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskView {
    /// Its ARN.
    pub arn: String,
    /// Its revision's ARN.
    pub revision: String,
    /// Such as `RUNNING`.
    pub status: String,
    /// Of its container, once it has ended.
    pub exit_code: Option<i32>,
    /// Why it stopped, in ECS's words.
    pub reason: String,
}

/// A task definition as ECS shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionView {
    /// With its number.
    pub arn: String,
    /// Its tags.
    pub tags: Tags,
    /// What it says.
    pub content: TaskDefinition,
}

/// What a rule calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTarget {
    /// Its id within the rule.
    pub id: String,
    /// Such as a function's.
    pub arn: String,
    /// How often a call that failed is tried again; none: EventBridge's own, 185 times.
    pub retries: Option<u32>,
    /// How old an event may get before it is dropped, in seconds; none: EventBridge's own, a day.
    pub oldest_seconds: Option<u32>,
}

/// What a receiver outside AWS has answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answered {
    /// The status of HTTP.
    pub status: u16,
    /// Its header `Retry-After`.
    pub retry_after: Option<String>,
    /// The beginning of its body.
    pub body: String,
}

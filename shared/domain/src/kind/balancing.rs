//! Load balancers.

use std::collections::BTreeSet;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Kind;
use super::plain::{self, Progress, Shown};
use crate::name::NameRule;
use crate::plan::{Change, Departure, Difference, Fate, Judgement, Removal};
use crate::resource::Resource;

/// ELB: up to 32 letters, digits and hyphens (API reference, CreateLoadBalancer, CreateTargetGroup). AWS itself refuses `internal-…`.
pub(super) const NAME: NameRule = NameRule { longest: 32, also: "", double_hyphen: true };

/// An application load balancer. What is malformed in a request's header is dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadBalancer {
    /// Whether it has private addresses only; fixed at creation.
    #[serde(default)]
    pub internal: bool,
    /// In two zones at least.
    pub subnets: BTreeSet<String>,
    /// `sg-…`
    pub security_groups: BTreeSet<String>,
    /// Where each request is noted; none: nowhere.
    #[serde(default)]
    pub access_logs: Option<AccessLogs>,
    /// The ARN of the web ACL that filters requests; none: nothing does.
    #[serde(default)]
    pub web_acl: Option<String>,
    /// Seconds until a silent connection is closed.
    #[serde(default = "minute")]
    pub idle_seconds: u32,
    /// Whether AWS itself refuses its deletion.
    #[serde(default)]
    pub deletion_protection: bool,
}

fn minute() -> u32 {
    60
}

/// Where requests are noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessLogs {
    /// The name of a bucket whose policy lets the load balancer write.
    pub bucket: String,
    /// What its keys begin with, before `/AWSLogs`.
    #[serde(default)]
    pub prefix: String,
}

/// What is set on a load balancer once it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalancerAttributes {
    /// See [`LoadBalancer::access_logs`].
    pub access_logs: Option<AccessLogs>,
    /// See [`LoadBalancer::idle_seconds`].
    pub idle_seconds: u32,
    /// See [`LoadBalancer::deletion_protection`].
    pub deletion_protection: bool,
    /// Whether malformed header fields are dropped.
    pub drops_invalid_headers: bool,
}

impl LoadBalancer {
    /// Its attributes as they should be.
    pub fn attributes(&self) -> BalancerAttributes {
        BalancerAttributes {
            access_logs: self.access_logs.clone(),
            idle_seconds: self.idle_seconds,
            deletion_protection: self.deletion_protection,
            drops_invalid_headers: true,
        }
    }
}

/// What we see of a load balancer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadBalancerSeen {
    /// What a blueprint has words for.
    pub shown: Shown<LoadBalancer>,
    /// Whether malformed header fields are dropped.
    pub drops_invalid_headers: bool,
}

impl LoadBalancerSeen {
    /// Its attributes as they are.
    pub fn attributes(&self) -> BalancerAttributes {
        BalancerAttributes { drops_invalid_headers: self.drops_invalid_headers, ..self.shown.properties.attributes() }
    }

    /// The same with these attributes.
    #[must_use]
    pub fn having(mut self, attributes: BalancerAttributes) -> Self {
        let properties = &mut self.shown.properties;
        properties.access_logs = attributes.access_logs;
        properties.idle_seconds = attributes.idle_seconds;
        properties.deletion_protection = attributes.deletion_protection;
        self.drops_invalid_headers = attributes.drops_invalid_headers;
        self
    }
}

impl Kind for LoadBalancer {
    const KIND: &'static str = "load-balancer";
    const NAME: NameRule = NAME;
    const OUTPUTS: &'static [&'static str] = &["dns", "zone", "suffix"];
    type Seen = LoadBalancerSeen;

    /// A creation is the median of 7 public Terraform logs, 135 to 187 s.
    fn usual(&self, change: &Change) -> Duration {
        Duration::from_secs(if *change == Change::Create { 156 } else { 5 })
    }

    fn judge(&self, _: &Resource, seen: &LoadBalancerSeen) -> Judgement {
        let dropped = || Difference::new("drops_invalid_headers", "false", "true");
        match plain::judge(self, &seen.shown, &["internal"]) {
            Judgement::InSync(_) if !seen.drops_invalid_headers => Judgement::act(Change::Update(vec![dropped()])),
            Judgement::Act(Change::Update(mut found)) if !seen.drops_invalid_headers => {
                found.push(dropped());
                Judgement::act(Change::Update(found))
            }
            judgement => judgement,
        }
    }

    /// Our own protection is lifted; one that a person set is respected.
    fn depart(&self, _: &Resource, seen: &LoadBalancerSeen, fate: Fate) -> Departure {
        let is_protected = seen.shown.properties.deletion_protection;
        match (&seen.shown.progress, fate) {
            (Progress::Done | Progress::Failed(_), Fate::KeepData) if is_protected && !self.deletion_protection => {
                Departure::Blocked("a person has set deletion protection on it: lift it, or send destroy-data".into())
            }
            (Progress::Done | Progress::Failed(_), _) if is_protected => Departure::Act(Removal::LiftProtection),
            _ => plain::depart(&seen.shown),
        }
    }

    fn outputs(seen: &LoadBalancerSeen) -> Vec<(&'static str, String)> {
        seen.shown.outputs(Self::OUTPUTS)
    }
}

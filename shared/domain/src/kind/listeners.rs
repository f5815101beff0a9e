//! What a load balancer listens on, and the groups of targets that requests are sent to.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Kind;
use super::balancing::NAME;
use super::plain::{self, Shown, plain};
use crate::name::NameRule;
use crate::plan::{Change, Departure, Fate, Judgement};
use crate::resource::Resource;

/// A listener has no name but its `Name` tag: up to 256 characters (API reference, Tag).
const TAG: NameRule = NameRule { longest: 256, also: "/_+=.@:", double_hyphen: true };

/// What HTTPS gets where the blueprint names no policy: TLS 1.3 and 1.2, as AWS recommends (ALB user guide, "Security policies").
/// The API's own default still takes TLS 1.0.
const SSL_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/// Where requests may go: targets that register by their address, and how their health is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetGroup {
    /// `vpc-…`; fixed at creation.
    pub vpc: String,
    /// What targets listen on; fixed at creation.
    pub port: u16,
    /// `HTTP` or `HTTPS`; fixed at creation.
    #[serde(default = "http")]
    pub protocol: String,
    /// What is asked for to see whether a target is healthy.
    pub path: String,
    /// The answers of a healthy target, such as `200,301,302`.
    pub codes: String,
    /// Seconds between two checks.
    pub interval_seconds: u32,
    /// Seconds until an answer counts as missing.
    #[serde(default = "five")]
    pub timeout_seconds: u32,
    /// So many good answers in a row make a target healthy.
    pub healthy: u32,
    /// So many bad answers in a row make a target unhealthy.
    pub unhealthy: u32,
    /// Seconds that a target has for what is under way when it leaves.
    #[serde(default = "half_minute")]
    pub deregistration_seconds: u32,
}
plain!(TargetGroup: "target-group", name: NAME, creates: 2 s, changes: 2 s, fixed: ["vpc", "port", "protocol"] replaceable, outputs: ["suffix"]);

fn http() -> String {
    "HTTP".to_owned()
}

fn five() -> u32 {
    5
}

fn half_minute() -> u32 {
    30
}

/// A port of a load balancer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Listener {
    /// The load balancer's ARN; fixed at creation.
    pub load_balancer: String,
    /// What it listens on.
    pub port: u16,
    /// `HTTP` or `HTTPS`.
    pub protocol: String,
    /// The ARN of the certificate; HTTPS needs one that is issued.
    #[serde(default)]
    pub certificate: Option<String>,
    /// Which ciphers HTTPS takes; none: `ELBSecurityPolicy-TLS13-1-2-2021-06`.
    #[serde(default)]
    pub ssl_policy: Option<String>,
    /// What becomes of a request that no rule is for.
    pub action: ListenerAction,
}

/// What becomes of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ListenerAction {
    /// A target of this group, by ARN, answers it.
    Forward(String),
    /// The client is sent to HTTPS on this port, for good.
    Redirect(u16),
}

impl Listener {
    /// With all that AWS will show: HTTPS always has a policy.
    #[must_use]
    pub fn whole(&self) -> Self {
        let policy = (self.protocol == "HTTPS").then(|| SSL_POLICY.to_owned());
        Self { ssl_policy: self.ssl_policy.clone().or(policy), ..self.clone() }
    }
}

impl Kind for Listener {
    const KIND: &'static str = "listener";
    const NAME: NameRule = TAG;
    type Seen = Shown<Self>;

    fn usual(&self, _: &Change) -> Duration {
        Duration::from_secs(2)
    }

    fn judge(&self, _: &Resource, seen: &Shown<Self>) -> Judgement {
        plain::judge(&self.whole(), seen, &["load_balancer"])
    }

    fn depart(&self, _: &Resource, seen: &Shown<Self>, _: Fate) -> Departure {
        plain::depart(seen)
    }
}

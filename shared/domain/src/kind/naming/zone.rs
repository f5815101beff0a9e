//! A hosted zone: looked up, and never made, changed or deleted.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kind::Kind;
use crate::kind::plain::{self, Shown};
use crate::name::NameRule;
use crate::plan::{Change, Departure, Fate, Judgement};
use crate::resource::Resource;

/// DNS: up to 253 characters in text (RFC 1035, section 2.3.4: 255 octets on the wire).
const DOMAIN: NameRule = NameRule { longest: 253, also: "._", double_hyphen: true };

/// The public hosted zone of a domain. A person has made it, and has delegated the domain to its name servers:
/// it belongs to nobody here, many may look it up, and it outlives them all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HostedZone {
    /// Such as `mate.sociant.ai`, without a last dot.
    pub domain: String,
}

impl Kind for HostedZone {
    const KIND: &'static str = "hosted-zone";
    const NAME: NameRule = DOMAIN;
    const OUTPUTS: &'static [&'static str] = &["id", "domain"];
    type Seen = Shown<Self>;

    fn usual(&self, _: &Change) -> Duration {
        Duration::from_secs(1)
    }

    /// One that is not there has no id.
    fn judge(&self, _: &Resource, seen: &Self::Seen) -> Judgement {
        if seen.id.is_empty() {
            let domain = &self.domain;
            return Judgement::awaits(format!(
                "there is no public hosted zone {domain}: a person must make it and delegate the domain to it"
            ));
        }
        plain::judge(self, seen, &["domain"])
    }

    /// We only cease to look it up.
    fn depart(&self, _: &Resource, _: &Self::Seen, _: Fate) -> Departure {
        Departure::Gone
    }

    fn outputs(seen: &Self::Seen) -> Vec<(&'static str, String)> {
        if seen.id.is_empty() { Vec::new() } else { seen.outputs(Self::OUTPUTS) }
    }
}

//! The record of a host, with a companion that says whose it is: Route 53 gives records no tags.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RecordSet, Target};
use crate::kind::Kind;
use crate::name::NameRule;
use crate::plan::{Change, Departure, Difference, Fate, Judgement, Removal};
use crate::resource::{INCARNATION_TAG, OWNER_TAG, Resource, Tags};

/// What the companion's name begins with.
const COMPANION: &str = "_caretaker.";

/// DNS: up to 253 characters in text (RFC 1035, section 2.3.4: 255 octets on the wire), of which the companion's name takes eleven more.
const HOST: NameRule = NameRule { longest: 253 - COMPANION.len(), also: ".", double_hyphen: true };

/// What of a host stands in the way of its address, beside the address itself.
const ADDRESSES: [&str; 3] = ["A", "AAAA", "CNAME"];

/// The address of a host; the resource's name is the host's full name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The id of the hosted zone; fixed at creation.
    pub zone: String,
    /// Where it leads.
    pub alias: Alias,
}

/// A load balancer, by the two names that it gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alias {
    /// Its DNS name.
    pub dns: String,
    /// The id of that name's hosted zone, which is AWS's own.
    pub zone: String,
}

/// What we see of a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordSeen {
    /// Its full name.
    pub host: String,
    /// The hosted zone that was looked into.
    pub zone: String,
    /// Its address.
    pub address: Option<RecordSet>,
    /// The companion.
    pub proof: Option<RecordSet>,
}

/// The name of the companion of `host`.
pub fn proof_name(host: &str) -> String {
    format!("{COMPANION}{host}")
}

impl Record {
    /// The address of `host` as it should be.
    pub fn address(&self, host: &str) -> RecordSet {
        let dns = self.alias.dns.trim_end_matches('.').to_ascii_lowercase();
        let target = Target::Alias { dns, zone: self.alias.zone.clone(), health: true };
        RecordSet { name: host.to_owned(), record_type: "A".to_owned(), target }
    }

    fn compared(&self, host: &str, seen: &RecordSeen) -> Judgement {
        let wanted = self.address(host);
        if seen.address.as_ref() == Some(&wanted) {
            return Judgement::in_sync();
        }
        let before = seen.address.as_ref().map(words).unwrap_or_default();
        Judgement::act(Change::Update(vec![Difference::new("alias", before, words(&wanted))]))
    }

    /// The companion that says that the host is `resource`'s.
    pub fn proof(resource: &Resource) -> RecordSet {
        let tag = |key| resource.tags.get(key).map_or("", String::as_str);
        let text = format!("\"caretaker owner={} incarnation={}\"", tag(OWNER_TAG), tag(INCARNATION_TAG));
        RecordSet::to_value(proof_name(&resource.name), "TXT", text)
    }
}

impl RecordSeen {
    /// What stands of `host`, with the tags that its companion tells of. None: nothing does.
    /// An address without a companion, or a companion in other words, is somebody else's: it has no tags.
    pub fn of(host: &str, zone: &str, at_host: Vec<RecordSet>, at_companion: Vec<RecordSet>) -> Option<(Tags, Self)> {
        let taken = at_host.iter().any(|set| ADDRESSES.contains(&set.record_type.as_str()));
        let proof = at_companion.into_iter().find(|set| set.record_type == "TXT");
        let tags = proof.as_ref().map(whose).unwrap_or_default();
        let address = at_host.into_iter().find(|set| set.record_type == "A");
        let seen = Self { host: host.to_owned(), zone: zone.to_owned(), address, proof };
        (taken || seen.proof.is_some()).then_some((tags, seen))
    }
}

fn whose(proof: &RecordSet) -> Tags {
    let Target::Values { values, .. } = &proof.target else { return Tags::new() };
    let words = |value: &String| value.trim_matches('"').strip_prefix("caretaker ").map(str::to_owned);
    let text = values.iter().find_map(words).unwrap_or_default();
    let tag = |word: &str| match word.split_once('=')? {
        ("owner", owner) => Some((OWNER_TAG.to_owned(), owner.to_owned())),
        ("incarnation", life) => Some((INCARNATION_TAG.to_owned(), life.to_owned())),
        _ => None,
    };
    text.split(' ').filter_map(tag).collect()
}

fn words(set: &RecordSet) -> String {
    match &set.target {
        Target::Alias { dns, zone, health: true } => format!("{dns} in {zone}"),
        Target::Alias { dns, zone, health: false } => format!("{dns} in {zone}, healthy or not"),
        Target::Values { values, .. } => values.join(" "),
        Target::Routed => "a routing policy".to_owned(),
    }
}

impl Kind for Record {
    const KIND: &'static str = "dns-record";
    const NAME: NameRule = HOST;
    const OUTPUTS: &'static [&'static str] = &["host"];
    type Seen = RecordSeen;

    /// A change is in force on all name servers (INSYNC) within some 60 s. Nothing of ours needs to wait for that:
    /// what others remember of the former address lives as long.
    fn usual(&self, _: &Change) -> Duration {
        Duration::from_secs(2)
    }

    fn judge(&self, resource: &Resource, seen: &RecordSeen) -> Judgement {
        if seen.zone != self.zone {
            return Judgement::refused(format!("zone is fixed at creation: it is {:?}, wanted is {:?}", seen.zone, self.zone));
        }
        self.compared(&resource.name, seen)
    }

    fn depart(&self, _: &Resource, _: &RecordSeen, _: Fate) -> Departure {
        Departure::Act(Removal::Delete)
    }

    fn outputs(seen: &RecordSeen) -> Vec<(&'static str, String)> {
        vec![("host", seen.host.clone())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST_NAME: &str = "demo.a.b";

    fn record() -> Record {
        Record { zone: "Z".into(), alias: Alias { dns: "Mate-1.elb.amazonaws.com".into(), zone: "Z35".into() } }
    }

    fn proof(text: &str) -> RecordSet {
        RecordSet::to_value(proof_name(HOST_NAME), "TXT", text)
    }

    fn tags(at_host: Vec<RecordSet>, at_companion: Vec<RecordSet>) -> Option<Tags> {
        RecordSeen::of(HOST_NAME, "Z", at_host, at_companion).map(|(tags, _)| tags)
    }

    #[test]
    fn a_host_is_whose_its_companion_says() {
        let ours = Tags::from([(OWNER_TAG.to_owned(), "tenant/dev/demo".to_owned()), (INCARNATION_TAG.to_owned(), "01J".to_owned())]);
        let companion = || proof("\"caretaker owner=tenant/dev/demo incarnation=01J\"");
        let other = |record_type| RecordSet::to_value(HOST_NAME, record_type, "x");
        assert_eq!(tags(vec![], vec![]), None);
        assert_eq!(tags(vec![other("TXT"), other("MX")], vec![]), None); // no address
        assert_eq!(tags(vec![record().address(HOST_NAME)], vec![companion()]), Some(ours.clone()));
        assert_eq!(tags(vec![], vec![companion()]), Some(ours)); // the address was deleted by hand
        assert_eq!(tags(vec![record().address(HOST_NAME)], vec![]), Some(Tags::new()));
        assert_eq!(tags(vec![other("CNAME")], vec![]), Some(Tags::new()));
        assert_eq!(tags(vec![], vec![proof("\"v=spf1\"")]), Some(Tags::new()));
    }

    #[test]
    fn an_address_is_compared_as_route_53_shows_it() {
        let judged = |address| record().compared(HOST_NAME, &RecordSeen { host: HOST_NAME.into(), zone: "Z".into(), address, proof: None });
        let shown = |dns: &str, health| {
            let target = Target::Alias { dns: dns.into(), zone: "Z35".into(), health };
            Some(RecordSet { name: HOST_NAME.into(), record_type: "A".into(), target })
        };
        assert_eq!(judged(shown("mate-1.elb.amazonaws.com", true)), Judgement::in_sync());
        assert!(matches!(judged(shown("mate-1.elb.amazonaws.com", false)), Judgement::Act(_)));
        assert!(matches!(judged(shown("mate-2.elb.amazonaws.com", true)), Judgement::Act(_)));
        assert!(matches!(judged(None), Judgement::Act(_)));
    }
}

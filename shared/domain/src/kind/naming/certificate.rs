//! A certificate, proven by records that the kind itself writes.

use std::collections::BTreeSet;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::RecordSet;
use crate::kind::Kind;
use crate::name::NameRule;
use crate::plan::{Change, Departure, Difference, Fate, Judgement, Removal};
use crate::resource::Resource;

/// The `Name` tag: up to 256 characters (ACM API reference, Tag). A certificate has no name of its own.
const TAG: NameRule = NameRule { longest: 256, also: "/_+=.@:*", double_hyphen: true };

/// A certificate for a domain, proven in DNS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// What it is for, such as `*.mate.sociant.ai`; fixed at creation.
    pub domain: String,
    /// Further names that it is for; fixed at creation.
    #[serde(default)]
    pub alternatives: BTreeSet<String>,
    /// The id of the hosted zone in which it is proven; fixed at creation.
    pub zone: String,
}

/// How far ACM is with a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Issuance {
    /// It waits for its proof.
    Pending,
    /// Usable.
    Issued,
    /// Not usable, and never again: AWS's word for it.
    Failed(String),
}

/// What we see of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateSeen {
    /// What it is for.
    pub domain: String,
    /// Further names.
    pub alternatives: BTreeSet<String>,
    /// How far ACM is.
    pub issuance: Issuance,
    /// Whether a load balancer or another thing uses it.
    pub in_use: bool,
    /// The records that ACM looks for. It says so only some seconds after the request.
    pub validation: BTreeSet<RecordSet>,
    /// The hosted zone that was looked into.
    pub zone: String,
    /// Those of the records that stand in it, as they stand there.
    pub present: Vec<RecordSet>,
}

impl CertificateSeen {
    /// The records that ACM looks for and that are not in the zone.
    pub fn missing(&self) -> Vec<&RecordSet> {
        self.validation.iter().filter(|wanted| !self.present.iter().any(|set| set.says_what(wanted))).collect()
    }
}

impl Certificate {
    fn refused(&self, seen: &CertificateSeen) -> Option<Judgement> {
        let names = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(" ");
        let fixed = [
            ("domain", seen.domain.clone(), self.domain.clone()),
            ("alternatives", names(&seen.alternatives), names(&self.alternatives)),
            ("zone", seen.zone.clone(), self.zone.clone()),
        ];
        let (property, before, after) = fixed.into_iter().find(|(_, before, after)| before != after)?;
        Some(Judgement::refused(format!("{property} is fixed at creation: it is {before:?}, wanted is {after:?}")))
    }
}

impl Kind for Certificate {
    const KIND: &'static str = "acm-certificate";
    const NAME: NameRule = TAG;
    const OUTPUTS: &'static [&'static str] = &["domain"];
    type Seen = CertificateSeen;

    fn fixed(&self) -> Vec<&str> {
        std::iter::once(&self.domain).chain(&self.alternatives).map(String::as_str).collect()
    }

    /// From the record to the certificate: the median of 4 public Terraform logs, 89 to 532 s. The others are estimates.
    fn usual(&self, change: &Change) -> Duration {
        Duration::from_secs(match change {
            // Until ACM says what it looks for.
            Change::Create => 10,
            Change::Remove(_) => 5,
            _ => 186,
        })
    }

    fn judge(&self, _: &Resource, seen: &CertificateSeen) -> Judgement {
        self.refused(seen).unwrap_or_else(|| proven(seen))
    }

    /// Its records go before it: once it is gone, nobody knows them any more.
    fn depart(&self, _: &Resource, seen: &CertificateSeen, _: Fate) -> Departure {
        // AWS tells of a user for some minutes after that has gone.
        if seen.in_use { Departure::Wait("it is still in use".into()) } else { Departure::Act(Removal::Delete) }
    }

    fn outputs(seen: &CertificateSeen) -> Vec<(&'static str, String)> {
        vec![("domain", seen.domain.clone())]
    }
}

/// The records stay for as long as the certificate does: ACM renews it by them. So those of one that is issued are looked
/// after as well, all the more as a second certificate for the same domain in the account has the very same records.
fn proven(seen: &CertificateSeen) -> Judgement {
    if let Issuance::Failed(word) = &seen.issuance {
        return Judgement::broken(format!("the certificate is {word}"));
    }
    let missing = seen.missing();
    if !missing.is_empty() {
        let written = |set: &&RecordSet| Difference::new("validation record", "", set.name.as_str());
        return Judgement::act(Change::Update(missing.iter().map(written).collect()));
    }
    match &seen.issuance {
        Issuance::Issued => Judgement::in_sync(),
        _ if seen.validation.is_empty() => Judgement::settling("ACM has not said yet by which records it wants proof"),
        _ => Judgement::settling("its validation records stand, and ACM has not seen them yet"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::naming::Target;

    fn record(name: &str) -> RecordSet {
        RecordSet::to_value(name, "CNAME", format!("{name}.acm-validations.aws."))
    }

    fn judged(issuance: Issuance, validation: &[&str], present: &[RecordSet]) -> Judgement {
        let validation = validation.iter().map(|name| record(name)).collect();
        proven(&CertificateSeen { issuance, validation, present: present.to_vec(), ..seen("a.b") })
    }

    fn seen(domain: &str) -> CertificateSeen {
        CertificateSeen {
            domain: domain.into(),
            alternatives: BTreeSet::new(),
            issuance: Issuance::Issued,
            in_use: false,
            validation: BTreeSet::new(),
            zone: "Z".into(),
            present: Vec::new(),
        }
    }

    #[test]
    fn what_a_certificate_is_for_never_changes() {
        let desired = Certificate { domain: "a.b".into(), alternatives: BTreeSet::new(), zone: "Z".into() };
        assert_eq!(desired.refused(&seen("a.b")), None);
        assert!(desired.refused(&seen("c.d")).is_some());
        assert!(desired.refused(&CertificateSeen { zone: "Y".into(), ..seen("a.b") }).is_some());
        assert!(desired.refused(&CertificateSeen { alternatives: ["*.a.b".into()].into(), ..seen("a.b") }).is_some());
    }

    #[test]
    fn records_are_written_once_they_are_known_and_whenever_they_are_missing() {
        let missing = |judgement| matches!(judgement, Judgement::Act(Change::Update(found)) if found.len() == 1);
        let settles = |judgement| matches!(judgement, Judgement::Settling(_));
        assert!(settles(judged(Issuance::Pending, &[], &[]))); // too early
        assert!(missing(judged(Issuance::Pending, &["_x"], &[])));
        assert!(missing(judged(Issuance::Pending, &["_x", "_y"], &[record("_x")])));
        assert!(settles(judged(Issuance::Pending, &["_x"], &[record("_x")])));
        assert!(missing(judged(Issuance::Issued, &["_x"], &[]))); // it could not be renewed
        assert_eq!(judged(Issuance::Issued, &["_x"], &[record("_x")]), Judgement::in_sync());
        assert!(matches!(judged(Issuance::Failed("FAILED".into()), &["_x"], &[]), Judgement::Broken(_)));
    }

    #[test]
    fn a_record_counts_by_its_value_whatever_its_time_to_live() {
        let set = |ttl, value: &str| RecordSet { target: Target::Values { ttl, values: vec![value.into()] }, ..record("_x") };
        assert_eq!(judged(Issuance::Issued, &["_x"], &[set(60, "_x.acm-validations.aws")]), Judgement::in_sync());
        assert!(matches!(judged(Issuance::Issued, &["_x"], &[set(300, "elsewhere.")]), Judgement::Act(_)));
    }
}

//! Route 53 and ACM: record sets in hosted zones, and certificates that are proven by them.

mod records;

use std::collections::BTreeMap;

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::naming::{Certificate, CertificateSeen, Issuance, RecordSet};
use domain::observed::Observed;
use domain::ports::{Call, Reply, RequestCertificate};
use domain::resource::Tags;
use jiff::{SignedDuration, Timestamp};

use super::environment::Environment;
use super::turn::{Answer, Refused, Transition, Turn};
use records::Records;

/// ACM knows a token for so long (API reference, RequestCertificate).
const TOKEN_TIME: SignedDuration = SignedDuration::from_hours(1);

#[derive(Debug, Clone)]
struct Held {
    token: String,
    at: Timestamp,
    tags: Tags,
    desired: Certificate,
    issued: bool,
    /// Whether it says by which records it wants proof.
    described: bool,
    /// Whether ACM has seen them.
    validating: bool,
}

/// Hosted zones with their records, and certificates by ARN.
#[derive(Debug, Clone)]
pub(super) struct Naming {
    records: Records,
    certificates: BTreeMap<String, Held>,
    /// Whether the zone's parent names its servers: without that nobody sees its records.
    delegated: bool,
}

fn missing(arn: &str) -> Refused {
    Refused::fact("acm_certificate_missing", Cause::NotFound, &[("arn", arn)])
}

impl Held {
    /// A record for each name; a wildcard and the domain below it have one between them.
    fn validation(&self) -> impl Iterator<Item = RecordSet> {
        let names = std::iter::once(&self.desired.domain).chain(&self.desired.alternatives);
        names.map(|name| {
            let base = name.trim_start_matches("*.");
            let proof = crate::random::hash(base);
            RecordSet::to_value(format!("_{proof:032x}.{base}"), "CNAME", format!("_{proof:032x}.acm-validations.aws."))
        })
    }

    fn is_proven(&self, records: &Records) -> bool {
        self.validation().all(|wanted| records.has(&wanted))
    }

    fn view(&self, arn: &str, now: Timestamp) -> Observed {
        let seen = CertificateSeen {
            domain: self.desired.domain.clone(),
            alternatives: self.desired.alternatives.clone(),
            issuance: if self.issued { Issuance::Issued } else { Issuance::Pending },
            in_use: false,
            validation: if self.described { self.validation().collect() } else { Default::default() },
            // What stands in a zone is another call's.
            zone: String::new(),
            present: Vec::new(),
        };
        Observed { arn: arn.to_owned(), tags: Tags::new(), at: now, detail: Detail::AcmCertificate(seen) }
    }
}

impl Naming {
    /// The hosted zone that the fixture declares.
    pub(super) fn of(environment: &Environment) -> Self {
        let zone = &environment.hosted_zone;
        Self { records: Records::of(&zone.id, &zone.domain), certificates: BTreeMap::new(), delegated: true }
    }

    /// A line each, for the census.
    pub(super) fn lines(&self) -> Vec<String> {
        let certificate = |held: &Held| {
            let tags: Vec<_> = held.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
            format!("certificate {} issued {} [{}]", held.desired.domain, held.issued, tags.join(" "))
        };
        self.certificates.values().map(certificate).chain(self.records.lines()).collect()
    }

    /// ARNs of certificates, each with the name that stands for it.
    pub(super) fn names(&self) -> impl Iterator<Item = (String, String)> {
        self.certificates.iter().map(|(arn, held)| (arn.clone(), format!("<certificate {}>", held.desired.domain)))
    }

    /// The tags of all that stands.
    pub(super) fn tags(&self) -> impl Iterator<Item = &Tags> {
        self.certificates.values().map(|held| &held.tags)
    }

    /// Reads. None: the call is none of these services'.
    pub(super) fn read(&self, call: &Call, turn: &Turn) -> Option<Answer<Reply>> {
        Some(Ok(match call {
            Call::ListHostedZonesByName(request) => Reply::ListHostedZonesByName(self.records.zones(&request.domain)),
            Call::ListResourceRecordSets(request) => Reply::ListResourceRecordSets(self.records.of_name(&request.zone, &request.name)),
            Call::ListCertificates(request) => {
                let of_domain = self.certificates.iter().filter(|(_, held)| held.desired.domain == request.domain);
                Reply::ListCertificates(of_domain.map(|(arn, _)| arn.clone()).collect())
            }
            Call::DescribeCertificate(request) => {
                Reply::DescribeCertificate(self.certificates.get(&request.arn).map(|held| held.view(&request.arn, turn.now)))
            }
            Call::ListCertificateTags(request) => {
                let tags = self.certificates.get(&request.arn).map(|held| held.tags.clone());
                return Some(tags.map(Reply::ListCertificateTags).ok_or_else(|| missing(&request.arn)));
            }
            _ => return None,
        }))
    }

    /// Whether the certificate of this ARN may be used.
    pub(super) fn is_issued(&self, arn: &str) -> Option<bool> {
        self.certificates.get(arn).map(|held| held.issued)
    }

    /// Effects. None: the call is none of these services'. `used`: something uses the certificate that is to go.
    pub(super) fn change(&mut self, call: Call, environment: &Environment, used: bool, turn: &mut Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::ChangeResourceRecordSets(request) => {
                let changed = self.records.change(&request.zone, request.changes);
                self.look(turn);
                changed.map(Reply::ChangeResourceRecordSets)
            }
            Call::RequestCertificate(request) => Ok(Reply::RequestCertificate(self.request(request, environment, turn))),
            Call::DeleteCertificate(request) if used => {
                Err(Refused::fact("acm_certificate_in_use", Cause::InvalidState, &[("arn", &request.arn)]))
            }
            Call::DeleteCertificate(request) => {
                self.certificates.remove(&request.arn).map(|_| Reply::DeleteCertificate(())).ok_or_else(|| missing(&request.arn))
            }
            _ => return None,
        })
    }

    fn request(&mut self, request: RequestCertificate, environment: &Environment, turn: &mut Turn) -> String {
        let same = |held: &Held| held.token == request.token && turn.now.duration_since(held.at) < TOKEN_TIME;
        if let Some((arn, _)) = self.certificates.iter().find(|(_, held)| same(held)) {
            return arn.clone();
        }
        let arn = environment.arn("acm", &format!("certificate/{}", turn.hex("", 32)));
        let RequestCertificate { name, token, desired, mut tags } = request;
        let wait = turn.takes("acm-certificate", "describe", &desired.domain);
        turn.later(wait, Transition::CertificateDescribed { arn: arn.clone() });
        tags.insert("Name".to_owned(), name);
        let held = Held { token, at: turn.now, tags, desired, issued: false, described: false, validating: false };
        self.certificates.insert(arn.clone(), held);
        arn
    }

    pub(super) fn delegate(&mut self, delegated: bool, turn: &mut Turn) {
        self.delegated = delegated;
        self.look(turn);
    }

    /// ACM looks for the records of what waits for them.
    fn look(&mut self, turn: &mut Turn) {
        if !self.delegated {
            return;
        }
        let records = &self.records;
        for (arn, held) in &mut self.certificates {
            if held.issued || held.validating || !held.described || !held.is_proven(records) {
                continue;
            }
            held.validating = true;
            let wait = turn.takes("acm-certificate", "validate", &held.desired.domain);
            turn.later(wait, Transition::CertificateIssued { arn: arn.clone() });
        }
    }

    pub(super) fn becomes(&mut self, transition: &Transition, turn: &mut Turn) {
        match transition {
            Transition::CertificateDescribed { arn } => {
                if let Some(held) = self.certificates.get_mut(arn) {
                    held.described = true;
                }
                self.look(turn);
            }
            Transition::CertificateIssued { arn } => {
                let records = &self.records;
                if let Some(held) = self.certificates.get_mut(arn) {
                    held.validating = false;
                    held.issued = held.is_proven(records);
                    if held.issued {
                        turn.tell(arn);
                    }
                }
            }
            _ => {}
        }
    }
}

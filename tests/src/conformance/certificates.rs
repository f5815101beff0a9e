//! Certificates, and the records that prove them.

use std::collections::BTreeSet;

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::naming::{Certificate, CertificateSeen, Issuance, RecordAction};
use domain::ports::{DeleteCertificate, DescribeCertificate, ListCertificateTags, ListCertificates, RequestCertificate};

use super::ground::{Ground, does, passes, refuses, tags, until};
use super::naming::{batch, host};

/// A request for a domain that nothing else has, and for all below it.
fn request(ground: &impl Ground) -> RequestCertificate {
    let domain = host(ground, "certificate");
    let token = format!("{:032x}", crate::random::hash(&domain));
    let alternatives = BTreeSet::from([format!("*.{domain}")]);
    let desired = Certificate { domain, alternatives, zone: ground.environment().hosted_zone.id.clone() };
    RequestCertificate { name: "mate".to_owned(), token, desired, tags: tags() }
}

async fn seen<G: Ground>(ground: &G, arn: &str) -> Option<CertificateSeen> {
    match does(ground, DescribeCertificate { arn: arn.to_owned() }).await?.detail {
        Detail::AcmCertificate(seen) => Some(seen),
        other => panic!("{other:?} is no certificate"),
    }
}

/// Once it says by which records it wants proof.
async fn described<G: Ground>(ground: &G, arn: &str) -> CertificateSeen {
    until(ground, "the certificate's records", async || seen(ground, arn).await.filter(|seen| !seen.validation.is_empty())).await
}

pub(super) async fn a_certificate_is_found_by_its_domain_and_its_tags<G: Ground>(ground: &G) {
    let request = request(ground);
    let arn = does(ground, request.clone()).await;
    assert_eq!(does(ground, ListCertificates { domain: request.desired.domain.clone() }).await, std::slice::from_ref(&arn));
    assert!(does(ground, ListCertificates { domain: host(ground, "other") }).await.is_empty());
    let shown = does(ground, ListCertificateTags { arn: arn.clone() }).await;
    assert!(tags().iter().all(|(key, value)| shown.get(key) == Some(value)), "{shown:?}");
    let seen = seen(ground, &arn).await.expect("it stands");
    assert_eq!((seen.domain, seen.alternatives), (request.desired.domain, request.desired.alternatives));
}

pub(super) async fn a_certificate_says_after_a_while_by_which_records_it_wants_proof<G: Ground>(ground: &G) {
    let arn = does(ground, request(ground)).await;
    let before = seen(ground, &arn).await.expect("it stands");
    assert_eq!(before.issuance, Issuance::Pending);
    let after = described(ground, &arn).await;
    assert_eq!(after.issuance, Issuance::Pending);
    let records: Vec<_> = after.validation.iter().map(|record| (record.record_type.as_str(), record.name.as_str())).collect();
    assert!(matches!(records[..], [("CNAME", name)] if name.ends_with(&after.domain)), "a wildcard has its domain's: {records:?}");
}

pub(super) async fn a_certificate_is_issued_once_its_records_stand<G: Ground>(ground: &G) {
    let arn = does(ground, request(ground)).await;
    let records = described(ground, &arn).await.validation;
    ground.elapse(60).await;
    assert_eq!(seen(ground, &arn).await.map(|seen| seen.issuance), Some(Issuance::Pending), "nothing proves it yet");
    does(ground, batch(ground, RecordAction::Upsert, &records.iter().collect::<Vec<_>>())).await;
    let word = async || match seen(ground, &arn).await.map(|seen| seen.issuance) {
        Some(Issuance::Issued) => "issued".to_owned(),
        other => format!("{other:?}"),
    };
    assert_eq!(passes(ground, "issued", word).await, ["Some(Pending)", "issued"]);
    assert_eq!(seen(ground, &arn).await.map(|seen| seen.validation), Some(records), "it is renewed by the same records");
}

pub(super) async fn a_certificate_with_the_same_token_is_the_same_certificate<G: Ground>(ground: &G) {
    let request = request(ground);
    let arn = does(ground, request.clone()).await;
    assert_eq!(does(ground, request.clone()).await, arn);
    let token = format!("{:032x}", crate::random::hash("another"));
    assert_ne!(does(ground, RequestCertificate { token, ..request.clone() }).await, arn);
    assert_eq!(does(ground, ListCertificates { domain: request.desired.domain }).await.len(), 2);
}

pub(super) async fn two_certificates_for_one_domain_have_one_proof<G: Ground>(ground: &G) {
    let request = request(ground);
    let token = format!("{:032x}", crate::random::hash("one more"));
    let (one, other) = (does(ground, request.clone()).await, does(ground, RequestCertificate { token, ..request }).await);
    assert_eq!(described(ground, &one).await.validation, described(ground, &other).await.validation);
}

pub(super) async fn a_deleted_certificate_is_gone<G: Ground>(ground: &G) {
    let request = request(ground);
    let arn = does(ground, request.clone()).await;
    let delete = || DeleteCertificate { arn: arn.clone() };
    does(ground, delete()).await;
    assert_eq!(seen(ground, &arn).await, None);
    assert!(does(ground, ListCertificates { domain: request.desired.domain }).await.is_empty());
    refuses(ground, delete(), Cause::NotFound).await;
    refuses(ground, ListCertificateTags { arn: arn.clone() }, Cause::NotFound).await;
}

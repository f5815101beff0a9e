//! Certificates, and the records that prove them. They have no name, and their token is known to ACM for an hour only:
//! they are found by their domain and their tags.

use std::collections::BTreeSet;

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::naming::{Certificate, CertificateSeen, Issuance, RecordAction, RecordSet};
use domain::observed::{Observed, Sighting};
use domain::plan::{Change, Removal};
use domain::ports::{
    Cloud, DeleteCertificate, DescribeCertificate, ListCertificateTags, ListCertificates, ListResourceRecordSets, RequestCertificate, send,
};
use domain::resource::Resource;

use super::super::plain::{identity, is_bound, with};
use super::super::{Adapter, not_of_this_kind, ours, unseen};
use super::apply;

impl Adapter for Certificate {
    async fn observe(&self, cloud: &impl Cloud, resource: &Resource, _: bool) -> Result<Sighting, CallError> {
        if !is_bound(&self.domain) || !is_bound(&self.zone) {
            return Ok(Sighting::Absent);
        }
        let identity = identity(resource);
        for arn in send(cloud, ListCertificates { domain: self.domain.clone() }).await? {
            let tags = match send(cloud, ListCertificateTags { arn: arn.clone() }).await {
                Err(error) if error.cause == Cause::NotFound => continue,
                tags => tags?,
            };
            if !identity.iter().all(|(key, value)| tags.get(key) == Some(value)) {
                continue;
            }
            if let Some(observed) = send(cloud, DescribeCertificate { arn }).await? {
                return whole(cloud, &self.zone, Observed { tags, ..observed }).await.map(Sighting::Seen);
            }
        }
        Ok(Sighting::Absent)
    }

    async fn ensure(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        change: &Change,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        match change {
            Change::Create => {
                let (name, token, tags) = (resource.name.clone(), resource.token.clone(), resource.tags.clone());
                let arn = send(cloud, RequestCertificate { name, token, desired: self.clone(), tags }).await?;
                Ok(ours(cloud, resource, arn, Detail::AcmCertificate(requested(self))))
            }
            Change::Update(_) => {
                let (observed, seen) = seen(resource, observed)?;
                let missing: Vec<RecordSet> = seen.missing().into_iter().cloned().collect();
                apply(cloud, &self.zone, RecordAction::Upsert, missing.clone()).await?;
                let present = seen.present.iter().cloned().chain(missing).collect();
                Ok(Sighting::Seen(with(observed, Detail::AcmCertificate(CertificateSeen { present, ..seen.clone() }))))
            }
            _ => Err(not_of_this_kind(resource, change)),
        }
    }

    /// First the records that have exactly the name and the value of ours, then the certificate.
    async fn remove(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        _: &Removal,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        let (observed, seen) = seen(resource, observed)?;
        if !seen.present.is_empty() {
            match apply(cloud, &seen.zone, RecordAction::Delete, seen.present.clone()).await {
                // One of them has gone or changed since the look: the next step is made for what is left.
                Err(error) if matches!(error.cause, Cause::NotFound | Cause::InvalidState) => {
                    return self.observe(cloud, resource, true).await;
                }
                outcome => outcome?,
            }
        }
        match send(cloud, DeleteCertificate { arn: observed.arn.clone() }).await {
            Err(error) if error.cause != Cause::NotFound => Err(error),
            _ => Ok(Sighting::Absent),
        }
    }
}

/// With those of its records that stand in the zone.
async fn whole(cloud: &impl Cloud, zone: &str, mut observed: Observed) -> Result<Observed, CallError> {
    let Detail::AcmCertificate(seen) = &mut observed.detail else { return Ok(observed) };
    zone.clone_into(&mut seen.zone);
    for wanted in &seen.validation {
        let found = send(cloud, ListResourceRecordSets { zone: zone.to_owned(), name: wanted.name.clone() }).await?;
        seen.present.extend(found.into_iter().filter(|set| set.says_what(wanted)));
    }
    Ok(observed)
}

/// As it stands right after the request.
fn requested(desired: &Certificate) -> CertificateSeen {
    CertificateSeen {
        domain: desired.domain.clone(),
        alternatives: desired.alternatives.clone(),
        issuance: Issuance::Pending,
        in_use: false,
        validation: BTreeSet::new(),
        zone: desired.zone.clone(),
        present: Vec::new(),
    }
}

fn seen<'a>(resource: &Resource, observed: Option<&'a Observed>) -> Result<(&'a Observed, &'a CertificateSeen), CallError> {
    match observed.map(|observed| (observed, &observed.detail)) {
        Some((observed, Detail::AcmCertificate(seen))) => Ok((observed, seen)),
        _ => Err(unseen(resource)),
    }
}

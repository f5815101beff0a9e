//! Hosted zones that are looked up, and the records of hosts.

mod certificate;

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::naming::{HostedZone, Record, RecordAction, RecordSeen, RecordSet, Target, proof_name};
use domain::kind::plain::{Progress, Shown};
use domain::observed::{Observed, Sighting};
use domain::plan::{Change, Removal};
use domain::ports::{ChangeResourceRecordSets, Cloud, ListHostedZonesByName, ListResourceRecordSets, send};
use domain::resource::Resource;

use super::plain::is_bound;
use super::{Adapter, not_of_this_kind, ours, unseen};

impl Adapter for HostedZone {
    /// Whoever looks a zone up sees it with his own tags: it is nobody's, and nothing is ever done to it.
    async fn observe(&self, cloud: &impl Cloud, resource: &Resource, _: bool) -> Result<Sighting, CallError> {
        if !is_bound(&self.domain) {
            return Ok(Sighting::Absent);
        }
        let found = send(cloud, ListHostedZonesByName { domain: self.domain.clone() }).await?;
        let Some(id) = found.first() else {
            return Ok(ours(cloud, resource, String::new(), Detail::HostedZone(Shown::done("", self.clone()))));
        };
        let mut shown = Shown::done(id, self.clone()).giving("domain", &self.domain);
        if found.len() > 1 {
            shown.progress = Progress::Failed(format!(
                "{} public hosted zones are called {}: delete all but the delegated one",
                found.len(),
                self.domain
            ));
        }
        // Its id stands in for an ARN, of which Route 53 tells nothing.
        Ok(ours(cloud, resource, id.clone(), Detail::HostedZone(shown)))
    }

    async fn ensure(&self, _: &impl Cloud, resource: &Resource, change: &Change, _: Option<&Observed>) -> Result<Sighting, CallError> {
        Err(not_of_this_kind(resource, change))
    }

    async fn remove(&self, _: &impl Cloud, resource: &Resource, removal: &Removal, _: Option<&Observed>) -> Result<Sighting, CallError> {
        Err(not_of_this_kind(resource, &Change::Remove(removal.clone())))
    }
}

impl Adapter for Record {
    async fn observe(&self, cloud: &impl Cloud, resource: &Resource, _: bool) -> Result<Sighting, CallError> {
        if !is_bound(&self.zone) {
            return Ok(Sighting::Absent);
        }
        let host = &resource.name;
        let at_host = send(cloud, ListResourceRecordSets { zone: self.zone.clone(), name: host.clone() }).await?;
        let at_companion = send(cloud, ListResourceRecordSets { zone: self.zone.clone(), name: proof_name(host) }).await?;
        let Some((tags, seen)) = RecordSeen::of(host, &self.zone, at_host, at_companion) else { return Ok(Sighting::Absent) };
        // The host stands in for an ARN: records have none.
        Ok(Sighting::Seen(Observed { arn: host.clone(), tags, at: cloud.now(), detail: Detail::DnsRecord(seen) }))
    }

    /// Address and companion are always written by one call, so that there is no host without an owner.
    async fn ensure(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        change: &Change,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        let (address, proof) = (self.address(&resource.name), Record::proof(resource));
        match change {
            Change::Create => match apply(cloud, &self.zone, RecordAction::Create, [address.clone(), proof.clone()]).await {
                // Somebody was faster, or our own former attempt: the look says who.
                Err(error) if error.cause == Cause::AlreadyExists => self.observe(cloud, resource, false).await,
                outcome => outcome.map(|()| stands(cloud, resource, &self.zone, Some(address), proof)),
            },
            Change::Update(_) => {
                apply(cloud, &self.zone, RecordAction::Upsert, [address.clone(), proof.clone()]).await?;
                Ok(stands(cloud, resource, &self.zone, Some(address), proof))
            }
            Change::Adopt => {
                let Some(Detail::DnsRecord(seen)) = observed.map(|observed| &observed.detail) else { return Err(unseen(resource)) };
                apply(cloud, &self.zone, RecordAction::Upsert, [proof.clone()]).await?;
                Ok(stands(cloud, resource, &self.zone, seen.address.clone(), proof))
            }
            _ => Err(not_of_this_kind(resource, change)),
        }
    }

    async fn remove(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        _: &Removal,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        let Some(Detail::DnsRecord(seen)) = observed.map(|observed| &observed.detail) else { return Err(unseen(resource)) };
        let standing = [&seen.address, &seen.proof].into_iter().flatten().filter(|set| set.target != Target::Routed).cloned();
        match apply(cloud, &seen.zone, RecordAction::Delete, standing).await {
            Ok(()) => Ok(Sighting::Absent),
            // One of them has gone or changed since the look: the batch did nothing, and the next one is made for what is left.
            Err(error) if matches!(error.cause, Cause::NotFound | Cause::InvalidState) => self.observe(cloud, resource, true).await,
            Err(error) => Err(error),
        }
    }
}

fn stands(cloud: &impl Cloud, resource: &Resource, zone: &str, address: Option<RecordSet>, proof: RecordSet) -> Sighting {
    let host = resource.name.clone();
    let seen = RecordSeen { host: host.clone(), zone: zone.to_owned(), address, proof: Some(proof) };
    ours(cloud, resource, host, Detail::DnsRecord(seen))
}

/// One batch: all of it or nothing.
async fn apply(cloud: &impl Cloud, zone: &str, action: RecordAction, sets: impl IntoIterator<Item = RecordSet>) -> Result<(), CallError> {
    let changes = sets.into_iter().map(|set| set.to_be(action)).collect();
    send(cloud, ChangeResourceRecordSets { zone: zone.to_owned(), changes }).await
}

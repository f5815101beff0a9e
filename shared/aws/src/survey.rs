//! Looks at what changes often of many owners by few calls: services by tens, databases by hundreds, caches by the page.
//!
//! The answers are kept and given to the kinds' own looks, so that these are the same as those at one owner.

use std::collections::{BTreeMap, BTreeSet};

use domain::failure::CallError;
use domain::kind::{Desired, Detail};
use domain::ledger::Record;
use domain::ports::{
    Call, Cloud, DescribeCacheNode, DescribeCacheNodes, DescribeDatabase, DescribeDatabases, DescribeReplicationGroup,
    DescribeReplicationGroups, DescribeService, DescribeServices, DescribeTaskDefinition, ListCacheTags, Reply, RevisionView, send,
};
use domain::resource::{Resource, Tags};
use jiff::Timestamp;

/// ECS describes so many services by one call (API reference, DescribeServices).
const SERVICES: usize = 10;
/// RDS takes so many values of a filter, and gives as many instances in a page (API reference, DescribeDBInstances).
const DATABASES: usize = 100;

/// AWS, of which something is known already.
#[derive(Debug)]
pub struct Surveyed<'a, C> {
    cloud: &'a C,
    known: BTreeMap<String, Reply>,
}

impl<C: Cloud> Cloud for Surveyed<'_, C> {
    fn now(&self) -> Timestamp {
        self.cloud.now()
    }

    fn entropy(&self) -> u128 {
        self.cloud.entropy()
    }

    async fn call(&self, call: Call) -> Result<Reply, CallError> {
        match self.known.get(&key(&call)) {
            Some(reply) => Ok(reply.clone()),
            None => self.cloud.call(call).await,
        }
    }
}

/// Looks at what changes often of `records`. What a failed call would have told is asked for one by one afterwards.
pub async fn survey<'a, C: Cloud>(cloud: &'a C, records: &[&Record]) -> Surveyed<'a, C> {
    let mut surveyed = Surveyed { cloud, known: BTreeMap::new() };
    records.iter().for_each(|record| surveyed.remember(record));
    let (mut services, mut databases, mut caches) = (BTreeMap::<String, BTreeSet<String>>::new(), BTreeSet::new(), BTreeSet::new());
    for Resource { name, desired, .. } in records.iter().map(|record| &record.resource) {
        match desired {
            Desired::EcsService(service) => _ = services.entry(service.cluster.clone()).or_default().insert(name.clone()),
            Desired::RdsInstance(_) => _ = databases.insert(name.clone()),
            Desired::RedisReplicationGroup(_) => _ = caches.insert(name.clone()),
            _ => {}
        }
    }
    for (cluster, names) in services {
        surveyed.services(&cluster, &Vec::from_iter(names)).await;
    }
    surveyed.databases(&Vec::from_iter(databases)).await;
    if !caches.is_empty() {
        surveyed.caches(&caches).await;
    }
    surveyed
}

fn key(call: &Call) -> String {
    format!("{call:?}")
}

impl<C: Cloud> Surveyed<'_, C> {
    fn know(&mut self, call: impl Into<Call>, reply: Reply) {
        self.known.insert(key(&call.into()), reply);
    }

    /// What cannot have changed since: a revision's content, and whose a thing of this ARN is.
    fn remember(&mut self, record: &Record) {
        let Some(seen) = &record.seen else { return };
        match &seen.detail {
            Detail::EcsService(service) => {
                let Some(primary) = &service.primary else { return };
                let view = RevisionView { arn: primary.arn.clone(), tags: Tags::new(), content: primary.content.clone() };
                self.know(DescribeTaskDefinition { id: primary.arn.clone() }, Reply::DescribeTaskDefinition(Some(view)));
            }
            Detail::RedisReplicationGroup(_) => {
                self.know(ListCacheTags { arn: seen.arn.clone() }, Reply::ListCacheTags(seen.tags.clone()));
            }
            _ => {}
        }
    }

    async fn services(&mut self, cluster: &str, names: &[String]) {
        for names in names.chunks(SERVICES) {
            let describe = DescribeServices { cluster: cluster.to_owned(), names: names.to_vec() };
            let Ok(found) = send(self.cloud, describe).await else { continue };
            for name in names {
                let view = found.iter().find(|(of, _)| of == name).map(|(_, view)| view.clone());
                self.know(DescribeService { cluster: cluster.to_owned(), name: name.clone() }, Reply::DescribeService(view));
            }
        }
    }

    async fn databases(&mut self, names: &[String]) {
        for names in names.chunks(DATABASES) {
            let Ok(found) = send(self.cloud, DescribeDatabases { names: names.to_vec() }).await else { continue };
            for name in names {
                let seen = found.iter().find(|(of, _)| of == name).map(|(_, seen)| seen.clone());
                self.know(DescribeDatabase { name: name.clone() }, Reply::DescribeDatabase(seen));
            }
        }
    }

    async fn caches(&mut self, names: &BTreeSet<String>) {
        let (mut after, mut members) = (None, BTreeSet::new());
        while let Ok((page, next)) = send(self.cloud, DescribeReplicationGroups { after: after.take() }).await {
            for (name, group) in page.into_iter().filter(|(name, _)| names.contains(name)) {
                if let Detail::RedisReplicationGroup(seen) = &group.detail {
                    members.extend(seen.members.iter().cloned());
                }
                self.know(DescribeReplicationGroup { name }, Reply::DescribeReplicationGroup(Some(group)));
            }
            after = next;
            if after.is_none() {
                break;
            }
        }
        while let Ok((page, next)) = send(self.cloud, DescribeCacheNodes { after: after.take() }).await {
            for (name, node) in page.into_iter().filter(|(name, _)| members.contains(name)) {
                self.know(DescribeCacheNode { name }, Reply::DescribeCacheNode(Some(node)));
            }
            after = next;
            if after.is_none() {
                return;
            }
        }
    }
}

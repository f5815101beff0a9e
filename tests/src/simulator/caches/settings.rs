//! Groups of parameters and of subnets: each stands under its name, at once.

use std::collections::BTreeMap;

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::cache::CacheNode;
use domain::kind::cache_settings::{RedisParameterGroup, RedisSubnetGroup};
use domain::observed::Observed;
use domain::ports::{Call, CreateCacheParameterGroup, CreateCacheSubnetGroup, Reply};
use domain::resource::Tags;
use jiff::Timestamp;

use super::super::environment::Environment;
use super::super::grounds::{named, tag, tags_of, untagged};
use super::super::shelf::{Shelf, Thing};
use super::super::turn::{Answer, Refused, Turn};

#[derive(Debug, Clone)]
pub(in super::super) struct Settings {
    pub(in super::super) parameter_groups: Shelf<RedisParameterGroup>,
    pub(in super::super) subnet_groups: Shelf<RedisSubnetGroup>,
}

fn missing(fact: &str, name: &str) -> Refused {
    Refused::fact(fact, Cause::NotFound, &[("name", name)])
}

impl Settings {
    pub(super) fn new() -> Self {
        Self { parameter_groups: Shelf::new(Detail::RedisParameterGroup), subnet_groups: Shelf::new(Detail::RedisSubnetGroup) }
    }

    /// The groups that a replication group names stand; AWS's own parameter groups always do.
    pub(super) fn check_used(&self, subnets: &str, parameters: &str) -> Answer<()> {
        if self.subnet_groups.get(subnets).is_none() {
            return Err(missing("elasticache_subnet_group_missing", subnets));
        }
        if !parameters.starts_with("default.") && self.parameter_groups.get(parameters).is_none() {
            return Err(missing("elasticache_parameter_group_missing", parameters));
        }
        Ok(())
    }

    pub(super) fn read(&self, call: &Call, now: Timestamp) -> Option<Answer<Reply>> {
        Some(Ok(match call {
            Call::DescribeCacheParameterGroup(request) => {
                let found = self.parameter_groups.get(&request.name);
                Reply::DescribeCacheParameterGroup(found.map(|one| self.without_parameters(one, now)))
            }
            Call::DescribeCacheParameters(request) => match self.parameter_groups.get(&request.name) {
                Some(one) => Reply::DescribeCacheParameters(one.shown.properties.parameters.clone()),
                None => return Some(Err(missing("elasticache_parameter_group_missing", &request.name))),
            },
            Call::DescribeCacheSubnetGroup(request) => {
                let found = self.subnet_groups.get(&request.name);
                Reply::DescribeCacheSubnetGroup(found.map(|one| untagged(self.subnet_groups.view(one, now))))
            }
            _ => return None,
        }))
    }

    fn without_parameters(&self, one: &Thing<RedisParameterGroup>, now: Timestamp) -> Observed {
        let mut observed = untagged(self.parameter_groups.view(one, now));
        if let Detail::RedisParameterGroup(seen) = &mut observed.detail {
            seen.properties.parameters = BTreeMap::new();
        }
        observed
    }

    /// `nodes`: of all replication groups.
    pub(super) fn change(&mut self, call: Call, nodes: &[CacheNode], environment: &Environment, turn: &Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::CreateCacheParameterGroup(request) => {
                self.create_parameter_group(request, environment, turn).map(Reply::CreateCacheParameterGroup)
            }
            Call::ModifyCacheParameterGroup(request) => {
                self.parameters(&request.name).map(|set| set.extend(request.parameters)).map(Reply::ModifyCacheParameterGroup)
            }
            Call::ResetCacheParameterGroup(request) => self
                .parameters(&request.name)
                .map(|set| set.retain(|name, _| !request.parameters.contains(name)))
                .map(Reply::ResetCacheParameterGroup),
            Call::DeleteCacheParameterGroup(request) => {
                let used = nodes.iter().any(|node| node.parameter_group == request.name);
                self.delete_parameter_group(&request.name, used).map(Reply::DeleteCacheParameterGroup)
            }
            Call::CreateCacheSubnetGroup(request) => {
                self.create_subnet_group(request, environment, turn).map(Reply::CreateCacheSubnetGroup)
            }
            Call::ModifyCacheSubnetGroup(request) => match self.subnet_groups.get_mut(&request.name) {
                Some(group) => {
                    group.shown.properties = request.desired;
                    Ok(Reply::ModifyCacheSubnetGroup(()))
                }
                None => Err(missing("elasticache_subnet_group_missing", &request.name)),
            },
            Call::DeleteCacheSubnetGroup(request) => {
                let used = nodes.iter().any(|node| node.subnet_group == request.name);
                self.delete_subnet_group(&request.name, used).map(Reply::DeleteCacheSubnetGroup)
            }
            _ => return None,
        })
    }

    fn parameters(&mut self, name: &str) -> Answer<&mut BTreeMap<String, String>> {
        let group = self.parameter_groups.get_mut(name).ok_or_else(|| missing("elasticache_parameter_group_missing", name))?;
        Ok(&mut group.shown.properties.parameters)
    }

    fn create_parameter_group(&mut self, request: CreateCacheParameterGroup, environment: &Environment, turn: &Turn) -> Answer<Observed> {
        if self.parameter_groups.get(&request.name).is_some() {
            return Err(Refused::fact("elasticache_parameter_group_exists", Cause::AlreadyExists, &[("name", &request.name)]));
        }
        let arn = environment.arn("elasticache", &format!("parametergroup:{}", request.name));
        let properties = RedisParameterGroup { parameters: BTreeMap::new(), ..request.desired };
        Ok(self.parameter_groups.put(named(&request.name, arn, request.tags, properties), turn.now))
    }

    fn delete_parameter_group(&mut self, name: &str, used: bool) -> Answer<()> {
        if used {
            return Err(Refused::fact("elasticache_parameter_group_in_use", Cause::InvalidState, &[("name", name)]));
        }
        let taken = self.parameter_groups.take(name).map(|_| ());
        taken.ok_or_else(|| missing("elasticache_parameter_group_missing", name))
    }

    fn create_subnet_group(&mut self, request: CreateCacheSubnetGroup, environment: &Environment, turn: &Turn) -> Answer<Observed> {
        if self.subnet_groups.get(&request.name).is_some() {
            return Err(Refused::fact("elasticache_subnet_group_exists", Cause::AlreadyExists, &[("name", &request.name)]));
        }
        let arn = environment.arn("elasticache", &format!("subnetgroup:{}", request.name));
        Ok(self.subnet_groups.put(named(&request.name, arn, request.tags, request.desired), turn.now))
    }

    fn delete_subnet_group(&mut self, name: &str, used: bool) -> Answer<()> {
        if used {
            return Err(Refused::fact("elasticache_subnet_group_in_use", Cause::InvalidState, &[("name", name)]));
        }
        let taken = self.subnet_groups.take(name).map(|_| ());
        taken.ok_or_else(|| missing("elasticache_subnet_group_missing", name))
    }

    pub(super) fn tag(&mut self, arn: &str, tags: &Tags) -> Answer<()> {
        tag(&mut self.parameter_groups, arn, tags).or_else(|_| tag(&mut self.subnet_groups, arn, tags))
    }

    pub(super) fn tags_of(&self, arn: &str) -> Answer<Tags> {
        let found = tags_of(&self.parameter_groups, arn).into_iter().chain(tags_of(&self.subnet_groups, arn));
        Ok(found.collect())
    }

    /// A line each, for the census.
    pub(in super::super) fn lines(&self) -> Vec<String> {
        [self.parameter_groups.lines("cache-parameter-group"), self.subnet_groups.lines("cache-subnet-group")].concat()
    }

    /// The tags of all that stands.
    pub(in super::super) fn tags(&self) -> impl Iterator<Item = &Tags> {
        self.parameter_groups.all().map(|one| &one.tags).chain(self.subnet_groups.all().map(|one| &one.tags))
    }
}

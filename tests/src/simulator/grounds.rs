//! Roles, clusters, groups of subnets, log groups and repositories: each stands under its name, at once.

use std::collections::BTreeMap;

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::grounds::{Cluster, DbSubnetGroup, LogGroup, Repository};
use domain::kind::identity::Role;
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{Call, CreateCluster, CreateLogGroup, CreateRepository, CreateRole, CreateSubnetGroup, Reply};
use domain::resource::Tags;
use jiff::Timestamp;
use serde_json::Value;

use super::environment::Environment;
use super::shelf::{Shelf, Thing};
use super::turn::{Answer, Refused, Turn};
use crate::facts::facts;

#[derive(Debug, Clone)]
pub(super) struct Grounds {
    pub(super) roles: Shelf<Role>,
    /// When each role of this name is known to all services.
    known: BTreeMap<String, Timestamp>,
    pub(super) clusters: Shelf<Cluster>,
    pub(super) subnet_groups: Shelf<DbSubnetGroup>,
    pub(super) log_groups: Shelf<LogGroup>,
    pub(super) repositories: Shelf<Repository>,
}

/// A thing that is done, its name its id.
pub(super) fn named<T>(name: &str, arn: String, tags: Tags, properties: T) -> Thing<T> {
    let shown = Shown::done(name, properties).giving("name", name);
    Thing { name: name.to_owned(), token: None, arn, tags, shown }
}

fn missing(fact: &str, name: &str) -> Refused {
    Refused::fact(fact, Cause::NotFound, &[("name", name)])
}

fn taken(fact: &str, name: &str) -> Refused {
    Refused::fact(fact, Cause::AlreadyExists, &[("name", name)])
}

impl Grounds {
    /// What the fixture declares, as nobody's.
    pub(super) fn of(environment: &Environment) -> Self {
        let mut grounds = Self {
            roles: Shelf::new(Detail::IamRole),
            known: BTreeMap::new(),
            clusters: Shelf::new(Detail::EcsCluster),
            subnet_groups: Shelf::new(Detail::DbSubnetGroup),
            log_groups: Shelf::new(Detail::LogGroup),
            repositories: Shelf::new(Detail::EcrRepository),
        };
        let now = jiff::Timestamp::UNIX_EPOCH;
        let (cluster, group) = (&environment.cluster, &environment.db_subnet_group);
        let arn = environment.arn("ecs", &format!("cluster/{cluster}"));
        grounds.clusters.put(named(cluster, arn, Tags::new(), Cluster { insights: false }), now);
        let subnets = environment.private_subnets.iter().map(|subnet| subnet.id.clone()).collect();
        let arn = environment.arn("rds", &format!("subgrp:{group}"));
        grounds.subnet_groups.put(named(group, arn, Tags::new(), DbSubnetGroup { subnets }), now);
        grounds
    }

    /// Takes away what the fixture declares.
    pub(super) fn forget(&mut self, environment: &Environment) {
        self.clusters.take(&environment.cluster);
        self.subnet_groups.take(&environment.db_subnet_group);
    }

    /// ECS knows nothing of a cluster that does not stand.
    pub(super) fn check_cluster(&self, cluster: &str) -> Answer<()> {
        let stands = self.clusters.get(cluster).is_some();
        if stands { Ok(()) } else { Err(Refused::new(Cause::InvalidRequest, "ClusterNotFoundException: Cluster not found.")) }
    }

    /// A line each, for the census.
    pub(super) fn lines(&self) -> Vec<String> {
        [
            self.roles.lines("role"),
            self.clusters.lines("cluster"),
            self.subnet_groups.lines("subnet-group"),
            self.log_groups.lines("log-group"),
            self.repositories.lines("repository"),
        ]
        .concat()
    }

    /// The tags of all that stands.
    pub(super) fn tags(&self) -> impl Iterator<Item = &Tags> {
        let roles = self.roles.all().map(|one| &one.tags).chain(self.clusters.all().map(|one| &one.tags));
        let groups = self.subnet_groups.all().map(|one| &one.tags).chain(self.log_groups.all().map(|one| &one.tags));
        roles.chain(groups).chain(self.repositories.all().map(|one| &one.tags))
    }

    /// All that stands, with its ARN. The tagging API knows no roles.
    pub(super) fn tagged(&self) -> impl Iterator<Item = (&String, &Tags)> {
        let groups =
            self.subnet_groups.all().map(|one| (&one.arn, &one.tags)).chain(self.log_groups.all().map(|one| (&one.arn, &one.tags)));
        let clusters = self.clusters.all().map(|one| (&one.arn, &one.tags));
        groups.chain(clusters).chain(self.repositories.all().map(|one| (&one.arn, &one.tags)))
    }

    /// Reads. None: the call is none of these services'.
    pub(super) fn read(&self, call: &Call, turn: &Turn) -> Option<Answer<Reply>> {
        let now = turn.now;
        Some(Ok(match call {
            Call::GetRole(request) => Reply::GetRole(self.roles.get(&request.name).map(|role| {
                let mut observed = self.roles.view(role, now);
                if let Detail::IamRole(seen) = &mut observed.detail {
                    seen.properties.policy = Value::Null;
                }
                observed
            })),
            Call::GetRolePolicy(request) => {
                let policy = self.roles.get(&request.name).map(|role| role.shown.properties.policy.clone());
                Reply::GetRolePolicy(policy.filter(|policy| *policy != Value::Null))
            }
            Call::DescribeCluster(request) => {
                Reply::DescribeCluster(self.clusters.get(&request.name).map(|one| self.clusters.view(one, now)))
            }
            Call::DescribeSubnetGroup(request) => {
                Reply::DescribeSubnetGroup(self.subnet_groups.get(&request.name).map(|one| untagged(self.subnet_groups.view(one, now))))
            }
            Call::ListTags(request) => Reply::ListTags(tags_of(&self.subnet_groups, &request.arn)),
            Call::DescribeLogGroup(request) => {
                Reply::DescribeLogGroup(self.log_groups.get(&request.name).map(|one| untagged(self.log_groups.view(one, now))))
            }
            Call::ListLogGroupTags(request) => Reply::ListLogGroupTags(tags_of(&self.log_groups, &request.arn)),
            Call::DescribeRepository(request) => Reply::DescribeRepository(self.repositories.get(&request.name).map(|one| {
                let mut observed = untagged(self.repositories.view(one, now));
                if let Detail::EcrRepository(seen) = &mut observed.detail {
                    seen.properties.keep_images = 0;
                }
                observed
            })),
            Call::ListRepositoryTags(request) => Reply::ListRepositoryTags(tags_of(&self.repositories, &request.arn)),
            Call::GetLifecyclePolicy(request) => {
                let kept = self.repositories.get(&request.name).map(|one| one.shown.properties.keep_images);
                Reply::GetLifecyclePolicy(kept.filter(|kept| *kept > 0))
            }
            _ => return None,
        }))
    }

    fn create_role(&mut self, request: CreateRole, environment: &Environment, turn: &Turn) -> Answer<Observed> {
        if self.roles.get(&request.name).is_some() {
            return Err(taken("iam_role_exists", &request.name));
        }
        let arn = format!("arn:aws:iam::{}:role{}{}", environment.account, request.desired.path, request.name);
        let properties = Role { policy: Value::Null, ..request.desired };
        self.known.insert(request.name.clone(), turn.now + facts().duration("iam-role", "propagate", &request.name));
        Ok(self.roles.put(named(&request.name, arn, request.tags, properties), turn.now))
    }

    /// The role of this ARN, if services know it at that moment.
    pub(super) fn role_known_at(&self, arn: &str, moment: Timestamp) -> Option<&Role> {
        let role = self.roles.find(|role| role.arn == arn)?;
        let known = self.known.get(&role.name).is_none_or(|from| *from <= moment);
        known.then_some(&role.shown.properties)
    }

    fn role(&mut self, name: &str) -> Answer<&mut Role> {
        let role = self.roles.get_mut(name).ok_or_else(|| missing("iam_role_missing", name))?;
        Ok(&mut role.shown.properties)
    }

    fn delete_role(&mut self, name: &str) -> Answer<()> {
        if self.role(name)?.policy != Value::Null {
            return Err(Refused::fact("iam_role_has_policies", Cause::InvalidState, &[]));
        }
        self.roles.take(name);
        Ok(())
    }

    fn create_cluster(&mut self, request: CreateCluster, environment: &Environment, turn: &Turn) -> Observed {
        // A cluster of that name is the answer, as it stands: ECS refuses nothing.
        if let Some(known) = self.clusters.get(&request.name) {
            return self.clusters.view(known, turn.now);
        }
        let arn = environment.arn("ecs", &format!("cluster/{}", request.name));
        self.clusters.put(named(&request.name, arn, request.tags, request.desired), turn.now)
    }

    fn create_subnet_group(&mut self, request: CreateSubnetGroup, environment: &Environment, turn: &Turn) -> Answer<Observed> {
        if self.subnet_groups.get(&request.name).is_some() {
            return Err(taken("rds_subnet_group_exists", &request.name));
        }
        let arn = environment.arn("rds", &format!("subgrp:{}", request.name));
        Ok(self.subnet_groups.put(named(&request.name, arn, request.tags, request.desired), turn.now))
    }

    fn create_log_group(&mut self, request: CreateLogGroup, environment: &Environment, turn: &Turn) -> Answer<()> {
        if self.log_groups.get(&request.name).is_some() {
            return Err(taken("logs_group_exists", &request.name));
        }
        let arn = environment.arn("logs", &format!("log-group:{}", request.name));
        let properties = LogGroup { retention_days: 0, key: request.key };
        self.log_groups.put(named(&request.name, arn, request.tags, properties), turn.now);
        Ok(())
    }

    fn log_group(&mut self, name: &str) -> Answer<&mut LogGroup> {
        let group = self.log_groups.get_mut(name).ok_or_else(|| missing("logs_group_missing", name))?;
        Ok(&mut group.shown.properties)
    }

    fn create_repository(&mut self, request: CreateRepository, environment: &Environment, turn: &Turn) -> Answer<Observed> {
        if self.repositories.get(&request.name).is_some() {
            return Err(taken("ecr_repository_exists", &request.name));
        }
        let arn = environment.arn("ecr", &format!("repository/{}", request.name));
        let uri = format!("{}.dkr.ecr.{}.amazonaws.com/{}", environment.account, environment.region, request.name);
        let mut made = named(&request.name, arn, request.tags, Repository { keep_images: 0, ..request.desired });
        made.shown = made.shown.giving("uri", uri);
        Ok(self.repositories.put(made, turn.now))
    }

    fn repository(&mut self, name: &str) -> Answer<&mut Repository> {
        let repository = self.repositories.get_mut(name).ok_or_else(|| missing("ecr_repository_missing", name))?;
        Ok(&mut repository.shown.properties)
    }

    /// Effects. None: the call is none of these services'. `used`: a database stands in the group that is to go.
    pub(super) fn change(&mut self, call: Call, environment: &Environment, used: bool, turn: &Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::CreateRole(request) => self.create_role(request, environment, turn).map(Reply::CreateRole),
            Call::UpdateAssumeRolePolicy(request) => {
                self.role(&request.name).map(|role| role.trust = request.trust).map(Reply::UpdateAssumeRolePolicy)
            }
            Call::PutRolePolicy(request) => self.role(&request.name).map(|role| role.policy = request.policy).map(Reply::PutRolePolicy),
            Call::DeleteRolePolicy(request) => self.role(&request.name).map(|role| role.policy = Value::Null).map(Reply::DeleteRolePolicy),
            Call::DeleteRole(request) => self.delete_role(&request.name).map(Reply::DeleteRole),
            Call::TagRole(request) => self
                .roles
                .tag(&request.name, &request.tags)
                .then_some(())
                .ok_or_else(|| missing("iam_role_missing", &request.name))
                .map(Reply::TagRole),
            Call::CreateCluster(request) => Ok(Reply::CreateCluster(self.create_cluster(request, environment, turn))),
            Call::UpdateCluster(request) => match self.clusters.get_mut(&request.name) {
                Some(cluster) => {
                    cluster.shown.properties = request.desired;
                    let cluster = cluster.clone();
                    Ok(Reply::UpdateCluster(self.clusters.view(&cluster, turn.now)))
                }
                None => Err(missing("ecs_cluster_missing", &request.name)),
            },
            Call::DeleteCluster(request) => self
                .clusters
                .take(&request.name)
                .map(|_| Reply::DeleteCluster(()))
                .ok_or_else(|| missing("ecs_cluster_missing", &request.name)),
            Call::CreateSubnetGroup(request) => self.create_subnet_group(request, environment, turn).map(Reply::CreateSubnetGroup),
            Call::ModifySubnetGroup(request) => match self.subnet_groups.get_mut(&request.name) {
                Some(group) => {
                    group.shown.properties = request.desired;
                    Ok(Reply::ModifySubnetGroup(()))
                }
                None => Err(missing("rds_subnet_group_not_found", &request.name)),
            },
            Call::DeleteSubnetGroup(request) if used => {
                Err(Refused::fact("rds_subnet_group_in_use", Cause::InvalidState, &[("name", &request.name)]))
            }
            Call::DeleteSubnetGroup(request) => self
                .subnet_groups
                .take(&request.name)
                .map(|_| Reply::DeleteSubnetGroup(()))
                .ok_or_else(|| missing("rds_subnet_group_not_found", &request.name)),
            other => return self.change_more(other, environment, turn),
        })
    }

    fn change_more(&mut self, call: Call, environment: &Environment, turn: &Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::CreateLogGroup(request) => self.create_log_group(request, environment, turn).map(Reply::CreateLogGroup),
            Call::PutRetentionPolicy(request) => {
                self.log_group(&request.name).map(|group| group.retention_days = request.days).map(Reply::PutRetentionPolicy)
            }
            Call::AssociateKey(request) => {
                self.log_group(&request.name).map(|group| group.key = Some(request.key)).map(Reply::AssociateKey)
            }
            Call::DeleteLogGroup(request) => self
                .log_groups
                .take(&request.name)
                .map(|_| Reply::DeleteLogGroup(()))
                .ok_or_else(|| missing("logs_group_missing", &request.name)),
            Call::TagLogGroup(request) => tag(&mut self.log_groups, &request.arn, &request.tags).map(Reply::TagLogGroup),
            Call::CreateRepository(request) => self.create_repository(request, environment, turn).map(Reply::CreateRepository),
            Call::PutLifecyclePolicy(request) => {
                self.repository(&request.name).map(|one| one.keep_images = request.keep_images).map(Reply::PutLifecyclePolicy)
            }
            Call::PutImageScanning(request) => {
                self.repository(&request.name).map(|one| one.scan_on_push = request.on).map(Reply::PutImageScanning)
            }
            Call::DeleteRepository(request) => self
                .repositories
                .take(&request.name)
                .map(|_| Reply::DeleteRepository(()))
                .ok_or_else(|| missing("ecr_repository_missing", &request.name)),
            Call::TagRepository(request) => tag(&mut self.repositories, &request.arn, &request.tags).map(Reply::TagRepository),
            _ => return None,
        })
    }
}

/// Without its tags, which another call shows.
pub(super) fn untagged(observed: Observed) -> Observed {
    Observed { tags: Tags::new(), ..observed }
}

/// The tags of the thing of this ARN; none: it is not here.
pub(super) fn tags_of<T: Clone + serde::Serialize>(shelf: &Shelf<T>, arn: &str) -> Tags {
    shelf.find(|thing| thing.arn == arn).map(|thing| thing.tags.clone()).unwrap_or_default()
}

/// Adds or replaces the tags of the thing of this ARN.
pub(super) fn tag<T: Clone + serde::Serialize>(shelf: &mut Shelf<T>, arn: &str, tags: &Tags) -> Answer<()> {
    let id = shelf.find(|thing| thing.arn == arn).map(|thing| thing.shown.id.clone());
    let tagged = id.is_some_and(|id| shelf.tag(&id, tags));
    if tagged { Ok(()) } else { Err(Refused::new(Cause::NotFound, format!("ResourceNotFoundException: {arn} does not exist"))) }
}

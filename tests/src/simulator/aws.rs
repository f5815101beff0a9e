//! The resources of AWS, as one value: reads look at it, effects change it, a copy of it is the past.

use domain::failure::Cause;
use domain::kind::database::Database;
use domain::ports::{Call, DatabaseChange, Reply, Tagged};
use domain::resource::Tags;

use super::backups::Backups;
use super::balancing::Balancing;
use super::caches::Caches;
use super::databases::Databases;
use super::environment::Environment;
use super::file_systems::FileSystems;
use super::firewall::Firewall;
use super::functions::{Footing, Functions};
use super::grounds::Grounds;
use super::grounds::{tag, tags_of};
use super::naming::Naming;
use super::network::Network;
use super::parameter_groups::{ParameterGroups, check_growth, check_monitoring};
use super::scaling::Scaling;
use super::secrets::Secrets;
use super::services::{Services, Surroundings};
use super::storage::Storage;
use super::task_definitions::TaskDefinitions;
use super::tasks::Tasks;
use super::turn::{Answer, Refused, Transition, Turn};
use super::users::Users;

use super::access_points::AccessPoints;
use super::keys::Keys;
use super::messaging::Topics;
use super::rules::Rules;
use super::watching::Watching;

#[derive(Debug, Clone)]
pub(super) struct Aws {
    pub(super) network: Network,
    pub(super) grounds: Grounds,
    pub(super) secrets: Secrets,
    pub(super) file_systems: FileSystems,
    pub(super) databases: Databases,
    pub(super) definitions: TaskDefinitions,
    pub(super) services: Services,
    pub(super) tasks: Tasks,
    pub(super) keys: Keys,
    pub(super) topics: Topics,
    pub(super) access_points: AccessPoints,
    pub(super) scaling: Scaling,
    pub(super) balancing: Balancing,
    pub(super) firewall: Firewall,
    pub(super) naming: Naming,
    pub(super) users: Users,
    pub(super) caches: Caches,
    pub(super) parameter_groups: ParameterGroups,
    pub(super) storage: Storage,
    pub(super) watching: Watching,
    pub(super) backups: Backups,
    pub(super) functions: Functions,
    pub(super) rules: Rules,
}

impl Aws {
    /// Nothing but what the fixture declares.
    pub(super) fn of(environment: &Environment) -> Self {
        Self {
            network: Network::of(environment),
            grounds: Grounds::of(environment),
            secrets: Secrets::default(),
            file_systems: FileSystems::default(),
            databases: Databases::default(),
            definitions: TaskDefinitions::default(),
            services: Services::default(),
            tasks: Tasks::default(),
            keys: Keys::default(),
            topics: Topics::new(),
            access_points: AccessPoints::new(),
            scaling: Scaling::default(),
            balancing: Balancing::new(),
            firewall: Firewall::new(),
            naming: Naming::of(environment),
            users: Users::default(),
            caches: Caches::default(),
            parameter_groups: ParameterGroups::default(),
            storage: Storage::default(),
            watching: Watching::new(),
            backups: Backups::new(),
            functions: Functions::of(environment),
            rules: Rules::new(),
        }
    }

    /// Whether a network interface of another service than EC2 is in the subnet or the group `id`.
    fn has_interface_in(&self, id: &str) -> bool {
        let targets = self.file_systems.0.values().any(|system| system.is_in(id));
        targets
            || self.balancing.is_in(id)
            || self.databases.instances.values().any(|instance| instance.is_in(id))
            || self.services.are_in(id)
            || self.caches.are_in(id)
            || self.functions.are_in(id)
    }

    /// What a read of these services shows. None: the call is not one.
    pub(super) fn read(&self, call: &Call, environment: &Environment, turn: &Turn) -> Option<Answer<Reply>> {
        let now = turn.now;
        let called = || self.functions.read(call, turn).or_else(|| self.rules.read(call, turn));
        let others = || self.watching.read(call, turn).or_else(|| self.backups.read(call, turn)).or_else(called);
        if let Some(answer) = self.storage.read(call, environment, turn).or_else(others) {
            return Some(answer);
        }
        Some(match call {
            Call::DescribeSecret(request) => Ok(Reply::DescribeSecret(self.secrets.describe(&request.id, now))),
            Call::RotatedAt(request) => Ok(Reply::RotatedAt(self.secrets.rotated_at(&request.id, now))),
            Call::GetSecretValue(request) => self.secrets.value(&request.id, now).map(Reply::GetSecretValue),
            Call::DescribeFileSystem(request) => Ok(Reply::DescribeFileSystem(self.file_systems.describe(&request.token, now))),
            Call::DescribeMountTargets(request) => self.file_systems.mount_targets(&request.file_system).map(Reply::DescribeMountTargets),
            Call::DescribeDatabase(request) => Ok(Reply::DescribeDatabase(self.databases.describe(&request.name, now))),
            Call::DescribeSnapshot(request) => Ok(Reply::DescribeSnapshot(self.databases.snapshot(&request.name))),
            Call::DescribeService(request) => {
                let known = self.grounds.check_cluster(&request.cluster);
                known.map(|()| Reply::DescribeService(self.services.describe(&request.name)))
            }
            Call::DescribeServices(request) => {
                let found = |name: &String| Some((name.clone(), self.services.describe(name)?));
                let known = self.grounds.check_cluster(&request.cluster);
                known.map(|()| Reply::DescribeServices(request.names.iter().filter_map(found).collect()))
            }
            Call::DescribeDatabases(request) => {
                let found = |name: &String| Some((name.clone(), self.databases.describe(name, now)?));
                Ok(Reply::DescribeDatabases(request.names.iter().filter_map(found).collect()))
            }
            Call::DescribeTaskDefinition(request) => Ok(Reply::DescribeTaskDefinition(self.definitions.describe(&request.id))),
            Call::DescribeTargetHealth(request) => Ok(Reply::DescribeTargetHealth(self.services.targets(&request.group))),
            Call::ListTaskDefinitions(request) => Ok(Reply::ListTaskDefinitions(self.definitions.list(&request.family))),
            Call::ListTasks(request) => Ok(Reply::ListTasks(self.tasks.list(request, now))),
            Call::DescribeTasks(request) => Ok(Reply::DescribeTasks(self.tasks.describe(&request.tasks))),
            Call::GetResources(request) => Ok(Reply::GetResources((self.tagged(&request.key, &request.value, now), None))),
            Call::HasImage(request) => Ok(Reply::HasImage(self.tasks.has_image(&request.repository, &request.tag))),
            other => return self.scaling.read(other, turn).or_else(|| self.read_network(other, turn)),
        })
    }

    /// What has the tag, of the services of which the simulator can tell: a page holds all of it.
    fn tagged(&self, key: &str, value: &str, now: jiff::Timestamp) -> Vec<Tagged> {
        let secrets = self.secrets.all(now).map(|(_, one)| (&one.arn, &one.tags));
        let stored = self.file_systems.0.values().map(|one| (&one.arn, &one.tags));
        let databases = self.databases.instances.values().map(|one| (&one.arn, &one.tags));
        let services = self.services.0.values().map(|one| (&one.arn, &one.tags));
        let all = secrets.chain(stored).chain(databases).chain(services);
        let all = all.chain(self.network.tagged()).chain(self.grounds.tagged());
        let all = all.chain(self.functions.tagged()).chain(self.rules.tagged());
        let has = |(_, tags): &(&String, &Tags)| tags.get(key).is_some_and(|found| found == value);
        all.filter(has).map(|(arn, tags)| Tagged { arn: arn.clone(), tags: tags.clone() }).collect()
    }

    fn read_network(&self, call: &Call, turn: &Turn) -> Option<Answer<Reply>> {
        let (network, now) = (&self.network, turn.now);
        Some(Ok(match call {
            Call::DescribeVpcs(request) => Reply::DescribeVpcs(network.vpcs.tagged(&request.tags, now)),
            Call::DescribeVpcAttribute(request) => {
                Reply::DescribeVpcAttribute(network.vpcs.get(&request.id).is_some_and(|vpc| vpc.shown.properties.dns_hostnames))
            }
            Call::DescribeSubnets(request) => Reply::DescribeSubnets(network.subnets.tagged(&request.tags, now)),
            Call::DescribeInternetGateways(request) => {
                Reply::DescribeInternetGateways(network.internet_gateways.tagged(&request.tags, now))
            }
            Call::DescribeAddresses(request) => Reply::DescribeAddresses(network.addresses.tagged(&request.tags, now)),
            Call::DescribeNatGateways(request) => Reply::DescribeNatGateways(network.nat_gateways.tagged(&request.tags, now)),
            Call::DescribeRouteTables(request) => Reply::DescribeRouteTables(network.route_tables.tagged(&request.tags, now)),
            Call::DescribeFlowLogs(request) => Reply::DescribeFlowLogs(network.flow_logs.tagged(&request.tags, now)),
            Call::DescribeSecurityGroups(request) => {
                let group = network.groups.find(|one| one.name == request.name && one.shown.properties.vpc == request.vpc);
                Reply::DescribeSecurityGroups(group.map(|group| network.groups.view(group, now)))
            }
            other => {
                let found = self.read_settings(other, turn).or_else(|| self.read_keys(other, turn));
                let found = found.or_else(|| self.read_balancing(other, turn)).or_else(|| self.read_firewall(other, turn));
                return found.or_else(|| self.naming.read(other, turn)).or_else(|| self.users.read(other, turn));
            }
        }))
    }

    fn read_keys(&self, call: &Call, turn: &Turn) -> Option<Answer<Reply>> {
        self.keys.read(call, turn).or_else(|| self.topics.read(call, turn)).or_else(|| self.access_points.read(call, turn))
    }

    /// What concerns keys, topics and access points. None: the call does not.
    fn change_keys(&mut self, call: &Call, environment: &Environment, turn: &mut Turn) -> Option<Answer<Reply>> {
        if let Some(changed) = self.keys.change(call, environment, turn) {
            return Some(changed);
        }
        let changed = self.topics.change(call, environment, turn);
        changed.or_else(|| self.access_points.change(call, &self.file_systems, environment, turn))
    }

    fn read_settings(&self, call: &Call, turn: &Turn) -> Option<Answer<Reply>> {
        if let Call::ListTags(request) = call
            && request.arn.contains(":pg:")
        {
            return Some(Ok(Reply::ListTags(tags_of(&self.parameter_groups.0, &request.arn))));
        }
        let read = self.caches.read(call, turn).or_else(|| self.parameter_groups.read(call, turn.now));
        read.or_else(|| self.grounds.read(call, turn))
    }

    /// What RDS refuses of a new instance's settings.
    fn check_database(&self, desired: &Database) -> Answer<()> {
        if self.grounds.subnet_groups.get(&desired.subnet_group).is_none() {
            return Err(Refused::fact("rds_subnet_group_missing", Cause::NotFound, &[("name", &desired.subnet_group)]));
        }
        self.parameter_groups.check_used(desired.parameter_group.as_deref())?;
        check_growth(desired.max_storage_gib, desired.storage_gib)?;
        check_monitoring(desired.monitoring_seconds, desired.monitoring_role.as_deref(), &self.grounds.roles)
    }

    /// What RDS refuses of a change of settings.
    fn check_change(&self, change: &DatabaseChange) -> Answer<()> {
        self.parameter_groups.check_used(change.parameter_group.as_deref())?;
        check_monitoring(change.monitoring_seconds.unwrap_or(0), change.monitoring_role.as_deref(), &self.grounds.roles)
    }

    /// Does what a call asks. None: the call is none of these services' effects.
    pub(super) fn change(&mut self, call: Call, environment: &Environment, turn: &mut Turn) -> Option<Answer<Reply>> {
        if let Some(changed) = self.change_keys(&call, environment, turn) {
            return Some(changed);
        }
        let kept = self.storage.change(&call, environment, turn).or_else(|| self.watching.change(&call, environment, turn));
        let kept = kept.or_else(|| self.backups.change(&call, environment, turn));
        let footing = Footing { grounds: &self.grounds, network: &self.network };
        let called = kept.or_else(|| self.functions.change(&call, &footing, environment, turn));
        if let Some(answer) = called.or_else(|| self.rules.change(&call, environment, turn)) {
            return Some(answer);
        }
        Some(match call {
            Call::CreateSecret(request) => self.secrets.create(request, environment, turn).map(Reply::CreateSecret),
            Call::UpdateSecret(request) => self.secrets.update(&request.id, request.key, turn.now).map(Reply::UpdateSecret),
            Call::RestoreSecret(request) => self.secrets.restore(&request.id, turn.now).map(Reply::RestoreSecret),
            Call::DeleteSecret(request) => self.secrets.delete(&request, turn.now).map(Reply::DeleteSecret),
            Call::TagSecret(request) => self.secrets.tag(&request.id, request.tags, turn.now).map(Reply::TagSecret),
            Call::CreateFileSystem(request) => self.file_systems.create(request, environment, turn).map(Reply::CreateFileSystem),
            Call::CreateMountTarget(request) => {
                self.file_systems.create_mount_target(&request, &self.network, turn).map(Reply::CreateMountTarget)
            }
            Call::DeleteMountTarget(request) => self.file_systems.delete_mount_target(&request.id, turn).map(Reply::DeleteMountTarget),
            Call::DeleteFileSystem(request) => self.file_systems.delete(&request.id, turn).map(Reply::DeleteFileSystem),
            Call::TagFileSystem(request) => self.file_systems.tag(&request.id, request.tags).map(Reply::TagFileSystem),
            Call::CreateDatabase(request) => {
                let checked = self.check_database(&request.desired);
                let created = checked.and_then(|()| self.databases.create(request, environment, &self.network, turn));
                created.map(Reply::CreateDatabase)
            }
            Call::ModifyDatabase(request) => {
                let checked = self.check_change(&request.change);
                checked.and_then(|()| self.databases.modify(&request.name, &request.change, turn)).map(Reply::ModifyDatabase)
            }
            Call::DeleteDatabase(request) => {
                self.databases.delete(&request.name, request.final_snapshot.as_deref(), turn).map(Reply::DeleteDatabase)
            }
            Call::DeleteSnapshot(request) => self.databases.delete_snapshot(&request.name).map(Reply::DeleteSnapshot),
            Call::TagDatabase(request) if request.arn.contains(":pg:") => {
                tag(&mut self.parameter_groups.0, &request.arn, &request.tags).map(Reply::TagDatabase)
            }
            Call::TagDatabase(request) => self.databases.tag(&request.arn, request.tags).map(Reply::TagDatabase),
            other => return self.change_ecs(other, environment, turn),
        })
    }

    fn change_ecs(&mut self, call: Call, environment: &Environment, turn: &mut Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::RegisterTaskDefinition(request) => self.definitions.register(request, environment).map(Reply::RegisterTaskDefinition),
            Call::DeregisterTaskDefinition(request) => self.definitions.deregister(&request.arn).map(Reply::DeregisterTaskDefinition),
            Call::CreateService(request) => {
                let known = self.grounds.check_cluster(&request.desired.cluster);
                let made = known.and_then(|()| self.services.create(request, &self.definitions, environment, turn));
                made.map(Reply::CreateService)
            }
            Call::UpdateService(request) => {
                let update = self.services.update(request, &self.definitions, turn);
                update.map(Reply::UpdateService)
            }
            Call::ForceDeployment(request) => self.services.force(&request.name, turn).map(Reply::ForceDeployment),
            Call::SetDesiredCount(request) => self.services.count(&request.name, request.count, turn).map(Reply::SetDesiredCount),
            Call::TagService(request) if request.arn.contains(":task-definition/") => {
                self.definitions.tag(&request.arn, request.tags).map(Reply::TagService)
            }
            Call::TagService(request) => self.services.tag(&request.arn, request.tags).map(Reply::TagService),
            Call::RunTask(request) => {
                let revision = self.definitions.usable(&request.task_definition);
                let revision = revision.map(|revision| (revision.arn.clone(), revision.content.family.clone()));
                revision.and_then(|revision| self.tasks.run(request, revision, environment, turn)).map(Reply::RunTask)
            }
            Call::StopTask(request) => self.tasks.stop(&request, turn).map(Reply::StopTask),
            Call::DeleteService(request) => {
                let deleted = self.services.delete(&request.name, turn);
                if deleted.is_ok() {
                    self.scaling.service_deleted(&request.cluster, &request.name);
                }
                deleted.map(Reply::DeleteService)
            }
            other => match self.scaling.change(other, &mut self.services, environment, turn) {
                Ok(answer) => answer,
                Err(other) => return self.change_network(*other, environment, turn),
            },
        })
    }

    fn change_network(&mut self, call: Call, environment: &Environment, turn: &mut Turn) -> Option<Answer<Reply>> {
        let elsewhere = match &call {
            Call::DeleteSubnet(request) => self.has_interface_in(&request.id),
            Call::DeleteSecurityGroup(request) => self.has_interface_in(&request.id),
            _ => false,
        };
        let network = &mut self.network;
        Some(match call {
            Call::CreateVpc(request) => Ok(Reply::CreateVpc(network.create_vpc(request, turn))),
            Call::ModifyVpcAttribute(request) => network.set_dns(&request.id, request.dns_hostnames).map(Reply::ModifyVpcAttribute),
            Call::DeleteVpc(request) => network.delete_vpc(&request.id).map(Reply::DeleteVpc),
            Call::CreateSubnet(request) => network.create_subnet(request, turn).map(Reply::CreateSubnet),
            Call::DeleteSubnet(request) => network.delete_subnet(&request.id, elsewhere).map(Reply::DeleteSubnet),
            Call::CreateInternetGateway(request) => Ok(Reply::CreateInternetGateway(network.create_internet_gateway(request, turn))),
            Call::AttachInternetGateway(request) => network.attach(&request.id, &request.vpc).map(Reply::AttachInternetGateway),
            Call::DetachInternetGateway(request) => network.detach(&request.id, &request.vpc).map(Reply::DetachInternetGateway),
            Call::DeleteInternetGateway(request) => network.delete_internet_gateway(&request.id).map(Reply::DeleteInternetGateway),
            Call::AllocateAddress(request) => Ok(Reply::AllocateAddress(network.allocate(request, turn))),
            Call::ReleaseAddress(request) => network.release(&request.id).map(Reply::ReleaseAddress),
            Call::CreateNatGateway(request) => network.create_nat_gateway(request, turn).map(Reply::CreateNatGateway),
            Call::DeleteNatGateway(request) => network.delete_nat_gateway(&request.id, turn).map(Reply::DeleteNatGateway),
            Call::CreateRouteTable(request) => network.create_route_table(request, turn).map(Reply::CreateRouteTable),
            Call::CreateRoute(request) => {
                network.route(&request.table, &request.destination, &request.target, false).map(Reply::CreateRoute)
            }
            Call::ReplaceRoute(request) => {
                network.route(&request.table, &request.destination, &request.target, true).map(Reply::ReplaceRoute)
            }
            Call::DeleteRoute(request) => network.delete_route(&request.table, &request.destination).map(Reply::DeleteRoute),
            Call::AssociateRouteTable(request) => network.associate(&request.table, &request.subnet, turn).map(Reply::AssociateRouteTable),
            Call::DisassociateRouteTable(request) => network.disassociate(&request.association).map(Reply::DisassociateRouteTable),
            Call::DeleteRouteTable(request) => network.delete_route_table(&request.id).map(Reply::DeleteRouteTable),
            Call::CreateFlowLogs(request) => network.create_flow_logs(request, turn).map(Reply::CreateFlowLogs),
            Call::DeleteFlowLogs(request) => network.delete_flow_logs(&request.id).map(Reply::DeleteFlowLogs),
            Call::CreateSecurityGroup(request) => network.create_group(request, turn).map(Reply::CreateSecurityGroup),
            Call::AuthorizeSecurityGroupIngress(request) => network.authorize(&request).map(Reply::AuthorizeSecurityGroupIngress),
            Call::RevokeSecurityGroupIngress(request) => network.revoke(&request).map(Reply::RevokeSecurityGroupIngress),
            Call::DeleteSecurityGroup(request) => network.delete_group(&request.id, elsewhere).map(Reply::DeleteSecurityGroup),
            Call::CreateTags(request) => network.tag(&request.id, &request.tags).map(Reply::CreateTags),
            other if other.name().starts_with("elasticloadbalancing.") => return self.change_balancing(other, environment, turn),
            other if other.name().starts_with("wafv2.") => return self.change_firewall(other, environment, turn),
            other => {
                let used = matches!(&other, Call::DeleteSubnetGroup(request) if self.databases.are_in(&request.name));
                let changed = self.grounds.change(other.clone(), environment, used, turn);
                let changed = changed.or_else(|| self.change_settings(other.clone(), environment, turn));
                return changed.or_else(|| self.change_names(other, environment, turn));
            }
        })
    }

    fn change_names(&mut self, call: Call, environment: &Environment, turn: &mut Turn) -> Option<Answer<Reply>> {
        let used = matches!(&call, Call::DeleteCertificate(request) if self.balancing.uses_certificate(&request.arn));
        let changed = self.naming.change(call.clone(), environment, used, turn);
        changed.or_else(|| self.users.change(call, environment, turn))
    }

    fn change_settings(&mut self, call: Call, environment: &Environment, turn: &mut Turn) -> Option<Answer<Reply>> {
        match self.caches.change(call.clone(), environment, &self.network, turn) {
            None => self.parameter_groups.change(call, &mut self.databases, environment, turn),
            done => done,
        }
    }

    /// What happens by itself.
    pub(super) fn becomes(&mut self, transition: &Transition, turn: &mut Turn) {
        self.network.becomes(transition);
        self.balancing.becomes(transition);
        self.naming.becomes(transition, turn);
        self.backups.becomes(transition);
        self.functions.becomes(transition, &self.grounds);
        self.file_systems.becomes(transition);
        self.access_points.becomes(transition);
        self.databases.becomes(transition, turn);
        self.caches.becomes(transition, &self.topics, turn);
        let around = Surroundings { definitions: &self.definitions, secrets: &self.secrets, file_systems: &self.file_systems };
        self.services.becomes(transition, &around, turn);
        self.tasks.becomes(transition, &around, turn);
    }
}

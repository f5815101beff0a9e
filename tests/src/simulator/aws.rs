//! The resources of AWS, as one value: reads look at it, effects change it, a copy of it is the past.

use domain::ports::{Call, Reply};

use super::databases::Databases;
use super::environment::Environment;
use super::file_systems::FileSystems;
use super::network::Network;
use super::secrets::Secrets;
use super::services::{Services, Surroundings};
use super::task_definitions::TaskDefinitions;
use super::turn::{Answer, Transition, Turn};

#[derive(Debug, Clone)]
pub(super) struct Aws {
    pub(super) network: Network,
    pub(super) secrets: Secrets,
    pub(super) file_systems: FileSystems,
    pub(super) databases: Databases,
    pub(super) definitions: TaskDefinitions,
    pub(super) services: Services,
}

impl Aws {
    /// Nothing but what the fixture declares.
    pub(super) fn of(environment: &Environment) -> Self {
        Self {
            network: Network::of(environment),
            secrets: Secrets::default(),
            file_systems: FileSystems::default(),
            databases: Databases::default(),
            definitions: TaskDefinitions::default(),
            services: Services::default(),
        }
    }

    /// Whether a network interface of another service than EC2 is in the subnet or the group `id`.
    fn has_interface_in(&self, id: &str) -> bool {
        let targets = self.file_systems.0.values().any(|system| system.is_in(id));
        targets || self.databases.instances.values().any(|instance| instance.is_in(id)) || self.services.are_in(id)
    }

    /// What a read of these services shows. None: the call is not one.
    pub(super) fn read(&self, call: &Call, environment: &Environment, turn: &Turn) -> Option<Answer<Reply>> {
        let now = turn.now;
        Some(match call {
            Call::DescribeSecret(request) => Ok(Reply::DescribeSecret(self.secrets.describe(&request.id, now))),
            Call::GetSecretValue(request) => self.secrets.value(&request.id, now).map(Reply::GetSecretValue),
            Call::DescribeFileSystem(request) => Ok(Reply::DescribeFileSystem(self.file_systems.describe(&request.token, now))),
            Call::DescribeMountTargets(request) => self.file_systems.mount_targets(&request.file_system).map(Reply::DescribeMountTargets),
            Call::DescribeDatabase(request) => Ok(Reply::DescribeDatabase(self.databases.describe(&request.name, now))),
            Call::DescribeSnapshot(request) => Ok(Reply::DescribeSnapshot(self.databases.snapshot(&request.name))),
            Call::DescribeService(request) => {
                self.services.describe(&request.cluster, &request.name, environment).map(Reply::DescribeService)
            }
            Call::DescribeTaskDefinition(request) => Ok(Reply::DescribeTaskDefinition(self.definitions.describe(&request.id))),
            Call::ListTaskDefinitions(request) => Ok(Reply::ListTaskDefinitions(self.definitions.list(&request.family))),
            other => return self.read_network(other, turn),
        })
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
            _ => return None,
        }))
    }

    /// Does what a call asks. None: the call is none of these services' effects.
    pub(super) fn change(&mut self, call: Call, environment: &Environment, turn: &mut Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::CreateSecret(request) => self.secrets.create(request, environment, turn).map(Reply::CreateSecret),
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
            Call::CreateDatabase(request) => self.databases.create(request, environment, &self.network, turn).map(Reply::CreateDatabase),
            Call::ModifyDatabase(request) => self.databases.modify(&request.name, &request.change, turn).map(Reply::ModifyDatabase),
            Call::DeleteDatabase(request) => {
                self.databases.delete(&request.name, request.final_snapshot.as_deref(), turn).map(Reply::DeleteDatabase)
            }
            Call::DeleteSnapshot(request) => self.databases.delete_snapshot(&request.name).map(Reply::DeleteSnapshot),
            Call::TagDatabase(request) => self.databases.tag(&request.arn, request.tags).map(Reply::TagDatabase),
            other => return self.change_ecs(other, environment, turn),
        })
    }

    fn change_ecs(&mut self, call: Call, environment: &Environment, turn: &mut Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::RegisterTaskDefinition(request) => self.definitions.register(request, environment).map(Reply::RegisterTaskDefinition),
            Call::DeregisterTaskDefinition(request) => self.definitions.deregister(&request.arn).map(Reply::DeregisterTaskDefinition),
            Call::CreateService(request) => self.services.create(request, &self.definitions, environment, turn).map(Reply::CreateService),
            Call::UpdateService(request) => {
                let update = self.services.update(&request.name, &request.task_definition, &self.definitions, turn);
                update.map(Reply::UpdateService)
            }
            Call::DeleteService(request) => self.services.delete(&request.name, turn).map(Reply::DeleteService),
            Call::TagService(request) => self.services.tag(&request.arn, request.tags).map(Reply::TagService),
            other => return self.change_network(other, turn),
        })
    }

    fn change_network(&mut self, call: Call, turn: &mut Turn) -> Option<Answer<Reply>> {
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
            _ => return None,
        })
    }

    /// What happens by itself.
    pub(super) fn becomes(&mut self, transition: &Transition, turn: &mut Turn) {
        self.network.becomes(transition);
        self.file_systems.becomes(transition);
        self.databases.becomes(transition, turn);
        let around = Surroundings { definitions: &self.definitions, secrets: &self.secrets, file_systems: &self.file_systems };
        self.services.becomes(transition, &around, turn);
    }
}

//! EC2's network.

use std::collections::BTreeSet;

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::network::{FlowLog, Ingress, NatGateway, RouteTable, SecurityGroup, Subnet, Vpc};
use domain::kind::plain::Progress;
use domain::observed::Observed;
use domain::ports::{
    AllocateAddress, AssociateRouteTable, AttachInternetGateway, AuthorizeSecurityGroupIngress, CreateFlowLogs, CreateInternetGateway,
    CreateNatGateway, CreateRoute, CreateRouteTable, CreateSecurityGroup, CreateSubnet, CreateTags, CreateVpc, DeleteInternetGateway,
    DeleteNatGateway, DeleteRoute, DeleteRouteTable, DeleteSecurityGroup, DeleteSubnet, DeleteVpc, DescribeAddresses, DescribeFlowLogs,
    DescribeInternetGateways, DescribeNatGateways, DescribeRouteTables, DescribeSecurityGroups, DescribeSubnets, DescribeVpcAttribute,
    DescribeVpcs, DetachInternetGateway, DisassociateRouteTable, ModifyVpcAttribute, ReleaseAddress, ReplaceRoute,
    RevokeSecurityGroupIngress,
};
use domain::resource::Tags;

use super::ground::{Ground, does, passes, refuses, until};

/// Tags that nothing else has.
fn own(name: &str) -> Tags {
    Tags::from([("caretaker:owner".to_owned(), "environment/dev".to_owned()), ("caretaker:resource".to_owned(), name.to_owned())])
}

fn id(observed: &Observed) -> String {
    observed.arn.clone()
}

async fn vpc<G: Ground>(ground: &G) -> String {
    let name = ground.name("vpc");
    let desired = Vpc { cidr: "10.9.0.0/16".to_owned(), dns_hostnames: true };
    id(&does(ground, CreateVpc { tags: own(&name), name, desired }).await)
}

async fn subnet<G: Ground>(ground: &G, vpc: &str) -> String {
    let name = ground.name("subnet");
    let desired = Subnet { vpc: vpc.to_owned(), cidr: "10.9.1.0/24".to_owned(), zone: "us-east-1a".to_owned() };
    id(&does(ground, CreateSubnet { tags: own(&name), name, desired }).await)
}

async fn address<G: Ground>(ground: &G) -> String {
    let name = ground.name("address");
    id(&does(ground, AllocateAddress { tags: own(&name), name }).await)
}

async fn group<G: Ground>(ground: &G, vpc: &str) -> String {
    let name = ground.name("group");
    id(&does(ground, CreateSecurityGroup { vpc: vpc.to_owned(), tags: own(&name), name }).await)
}

async fn attached<G: Ground>(ground: &G, vpc: &str) -> String {
    let name = ground.name("gateway");
    let gateway = id(&does(ground, CreateInternetGateway { tags: own(&name), name }).await);
    does(ground, AttachInternetGateway { id: gateway.clone(), vpc: vpc.to_owned() }).await;
    gateway
}

/// A NAT gateway that stands: its VPC, its request, and itself.
async fn nat<G: Ground>(ground: &G) -> (String, CreateNatGateway, String) {
    let vpc = vpc(ground).await;
    attached(ground, &vpc).await;
    let desired = NatGateway { subnet: subnet(ground, &vpc).await, address: address(ground).await };
    let name = ground.name("nat");
    let request = CreateNatGateway { token: format!("{:032x}", crate::random::hash(&name)), tags: own(&name), name, desired };
    let made = does(ground, request.clone()).await;
    (vpc, request, id(&made))
}

async fn progress<G: Ground>(ground: &G, tags: &Tags) -> String {
    match does(ground, DescribeNatGateways { tags: tags.clone() }).await.map(|observed| observed.detail) {
        Some(Detail::NatGateway(seen)) => format!("{:?}", seen.progress),
        _ => String::new(),
    }
}

pub(super) async fn a_vpc_is_found_by_its_tags_and_gives_dns_names_when_told_to<G: Ground>(ground: &G) {
    let name = ground.name("vpc");
    let desired = Vpc { cidr: "10.9.0.0/16".to_owned(), dns_hostnames: true };
    let made = does(ground, CreateVpc { name: name.clone(), desired, tags: own(&name) }).await;
    let found = does(ground, DescribeVpcs { tags: own(&name) }).await.expect("it is found");
    assert_eq!((found.arn.clone(), found.tags.get("caretaker:resource")), (made.arn, Some(&name)));
    assert_eq!(does(ground, DescribeVpcs { tags: own("another") }).await, None);
    assert!(!does(ground, DescribeVpcAttribute { id: found.arn.clone() }).await, "not by itself");
    does(ground, ModifyVpcAttribute { id: found.arn.clone(), dns_hostnames: true }).await;
    assert!(does(ground, DescribeVpcAttribute { id: found.arn.clone() }).await);
    does(ground, CreateTags { id: found.arn, tags: own("another-vpc") }).await;
    assert!(does(ground, DescribeVpcs { tags: own("another-vpc") }).await.is_some());
}

pub(super) async fn a_vpc_with_something_in_it_cannot_be_deleted<G: Ground>(ground: &G) {
    let vpc = vpc(ground).await;
    let subnet = subnet(ground, &vpc).await;
    refuses(ground, DeleteVpc { id: vpc.clone() }, Cause::InvalidState).await;
    does(ground, DeleteSubnet { id: subnet.clone() }).await;
    refuses(ground, DeleteSubnet { id: subnet }, Cause::NotFound).await;
    does(ground, DeleteVpc { id: vpc.clone() }).await;
    refuses(ground, DeleteVpc { id: vpc }, Cause::NotFound).await;
}

pub(super) async fn a_subnet_in_use_cannot_be_deleted<G: Ground>(ground: &G) {
    let (_, request, _) = nat(ground).await;
    refuses(ground, DeleteSubnet { id: request.desired.subnet.clone() }, Cause::InvalidState).await;
    let found = does(ground, DescribeSubnets { tags: own("no-such-subnet") }).await;
    assert_eq!(found, None);
}

pub(super) async fn an_internet_gateway_is_attached_to_one_vpc<G: Ground>(ground: &G) {
    let vpc = vpc(ground).await;
    let name = ground.name("gateway");
    let gateway = id(&does(ground, CreateInternetGateway { name: name.clone(), tags: own(&name) }).await);
    does(ground, AttachInternetGateway { id: gateway.clone(), vpc: vpc.clone() }).await;
    refuses(ground, AttachInternetGateway { id: gateway.clone(), vpc: vpc.clone() }, Cause::AlreadyExists).await;
    let found = does(ground, DescribeInternetGateways { tags: own(&name) }).await.expect("it is found");
    assert!(matches!(&found.detail, Detail::InternetGateway(seen) if seen.properties.vpc == vpc), "{found:?}");
    refuses(ground, DeleteInternetGateway { id: gateway.clone() }, Cause::InvalidState).await;
    does(ground, DetachInternetGateway { id: gateway.clone(), vpc: vpc.clone() }).await;
    refuses(ground, DetachInternetGateway { id: gateway.clone(), vpc }, Cause::NotFound).await;
    does(ground, DeleteInternetGateway { id: gateway }).await;
}

pub(super) async fn a_gateway_is_not_detached_from_public_addresses<G: Ground>(ground: &G) {
    let vpc = vpc(ground).await;
    let gateway = attached(ground, &vpc).await;
    let desired = NatGateway { subnet: subnet(ground, &vpc).await, address: address(ground).await };
    let name = ground.name("nat");
    let request = CreateNatGateway { token: format!("{:032x}", crate::random::hash(&name)), tags: own(&name), name, desired };
    let made = id(&does(ground, request.clone()).await);
    let detach = || DetachInternetGateway { id: gateway.clone(), vpc: vpc.clone() };
    refuses(ground, detach(), Cause::InvalidState).await;
    refuses(ground, ReleaseAddress { id: request.desired.address.clone() }, Cause::InvalidState).await;
    does(ground, DeleteNatGateway { id: made }).await;
    until(ground, "no NAT gateway", async || progress(ground, &request.tags).await.is_empty().then_some(())).await;
    does(ground, detach()).await;
}

pub(super) async fn an_address_in_use_is_not_released<G: Ground>(ground: &G) {
    let (_, request, _) = nat(ground).await;
    refuses(ground, ReleaseAddress { id: request.desired.address.clone() }, Cause::InvalidState).await;
    let name = ground.name("address");
    let free = does(ground, AllocateAddress { name: name.clone(), tags: own(&name) }).await;
    assert_eq!(does(ground, DescribeAddresses { tags: own(&name) }).await.map(|found| found.arn), Some(free.arn.clone()));
    does(ground, ReleaseAddress { id: free.arn.clone() }).await;
    refuses(ground, ReleaseAddress { id: free.arn }, Cause::NotFound).await;
}

pub(super) async fn a_nat_gateway_is_pending_until_it_is_available<G: Ground>(ground: &G) {
    let (_, request, _) = nat(ground).await;
    let seen = passes(ground, "Done", async || progress(ground, &request.tags).await).await;
    assert_eq!(seen, [format!("{:?}", Progress::Working("pending".to_owned())), "Done".to_owned()]);
}

pub(super) async fn a_nat_gateway_with_the_same_token_is_the_same_gateway<G: Ground>(ground: &G) {
    let (_, request, made) = nat(ground).await;
    assert_eq!(id(&does(ground, request.clone()).await), made);
    let desired = NatGateway { address: address(ground).await, ..request.desired.clone() };
    refuses(ground, CreateNatGateway { desired, ..request }, Cause::InvalidRequest).await;
}

pub(super) async fn a_deleted_nat_gateway_is_deleting_until_it_is_gone<G: Ground>(ground: &G) {
    let (_, request, made) = nat(ground).await;
    until(ground, "a NAT gateway", async || (progress(ground, &request.tags).await == "Done").then_some(())).await;
    does(ground, DeleteNatGateway { id: made.clone() }).await;
    let seen = passes(ground, "", async || progress(ground, &request.tags).await).await;
    assert_eq!(seen, ["Leaving", ""]);
    refuses(ground, DeleteNatGateway { id: made }, Cause::NotFound).await;
}

async fn table<G: Ground>(ground: &G, vpc: &str) -> (CreateRouteTable, String) {
    let name = ground.name("table");
    let token = format!("{:032x}", crate::random::hash(&name));
    let request = CreateRouteTable { token, vpc: vpc.to_owned(), tags: own(&name), name };
    let made = id(&does(ground, request.clone()).await);
    (request, made)
}

async fn routes<G: Ground>(ground: &G, tags: &Tags) -> RouteTable {
    match does(ground, DescribeRouteTables { tags: tags.clone() }).await.map(|observed| observed.detail) {
        Some(Detail::RouteTable(seen)) => seen.properties,
        other => panic!("{other:?} is no route table"),
    }
}

pub(super) async fn a_route_table_with_the_same_token_is_the_same_table<G: Ground>(ground: &G) {
    let vpc = vpc(ground).await;
    let (request, made) = table(ground, &vpc).await;
    assert_eq!(id(&does(ground, request.clone()).await), made);
    assert_eq!(routes(ground, &request.tags).await, RouteTable { vpc, routes: Default::default(), subnets: BTreeSet::new() });
}

pub(super) async fn a_route_to_a_destination_is_made_once_and_replaced<G: Ground>(ground: &G) {
    let vpc = vpc(ground).await;
    let (gateway, (request, table)) = (attached(ground, &vpc).await, table(ground, &vpc).await);
    let destination = "0.0.0.0/0".to_owned();
    let create = || CreateRoute { table: table.clone(), destination: destination.clone(), target: gateway.clone() };
    does(ground, create()).await;
    refuses(ground, create(), Cause::AlreadyExists).await;
    does(ground, ReplaceRoute { table: table.clone(), destination: destination.clone(), target: gateway.clone() }).await;
    assert_eq!(routes(ground, &request.tags).await.routes.get(&destination), Some(&gateway));
    let delete = || DeleteRoute { table: table.clone(), destination: destination.clone() };
    does(ground, delete()).await;
    refuses(ground, delete(), Cause::NotFound).await;
}

pub(super) async fn a_route_table_with_subnets_cannot_be_deleted<G: Ground>(ground: &G) {
    let vpc = vpc(ground).await;
    let (subnet, (request, table)) = (subnet(ground, &vpc).await, table(ground, &vpc).await);
    let associate = || AssociateRouteTable { table: table.clone(), subnet: subnet.clone() };
    let association = does(ground, associate()).await;
    assert_eq!(does(ground, associate()).await, association, "the same again");
    assert_eq!(routes(ground, &request.tags).await.subnets, BTreeSet::from([subnet.clone()]));
    refuses(ground, DeleteRouteTable { id: table.clone() }, Cause::InvalidState).await;
    does(ground, DisassociateRouteTable { association: association.clone() }).await;
    refuses(ground, DisassociateRouteTable { association }, Cause::NotFound).await;
    does(ground, DeleteRouteTable { id: table }).await;
}

pub(super) async fn a_flow_log_with_the_same_token_is_the_same_flow_log<G: Ground>(ground: &G) {
    let name = ground.name("flow-log");
    let desired = FlowLog { vpc: vpc(ground).await, log_group: "/flows".to_owned(), role: ground.environment().execution_role_arn() };
    let token = format!("{:032x}", crate::random::hash(&name));
    let request = CreateFlowLogs { token, tags: own(&name), name, desired: desired.clone() };
    let made = id(&does(ground, request.clone()).await);
    assert_eq!(id(&does(ground, request.clone()).await), made);
    let found = does(ground, DescribeFlowLogs { tags: request.tags.clone() }).await.expect("it is found");
    assert!(matches!(&found.detail, Detail::FlowLog(seen) if seen.properties == desired), "{found:?}");
    refuses(ground, CreateFlowLogs { desired: FlowLog { log_group: "/other".to_owned(), ..desired }, ..request }, Cause::InvalidRequest)
        .await;
}

async fn open_ports<G: Ground>(ground: &G, vpc: &str, name: &str) -> SecurityGroup {
    match does(ground, DescribeSecurityGroups { vpc: vpc.to_owned(), name: name.to_owned() }).await.map(|observed| observed.detail) {
        Some(Detail::SecurityGroup(seen)) => seen.properties,
        other => panic!("{other:?} is no security group"),
    }
}

pub(super) async fn a_security_group_has_one_name_in_its_vpc<G: Ground>(ground: &G) {
    let (vpc, name) = (vpc(ground).await, ground.name("group"));
    let create = || CreateSecurityGroup { vpc: vpc.clone(), name: name.clone(), tags: own(&name) };
    does(ground, create()).await;
    refuses(ground, create(), Cause::AlreadyExists).await;
    assert_eq!(open_ports(ground, &vpc, &name).await, SecurityGroup { vpc: vpc.clone(), ingress: BTreeSet::new() });
}

pub(super) async fn a_port_is_opened_once<G: Ground>(ground: &G) {
    let (vpc, name) = (vpc(ground).await, ground.name("group"));
    let opened = id(&does(ground, CreateSecurityGroup { vpc: vpc.clone(), name: name.clone(), tags: own(&name) }).await);
    let other = group(ground, &vpc).await;
    let ports = vec![Ingress { port: 443, from: "internet".to_owned() }, Ingress { port: 8000, from: other.clone() }];
    does(ground, AuthorizeSecurityGroupIngress { id: opened.clone(), ingress: ports.clone() }).await;
    refuses(ground, AuthorizeSecurityGroupIngress { id: opened.clone(), ingress: ports[..1].to_vec() }, Cause::AlreadyExists).await;
    assert_eq!(open_ports(ground, &vpc, &name).await.ingress, ports.iter().cloned().collect());
    let missing = Ingress { port: 1, from: "sg-00000000000000000".to_owned() };
    refuses(ground, AuthorizeSecurityGroupIngress { id: opened.clone(), ingress: vec![missing] }, Cause::NotFound).await;
    does(ground, RevokeSecurityGroupIngress { id: opened, ingress: ports[..1].to_vec() }).await;
    assert_eq!(open_ports(ground, &vpc, &name).await.ingress, ports[1..].iter().cloned().collect());
}

pub(super) async fn a_security_group_that_others_name_cannot_be_deleted<G: Ground>(ground: &G) {
    let vpc = vpc(ground).await;
    let (opened, named) = (group(ground, &vpc).await, group(ground, &vpc).await);
    let ingress = vec![Ingress { port: 8000, from: named.clone() }];
    does(ground, AuthorizeSecurityGroupIngress { id: opened.clone(), ingress }).await;
    refuses(ground, DeleteSecurityGroup { id: named.clone() }, Cause::InvalidState).await;
    does(ground, DeleteSecurityGroup { id: opened.clone() }).await;
    does(ground, DeleteSecurityGroup { id: named }).await;
    refuses(ground, DeleteSecurityGroup { id: opened }, Cause::NotFound).await;
}

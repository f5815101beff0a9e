//! Security groups, and the network interfaces in them.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{self, IpPermission, IpRange, NetworkInterface, NetworkInterfaceType, ResourceType, UserIdGroupPair};
use domain::failure::CallError;
use domain::kind::Detail;
use domain::kind::network::{Ingress, SecurityGroup};
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    AuthorizeSecurityGroupIngress, Call, CreateSecurityGroup, DeleteSecurityGroup, DescribeFunctionInterfaces, DescribeSecurityGroups,
    Reply, RevokeSecurityGroupIngress,
};

use super::{filter, made, observed, tagged, unknown_here};
use crate::client::AwsCloud;
use crate::client::failure::failure;

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.ec2;
    match call {
        Call::DescribeSecurityGroups(DescribeSecurityGroups { vpc, name: group }) => {
            let request = client.describe_security_groups().filters(filter("vpc-id", &vpc)).filters(filter("group-name", &group));
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::DescribeSecurityGroups(output.security_groups().first().map(|one| group_seen(cloud, one))))
        }
        Call::CreateSecurityGroup(CreateSecurityGroup { vpc, name: group, tags }) => {
            let specification = tagged(ResourceType::SecurityGroup, group.clone(), tags);
            let own = specification.tags().to_vec();
            // A group's description is required and can never be changed.
            let request = client.create_security_group().vpc_id(&vpc).group_name(&group).description(&group);
            let output = request.tag_specifications(specification).send().await.map_err(|error| failure(name, &error))?;
            let shown = Shown::done(made(name, output.group_id())?, SecurityGroup { vpc, ingress: BTreeSet::new() });
            Ok(Reply::CreateSecurityGroup(observed(cloud, &shown.id.clone(), &own, Detail::SecurityGroup(shown))))
        }
        Call::AuthorizeSecurityGroupIngress(AuthorizeSecurityGroupIngress { id, ingress }) => {
            let request = client.authorize_security_group_ingress().group_id(id).set_ip_permissions(Some(permissions(&ingress)));
            request.send().await.map(|_| Reply::AuthorizeSecurityGroupIngress(())).map_err(|error| failure(name, &error))
        }
        Call::RevokeSecurityGroupIngress(RevokeSecurityGroupIngress { id, ingress }) => {
            let request = client.revoke_security_group_ingress().group_id(id).set_ip_permissions(Some(permissions(&ingress)));
            request.send().await.map(|_| Reply::RevokeSecurityGroupIngress(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteSecurityGroup(DeleteSecurityGroup { id }) => {
            let outcome = client.delete_security_group().group_id(id).send().await;
            outcome.map(|_| Reply::DeleteSecurityGroup(())).map_err(|error| failure(name, &error))
        }
        Call::DescribeFunctionInterfaces(DescribeFunctionInterfaces { security_group }) => {
            let request = client.describe_network_interfaces().filters(filter("group-id", &security_group));
            let pages: Vec<_> = request.into_paginator().items().send().try_collect().await.map_err(|error| failure(name, &error))?;
            let is_in = |one: &NetworkInterface| one.groups().iter().any(|group| group.group_id() == Some(&security_group));
            let ours = pages.iter().filter(|one| one.interface_type() == Some(&NetworkInterfaceType::Lambda) && is_in(one));
            Ok(Reply::DescribeFunctionInterfaces(ours.filter_map(|one| one.network_interface_id().map(str::to_owned)).collect()))
        }
        call => Err(unknown_here(&call)),
    }
}

fn permissions(ingress: &[Ingress]) -> Vec<IpPermission> {
    let permission = |ingress: &Ingress| {
        let port = i32::from(ingress.port);
        let permission = IpPermission::builder().ip_protocol("tcp").from_port(port).to_port(port);
        match ingress.cidr() {
            Some(cidr) => permission.ip_ranges(IpRange::builder().cidr_ip(cidr).build()).build(),
            None => permission.user_id_group_pairs(UserIdGroupPair::builder().group_id(&ingress.from).build()).build(),
        }
    };
    ingress.iter().map(permission).collect()
}

/// What is open. A range of ports, or another protocol, is none of ours: it shows as its first port and is closed.
fn group_seen(cloud: &AwsCloud, group: &types::SecurityGroup) -> Observed {
    let ingress = |permission: &IpPermission| {
        let port = permission.from_port().and_then(|port| u16::try_from(port).ok()).unwrap_or(0);
        let groups = permission.user_id_group_pairs().iter().filter_map(|pair| pair.group_id());
        let groups = groups.map(move |from| Ingress { port, from: from.to_owned() });
        let ranges = permission.ip_ranges().iter().filter_map(|range| range.cidr_ip()).map(move |cidr| Ingress::of_cidr(port, cidr));
        groups.chain(ranges).collect::<Vec<_>>()
    };
    let properties = SecurityGroup {
        vpc: group.vpc_id().unwrap_or_default().to_owned(),
        ingress: group.ip_permissions().iter().flat_map(ingress).collect(),
    };
    let shown = Shown::done(group.group_id().unwrap_or_default(), properties);
    observed(cloud, &shown.id.clone(), group.tags(), Detail::SecurityGroup(shown))
}

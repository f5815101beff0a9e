//! Route tables.

use aws_sdk_ec2::types::{self, ResourceType, RouteOrigin};
use domain::failure::CallError;
use domain::kind::Detail;
use domain::kind::network::RouteTable;
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    AssociateRouteTable, Call, CreateRoute, CreateRouteTable, DeleteRoute, DeleteRouteTable, DescribeRouteTables, DisassociateRouteTable,
    ReplaceRoute, Reply,
};

use super::{by_tags, made, observed, tagged, unknown_here};
use crate::client::AwsCloud;
use crate::client::failure::failure;

/// Whether a target is a NAT gateway; else it is an internet gateway.
fn is_nat(target: &str) -> bool {
    target.starts_with("nat-")
}

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.ec2;
    match call {
        Call::DescribeRouteTables(DescribeRouteTables { tags }) => {
            let output =
                client.describe_route_tables().set_filters(Some(by_tags(tags))).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::DescribeRouteTables(output.route_tables().first().map(|one| table(cloud, one))))
        }
        Call::CreateRouteTable(CreateRouteTable { name: own, token, vpc, tags }) => {
            let request = client.create_route_table().client_token(token).vpc_id(vpc);
            let request = request.tag_specifications(tagged(ResourceType::RouteTable, own, tags));
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::CreateRouteTable(table(cloud, made(name, output.route_table())?)))
        }
        Call::CreateRoute(CreateRoute { table, destination, target }) => {
            let request = client.create_route().route_table_id(table).destination_cidr_block(destination);
            let request = if is_nat(&target) { request.nat_gateway_id(target) } else { request.gateway_id(target) };
            request.send().await.map(|_| Reply::CreateRoute(())).map_err(|error| failure(name, &error))
        }
        Call::ReplaceRoute(ReplaceRoute { table, destination, target }) => {
            let request = client.replace_route().route_table_id(table).destination_cidr_block(destination);
            let request = if is_nat(&target) { request.nat_gateway_id(target) } else { request.gateway_id(target) };
            request.send().await.map(|_| Reply::ReplaceRoute(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteRoute(DeleteRoute { table, destination }) => {
            let outcome = client.delete_route().route_table_id(table).destination_cidr_block(destination).send().await;
            outcome.map(|_| Reply::DeleteRoute(())).map_err(|error| failure(name, &error))
        }
        Call::AssociateRouteTable(AssociateRouteTable { table, subnet }) => {
            let output = client.associate_route_table().route_table_id(table).subnet_id(subnet).send().await;
            let output = output.map_err(|error| failure(name, &error))?;
            Ok(Reply::AssociateRouteTable(made(name, output.association_id())?.to_owned()))
        }
        Call::DisassociateRouteTable(DisassociateRouteTable { association }) => {
            let outcome = client.disassociate_route_table().association_id(association).send().await;
            outcome.map(|_| Reply::DisassociateRouteTable(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteRouteTable(DeleteRouteTable { id }) => {
            let outcome = client.delete_route_table().route_table_id(id).send().await;
            outcome.map(|_| Reply::DeleteRouteTable(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown_here(&call)),
    }
}

fn table(cloud: &AwsCloud, table: &types::RouteTable) -> Observed {
    let own = table.routes().iter().filter(|route| route.origin() == Some(&RouteOrigin::CreateRoute));
    let route = |route: &types::Route| {
        let target = route.nat_gateway_id().or_else(|| route.gateway_id())?;
        Some((route.destination_cidr_block()?.to_owned(), target.to_owned()))
    };
    let associations: Vec<_> =
        table.associations().iter().filter_map(|one| Some((one.subnet_id()?, one.route_table_association_id()?))).collect();
    let properties = RouteTable {
        vpc: table.vpc_id().unwrap_or_default().to_owned(),
        routes: own.filter_map(route).collect(),
        subnets: associations.iter().map(|(subnet, _)| (*subnet).to_owned()).collect(),
    };
    let shown = Shown::done(table.route_table_id().unwrap_or_default(), properties);
    let shown = associations.into_iter().fold(shown, |shown, (subnet, association)| shown.giving(subnet, association));
    observed(cloud, &shown.id.clone(), table.tags(), Detail::RouteTable(shown))
}

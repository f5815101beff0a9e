//! VPCs, subnets and flow logs.

use aws_sdk_ec2::types::{self, AttributeBooleanValue, FlowLogsResourceType, ResourceType, TrafficType, VpcAttributeName};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::network::{FlowLog, Subnet, Vpc};
use domain::kind::plain::{Progress, Shown};
use domain::observed::Observed;
use domain::ports::{
    Call, CreateFlowLogs, CreateSubnet, CreateVpc, DeleteFlowLogs, DeleteSubnet, DeleteVpc, DescribeFlowLogs, DescribeSubnets,
    DescribeVpcAttribute, DescribeVpcs, ModifyVpcAttribute, Reply,
};

use super::{by_tags, config, filter, made, observed, tagged, unknown_here};
use crate::client::AwsCloud;
use crate::client::failure::failure;

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.ec2;
    match call {
        Call::DescribeVpcs(DescribeVpcs { tags }) => {
            let output = client.describe_vpcs().set_filters(Some(by_tags(tags))).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::DescribeVpcs(output.vpcs().first().map(|one| vpc(cloud, one))))
        }
        Call::DescribeVpcAttribute(DescribeVpcAttribute { id }) => {
            let request = client.describe_vpc_attribute().vpc_id(id).attribute(VpcAttributeName::EnableDnsHostnames);
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::DescribeVpcAttribute(output.enable_dns_hostnames().and_then(AttributeBooleanValue::value).unwrap_or(false)))
        }
        Call::CreateVpc(CreateVpc { name: own, desired, tags }) => {
            let request = client.create_vpc().cidr_block(desired.cidr).tag_specifications(tagged(ResourceType::Vpc, own, tags));
            let output = request.customize().config_override(config()).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::CreateVpc(vpc(cloud, made(name, output.vpc())?)))
        }
        Call::ModifyVpcAttribute(ModifyVpcAttribute { id, dns_hostnames }) => {
            let value = AttributeBooleanValue::builder().value(dns_hostnames).build();
            let outcome = client.modify_vpc_attribute().vpc_id(id).enable_dns_hostnames(value).send().await;
            outcome.map(|_| Reply::ModifyVpcAttribute(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteVpc(DeleteVpc { id }) => {
            client.delete_vpc().vpc_id(id).send().await.map(|_| Reply::DeleteVpc(())).map_err(|error| failure(name, &error))
        }
        Call::DescribeSubnets(DescribeSubnets { tags }) => {
            let output = client.describe_subnets().set_filters(Some(by_tags(tags))).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::DescribeSubnets(output.subnets().first().map(|one| subnet(cloud, one))))
        }
        Call::CreateSubnet(CreateSubnet { name: own, desired, tags }) => {
            let request = client.create_subnet().vpc_id(desired.vpc).cidr_block(desired.cidr).availability_zone(desired.zone);
            let request = request.tag_specifications(tagged(ResourceType::Subnet, own, tags));
            let output = request.customize().config_override(config()).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::CreateSubnet(subnet(cloud, made(name, output.subnet())?)))
        }
        Call::DeleteSubnet(DeleteSubnet { id }) => {
            client.delete_subnet().subnet_id(id).send().await.map(|_| Reply::DeleteSubnet(())).map_err(|error| failure(name, &error))
        }
        call => flow_logs(cloud, call).await,
    }
}

async fn flow_logs(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.ec2;
    match call {
        Call::DescribeFlowLogs(DescribeFlowLogs { tags }) => {
            let output = client.describe_flow_logs().set_filter(Some(by_tags(tags))).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::DescribeFlowLogs(output.flow_logs().first().map(|one| flow_log(cloud, one))))
        }
        Call::CreateFlowLogs(CreateFlowLogs { name: own, token, desired, tags }) => {
            let request = client
                .create_flow_logs()
                .client_token(token)
                .resource_ids(desired.vpc)
                .resource_type(FlowLogsResourceType::Vpc)
                .traffic_type(TrafficType::All)
                .log_group_name(desired.log_group)
                .deliver_logs_permission_arn(desired.role)
                .tag_specifications(tagged(ResourceType::VpcFlowLog, own, tags));
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            // EC2 says in a success that it did nothing.
            if let Some(refused) = output.unsuccessful().iter().find_map(|one| one.error()) {
                let message = format!("{}: {}", refused.code().unwrap_or_default(), refused.message().unwrap_or_default());
                return Err(CallError::new(name, Cause::InvalidState, message));
            }
            let id = made(name, output.flow_log_ids().first())?;
            let request = client.describe_flow_logs().filter(filter("flow-log-id", id));
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::CreateFlowLogs(flow_log(cloud, made(name, output.flow_logs().first())?)))
        }
        Call::DeleteFlowLogs(DeleteFlowLogs { id }) => {
            let outcome = client.delete_flow_logs().flow_log_ids(id).send().await;
            outcome.map(|_| Reply::DeleteFlowLogs(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown_here(&call)),
    }
}

fn vpc(cloud: &AwsCloud, vpc: &types::Vpc) -> Observed {
    let cidr = vpc.cidr_block().unwrap_or_default().to_owned();
    let mut shown = Shown::done(vpc.vpc_id().unwrap_or_default(), Vpc { cidr: cidr.clone(), dns_hostnames: false }).giving("cidr", cidr);
    if vpc.state() == Some(&types::VpcState::Pending) {
        shown.progress = Progress::Working("pending".to_owned());
    }
    observed(cloud, &shown.id.clone(), vpc.tags(), Detail::Vpc(shown))
}

fn subnet(cloud: &AwsCloud, subnet: &types::Subnet) -> Observed {
    let properties = Subnet {
        vpc: subnet.vpc_id().unwrap_or_default().to_owned(),
        cidr: subnet.cidr_block().unwrap_or_default().to_owned(),
        zone: subnet.availability_zone().unwrap_or_default().to_owned(),
    };
    let mut shown = Shown::done(subnet.subnet_id().unwrap_or_default(), properties);
    if subnet.state() == Some(&types::SubnetState::Pending) {
        shown.progress = Progress::Working("pending".to_owned());
    }
    observed(cloud, &shown.id.clone(), subnet.tags(), Detail::Subnet(shown))
}

fn flow_log(cloud: &AwsCloud, log: &types::FlowLog) -> Observed {
    let properties = FlowLog {
        vpc: log.resource_id().unwrap_or_default().to_owned(),
        log_group: log.log_group_name().unwrap_or_default().to_owned(),
        role: log.deliver_logs_permission_arn().unwrap_or_default().to_owned(),
    };
    let shown = Shown::done(log.flow_log_id().unwrap_or_default(), properties);
    observed(cloud, &shown.id.clone(), log.tags(), Detail::FlowLog(shown))
}

//! Internet gateways, elastic IPs and NAT gateways.

use aws_sdk_ec2::types::{self, DomainType, NatGatewayState, ResourceType};
use domain::failure::CallError;
use domain::kind::Detail;
use domain::kind::network::{ElasticIp, InternetGateway, NatGateway};
use domain::kind::plain::{Progress, Shown};
use domain::observed::Observed;
use domain::ports::{
    AllocateAddress, AttachInternetGateway, Call, Cloud, CreateInternetGateway, CreateNatGateway, DeleteInternetGateway, DeleteNatGateway,
    DescribeAddresses, DescribeInternetGateways, DescribeNatGateways, DetachInternetGateway, ReleaseAddress, Reply,
};
use domain::resource::Tags;

use super::{by_tags, config, made, observed, tagged, unknown_here};
use crate::client::AwsCloud;
use crate::client::failure::failure;

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.ec2;
    match call {
        Call::DescribeInternetGateways(DescribeInternetGateways { tags }) => {
            let request = client.describe_internet_gateways().set_filters(Some(by_tags(tags)));
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::DescribeInternetGateways(output.internet_gateways().first().map(|one| internet_gateway(cloud, one))))
        }
        Call::CreateInternetGateway(CreateInternetGateway { name: own, tags }) => {
            let request = client.create_internet_gateway().tag_specifications(tagged(ResourceType::InternetGateway, own, tags));
            let output = request.customize().config_override(config()).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::CreateInternetGateway(internet_gateway(cloud, made(name, output.internet_gateway())?)))
        }
        Call::AttachInternetGateway(AttachInternetGateway { id, vpc }) => {
            let outcome = client.attach_internet_gateway().internet_gateway_id(id).vpc_id(vpc).send().await;
            outcome.map(|_| Reply::AttachInternetGateway(())).map_err(|error| failure(name, &error))
        }
        Call::DetachInternetGateway(DetachInternetGateway { id, vpc }) => {
            let outcome = client.detach_internet_gateway().internet_gateway_id(id).vpc_id(vpc).send().await;
            outcome.map(|_| Reply::DetachInternetGateway(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteInternetGateway(DeleteInternetGateway { id }) => {
            let outcome = client.delete_internet_gateway().internet_gateway_id(id).send().await;
            outcome.map(|_| Reply::DeleteInternetGateway(())).map_err(|error| failure(name, &error))
        }
        Call::DescribeAddresses(DescribeAddresses { tags }) => {
            let output =
                client.describe_addresses().set_filters(Some(by_tags(tags))).send().await.map_err(|error| failure(name, &error))?;
            let address = |one: &types::Address| address(cloud, one.allocation_id(), one.public_ip(), super::read_tags(one.tags()));
            Ok(Reply::DescribeAddresses(output.addresses().first().map(address)))
        }
        Call::AllocateAddress(AllocateAddress { name: own, tags }) => {
            let specification = tagged(ResourceType::ElasticIp, own, tags);
            let own_tags = super::read_tags(specification.tags());
            let request = client.allocate_address().domain(DomainType::Vpc).tag_specifications(specification);
            let output = request.customize().config_override(config()).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::AllocateAddress(address(cloud, output.allocation_id(), output.public_ip(), own_tags)))
        }
        Call::ReleaseAddress(ReleaseAddress { id }) => {
            let outcome = client.release_address().allocation_id(id).send().await;
            outcome.map(|_| Reply::ReleaseAddress(())).map_err(|error| failure(name, &error))
        }
        call => nat_gateways(cloud, call).await,
    }
}

async fn nat_gateways(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.ec2;
    match call {
        Call::DescribeNatGateways(DescribeNatGateways { tags }) => {
            let output =
                client.describe_nat_gateways().set_filter(Some(by_tags(tags))).send().await.map_err(|error| failure(name, &error))?;
            // One that is gone is shown for an hour.
            let there = output.nat_gateways().iter().find(|one| one.state() != Some(&NatGatewayState::Deleted));
            Ok(Reply::DescribeNatGateways(there.map(|one| nat_gateway(cloud, one))))
        }
        Call::CreateNatGateway(CreateNatGateway { name: own, token, desired, tags }) => {
            let request = client.create_nat_gateway().client_token(token).subnet_id(desired.subnet).allocation_id(desired.address);
            let request = request.tag_specifications(tagged(ResourceType::Natgateway, own, tags));
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::CreateNatGateway(nat_gateway(cloud, made(name, output.nat_gateway())?)))
        }
        Call::DeleteNatGateway(DeleteNatGateway { id }) => {
            let outcome = client.delete_nat_gateway().nat_gateway_id(id).send().await;
            outcome.map(|_| Reply::DeleteNatGateway(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown_here(&call)),
    }
}

fn internet_gateway(cloud: &AwsCloud, gateway: &types::InternetGateway) -> Observed {
    let vpc = gateway.attachments().first().and_then(|attachment| attachment.vpc_id()).unwrap_or_default().to_owned();
    let shown = Shown::done(gateway.internet_gateway_id().unwrap_or_default(), InternetGateway { vpc });
    observed(cloud, &shown.id.clone(), gateway.tags(), Detail::InternetGateway(shown))
}

fn address(cloud: &AwsCloud, id: Option<&str>, address: Option<&str>, tags: Tags) -> Observed {
    let shown = Shown::done(id.unwrap_or_default(), ElasticIp {}).giving("address", address.unwrap_or_default());
    Observed { arn: shown.id.clone(), tags, at: cloud.now(), detail: Detail::ElasticIp(shown) }
}

fn nat_gateway(cloud: &AwsCloud, gateway: &types::NatGateway) -> Observed {
    let address = gateway.nat_gateway_addresses().first().and_then(|address| address.allocation_id()).unwrap_or_default();
    let properties = NatGateway { subnet: gateway.subnet_id().unwrap_or_default().to_owned(), address: address.to_owned() };
    let mut shown = Shown::done(gateway.nat_gateway_id().unwrap_or_default(), properties);
    shown.progress = match gateway.state() {
        Some(NatGatewayState::Available) => Progress::Done,
        Some(NatGatewayState::Deleting | NatGatewayState::Deleted) => Progress::Leaving,
        Some(NatGatewayState::Failed) => Progress::Failed(gateway.failure_message().unwrap_or("it failed").to_owned()),
        _ => Progress::Working("pending".to_owned()),
    };
    observed(cloud, &shown.id.clone(), gateway.tags(), Detail::NatGateway(shown))
}

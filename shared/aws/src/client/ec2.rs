//! EC2: the network, and security groups. What has no name is found by its tags.

mod gateways;
mod groups;
mod networks;
mod routes;

use aws_sdk_ec2::types::{Filter, ResourceType, Tag, TagSpecification};
use domain::failure::CallError;
use domain::kind::Detail;
use domain::observed::Observed;
use domain::ports::{Call, Cloud, CreateTags, Reply};
use domain::resource::Tags;

use super::failure::failure;
use super::{AwsCloud, once, unknown};

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    match call {
        Call::CreateTags(CreateTags { id, tags }) => {
            let outcome = cloud.ec2.create_tags().resources(id).set_tags(Some(write_tags(tags))).send().await;
            outcome.map(|_| Reply::CreateTags(())).map_err(|error| failure(name, &error))
        }
        Call::DescribeVpcs(_)
        | Call::DescribeVpcAttribute(_)
        | Call::CreateVpc(_)
        | Call::ModifyVpcAttribute(_)
        | Call::DeleteVpc(_)
        | Call::DescribeSubnets(_)
        | Call::CreateSubnet(_)
        | Call::DeleteSubnet(_)
        | Call::DescribeFlowLogs(_)
        | Call::CreateFlowLogs(_)
        | Call::DeleteFlowLogs(_) => networks::call(cloud, call).await,
        Call::DescribeRouteTables(_)
        | Call::CreateRouteTable(_)
        | Call::CreateRoute(_)
        | Call::ReplaceRoute(_)
        | Call::DeleteRoute(_)
        | Call::AssociateRouteTable(_)
        | Call::DisassociateRouteTable(_)
        | Call::DeleteRouteTable(_) => routes::call(cloud, call).await,
        Call::DescribeSecurityGroups(_)
        | Call::CreateSecurityGroup(_)
        | Call::AuthorizeSecurityGroupIngress(_)
        | Call::RevokeSecurityGroupIngress(_)
        | Call::DeleteSecurityGroup(_)
        | Call::DescribeFunctionInterfaces(_) => groups::call(cloud, call).await,
        call => gateways::call(cloud, call).await,
    }
}

/// Sent once: EC2 makes a second of what has no token.
fn config() -> aws_sdk_ec2::config::Builder {
    aws_sdk_ec2::config::Builder::default().retry_config(once())
}

/// One filter per tag of the identity.
fn by_tags(tags: Tags) -> Vec<Filter> {
    tags.into_iter().map(|(key, value)| Filter::builder().name(format!("tag:{key}")).values(value).build()).collect()
}

fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}

/// The tags of a create call; the name is one of them.
fn tagged(kind: ResourceType, name: String, tags: Tags) -> TagSpecification {
    let mut tags = write_tags(tags);
    tags.push(Tag::builder().key("Name").value(name).build());
    TagSpecification::builder().resource_type(kind).set_tags(Some(tags)).build()
}

fn write_tags(tags: Tags) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

fn read_tags(tags: &[Tag]) -> Tags {
    tags.iter().filter_map(|tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()))).collect()
}

/// What EC2 shows; it tells no ARN of what it makes, and nothing of ours needs one: the id stands in for it.
fn observed(cloud: &AwsCloud, id: &str, tags: &[Tag], detail: Detail) -> Observed {
    Observed { arn: id.to_owned(), tags: read_tags(tags), at: cloud.now(), detail }
}

fn incomplete(operation: &str) -> CallError {
    CallError::new(operation, domain::failure::Cause::Unavailable, "the reply lacks what was made")
}

/// A reply without what was asked for is no answer.
fn made<T>(operation: &str, thing: Option<T>) -> Result<T, CallError> {
    thing.ok_or_else(|| incomplete(operation))
}

fn unknown_here(call: &Call) -> CallError {
    unknown(call.name())
}

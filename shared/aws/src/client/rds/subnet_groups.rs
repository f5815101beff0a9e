//! Subnet groups of RDS.

use aws_sdk_rds::types::DbSubnetGroup as Described;
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::grounds::DbSubnetGroup;
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{Call, Cloud, CreateSubnetGroup, DeleteSubnetGroup, DescribeSubnetGroup, ListTags, ModifySubnetGroup, Reply};
use domain::resource::Tags;

use crate::client::AwsCloud;
use crate::client::failure::failure;

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.rds;
    match call {
        Call::DescribeSubnetGroup(DescribeSubnetGroup { name: group }) => {
            let outcome = client.describe_db_subnet_groups().db_subnet_group_name(group).send().await;
            match outcome.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::DescribeSubnetGroup(None)),
                Err(error) => Err(error),
                Ok(output) => {
                    let found = output.db_subnet_groups().first();
                    Ok(Reply::DescribeSubnetGroup(found.map(|group| observed(cloud, group, Tags::new()))))
                }
            }
        }
        Call::ListTags(ListTags { arn }) => {
            let output = client.list_tags_for_resource().resource_name(arn).send().await.map_err(|error| failure(name, &error))?;
            let tag = |tag: &aws_sdk_rds::types::Tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()));
            Ok(Reply::ListTags(output.tag_list().iter().filter_map(tag).collect()))
        }
        Call::CreateSubnetGroup(CreateSubnetGroup { name: group, desired, tags }) => {
            let request = client.create_db_subnet_group().db_subnet_group_name(&group).db_subnet_group_description(&group);
            let request = request.set_subnet_ids(Some(desired.subnets.into_iter().collect())).set_tags(Some(super::tags(tags.clone())));
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            let made = output.db_subnet_group().map(|group| observed(cloud, group, tags));
            let made = made.ok_or_else(|| CallError::new(name, Cause::Unavailable, "the reply has no subnet group"))?;
            Ok(Reply::CreateSubnetGroup(made))
        }
        Call::ModifySubnetGroup(ModifySubnetGroup { name: group, desired }) => {
            let request = client.modify_db_subnet_group().db_subnet_group_name(group);
            let outcome = request.set_subnet_ids(Some(desired.subnets.into_iter().collect())).send().await;
            outcome.map(|_| Reply::ModifySubnetGroup(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteSubnetGroup(DeleteSubnetGroup { name: group }) => {
            let outcome = client.delete_db_subnet_group().db_subnet_group_name(group).send().await;
            outcome.map(|_| Reply::DeleteSubnetGroup(())).map_err(|error| failure(name, &error))
        }
        call => super::parameter_groups::call(cloud, call).await,
    }
}

fn observed(cloud: &AwsCloud, group: &Described, tags: Tags) -> Observed {
    let name = group.db_subnet_group_name().unwrap_or_default();
    let subnets = group.subnets().iter().filter_map(|subnet| subnet.subnet_identifier()).map(str::to_owned).collect();
    let detail = Detail::DbSubnetGroup(Shown::done(name, DbSubnetGroup { subnets }).giving("name", name));
    Observed { arn: group.db_subnet_group_arn().unwrap_or_default().to_owned(), tags, at: cloud.now(), detail }
}

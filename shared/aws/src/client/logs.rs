//! Log groups of CloudWatch Logs.

use aws_sdk_cloudwatchlogs::types;
use domain::failure::CallError;
use domain::kind::Detail;
use domain::kind::grounds::LogGroup;
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    AssociateKey, Call, Cloud, CreateLogGroup, DeleteLogGroup, DescribeLogGroup, ListLogGroupTags, PutRetentionPolicy, Reply, TagLogGroup,
};
use domain::resource::Tags;

use super::failure::failure;
use super::{AwsCloud, unknown};

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.logs;
    match call {
        Call::DescribeLogGroup(DescribeLogGroup { name: group }) => {
            // The first of a prefix is the name itself, if that is there: names come in their order.
            let output = client.describe_log_groups().log_group_name_prefix(&group).limit(1).send().await;
            let output = output.map_err(|error| failure(name, &error))?;
            let found = output.log_groups().iter().find(|one| one.log_group_name() == Some(&group));
            Ok(Reply::DescribeLogGroup(found.map(|one| observed(cloud, one))))
        }
        Call::ListLogGroupTags(ListLogGroupTags { arn }) => {
            let output = client.list_tags_for_resource().resource_arn(arn).send().await.map_err(|error| failure(name, &error))?;
            let tags = output.tags().map(|tags| tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect());
            Ok(Reply::ListLogGroupTags(tags.unwrap_or_default()))
        }
        Call::CreateLogGroup(CreateLogGroup { name: group, key, tags }) => {
            let request = client.create_log_group().log_group_name(group).set_kms_key_id(key).set_tags(Some(tags.into_iter().collect()));
            request.send().await.map(|_| Reply::CreateLogGroup(())).map_err(|error| failure(name, &error))
        }
        Call::PutRetentionPolicy(PutRetentionPolicy { name: group, days }) => {
            let outcome = client.put_retention_policy().log_group_name(group).retention_in_days(i32::from(days)).send().await;
            outcome.map(|_| Reply::PutRetentionPolicy(())).map_err(|error| failure(name, &error))
        }
        Call::AssociateKey(AssociateKey { name: group, key }) => {
            let outcome = client.associate_kms_key().log_group_name(group).kms_key_id(key).send().await;
            outcome.map(|_| Reply::AssociateKey(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteLogGroup(DeleteLogGroup { name: group }) => {
            let outcome = client.delete_log_group().log_group_name(group).send().await;
            outcome.map(|_| Reply::DeleteLogGroup(())).map_err(|error| failure(name, &error))
        }
        Call::TagLogGroup(TagLogGroup { arn, tags }) => {
            let outcome = client.tag_resource().resource_arn(arn).set_tags(Some(tags.into_iter().collect())).send().await;
            outcome.map(|_| Reply::TagLogGroup(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

fn observed(cloud: &AwsCloud, group: &types::LogGroup) -> Observed {
    let name = group.log_group_name().unwrap_or_default();
    let properties = LogGroup {
        retention_days: group.retention_in_days().and_then(|days| u16::try_from(days).ok()).unwrap_or(0),
        key: group.kms_key_id().map(str::to_owned),
    };
    // Its other ARN ends with `:*` and names the streams; tags go by this one.
    let arn = group.arn().unwrap_or_default().trim_end_matches(":*");
    let detail = Detail::LogGroup(Shown::done(name, properties).giving("name", name));
    Observed { arn: arn.to_owned(), tags: Tags::new(), at: cloud.now(), detail }
}

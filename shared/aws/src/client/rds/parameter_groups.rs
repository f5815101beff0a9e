//! Parameter groups of RDS.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_rds::types::{ApplyMethod, DbParameterGroup as Described, Parameter};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::database_settings::DbParameterGroup;
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    Call, Cloud, CreateDbParameterGroup, DeleteDbParameterGroup, DescribeDbParameterGroup, DescribeDbParameters, DescribeStaticParameters,
    ModifyDbParameterGroup, Reply, ResetDbParameterGroup,
};
use domain::resource::Tags;

use crate::client::failure::failure;
use crate::client::{AwsCloud, unknown};

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.rds;
    match call {
        Call::DescribeDbParameterGroup(DescribeDbParameterGroup { name: group }) => {
            let outcome = client.describe_db_parameter_groups().db_parameter_group_name(group).send().await;
            match outcome.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::DescribeDbParameterGroup(None)),
                Err(error) => Err(error),
                Ok(output) => {
                    let found = output.db_parameter_groups().first();
                    Ok(Reply::DescribeDbParameterGroup(found.map(|group| observed(cloud, group, Tags::new()))))
                }
            }
        }
        Call::DescribeDbParameters(DescribeDbParameters { name: group }) => {
            let all = parameters(cloud, name, &group, Some("user")).await?;
            let pair = |one: Parameter| Some((one.parameter_name?, one.parameter_value?));
            Ok(Reply::DescribeDbParameters(all.into_iter().filter_map(pair).collect()))
        }
        Call::DescribeStaticParameters(DescribeStaticParameters { name: group }) => {
            let all = parameters(cloud, name, &group, None).await?;
            let fixed = all.into_iter().filter(|one| one.apply_type.as_deref() == Some("static"));
            Ok(Reply::DescribeStaticParameters(fixed.filter_map(|one| one.parameter_name).collect()))
        }
        Call::CreateDbParameterGroup(CreateDbParameterGroup { name: group, desired, tags }) => {
            let request = client.create_db_parameter_group().db_parameter_group_name(&group).description(&group);
            let request = request.db_parameter_group_family(desired.family).set_tags(Some(super::tags(tags.clone())));
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            let made = output.db_parameter_group().map(|group| observed(cloud, group, tags));
            let made = made.ok_or_else(|| CallError::new(name, Cause::Unavailable, "the reply has no parameter group"))?;
            Ok(Reply::CreateDbParameterGroup(made))
        }
        Call::ModifyDbParameterGroup(ModifyDbParameterGroup { name: group, parameters, at_reboot }) => {
            let one = |(name, value): (String, String)| parameter(&name, &at_reboot).parameter_value(value).build();
            let request = client.modify_db_parameter_group().db_parameter_group_name(group);
            let outcome = request.set_parameters(Some(parameters.into_iter().map(one).collect())).send().await;
            outcome.map(|_| Reply::ModifyDbParameterGroup(())).map_err(|error| failure(name, &error))
        }
        Call::ResetDbParameterGroup(ResetDbParameterGroup { name: group, parameters, at_reboot }) => {
            let one = |name: String| parameter(&name, &at_reboot).build();
            let request = client.reset_db_parameter_group().db_parameter_group_name(group).reset_all_parameters(false);
            let outcome = request.set_parameters(Some(parameters.into_iter().map(one).collect())).send().await;
            outcome.map(|_| Reply::ResetDbParameterGroup(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteDbParameterGroup(DeleteDbParameterGroup { name: group }) => {
            let outcome = client.delete_db_parameter_group().db_parameter_group_name(group).send().await;
            outcome.map(|_| Reply::DeleteDbParameterGroup(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

/// RDS applies at once only what the engine can take while it runs.
fn parameter(name: &str, at_reboot: &BTreeSet<String>) -> aws_sdk_rds::types::builders::ParameterBuilder {
    let method = if at_reboot.contains(name) { ApplyMethod::PendingReboot } else { ApplyMethod::Immediate };
    Parameter::builder().parameter_name(name).apply_method(method)
}

/// Page by page.
async fn parameters(cloud: &AwsCloud, name: &str, group: &str, source: Option<&str>) -> Result<Vec<Parameter>, CallError> {
    let mut found = Vec::new();
    let mut marker = None;
    loop {
        let request = cloud.rds.describe_db_parameters().db_parameter_group_name(group).set_source(source.map(str::to_owned));
        let output = request.set_marker(marker).send().await.map_err(|error| failure(name, &error))?;
        found.extend(output.parameters.unwrap_or_default());
        marker = output.marker.filter(|marker| !marker.is_empty());
        if marker.is_none() {
            return Ok(found);
        }
    }
}

fn observed(cloud: &AwsCloud, group: &Described, tags: Tags) -> Observed {
    let name = group.db_parameter_group_name().unwrap_or_default();
    let family = group.db_parameter_group_family().unwrap_or_default().to_owned();
    let properties = DbParameterGroup { family, parameters: BTreeMap::new() };
    let detail = Detail::DbParameterGroup(Shown::done(name, properties).giving("name", name));
    Observed { arn: group.db_parameter_group_arn().unwrap_or_default().to_owned(), tags, at: cloud.now(), detail }
}

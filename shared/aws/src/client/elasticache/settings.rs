//! Groups of parameters and of subnets of ElastiCache.

use std::collections::BTreeMap;

use aws_sdk_elasticache::types::{CacheParameterGroup, CacheSubnetGroup, ParameterNameValue};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::cache_settings::{RedisParameterGroup, RedisSubnetGroup};
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    Call, Cloud, CreateCacheParameterGroup, CreateCacheSubnetGroup, DeleteCacheParameterGroup, DeleteCacheSubnetGroup,
    DescribeCacheParameterGroup, DescribeCacheParameters, DescribeCacheSubnetGroup, ModifyCacheParameterGroup, ModifyCacheSubnetGroup,
    Reply, ResetCacheParameterGroup,
};
use domain::resource::Tags;

use super::{found, write_tags};
use crate::client::failure::failure;
use crate::client::{AwsCloud, unknown};

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.elasticache;
    match call {
        Call::DescribeCacheParameterGroup(DescribeCacheParameterGroup { name: group }) => {
            let outcome = client.describe_cache_parameter_groups().cache_parameter_group_name(group).send().await;
            let found = found(outcome.map_err(|error| failure(name, &error)))?;
            let group = found.and_then(|output| output.cache_parameter_groups.unwrap_or_default().into_iter().next());
            Ok(Reply::DescribeCacheParameterGroup(group.map(|group| parameters_seen(cloud, &group, Tags::new()))))
        }
        Call::DescribeCacheParameters(DescribeCacheParameters { name: group }) => {
            user_parameters(cloud, name, &group).await.map(Reply::DescribeCacheParameters)
        }
        Call::CreateCacheParameterGroup(CreateCacheParameterGroup { name: group, desired, tags }) => {
            let description = desired.description.unwrap_or_else(|| group.clone());
            let request = client.create_cache_parameter_group().cache_parameter_group_name(group).description(description);
            let request = request.cache_parameter_group_family(desired.family).set_tags(Some(write_tags(tags.clone())));
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            let made = output.cache_parameter_group().ok_or_else(|| without_group(name))?;
            Ok(Reply::CreateCacheParameterGroup(parameters_seen(cloud, made, tags)))
        }
        Call::ModifyCacheParameterGroup(ModifyCacheParameterGroup { name: group, parameters }) => {
            let named = |(name, value)| ParameterNameValue::builder().parameter_name(name).parameter_value(value).build();
            let request = client.modify_cache_parameter_group().cache_parameter_group_name(group);
            let outcome = request.set_parameter_name_values(Some(parameters.into_iter().map(named).collect())).send().await;
            outcome.map(|_| Reply::ModifyCacheParameterGroup(())).map_err(|error| failure(name, &error))
        }
        Call::ResetCacheParameterGroup(ResetCacheParameterGroup { name: group, parameters }) => {
            let named = |name| ParameterNameValue::builder().parameter_name(name).build();
            let request = client.reset_cache_parameter_group().cache_parameter_group_name(group);
            let outcome = request.set_parameter_name_values(Some(parameters.into_iter().map(named).collect())).send().await;
            outcome.map(|_| Reply::ResetCacheParameterGroup(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteCacheParameterGroup(DeleteCacheParameterGroup { name: group }) => {
            let outcome = client.delete_cache_parameter_group().cache_parameter_group_name(group).send().await;
            outcome.map(|_| Reply::DeleteCacheParameterGroup(())).map_err(|error| failure(name, &error))
        }
        call => subnet_groups(cloud, call).await,
    }
}

async fn subnet_groups(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.elasticache;
    match call {
        Call::DescribeCacheSubnetGroup(DescribeCacheSubnetGroup { name: group }) => {
            let outcome = client.describe_cache_subnet_groups().cache_subnet_group_name(group).send().await;
            let found = found(outcome.map_err(|error| failure(name, &error)))?;
            let group = found.and_then(|output| output.cache_subnet_groups.unwrap_or_default().into_iter().next());
            Ok(Reply::DescribeCacheSubnetGroup(group.map(|group| subnets_seen(cloud, &group, Tags::new()))))
        }
        Call::CreateCacheSubnetGroup(CreateCacheSubnetGroup { name: group, desired, tags }) => {
            let request = client.create_cache_subnet_group().cache_subnet_group_name(&group).cache_subnet_group_description(&group);
            let request = request.set_subnet_ids(Some(desired.subnets.into_iter().collect())).set_tags(Some(write_tags(tags.clone())));
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            let made = output.cache_subnet_group().ok_or_else(|| without_group(name))?;
            Ok(Reply::CreateCacheSubnetGroup(subnets_seen(cloud, made, tags)))
        }
        Call::ModifyCacheSubnetGroup(ModifyCacheSubnetGroup { name: group, desired }) => {
            let request = client.modify_cache_subnet_group().cache_subnet_group_name(group);
            let outcome = request.set_subnet_ids(Some(desired.subnets.into_iter().collect())).send().await;
            outcome.map(|_| Reply::ModifyCacheSubnetGroup(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteCacheSubnetGroup(DeleteCacheSubnetGroup { name: group }) => {
            let outcome = client.delete_cache_subnet_group().cache_subnet_group_name(group).send().await;
            outcome.map(|_| Reply::DeleteCacheSubnetGroup(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

/// Page by page.
async fn user_parameters(cloud: &AwsCloud, name: &str, group: &str) -> Result<BTreeMap<String, String>, CallError> {
    let mut found = BTreeMap::new();
    let mut marker = None;
    loop {
        let request = cloud.elasticache.describe_cache_parameters().cache_parameter_group_name(group).source("user");
        let output = request.set_marker(marker).send().await.map_err(|error| failure(name, &error))?;
        let pairs = output.parameters().iter();
        found.extend(pairs.filter_map(|one| Some((one.parameter_name()?.to_owned(), one.parameter_value()?.to_owned()))));
        marker = output.marker().filter(|marker| !marker.is_empty()).map(str::to_owned);
        if marker.is_none() {
            return Ok(found);
        }
    }
}

fn without_group(name: &str) -> CallError {
    CallError::new(name, Cause::Unavailable, "the reply has no group")
}

fn parameters_seen(cloud: &AwsCloud, group: &CacheParameterGroup, tags: Tags) -> Observed {
    let name = group.cache_parameter_group_name().unwrap_or_default();
    let properties = RedisParameterGroup {
        family: group.cache_parameter_group_family().unwrap_or_default().to_owned(),
        // Its name stands where none was given.
        description: group.description().filter(|description| *description != name).map(str::to_owned),
        parameters: BTreeMap::new(),
    };
    let detail = Detail::RedisParameterGroup(Shown::done(name, properties).giving("name", name));
    Observed { arn: group.arn().unwrap_or_default().to_owned(), tags, at: cloud.now(), detail }
}

fn subnets_seen(cloud: &AwsCloud, group: &CacheSubnetGroup, tags: Tags) -> Observed {
    let name = group.cache_subnet_group_name().unwrap_or_default();
    let subnets = group.subnets().iter().filter_map(|subnet| subnet.subnet_identifier()).map(str::to_owned).collect();
    let detail = Detail::RedisSubnetGroup(Shown::done(name, RedisSubnetGroup { subnets }).giving("name", name));
    Observed { arn: group.arn().unwrap_or_default().to_owned(), tags, at: cloud.now(), detail }
}

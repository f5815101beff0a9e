//! Elastic Load Balancing: load balancers, target groups and listeners.

mod balancers;
mod listeners;
mod targets;

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::Tag;
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::observed::Observed;
use domain::ports::{Call, Cloud, DescribeBalancingTags, Reply, TagBalancing};
use domain::resource::Tags;

use super::AwsCloud;
use super::failure::failure;

/// So many things at most are asked for their tags at once (API reference, DescribeTags).
const ASKED_AT_ONCE: usize = 20;

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    match call {
        Call::DescribeBalancingTags(DescribeBalancingTags { arns }) => tags(cloud, name, &arns).await.map(Reply::DescribeBalancingTags),
        Call::TagBalancing(TagBalancing { arn, tags }) => {
            let outcome = cloud.elb.add_tags().resource_arns(arn).set_tags(Some(write_tags(tags))).send().await;
            outcome.map(|_| Reply::TagBalancing(())).map_err(|error| failure(name, &error))
        }
        Call::DescribeTargetGroup(_)
        | Call::DescribeTargetGroupAttributes(_)
        | Call::DescribeTargetHealth(_)
        | Call::CreateTargetGroup(_)
        | Call::ModifyTargetGroup(_)
        | Call::ModifyTargetGroupAttributes(_)
        | Call::DeleteTargetGroup(_) => targets::call(cloud, call).await,
        Call::DescribeListeners(_) | Call::CreateListener(_) | Call::ModifyListener(_) | Call::DeleteListener(_) => {
            listeners::call(cloud, call).await
        }
        call => balancers::call(cloud, call).await,
    }
}

async fn tags(cloud: &AwsCloud, name: &str, arns: &[String]) -> Result<BTreeMap<String, Tags>, CallError> {
    let mut all = BTreeMap::new();
    for some in arns.chunks(ASKED_AT_ONCE) {
        let output = cloud.elb.describe_tags().set_resource_arns(Some(some.to_vec())).send().await;
        for one in output.map_err(|error| failure(name, &error))?.tag_descriptions() {
            let tag = |tag: &Tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()));
            all.insert(one.resource_arn().unwrap_or_default().to_owned(), one.tags().iter().filter_map(tag).collect());
        }
    }
    Ok(all)
}

fn write_tags(tags: Tags) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// A look at a name that AWS does not know is an answer.
fn there<T>(outcome: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match outcome {
        Err(error) if error.cause == Cause::NotFound => Ok(None),
        other => other.map(Some),
    }
}

fn observed(cloud: &AwsCloud, arn: Option<&str>, tags: Tags, detail: Detail) -> Observed {
    Observed { arn: arn.unwrap_or_default().to_owned(), tags, at: cloud.now(), detail }
}

/// A reply without what was asked for is no answer.
fn made<T>(operation: &str, thing: Option<T>) -> Result<T, CallError> {
    thing.ok_or_else(|| CallError::new(operation, Cause::Unavailable, "the reply lacks what was made"))
}

/// What metrics and other services call it: the end of its ARN.
fn suffix(arn: Option<&str>) -> String {
    let last = arn.unwrap_or_default().rsplit(':').next().unwrap_or_default();
    last.trim_start_matches("loadbalancer/").to_owned()
}

/// A number of ours from one of the SDK's.
fn number(value: Option<i32>) -> u32 {
    value.and_then(|value| u32::try_from(value).ok()).unwrap_or(0)
}

/// A number of the SDK's from one of ours: what is too large for AWS stays too large.
fn signed(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

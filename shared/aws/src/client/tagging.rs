//! The Resource Groups Tagging API: what has which tags, over most services.

use aws_sdk_resourcegroupstagging::types::TagFilter;
use domain::failure::CallError;
use domain::ports::{Call, GetResources, Reply, Tagged};

use super::failure::failure;
use super::{AwsCloud, unknown};

/// As many as one page holds (API reference, GetResources).
const PAGE: i32 = 100;

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let Call::GetResources(GetResources { key, value, after }) = call else { return Err(unknown(name)) };
    let filter = TagFilter::builder().key(key).values(value).build();
    let request = cloud.tagging.get_resources().tag_filters(filter).resources_per_page(PAGE).set_pagination_token(after);
    let output = request.send().await.map_err(|error| failure(name, &error))?;
    let tagged = output.resource_tag_mapping_list().iter().map(|found| Tagged {
        arn: found.resource_arn().unwrap_or_default().to_owned(),
        tags: found.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect(),
    });
    let after = output.pagination_token().filter(|token| !token.is_empty()).map(str::to_owned);
    Ok(Reply::GetResources((tagged.collect(), after)))
}

//! WAF: regional web ACLs, and what they filter.

mod rules;

use aws_sdk_wafv2::types::{AllowAction, DefaultAction, Scope, Tag, VisibilityConfig};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::firewall::{LOCK, WebAcl};
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    AssociateWebAcl, Call, Cloud, CreateWebAcl, DeleteWebAcl, DisassociateWebAcl, GetWebAcl, GetWebAclForResource, ListWebAclTags,
    ListWebAcls, Reply, TagWebAcl, UpdateWebAcl,
};
use domain::resource::Tags;

use super::failure::failure;
use super::{AwsCloud, once, unknown};

/// As many as one page holds (API reference, ListWebACLs).
const PAGE: i32 = 100;

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.waf;
    match call {
        Call::ListWebAcls(ListWebAcls { name: acl }) => find(cloud, name, &acl).await.map(Reply::ListWebAcls),
        Call::GetWebAcl(GetWebAcl { name: acl, id }) => {
            let outcome = client.get_web_acl().name(acl).id(id).scope(Scope::Regional).send().await;
            match outcome.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::GetWebAcl(None)),
                Err(error) => Err(error),
                Ok(output) => {
                    let lock = output.lock_token().unwrap_or_default();
                    let seen = |acl| view(cloud, acl, lock);
                    Ok(Reply::GetWebAcl(output.web_acl().map(seen)))
                }
            }
        }
        Call::ListWebAclTags(ListWebAclTags { arn }) => {
            let output = client.list_tags_for_resource().resource_arn(arn).send().await.map_err(|error| failure(name, &error))?;
            let tags = output.tag_info_for_resource().map(|known| known.tag_list()).unwrap_or_default();
            Ok(Reply::ListWebAclTags(tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()))
        }
        Call::CreateWebAcl(CreateWebAcl { name: acl, desired, tags }) => {
            let request = client.create_web_acl().name(&acl).scope(Scope::Regional).default_action(lets_in());
            let request = request.visibility_config(visibility(&acl)?).set_rules(Some(rules::write(&desired)?));
            let request = request.set_tags(Some(write_tags(tags.clone())?)).customize();
            let request = request.config_override(aws_sdk_wafv2::config::Builder::default().retry_config(once()));
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            let made = output.summary().ok_or_else(|| CallError::new(name, Cause::Unavailable, "the reply has no web ACL"))?;
            let shown = shown(&acl, made.id().unwrap_or_default(), made.lock_token().unwrap_or_default(), desired);
            let arn = made.arn().unwrap_or_default().to_owned();
            Ok(Reply::CreateWebAcl(Observed { arn, tags, at: cloud.now(), detail: Detail::WafWebAcl(shown) }))
        }
        call => change(cloud, call).await,
    }
}

async fn change(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.waf;
    match call {
        Call::UpdateWebAcl(UpdateWebAcl { name: acl, id, lock, desired }) => {
            let request = client.update_web_acl().name(&acl).id(id).scope(Scope::Regional).lock_token(lock).default_action(lets_in());
            let request = request.visibility_config(visibility(&acl)?).set_rules(Some(rules::write(&desired)?));
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::UpdateWebAcl(output.next_lock_token().unwrap_or_default().to_owned()))
        }
        Call::DeleteWebAcl(DeleteWebAcl { name: acl, id, lock }) => {
            let outcome = client.delete_web_acl().name(acl).id(id).scope(Scope::Regional).lock_token(lock).send().await;
            outcome.map(|_| Reply::DeleteWebAcl(())).map_err(|error| failure(name, &error))
        }
        Call::TagWebAcl(TagWebAcl { arn, tags }) => {
            let outcome = client.tag_resource().resource_arn(arn).set_tags(Some(write_tags(tags)?)).send().await;
            outcome.map(|_| Reply::TagWebAcl(())).map_err(|error| failure(name, &error))
        }
        Call::GetWebAclForResource(GetWebAclForResource { resource }) => {
            let output = client.get_web_acl_for_resource().resource_arn(resource).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::GetWebAclForResource(output.web_acl().map(|acl| acl.arn().to_owned())))
        }
        Call::AssociateWebAcl(AssociateWebAcl { acl, resource }) => {
            let outcome = client.associate_web_acl().web_acl_arn(acl).resource_arn(resource).send().await;
            outcome.map(|_| Reply::AssociateWebAcl(())).map_err(|error| failure(name, &error))
        }
        Call::DisassociateWebAcl(DisassociateWebAcl { resource }) => {
            let outcome = client.disassociate_web_acl().resource_arn(resource).send().await;
            outcome.map(|_| Reply::DisassociateWebAcl(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

/// The id of the one called `acl`: WAF finds nothing by a name alone.
async fn find(cloud: &AwsCloud, name: &str, acl: &str) -> Result<Option<String>, CallError> {
    let mut marker = None;
    loop {
        let request = cloud.waf.list_web_acls().scope(Scope::Regional).limit(PAGE).set_next_marker(marker);
        let output = request.send().await.map_err(|error| failure(name, &error))?;
        if let Some(found) = output.web_acls().iter().find(|one| one.name() == Some(acl)) {
            return Ok(found.id().map(str::to_owned));
        }
        marker = output.next_marker().filter(|_| !output.web_acls().is_empty()).map(str::to_owned);
        if marker.is_none() {
            return Ok(None);
        }
    }
}

fn lets_in() -> DefaultAction {
    DefaultAction::builder().allow(AllowAction::builder().build()).build()
}

/// Metrics, and samples of requests, under `metric`.
fn visibility(metric: &str) -> Result<VisibilityConfig, CallError> {
    let config = VisibilityConfig::builder().cloud_watch_metrics_enabled(true).sampled_requests_enabled(true).metric_name(metric);
    config.build().map_err(|error| illegal(&error))
}

fn illegal(error: &impl std::fmt::Display) -> CallError {
    CallError::new("wafv2.Write", Cause::InvalidRequest, error.to_string())
}

fn write_tags(tags: Tags) -> Result<Vec<Tag>, CallError> {
    let tag = |(key, value): (String, String)| Tag::builder().key(key).value(value).build();
    tags.into_iter().map(tag).collect::<Result<_, _>>().map_err(|error| illegal(&error))
}

fn shown(name: &str, id: &str, lock: &str, properties: WebAcl) -> Shown<WebAcl> {
    Shown::done(id, properties).giving("name", name).giving(LOCK, lock)
}

fn view(cloud: &AwsCloud, acl: &aws_sdk_wafv2::types::WebAcl, lock: &str) -> Observed {
    let detail = Detail::WafWebAcl(shown(acl.name(), acl.id(), lock, rules::read(acl.rules())));
    Observed { arn: acl.arn().to_owned(), tags: Tags::new(), at: cloud.now(), detail }
}

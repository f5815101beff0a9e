//! Web ACLs of WAF.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::firewall::{LOCK, WebAcl};
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    AssociateWebAcl, CreateWebAcl, DeleteLoadBalancer, DeleteWebAcl, DisassociateWebAcl, GetWebAcl, GetWebAclForResource, ListWebAclTags,
    ListWebAcls, TagWebAcl, UpdateWebAcl,
};

use super::balancing;
use super::ground::{Ground, does, refuses, tags};

fn request(ground: &impl Ground) -> CreateWebAcl {
    let managed_rules = vec!["AWSManagedRulesKnownBadInputsRuleSet".to_owned(), "AWSManagedRulesCommonRuleSet".to_owned()];
    CreateWebAcl { name: ground.name("acl"), desired: WebAcl { managed_rules, rate_limit: Some(2000) }, tags: tags() }
}

fn shown(observed: Option<Observed>) -> Shown<WebAcl> {
    match observed.map(|observed| observed.detail) {
        Some(Detail::WafWebAcl(shown)) => shown,
        other => panic!("{other:?} is no web ACL"),
    }
}

fn lock(shown: &Shown<WebAcl>) -> String {
    shown.gives[LOCK].clone()
}

async fn look<G: Ground>(ground: &G, name: &str) -> Option<Observed> {
    let id = does(ground, ListWebAcls { name: name.to_owned() }).await?;
    does(ground, GetWebAcl { name: name.to_owned(), id }).await
}

pub(super) async fn a_web_acl_has_one_name<G: Ground>(ground: &G) {
    let request = request(ground);
    assert_eq!(look(ground, &request.name).await, None);
    let made = does(ground, request.clone()).await;
    refuses(ground, request.clone(), Cause::AlreadyExists).await;
    let found = look(ground, &request.name).await.expect("it stands");
    assert_eq!((&found.arn, shown(Some(found.clone())).properties), (&made.arn, request.desired));
    does(ground, TagWebAcl { arn: made.arn.clone(), tags: [("a".to_owned(), "b".to_owned())].into() }).await;
    let shown = does(ground, ListWebAclTags { arn: made.arn }).await;
    assert_eq!((shown.get("a").map(String::as_str), shown.get("caretaker:owner")), (Some("b"), tags().get("caretaker:owner")));
}

pub(super) async fn a_web_acl_is_changed_by_who_has_seen_its_last_change<G: Ground>(ground: &G) {
    let request = request(ground);
    let (name, made) = (request.name.clone(), shown(Some(does(ground, request).await)));
    let desired = WebAcl { managed_rules: vec!["AWSManagedRulesCommonRuleSet".to_owned()], rate_limit: None };
    let update = |lock: String| UpdateWebAcl { name: name.clone(), id: made.id.clone(), lock, desired: desired.clone() };
    let next = does(ground, update(lock(&made))).await;
    refuses(ground, update(lock(&made)), Cause::InvalidState).await;
    let found = shown(look(ground, &name).await);
    assert_eq!((lock(&found), found.properties), (next, desired.clone()));
    let delete = |lock: String| DeleteWebAcl { name: name.clone(), id: made.id.clone(), lock };
    refuses(ground, delete(lock(&made)), Cause::InvalidState).await;
    does(ground, delete(lock(&shown(look(ground, &name).await)))).await;
    refuses(ground, delete(lock(&made)), Cause::NotFound).await;
    assert_eq!(look(ground, &name).await, None);
}

pub(super) async fn a_load_balancer_takes_a_web_acl_once_it_is_active<G: Ground>(ground: &G) {
    let acl = does(ground, request(ground)).await.arn;
    let balancer = balancing::request(ground).await;
    let resource = does(ground, balancer.clone()).await.arn;
    let associate = || AssociateWebAcl { acl: acl.clone(), resource: resource.clone() };
    refuses(ground, associate(), Cause::InvalidState).await;
    balancing::active(ground, &balancer).await;
    let filter = async || does(ground, GetWebAclForResource { resource: resource.clone() }).await;
    assert_eq!(filter().await, None);
    does(ground, associate()).await;
    assert_eq!(filter().await, Some(acl.clone()));
    let other = does(ground, request(ground)).await.arn;
    does(ground, AssociateWebAcl { acl: other.clone(), resource: resource.clone() }).await;
    assert_eq!(filter().await, Some(other), "in the place of the first");
    does(ground, DisassociateWebAcl { resource: resource.clone() }).await;
    assert_eq!(filter().await, None);
}

pub(super) async fn a_web_acl_that_filters_cannot_be_deleted<G: Ground>(ground: &G) {
    let request = request(ground);
    let made = does(ground, request.clone()).await;
    let (acl, seen) = (made.arn.clone(), shown(Some(made)));
    let resource = balancing::active(ground, &balancing::request(ground).await).await;
    does(ground, AssociateWebAcl { acl, resource: resource.clone() }).await;
    let delete = || DeleteWebAcl { name: request.name.clone(), id: seen.id.clone(), lock: lock(&seen) };
    refuses(ground, delete(), Cause::InvalidState).await;
    does(ground, DeleteLoadBalancer { arn: resource }).await;
    does(ground, delete()).await;
}

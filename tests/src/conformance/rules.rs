//! EventBridge: rules that call at set times.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::functions::Rule;
use domain::ports::{DeleteRule, DescribeRule, ListRuleTags, ListTargetsByRule, PutRule, PutTarget, RemoveTargets, RuleTarget, TagRule};

use super::ground::{Ground, does, refuses, tags};

fn put(name: &str, schedule: &str) -> PutRule {
    PutRule { name: name.to_owned(), schedule: schedule.to_owned(), tags: tags() }
}

fn target(ground: &impl Ground, id: &str) -> RuleTarget {
    let function = ground.environment().arn("lambda", "function:conformance");
    RuleTarget { id: id.to_owned(), ..Rule { schedule: String::new(), function }.target() }
}

async fn schedule<G: Ground>(ground: &G, name: &str) -> Option<String> {
    match does(ground, DescribeRule { name: name.to_owned() }).await?.detail {
        Detail::EventRule(seen) => Some(seen.properties.schedule),
        other => panic!("{other:?} is no rule"),
    }
}

pub(super) async fn a_rule_that_is_put_again_keeps_its_tags<G: Ground>(ground: &G) {
    let name = ground.name("rule");
    let arn = does(ground, put(&name, "rate(1 minute)")).await;
    does(ground, PutTarget { name: name.clone(), target: target(ground, "function") }).await;
    let others = [("caretaker:owner".to_owned(), "another".to_owned())].into();
    assert_eq!(does(ground, PutRule { tags: others, ..put(&name, "rate(5 minutes)") }).await, arn);
    assert_eq!(schedule(ground, &name).await.as_deref(), Some("rate(5 minutes)"));
    assert_eq!(does(ground, ListRuleTags { arn: arn.clone() }).await, tags());
    assert_eq!(does(ground, ListTargetsByRule { name: name.clone() }).await, [target(ground, "function")]);
    does(ground, TagRule { arn: arn.clone(), tags: [("a".to_owned(), "b".to_owned())].into() }).await;
    assert_eq!(does(ground, ListRuleTags { arn }).await.get("a").map(String::as_str), Some("b"));
}

pub(super) async fn a_rule_with_targets_is_not_deleted<G: Ground>(ground: &G) {
    let name = ground.name("rule");
    let arn = does(ground, put(&name, "rate(1 minute)")).await;
    does(ground, PutTarget { name: name.clone(), target: target(ground, "function") }).await;
    refuses(ground, DeleteRule { name: name.clone() }, Cause::InvalidState).await;
    does(ground, RemoveTargets { name: name.clone(), ids: vec!["function".to_owned()] }).await;
    does(ground, DeleteRule { name: name.clone() }).await;
    // One that is not there is no error.
    does(ground, DeleteRule { name: name.clone() }).await;
    assert_eq!(schedule(ground, &name).await, None);
    refuses(ground, ListRuleTags { arn }, Cause::NotFound).await;
}

pub(super) async fn a_rule_that_is_gone_has_no_targets<G: Ground>(ground: &G) {
    let name = ground.name("rule");
    assert_eq!(schedule(ground, &name).await, None);
    refuses(ground, ListTargetsByRule { name: name.clone() }, Cause::NotFound).await;
    refuses(ground, RemoveTargets { name: name.clone(), ids: vec!["function".to_owned()] }, Cause::NotFound).await;
    refuses(ground, PutTarget { name, target: target(ground, "function") }, Cause::NotFound).await;
}

pub(super) async fn a_rate_of_one_minute_is_singular<G: Ground>(ground: &G) {
    let name = ground.name("rule");
    for wrong in ["rate(1 minutes)", "rate(5 minute)", "rate(0 minutes)"] {
        refuses(ground, put(&name, wrong), Cause::InvalidRequest).await;
    }
    assert_eq!(schedule(ground, &name).await, None);
    does(ground, put(&name, "rate(1 minute)")).await;
    assert_eq!(schedule(ground, &name).await.as_deref(), Some("rate(1 minute)"));
}

pub(super) async fn a_rule_has_five_targets_at_most<G: Ground>(ground: &G) {
    let name = ground.name("rule");
    does(ground, put(&name, "rate(1 minute)")).await;
    for id in ["1", "2", "3", "4", "5", "5"] {
        does(ground, PutTarget { name: name.clone(), target: target(ground, id) }).await;
    }
    refuses(ground, PutTarget { name: name.clone(), target: target(ground, "6") }, Cause::Quota).await;
    assert_eq!(does(ground, ListTargetsByRule { name }).await.len(), 5);
}

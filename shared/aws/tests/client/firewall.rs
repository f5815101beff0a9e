use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::firewall::{LOCK, WebAcl};
use domain::kind::plain::Shown;
use domain::ports::{
    AssociateWebAcl, CreateWebAcl, DeleteWebAcl, DisassociateWebAcl, GetWebAcl, GetWebAclForResource, ListWebAclTags, ListWebAcls,
    UpdateWebAcl,
};
use serde_json::{Value, json};

use crate::wire::{exchange, ok, refusal, request, tags};

const ARN: &str = "arn:aws:wafv2:us-east-1:1:regional/webacl/mate-dev/1";
const BALANCER: &str = "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/mate-dev/50dc";

fn desired() -> WebAcl {
    WebAcl { managed_rules: vec!["BadInputs".into(), "Common".into()], rate_limit: Some(2000) }
}

fn shows(metric: &str) -> Value {
    json!({ "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": metric })
}

fn group(name: &str, priority: u8) -> Value {
    let statement = json!({ "ManagedRuleGroupStatement": { "VendorName": "AWS", "Name": name } });
    json!({ "Name": name, "Priority": priority, "Statement": statement, "OverrideAction": { "None": {} }, "VisibilityConfig": shows(name) })
}

fn limit() -> Value {
    json!({
        "Name": "rate-limit", "Priority": 0, "Statement": { "RateBasedStatement": { "Limit": 2000, "AggregateKeyType": "IP" } },
        "Action": { "Block": {} }, "VisibilityConfig": shows("rate-limit"),
    })
}

fn rules() -> Value {
    json!([limit(), group("BadInputs", 1), group("Common", 2)])
}

#[test]
fn a_web_acl_limits_first_then_asks_awss_groups_in_their_order() {
    let made = json!({ "Summary": { "ARN": ARN, "Id": "1", "Name": "mate-dev", "LockToken": "one" } });
    let create = CreateWebAcl { name: "mate-dev".into(), desired: desired(), tags: tags(&[("a", "b")]) };
    let exchange = exchange(create, &[ok(made)]);
    let expected = json!({
        "Name": "mate-dev", "Scope": "REGIONAL", "DefaultAction": { "Allow": {} }, "VisibilityConfig": shows("mate-dev"),
        "Rules": rules(), "Tags": [{ "Key": "a", "Value": "b" }],
    });
    assert_eq!((exchange.requests[0].action.as_str(), &exchange.requests[0].body), ("CreateWebACL", &expected));
    let made = exchange.reply();
    let shown = Shown::done("1", desired()).giving("name", "mate-dev").giving(LOCK, "one");
    assert_eq!((made.arn.as_str(), made.detail), (ARN, Detail::WafWebAcl(shown)));
}

#[test]
fn a_web_acl_is_seen_as_a_blueprint_writes_it() {
    let seen = |rules: Value| {
        let acl = json!({
            "ARN": ARN, "Id": "1", "Name": "mate-dev", "DefaultAction": { "Allow": {} }, "VisibilityConfig": shows("mate-dev"), "Rules": rules,
        });
        let get = GetWebAcl { name: "mate-dev".into(), id: "1".into() };
        match exchange(get, &[ok(json!({ "WebACL": acl, "LockToken": "two" }))]).reply().map(|seen| seen.detail) {
            Some(Detail::WafWebAcl(shown)) => (shown.gives[LOCK].clone(), shown.properties),
            other => panic!("{other:?} is no web ACL"),
        }
    };
    // In whatever order they come.
    let shuffled = json!([group("Common", 2), limit(), group("BadInputs", 1)]);
    assert_eq!(seen(shuffled), ("two".to_owned(), desired()));
    // One that only counts is none of ours, nor is one that we do not know.
    let mut counting = group("Common", 1);
    counting["OverrideAction"] = json!({ "Count": {} });
    let geo = json!({
        "Name": "geo", "Priority": 9, "Statement": { "GeoMatchStatement": { "CountryCodes": ["AQ"] } }, "Action": { "Block": {} },
        "VisibilityConfig": shows("geo"),
    });
    let others = WebAcl { managed_rules: vec!["another rule: Common".into(), "another rule: geo".into()], rate_limit: None };
    assert_eq!(seen(json!([counting, geo])).1, others);
}

#[test]
fn a_web_acl_is_found_by_its_name_on_any_page() {
    let page = |names: &[&str], next: Value| {
        let acls: Vec<_> = names.iter().map(|name| json!({ "Name": name, "Id": format!("id-of-{name}") })).collect();
        ok(json!({ "WebACLs": acls, "NextMarker": next }))
    };
    let pages = [page(&["a", "b"], json!("b")), page(&["mate-dev"], json!("mate-dev"))];
    let found = exchange(ListWebAcls { name: "mate-dev".into() }, &pages);
    assert_eq!(found.requests[1].body, json!({ "Scope": "REGIONAL", "Limit": 100, "NextMarker": "b" }));
    assert_eq!(found.reply(), Some("id-of-mate-dev".to_owned()));
    // WAF names a next page that may be empty.
    let none = exchange(ListWebAcls { name: "other".into() }, &[page(&["a"], json!("a")), page(&[], json!("a"))]);
    assert_eq!(none.reply(), None);
}

#[test]
fn a_change_names_the_lock_and_gives_the_next() {
    let update = UpdateWebAcl { name: "mate-dev".into(), id: "1".into(), lock: "one".into(), desired: desired() };
    let updated = exchange(update, &[ok(json!({ "NextLockToken": "two" }))]);
    let expected = json!({
        "Name": "mate-dev", "Id": "1", "Scope": "REGIONAL", "LockToken": "one", "DefaultAction": { "Allow": {} },
        "VisibilityConfig": shows("mate-dev"), "Rules": rules(),
    });
    assert_eq!(updated.requests[0].body, expected);
    assert_eq!(updated.reply(), "two");
    let delete = || DeleteWebAcl { name: "mate-dev".into(), id: "1".into(), lock: "two".into() };
    assert_eq!(request(delete(), ok(json!({}))).body, json!({ "Name": "mate-dev", "Id": "1", "Scope": "REGIONAL", "LockToken": "two" }));
    let check = |code: &str, expected| assert_eq!(exchange(delete(), &[refusal(400, code, "")]).cause(), expected, "{code}");
    check("WAFOptimisticLockException", Cause::InvalidState);
    check("WAFAssociatedItemException", Cause::InvalidState);
    check("WAFNonexistentItemException", Cause::NotFound);
    check("WAFTagOperationInternalErrorException", Cause::Unavailable);
}

#[test]
fn a_web_acl_filters_what_comes_to_a_load_balancer() {
    let sent = request(AssociateWebAcl { acl: ARN.into(), resource: BALANCER.into() }, ok(json!({})));
    assert_eq!(sent.body, json!({ "WebACLArn": ARN, "ResourceArn": BALANCER }));
    assert_eq!(request(DisassociateWebAcl { resource: BALANCER.into() }, ok(json!({}))).body, json!({ "ResourceArn": BALANCER }));
    let filter = |reply| exchange(GetWebAclForResource { resource: BALANCER.into() }, &[reply]);
    assert_eq!(filter(ok(json!({}))).reply(), None);
    let acl = json!({ "ARN": ARN, "Id": "1", "Name": "x", "DefaultAction": { "Allow": {} }, "VisibilityConfig": shows("x") });
    assert_eq!(filter(ok(json!({ "WebACL": acl }))).reply(), Some(ARN.to_owned()));
    assert_eq!(filter(refusal(400, "WAFUnavailableEntityException", "")).cause(), Cause::InvalidState);
    let known = json!({ "TagInfoForResource": { "ResourceARN": ARN, "TagList": [{ "Key": "a", "Value": "b" }] } });
    assert_eq!(exchange(ListWebAclTags { arn: ARN.into() }, &[ok(known)]).reply(), tags(&[("a", "b")]));
}

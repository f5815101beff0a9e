//! What is described of many at once, and what is found by its tags.

use domain::failure::Cause;
use domain::ports::{DescribeCacheNodes, DescribeDatabases, DescribeReplicationGroups, DescribeServices, GetResources, Tagged};
use serde_json::json;

use crate::wire::{exchange, ok, tags, xml};

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn services_are_described_by_their_names_and_the_inactive_are_none() {
    let service = |name: &str, status: &str| json!({"serviceName": name, "serviceArn": format!("arn:{name}"), "status": status});
    let reply =
        ok(json!({"services": [service("a", "ACTIVE"), service("b", "INACTIVE")], "failures": [{"arn": "c", "reason": "MISSING"}]}));
    let exchange = exchange(DescribeServices { cluster: "mate-dev".into(), names: names(&["a", "b", "c"]) }, &[reply]);
    assert_eq!(exchange.requests[0].body, json!({"cluster": "mate-dev", "services": ["a", "b", "c"], "include": ["TAGS"]}));
    let found: Vec<_> = exchange.reply().into_iter().map(|(name, view)| (name, view.arn)).collect();
    assert_eq!(found, [("a".to_owned(), "arn:a".to_owned())]);
}

#[test]
fn a_failure_that_is_no_absence_fails_the_look_at_all() {
    let reply = ok(json!({"services": [], "failures": [{"arn": "a", "reason": "ACCESS_DENIED"}]}));
    let exchange = exchange(DescribeServices { cluster: "mate-dev".into(), names: names(&["a"]) }, &[reply]);
    assert_eq!(exchange.cause(), Cause::Unavailable);
}

#[test]
fn databases_are_filtered_by_their_names() {
    let instance = "<DBInstanceIdentifier>a</DBInstanceIdentifier><DBInstanceArn>arn:a</DBInstanceArn>";
    let reply = xml("DescribeDBInstances", &format!("<DBInstances><DBInstance>{instance}</DBInstance></DBInstances>"));
    let exchange = exchange(DescribeDatabases { names: names(&["a", "b"]) }, &[reply]);
    let body = &exchange.requests[0].body;
    assert_eq!(
        (&body["Filters.Filter.1.Name"], &body["Filters.Filter.1.Values.Value.2"]),
        (&json!("db-instance-id"), &json!("b")),
        "{body}"
    );
    assert_eq!(
        exchange.reply().into_iter().map(|(name, seen)| (name, seen.arn)).collect::<Vec<_>>(),
        [("a".to_owned(), "arn:a".to_owned())]
    );
}

#[test]
fn caches_and_their_nodes_are_read_page_by_page() {
    let group = "<ReplicationGroupId>a</ReplicationGroupId><ARN>arn:a</ARN>";
    let reply = xml(
        "DescribeReplicationGroups",
        &format!("<ReplicationGroups><ReplicationGroup>{group}</ReplicationGroup></ReplicationGroups><Marker>m</Marker>"),
    );
    let groups = exchange(DescribeReplicationGroups { after: None }, &[reply]);
    assert_eq!(groups.requests[0].body, json!({}));
    let (found, after) = groups.reply();
    assert_eq!((found[0].0.as_str(), found[0].1.arn.as_str(), after.as_deref()), ("a", "arn:a", Some("m")));
    let node = "<CacheClusterId>a-001</CacheClusterId>";
    let reply = xml("DescribeCacheClusters", &format!("<CacheClusters><CacheCluster>{node}</CacheCluster></CacheClusters>"));
    let nodes = exchange(DescribeCacheNodes { after: Some("m".into()) }, &[reply]);
    assert_eq!(nodes.requests[0].body, json!({"Marker": "m"}));
    let (found, after) = nodes.reply();
    assert_eq!((found[0].0.as_str(), after), ("a-001", None));
}

#[test]
fn what_carries_a_tag_is_found_page_by_page() {
    let found = json!([{"ResourceARN": "arn:a", "Tags": [{"Key": "caretaker:owner", "Value": "tenant/dev/demo"}]}]);
    let reply = ok(json!({"PaginationToken": "next", "ResourceTagMappingList": found}));
    let request = GetResources { key: "caretaker:owner".into(), value: "tenant/dev/demo".into(), after: None };
    let exchange = exchange(request, &[reply]);
    let filter = json!({"TagFilters": [{"Key": "caretaker:owner", "Values": ["tenant/dev/demo"]}], "ResourcesPerPage": 100});
    assert_eq!(exchange.requests[0].body, filter);
    let expected = vec![Tagged { arn: "arn:a".into(), tags: tags(&[("caretaker:owner", "tenant/dev/demo")]) }];
    assert_eq!(exchange.reply(), (expected, Some("next".to_owned())));
}

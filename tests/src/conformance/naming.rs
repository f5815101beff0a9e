//! Hosted zones and the record sets in them.

use domain::failure::Cause;
use domain::kind::naming::{RecordAction, RecordSet, Target, proof_name};
use domain::ports::{ChangeResourceRecordSets, ListHostedZonesByName, ListResourceRecordSets, send};

use super::ground::{Ground, does, refuses};

/// A name that nothing else has, in the fixture's zone.
pub(super) fn host(ground: &impl Ground, stem: &str) -> String {
    format!("{}.{}", ground.name(stem), ground.environment().hosted_zone.domain)
}

fn address(host: &str, balancer: &str) -> RecordSet {
    let dns = format!("{balancer}.us-east-1.elb.amazonaws.com");
    let target = Target::Alias { dns, zone: "Z35SXDOTRQ7X7K".to_owned(), health: true };
    RecordSet { name: host.to_owned(), record_type: "A".to_owned(), target }
}

fn companion(host: &str) -> RecordSet {
    RecordSet::to_value(proof_name(host), "TXT", "\"caretaker owner=tenant/dev/conformance incarnation=1\"")
}

/// A batch in the fixture's zone.
pub(super) fn batch(ground: &impl Ground, action: RecordAction, sets: &[&RecordSet]) -> ChangeResourceRecordSets {
    let changes = sets.iter().map(|set| (*set).clone().to_be(action)).collect();
    ChangeResourceRecordSets { zone: ground.environment().hosted_zone.id.clone(), changes }
}

async fn standing<G: Ground>(ground: &G, name: &str) -> Vec<RecordSet> {
    does(ground, ListResourceRecordSets { zone: ground.environment().hosted_zone.id.clone(), name: name.to_owned() }).await
}

pub(super) async fn a_hosted_zone_is_found_by_its_whole_name<G: Ground>(ground: &G) {
    let zone = &ground.environment().hosted_zone;
    assert_eq!(does(ground, ListHostedZonesByName { domain: zone.domain.clone() }).await, std::slice::from_ref(&zone.id));
    let other = |domain: String| ListHostedZonesByName { domain };
    assert!(does(ground, other(format!("www.{}", zone.domain))).await.is_empty());
    assert!(does(ground, other(zone.domain[1..].to_owned())).await.is_empty());
}

pub(super) async fn records_are_shown_by_their_name_as_they_were_written<G: Ground>(ground: &G) {
    let host = host(ground, "host");
    let (address, companion) = (address(&host, "one"), companion(&host));
    assert!(standing(ground, &host).await.is_empty());
    does(ground, batch(ground, RecordAction::Create, &[&address, &companion])).await;
    assert_eq!(standing(ground, &host).await, [address]);
    assert_eq!(standing(ground, &companion.name).await, [companion]);
    let missing = ListResourceRecordSets { zone: "Z00000000000000000000".to_owned(), name: host };
    assert!(does(ground, missing).await.is_empty());
}

pub(super) async fn a_record_is_created_once<G: Ground>(ground: &G) {
    let host = host(ground, "host");
    let (address, companion) = (address(&host, "one"), companion(&host));
    does(ground, batch(ground, RecordAction::Create, &[&address])).await;
    refuses(ground, batch(ground, RecordAction::Create, &[&companion, &address]), Cause::AlreadyExists).await;
    assert!(standing(ground, &companion.name).await.is_empty(), "a batch is all or nothing");
}

pub(super) async fn an_upsert_takes_the_place_of_what_stands<G: Ground>(ground: &G) {
    let host = host(ground, "host");
    let (former, present) = (address(&host, "one"), address(&host, "two"));
    does(ground, batch(ground, RecordAction::Upsert, &[&former])).await;
    does(ground, batch(ground, RecordAction::Upsert, &[&present])).await;
    assert_eq!(standing(ground, &host).await, [present]);
}

pub(super) async fn a_record_is_deleted_by_its_exact_value<G: Ground>(ground: &G) {
    let host = host(ground, "host");
    let (address, companion) = (address(&host, "one"), companion(&host));
    does(ground, batch(ground, RecordAction::Create, &[&address])).await;
    let other = RecordSet { target: self::address(&host, "two").target, ..address.clone() };
    refuses(ground, batch(ground, RecordAction::Delete, &[&other]), Cause::InvalidState).await;
    refuses(ground, batch(ground, RecordAction::Delete, &[&address, &companion]), Cause::NotFound).await;
    assert_eq!(standing(ground, &host).await, std::slice::from_ref(&address), "a batch is all or nothing");
    does(ground, batch(ground, RecordAction::Delete, &[&address])).await;
    assert!(standing(ground, &host).await.is_empty());
    refuses(ground, batch(ground, RecordAction::Delete, &[&address]), Cause::NotFound).await;
}

pub(super) async fn an_address_does_not_stand_beside_a_cname<G: Ground>(ground: &G) {
    let host = host(ground, "host");
    let cname = RecordSet::to_value(&host, "CNAME", "elsewhere.example.com");
    does(ground, batch(ground, RecordAction::Create, &[&cname])).await;
    refuses(ground, batch(ground, RecordAction::Create, &[&address(&host, "one")]), Cause::InvalidRequest).await;
    refuses(ground, batch(ground, RecordAction::Upsert, &[&address(&host, "one")]), Cause::InvalidRequest).await;
}

pub(super) async fn a_record_lies_in_its_zone<G: Ground>(ground: &G) {
    let outside = address("www.example.com", "one");
    refuses(ground, batch(ground, RecordAction::Create, &[&outside]), Cause::InvalidRequest).await;
    let changes = vec![address(&host(ground, "host"), "one").to_be(RecordAction::Create)];
    let nowhere = ChangeResourceRecordSets { zone: "Z00000000000000000000".to_owned(), changes };
    refuses(ground, nowhere, Cause::NotFound).await;
}

pub(super) async fn route_53_throttles_all_calls_together<G: Ground>(ground: &G) {
    /// So many that a client's repeats do not get all of them through.
    const CALLS: usize = 60;
    let (domain, host) = (ground.environment().hosted_zone.domain.clone(), host(ground, "host"));
    let upsert = batch(ground, RecordAction::Upsert, &[&address(&host, "one")]);
    ground.throttle(true).await;
    let lists = (0..CALLS).map(|_| async { send(ground.aws(), ListHostedZonesByName { domain: domain.clone() }).await.map(|_| ()) });
    let lists = futures::future::join_all(lists).await;
    let upserts = futures::future::join_all((0..CALLS).map(|_| send(ground.aws(), upsert.clone()))).await;
    ground.throttle(false).await;
    let throttled = |outcomes: &[Result<(), _>]| {
        outcomes.iter().filter(|one| matches!(one, Err(domain::failure::CallError { cause: Cause::Throttled, .. }))).count()
    };
    assert!((1..=CALLS - 5).contains(&throttled(&lists)), "{lists:?}");
    assert!(throttled(&upserts) > 0, "it is the same bucket");
}

use std::collections::BTreeSet;

use super::*;

#[test]
fn a_word_leads_to_one_page_and_a_kind_to_one_that_there_is() {
    let words: Vec<_> = PAGES.iter().flat_map(|(_, words)| *words).collect();
    assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len());
    let slugs: BTreeSet<_> = Runbook::all().collect();
    assert_eq!(slugs.len(), PAGES.len());
    assert!(OWN_ALARMS.iter().chain(DATABASE).all(|(_, slug)| slugs.contains(&Runbook(slug))));
}

#[test]
fn an_alarm_on_ourselves_is_known_by_its_logical_id_and_by_the_name_that_is_made_of_it() {
    let check = |name: &str, expected: &str| assert_eq!(Runbook::of_own_alarm(name).slug(), expected, "{name}");
    check("ProvisionTenantErrors", "function-errors");
    check("caretaker-ProvisionTenantErrors-1ABCDEF2GHIJ", "function-errors");
    // The stack's name has hyphens.
    check("care-taker-two-PagingQueueAge-1ABCDEF2GHIJ", "queue-age");
    // A word of its own goes before its ending.
    check("AnswerLinkThrottles", "answer-link");
    check("ScaleWorkersThrottles", "function-throttles");
    check("UndeliveredEvents", "dead-letters");
    check("PagingSilence", "silence");
    check("", "unknown");
    check("caretaker--", "unknown");
}

#[test]
fn an_incident_of_ours_leads_to_the_page_of_its_fault() {
    let check = |key: &str, expected: &str| assert_eq!(Runbook::of_incident(key).slug(), expected, "{key}");
    check("dev/demo/mate-demo-dev-django/out-of-memory", "out-of-memory");
    check("dev/demo/mate-demo-dev-celery/broker-replaced", "broker-replaced");
    check("dev/demo/mate-demo-dev-django/unrecognised-0123456789ab", "unrecognised");
    check("dev/demo//tenant-failed", "owner-failed");
    check("environment-degraded", "owner-degraded");
    check("dev///environment-failed", "owner-failed");
    // Many have it.
    check("dev///registry-unreachable", "many-alike");
    check("dev/demo/django/something-new", "unknown");
    check("", "unknown");
}

#[test]
fn what_a_feed_says_leads_to_a_page_even_in_a_new_word() {
    let check = |producer, word: &str, expected: &str| assert_eq!(Runbook::of_feed(producer, word).slug(), expected, "{word}");
    check(Producer::Database, "failover", "database-failover");
    check(Producer::Database, "storage-full", "database-storage");
    check(Producer::Database, "deleted", "database-deleted");
    check(Producer::Database, "restart-failed", "database-down");
    check(Producer::Cache, "node-replaced", "cache-events");
    check(Producer::Health, "issue", "aws-health");
    check(Producer::Backup, "job-failed", "backup-failed");
    check(Producer::Cost, "anomaly", "cost-anomaly");
    check(Producer::Caretaker, "dev/demo/celery/stranded", "stranded-tasks");
    check(Producer::Alarm, "redis-memory", "redis-memory");
}

#[test]
fn a_page_is_below_its_base() {
    let expected = "https://example.com/docs/runbooks/out-of-memory.md";
    assert_eq!(url("https://example.com/docs/runbooks/", "out-of-memory"), expected);
    assert_eq!(url("https://example.com/docs/runbooks", "out-of-memory"), expected);
}

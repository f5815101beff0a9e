//! Tasks that stop: the shipped `remediate-task` beside the reconciler.

use domain::ports::{DeleteSecret, TagService};
use domain::remediation::attempt::AttemptState;
use jiff::SignedDuration;
use scenarios::simulator::{Aim, Environment, Mark, Strike};
use scenarios::ward::{CLUSTER, Ward, arn, service};
use serde_json::{Value, json};

mod repairs;

const OUT_OF_MEMORY: &str = "dev/demo/mate-demo-dev-django/out-of-memory";

fn counts(ward: &Ward, mark: Mark, operation: &str) -> usize {
    ward.scenario.simulator.log().counts_since(mark).get(operation).copied().unwrap_or(0)
}

fn container(exit: Value, reason: Value) -> Value {
    json!([{ "name": "django", "lastStatus": "STOPPED", "exitCode": exit, "reason": reason }])
}

fn crashed() -> Value {
    json!({ "containers": container(json!(1), json!(null)) })
}

fn not_pulled() -> Value {
    let text = "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref \
        000000000000.dkr.ecr.us-east-1.amazonaws.com/mate-django-dev:nope: not found";
    json!({ "stopCode": "TaskFailedToStart", "stoppedReason": text, "startedAt": null, "containers": container(json!(null), json!(null)) })
}

fn secret_missing() -> Value {
    let text = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to \
        retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret \
        arn:aws:secretsmanager:us-east-1:000000000000:secret:mate-demo-dev/django from secrets manager: ResourceNotFoundException: \
        Secrets Manager can't find the specified secret.";
    json!({ "stopCode": "TaskFailedToStart", "stoppedReason": text, "startedAt": null, "containers": container(json!(null), json!(null)) })
}

// Invariant: a person's word counts where the blueprint asks for it.

#[test]
fn where_a_person_decides_nothing_is_done_before_and_it_is_done_once_afterwards() {
    let ward = Ward::with("standard");
    let (word, why, _) = ward.tell(&ward.stop("demo", "t1", json!({})));
    assert_eq!(word, "proposed", "{why}");
    assert!(ward.overrides("demo").is_empty() && ward.wait(1_000).is_empty());
    let proposal = ward.memory("demo").proposal.expect("it waits");
    let approve = |id: &str, digest: &str| {
        ward.tell(&json!({ "id": "e", "source": "caretaker.tenants", "detail-type": "tenant-privileged",
            "detail": { "schema": 1, "action": "approve", "tenant": "demo", "environment": "dev", "proposal": id, "digest": digest } }))
    };
    assert_eq!(approve("0", &proposal.digest()).0, "noted");
    assert_eq!(approve(&proposal.id, "of something else").0, "noted");
    assert_eq!(approve(&proposal.id, &proposal.digest()).0, "acted");
    assert_eq!(approve(&proposal.id, &proposal.digest()).0, "noted");
    assert_eq!(ward.wait(700).last().expect("it was looked at").0, "proven");
    assert_eq!(ward.runs("demo").memory_mib, 2_048);
    assert_eq!(ward.memory("demo").attempts[0].by.as_deref(), Some("an operator"));
}

// Invariant: one fault, one act, whatever is delivered how often and in which order.

#[test]
fn of_185_deliveries_of_one_stop_one_brings_an_act() {
    let ward = Ward::with("trial");
    let stop = ward.stop("demo", "t1", json!({})).to_string();
    let mark = ward.scenario.simulator.log().mark();
    let mut tasks = Vec::new();
    for _ in 0..37 {
        tasks.push(ward.begin(&vec![stop.clone(); 5]));
    }
    assert!(ward.scenario.executor.run_until(|| tasks.iter().all(|task| task.end().is_some())));
    ward.wait(700);
    assert_eq!(counts(&ward, mark, "sqs.WakeOwner"), 1);
    assert_eq!(ward.memory("demo").attempts.len(), 1);
    assert_eq!(ward.memory("demo").stops.len(), 1);
}

#[test]
fn a_thousand_stops_are_all_accounted_for_by_one_act() {
    let ward = Ward::with("trial");
    let stops: Vec<_> = (0..1_000).map(|n| ward.stop("demo", &format!("task-{n}"), json!({})).to_string()).collect();
    let mut words = std::collections::BTreeMap::<&str, usize>::new();
    for batch in stops.chunks(10) {
        for (word, ..) in ward.hand(batch).expect("it does not crash") {
            *words.entry(word).or_default() += 1;
        }
    }
    assert_eq!(words, [("acted", 1), ("busy", 999)].into());
    assert_eq!(ward.memory("demo").stops.len(), 1_000);
    assert_eq!(ward.memory("demo").attempts.len(), 1);
}

#[test]
fn killed_at_any_point_it_is_done_once_or_by_who_comes_next() {
    let reference = Ward::with("trial");
    let mark = reference.scenario.simulator.log().mark();
    reference.tell(&reference.stop("demo", "t1", json!({})));
    let points = reference.scenario.simulator.log().since(mark).len();
    assert!(points > 8, "{points} calls");
    for strike in [Strike::CrashBefore, Strike::CrashAfter, Strike::DropReply] {
        for n in 1..=points {
            let ward = Ward::with("trial");
            let stop = ward.stop("demo", "t1", json!({})).to_string();
            let invocation = ward.scenario.simulator.invoke(SignedDuration::ZERO).request_id;
            let number: usize = invocation.trim_start_matches("invocation-").parse().expect("a number");
            ward.scenario.simulator.strike(Aim::nth(n).by(&format!("invocation-{}", number + 1)), strike);
            let crashed = ward.hand(std::slice::from_ref(&stop)).is_none();
            assert_eq!(crashed, strike != Strike::DropReply, "{strike:?} {n}");
            // SQS gives the record back after its visibility time-out.
            ward.wait(180);
            ward.hand(std::slice::from_ref(&stop)).expect("it does not crash again");
            ward.wait(1_000);
            let memory = ward.memory("demo");
            let states: Vec<_> = memory.attempts.iter().map(|attempt| attempt.state).collect();
            assert_eq!(states, [AttemptState::Proven], "{strike:?} at {n}");
            assert_eq!((ward.overrides("demo").len(), ward.runs("demo").memory_mib), (1, 1_024), "{strike:?} at {n}");
            assert_eq!(memory.outbox, [], "{strike:?} at {n}: all was said");
            assert!(ward.incidents().contains(&format!("resolved info {OUT_OF_MEMORY}")), "{strike:?} at {n}");
        }
    }
}

// Invariant: what many have at once nobody repairs, and acts stay within the budgets.

#[test]
fn what_many_tenants_have_at_once_is_one_incident_and_no_act() {
    let ward = Ward::with_others(9);
    let names: Vec<_> = std::iter::once("demo".to_owned()).chain((0..9).map(|n| format!("other{n}"))).collect();
    let mark = ward.scenario.simulator.log().mark();
    for (n, tenant) in names.iter().take(8).enumerate() {
        let (word, why, _) = ward.tell(&ward.stop(tenant, &format!("t{n}"), not_pulled()));
        assert_eq!(word, "waits", "{why}");
    }
    let told = ward.wait(30);
    assert_eq!(told.iter().map(|told| told.0).collect::<Vec<_>>(), ["braked"; 8]);
    assert!(told[0].1.contains("8 of 10 tenants fail alike"), "{}", told[0].1);
    assert_eq!(ward.incidents(), ["opened critical dev///image-missing"]);
    assert_eq!((counts(&ward, mark, "sqs.WakeOwner"), counts(&ward, mark, "ecs.ForceDeployment")), (0, 0));
}

#[test]
fn of_faults_that_nobody_else_may_have_three_are_repaired_before_the_brake() {
    let ward = Ward::with_others(9);
    let names: Vec<_> = std::iter::once("demo".to_owned()).chain((0..9).map(|n| format!("other{n}"))).collect();
    let words: Vec<_> = names.iter().enumerate().map(|(n, tenant)| ward.tell(&ward.stop(tenant, &format!("t{n}"), json!({}))).0).collect();
    assert_eq!(words, ["acted", "acted", "acted", "braked", "braked", "braked", "braked", "braked", "braked", "braked"]);
    let acts = names.iter().filter(|tenant| !ward.memory(tenant).attempts.is_empty()).count();
    assert_eq!(acts, 3);
}

#[test]
fn two_stops_of_one_batch_that_bring_the_brake_tell_it_once() {
    let ward = Ward::with_others(9);
    for tenant in ["demo", "other0", "other1"] {
        assert_eq!(ward.tell(&ward.stop(tenant, "t1", json!({}))).0, "acted");
    }
    let batch = ["t1", "t2"].map(|id| ward.stop("other2", id, json!({})).to_string());
    let words: Vec<_> = ward.hand(&batch).expect("it does not crash").into_iter().map(|told| told.0).collect();
    assert_eq!(words, ["braked", "braked"]);
    assert_eq!(ward.memory("other2").stops.len(), 2);
}

// Invariant: what is not ours, or not to be believed, is left alone with its reason.

#[test]
fn what_is_not_ours_is_left_alone_with_its_reason() {
    let ward = Ward::with("trial");
    let mark = ward.scenario.simulator.log().mark();
    let check = |change: Value, expected: (&str, &str)| {
        let (word, why, _) = ward.tell(&ward.stop("demo", "t1", change.clone()));
        assert!(word == expected.0 && why.contains(expected.1), "{change}: {word} {why}");
    };
    let of = |cluster: &str| {
        let arn = |kind: &str| Environment::dev().arn("ecs", &format!("{kind}/{cluster}"));
        json!({ "clusterArn": arn("cluster"), "taskArn": arn("task") + "/t1" })
    };
    check(of("somebody-elses"), ("ignored", "no record of ours"));
    check(json!({ "group": "service:other" }), ("ignored", "no record of ours"));
    check(json!({ "group": "family:other" }), ("ignored", "no record of ours"));
    check(json!({ "lastStatus": "DEPROVISIONING" }), ("ignored", "DEPROVISIONING"));
    check(json!({ "version": null }), ("dead-lettered", "no version"));
    check(json!({ "taskArn": "x" }), ("dead-lettered", "no task's ARN"));
    check(json!({ "containers": "x" }), ("dead-lettered", "no list"));
    // The tags say that it is another's by now.
    let tags = [("caretaker:owner".to_owned(), "tenant/dev/other".to_owned())].into();
    ward.scenario.simulator.by_hand(TagService { arn: arn("demo"), tags }).expect("it is tagged");
    check(json!({}), ("ignored", "another's"));
    let changes: Vec<_> = ward.scenario.simulator.log().changes_since(mark).iter().map(|entry| entry.operation).collect();
    assert_eq!(changes, Vec::<&str>::new(), "nothing was changed");
}

#[test]
fn a_definition_that_was_deleted_meanwhile_is_no_reason_to_fail() {
    let ward = Ward::with("trial");
    let gone = json!({ "taskDefinitionArn": "arn:aws:ecs:us-east-1:000000000000:task-definition/mate-demo-dev-django:99" });
    let (word, why, _) = ward.tell(&ward.stop("demo", "t1", gone));
    assert_eq!(word, "escalated", "what it had is not known: {why}");
}

#[test]
fn what_no_rule_knows_is_told_once_for_all_tenants() {
    let ward = Ward::with_others(1);
    let unknown = |n: u32| {
        let text = format!("QuantumFluxError: flux {n} of arn:aws:x:us-east-1:1:y/{n} is wrong 🦀");
        json!({ "stoppedReason": text, "containers": container(json!(null), json!(null)) })
    };
    let first = ward.tell(&ward.stop("demo", "t1", unknown(1)));
    assert_eq!((first.0, first.2["cause"].as_str()), ("told", Some("unrecognised")), "{}", first.1);
    assert_eq!(ward.tell(&ward.stop("demo", "t2", unknown(2))).0, "told-before");
    assert_eq!(ward.tell(&ward.stop("other0", "t3", unknown(3))).0, "told-before");
    assert_eq!(ward.incidents().len(), 1);
    assert!(ward.memory("demo").attempts.is_empty());
}

#[test]
fn a_paused_tenant_is_only_observed() {
    let ward = Ward::with("trial");
    ward.scenario.order("pause", &ward.scenario.life(), None);
    ward.scenario.rest();
    let (word, why, _) = ward.tell(&ward.stop("demo", "t1", json!({})));
    assert_eq!(word, "observed", "{why}");
    assert!(ward.overrides("demo").is_empty());
}

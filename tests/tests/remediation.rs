//! Tasks that stop: the shipped `remediate-task` beside the reconciler.

use domain::ports::{DeleteSecret, TagService};
use domain::remediation::attempt::AttemptState;
use jiff::SignedDuration;
use scenarios::simulator::{Aim, Environment, Mark, Strike};
use scenarios::ward::{CLUSTER, Ward, arn, service};
use serde_json::{Value, json};

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

// Invariant: what has failed is understood, the right thing is done once, and its effect is proven.

#[test]
fn memory_that_runs_out_is_raised_twice_within_its_cap_and_then_a_person_is_called() {
    let ward = Ward::with("trial");
    let oom = |id: &str| ward.tell(&ward.stop("demo", id, json!({})));
    let (word, why, inputs) = oom("t1");
    assert_eq!((word, inputs["cause"].as_str()), ("acted", Some("out-of-memory")), "{why}");
    assert!(why.contains("1024 MiB and 256 CPU units"), "{why}");
    let told = ward.wait(660);
    assert_eq!(told.iter().map(|told| told.0).collect::<Vec<_>>(), ["proven"]);
    assert_eq!((ward.runs("demo").cpu, ward.runs("demo").memory_mib), (256, 1_024));
    assert_eq!(ward.incidents(), [format!("opened info {OUT_OF_MEMORY}"), format!("resolved info {OUT_OF_MEMORY}")]);
    assert_eq!(oom("t2").0, "acted");
    ward.wait(660);
    assert_eq!(ward.runs("demo").memory_mib, 2_048);
    let (word, why, _) = oom("t3");
    assert_eq!(word, "escalated");
    assert!(why.contains("raised twice"), "{why}");
    assert_eq!(ward.incidents().last(), Some(&format!("opened warning {OUT_OF_MEMORY}")));
    // A week without it, and the memory is what the blueprint says again.
    ward.wait(8 * 86_400 - 3_600);
    ward.scenario.sweep("demo");
    ward.scenario.rest();
    assert_eq!(ward.runs("demo").memory_mib, 512);
    assert_eq!(ward.scenario.phase("demo"), "Ready");
}

#[test]
fn a_new_release_that_is_bad_goes_back_to_the_one_that_ran() {
    let ward = Ward::with("trial");
    let good = ward.runs("demo").image;
    let bad = good.replace(':', ":broken-");
    for (kind, change) in [("not pulled", not_pulled()), ("out of memory", json!({}))] {
        let bad = format!("{bad}-{}", kind.replace(' ', "-"));
        ward.scenario.simulator.spoil_image(&bad);
        ward.release("demo", &bad);
        ward.wait(5);
        let (word, why, _) = ward.tell(&ward.stop("demo", kind, change));
        // What many may have waits for fifteen seconds.
        assert_eq!(word, if kind == "not pulled" { "waits" } else { "acted" }, "{kind}: {why}");
        let told = ward.wait(700);
        assert_eq!(told.last().expect("it was looked at").0, "proven", "{kind}: {told:?}");
        assert_eq!(ward.runs("demo").image, good, "{kind}");
        ward.wait(7_200);
    }
}

#[test]
fn an_image_that_only_the_reconciler_saw_run_is_gone_back_to() {
    let ward = Ward::unheard("trial");
    let good = ward.runs("demo").image;
    let bad = good.replace(':', ":broken-");
    ward.scenario.simulator.spoil_image(&bad);
    ward.release("demo", &bad);
    ward.tell(&ward.stop("demo", "t1", not_pulled()));
    assert_eq!(ward.wait(700).last().expect("it was looked at").0, "proven");
    assert_eq!(ward.runs("demo").image, good);
}

#[test]
fn an_incident_that_a_crash_has_left_unsaid_is_said_by_who_comes_next() {
    let ward = Ward::with("enterprise");
    let stop = ward
        .stop(
            "demo",
            "t1",
            json!({ "stoppedReason": "RESOURCE:GPU", "stopCode": "TaskFailedToStart", "startedAt": null,
        "containers": container(json!(null), json!(null)) }),
        )
        .to_string();
    ward.scenario.simulator.strike(Aim::at("events.PutEvents"), Strike::CrashBefore);
    assert_eq!(ward.hand(std::slice::from_ref(&stop)), None);
    assert!(ward.incidents().is_empty());
    ward.wait(180);
    assert_eq!(ward.hand(std::slice::from_ref(&stop)).expect("it does not crash again")[0].0, "repeated");
    assert_eq!(ward.incidents().len(), 1);
    assert_eq!(ward.memory("demo").outbox, []);
}

#[test]
fn tasks_that_crash_after_they_ran_are_counted_by_us() {
    let ward = Ward::with("trial");
    let good = ward.runs("demo").image;
    let bad = good.replace(':', ":crashes-");
    ward.release("demo", &bad);
    ward.wait(300);
    // Its tasks came to RUNNING, so that ECS calls the deployment complete.
    assert_eq!(ward.steady("demo").0, "noted");
    let crash = |id: &str| ward.tell(&ward.stop("demo", id, crashed())).0;
    assert_eq!([crash("t1"), crash("t2"), crash("t3")], ["left", "left", "acted"]);
    ward.wait(700);
    assert_eq!(ward.runs("demo").image, good);
    assert_eq!(ward.memory("demo").attempts[0].state, AttemptState::Proven);
}

#[test]
fn where_ecs_goes_back_by_itself_nobody_else_does() {
    let ward = Ward::with("trial");
    let bad = ward.runs("demo").image.replace(':', ":broken-");
    ward.scenario.simulator.spoil_image(&bad);
    ward.release("demo", &bad);
    let stop = ward.stop("demo", "t1", json!({}));
    // The circuit breaker counts three failed starts.
    assert!(ward.scenario.executor.run_until(|| ward.runs("demo").image != bad));
    let (word, why, _) = ward.tell(&stop);
    assert_eq!(word, "left", "{why}");
    assert!(ward.overrides("demo").is_empty());
}

#[test]
fn a_secret_that_is_gone_is_made_again_by_the_reconciler() {
    let ward = Ward::with("trial");
    let secret = ward.runs("demo").secrets["SECRET_KEY"].split(':').take(7).collect::<Vec<_>>().join(":");
    ward.scenario.simulator.by_hand(DeleteSecret { id: secret, recovery_days: Some(30) }).expect("it is deleted");
    assert_eq!(ward.tell(&ward.stop("demo", "t1", secret_missing())).0, "waits");
    let told = ward.wait(400);
    let words: Vec<_> = told.iter().map(|told| told.0).collect();
    assert_eq!(words, ["acted", "proven"], "{told:?}");
    let secrets = ward.scenario.standing("secret").concat();
    assert!(!secrets.contains("deleted"), "{secrets}");
    assert_eq!(ward.scenario.phase("demo"), "Ready");
}

#[test]
fn what_serves_nobody_stands_still_until_a_person_has_cleared_it() {
    let ward = Ward::with("trial");
    let image = ward.runs("demo").image;
    ward.scenario.simulator.spoil_image(&image);
    ward.scenario.simulator.end_tasks(&service("demo"));
    let crash = |id: &str| ward.tell(&ward.stop("demo", id, crashed()));
    crash("t1");
    crash("t2");
    let (word, why, _) = crash("t3");
    assert_eq!(word, "acted", "{why}");
    assert!(why.contains("stand still"), "{why}");
    let told = ward.wait(400);
    assert_eq!(told.last().expect("it was looked at").0, "proven", "{told:?}");
    let line = ward.scenario.standing("service").concat();
    assert!(line.contains(" wants 0 "), "{line}");
    let incidents = ward.incidents();
    assert!(incidents.iter().any(|told| told.starts_with("opened critical")), "{incidents:?}");
    assert!(incidents.iter().all(|told| !told.starts_with("resolved")), "{incidents:?}");
    // The reconciler leaves it so.
    ward.scenario.sweep("demo");
    ward.scenario.rest();
    assert!(ward.scenario.standing("service").concat().contains(" wants 0 "));
    let key = ward.overrides("demo").remove(0);
    let order = json!({ "id": "e", "source": "caretaker.tenants", "detail-type": "tenant-privileged",
        "detail": { "schema": 1, "action": "clear-override", "tenant": "demo", "environment": "dev", "override": key } });
    let (_, why, _) = ward.tell(&order);
    assert!(why.contains("brought back"), "{why}");
    ward.wait(60);
    assert!(ward.scenario.standing("service").concat().contains(" wants 1 "));
}

#[test]
fn an_act_that_has_not_helped_is_undone_and_a_person_hears_the_story() {
    let ward = Ward::with("trial");
    ward.tell(&ward.stop("demo", "t1", json!({})));
    assert_eq!(ward.overrides("demo").len(), 1);
    ward.wait(400);
    // It has more memory by now, and does not come up at all.
    let image = ward.runs("demo").image;
    ward.scenario.simulator.spoil_image(&image);
    ward.scenario.simulator.end_tasks(&service("demo"));
    let told = ward.wait(1_500);
    assert_eq!(told.last().expect("it was looked at").0, "not-proven", "{told:?}");
    assert!(ward.overrides("demo").is_empty());
    assert_eq!(ward.incidents().last(), Some(&format!("opened critical {OUT_OF_MEMORY}")));
}

#[test]
fn what_somebody_else_undoes_three_times_is_told() {
    let ward = Ward::with("trial");
    ward.tell(&ward.stop("demo", "t1", json!({})));
    ward.wait(700);
    let mut words = Vec::new();
    for n in 0..3 {
        // A pipeline registers a definition with the old size.
        let content = domain::kind::service::TaskDefinition { memory_mib: 512, ..ward.runs("demo") };
        let register = domain::ports::RegisterTaskDefinition { content, tags: Default::default() };
        let reply = ward.scenario.simulator.by_hand(register).expect("it is taken");
        let task_definition = <domain::ports::RegisterTaskDefinition as domain::ports::Operation>::of(reply).expect("an ARN");
        let update = domain::ports::UpdateService { cluster: CLUSTER.into(), name: service("demo"), task_definition, settings: None };
        ward.scenario.simulator.by_hand(update).expect("it is taken");
        let stop = ward.stop("demo", &format!("u{n}"), json!({}));
        words.push(ward.tell(&stop));
        ward.wait(22_000);
        assert_eq!(ward.runs("demo").memory_mib, if n < 2 { 1_024 } else { 512 }, "the reconciler sets it right while it is woken");
    }
    let words: Vec<_> = words.iter().map(|told| (told.0, told.1.contains("somebody else undoes"))).collect();
    assert_eq!(words, [("acted", false), ("acted", false), ("escalated", true)]);
}

#[test]
fn a_failing_database_explains_its_tenants_crashes() {
    let ward = Ward::with("trial");
    let record = ward.scenario.record(&ward.scenario.life(), "database").expect("it is known");
    let failover = json!({ "id": "e", "source": "aws.rds", "detail-type": "RDS DB Instance Event", "time": ward.scenario.executor.now(),
        "detail": { "EventID": "RDS-EVENT-0013", "SourceArn": record.arn, "EventCategories": ["failover"] } });
    assert_eq!(ward.tell(&failover).0, "noted");
    for id in ["t1", "t2"] {
        let (word, _, inputs) = ward.tell(&ward.stop("demo", id, crashed()));
        assert_eq!((word, inputs["cause"].as_str()), ("left", Some("database-failover")));
    }
}

#[test]
fn a_secret_that_was_replaced_is_read_again_by_a_deployment() {
    let ward = Ward::with("trial");
    let secret = ward.runs("demo").secrets["DB_PASSWORD"].split(':').take(7).collect::<Vec<_>>().join(":");
    ward.scenario.simulator.rotate_secret(&secret);
    ward.wait(60);
    // It began before, and so has the old value.
    let now = ward.scenario.executor.now();
    let begun = json!({ "createdAt": now - SignedDuration::from_hours(2), "startedAt": now - SignedDuration::from_hours(2) });
    let mut change = crashed();
    change.as_object_mut().expect("an object").extend(begun.as_object().expect("an object").clone());
    let (word, why, inputs) = ward.tell(&ward.stop("demo", "t1", change));
    assert_eq!((word, inputs["cause"].as_str()), ("waits", Some("credentials-rotated")), "{why}");
    let mark = ward.scenario.simulator.log().mark();
    let told = ward.wait(700);
    assert_eq!(told.iter().map(|told| told.0).collect::<Vec<_>>(), ["acted", "proven"], "{told:?}");
    assert_eq!(counts(&ward, mark, "ecs.ForceDeployment"), 1);
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

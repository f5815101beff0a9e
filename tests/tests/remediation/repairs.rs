//! What has failed is understood, repaired once, and seen to be well.

use super::*;

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

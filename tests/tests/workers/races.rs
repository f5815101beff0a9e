//! Brokers that were replaced, invocations at one time, crashes in between.

use super::*;

// Invariant: a broker that was replaced is no idle one; it is told once, and once that it is over.

#[test]
fn a_broker_that_lost_its_queues_takes_no_worker_away() {
    let scenario = standing();
    let of = |run_id: &str, ready: u64| {
        let change = json!({ "ready": ready, "runId": run_id });
        vec![sample(&scenario, "celery", change), sample(&scenario, "reports", json!({ "runId": run_id }))]
    };
    scale(&scenario, &of("a", 50));
    assert_eq!(count(&scenario), "5");
    for _ in 0..29 {
        scenario.wait(5);
        scale(&scenario, &of("b", 0));
        assert_eq!(count(&scenario), "5");
    }
    let key = "dev/demo/workers-demo-dev-celery/broker-replaced";
    assert_eq!(incidents(&scenario), [format!("incident-opened {key}")]);
    scenario.wait(60);
    scale(&scenario, &of("b", 0));
    assert_eq!(incidents(&scenario), [format!("incident-opened {key}"), format!("incident-resolved {key}")]);
}

// Invariant: two invocations never act upon one reading of a pool, and a crash in between loses no incident.

#[test]
fn of_two_at_once_one_acts() {
    let scenario = standing();
    let mark = scenario.simulator.log().mark();
    let bodies = [both(&scenario, 30), both(&scenario, 30)];
    let tasks = bodies.map(|bodies| {
        let cloud = scenario.simulator.invoke(SignedDuration::from_secs(30));
        let records: Vec<_> = bodies.into_iter().map(|body| Message { body, receipt: None, receives: 1 }).collect();
        scenario.executor.spawn(async move { handle(&cloud, &Fleet::default(), &records).await })
    });
    scenario.executor.run_for(SignedDuration::from_secs(5));
    let words: Vec<_> =
        tasks.into_iter().flat_map(|task| task.take().expect("it has ended")).map(|handled| handled.decision().decision).collect();
    assert_eq!((words.iter().filter(|word| **word == "scaled").count(), counts_set(&scenario, mark)), (2, 1), "{words:?}");
}

#[test]
fn samples_of_two_queues_that_come_at_once_both_count() {
    let scenario = standing();
    let bodies = [sample(&scenario, "celery", json!({ "ready": 30 })), sample(&scenario, "reports", json!({ "ready": 20 }))];
    let tasks = bodies.map(|body| {
        let cloud = scenario.simulator.invoke(SignedDuration::from_secs(30));
        let record = Message { body, receipt: None, receives: 1 };
        scenario.executor.spawn(async move { handle(&cloud, &Fleet::default(), &[record]).await })
    });
    scenario.executor.run_for(SignedDuration::from_secs(5));
    let said: Vec<_> = tasks.into_iter().flat_map(|task| task.take().expect("it has ended")).collect();
    assert_eq!(count(&scenario), "5", "{said:?}");
}

#[test]
fn an_incident_that_was_not_sent_is_sent_with_the_next_sample() {
    let scenario = standing();
    scenario.simulator.strike(Aim::at("events.PutEvents"), Strike::CrashBefore);
    let evicting = || vec![sample(&scenario, "celery", json!({ "evicts": "allkeys-lru" }))];
    let cloud = scenario.simulator.invoke(SignedDuration::from_secs(30));
    let records: Vec<_> = evicting().into_iter().map(|body| Message { body, receipt: None, receives: 1 }).collect();
    scenario.executor.spawn(async move { handle(&cloud, &Fleet::default(), &records).await });
    scenario.executor.run_for(SignedDuration::from_secs(5));
    assert_eq!(incidents(&scenario), [""; 0]);
    scenario.wait(10);
    scale(&scenario, &evicting());
    assert_eq!(incidents(&scenario), ["incident-opened dev/demo/workers-demo-dev-celery/evicting-broker"]);
}

#[test]
fn memory_of_newer_code_is_left_alone() {
    let scenario = standing();
    let owner = partition(&"tenant#dev#demo".parse().expect("an owner"));
    let mut item = Item::new(&owner, SERVICE, &Memory::default());
    item.attributes.insert("schema".to_owned(), json!(2));
    scenario.simulator.write_ledger(&[Write::Put(item, Condition::Always)]);
    let decisions = scale(&scenario, &both(&scenario, 900));
    assert!(decisions.iter().all(|(word, why)| *word == "retried" && why.contains("schema 2")), "{decisions:?}");
    assert_eq!(count(&scenario), "1");
}

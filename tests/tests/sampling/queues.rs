//! What is seen of Redis is what is there.

use super::*;

// Invariant: what is seen is what is there, by queue and by when it is due.

#[test]
fn queues_of_one_database_are_told_apart() {
    let valkey = Valkey::start(&[]);
    let mut redis = connection(&valkey);
    for (list, ago) in [("celery", 3.0), ("celery", 9.0), ("celery\u{6}\u{16}6", 20.0), ("reports", 1.0)] {
        let (): () = redis.lpush(list, message(ago, None).to_string()).expect("it is written");
    }
    // Nobody was free to hold it yet: a task for later is no backlog wherever it waits.
    let (): () = redis.lpush("celery", message(50.0, Some(&in_an_hour())).to_string()).expect("it is written");
    hold(&mut redis, "1", "celery", 1, None);
    hold(&mut redis, "2", "celery", 1, Some(&in_an_hour()));
    hold(&mut redis, "3", "reports", 1, Some("2020-01-01T00:00:00+00:00"));
    let desk = Desk::of(vec![pool("demo", &["celery", "reports", "idle"], json!({ "port": valkey.port.to_string() }))]);
    let (sent, faults) = desk.sample(&Known::default());
    assert_eq!(faults, [""; 0]);
    let counts = |queue: &str| {
        let depth = &sent[&format!("demo/{queue}")].depth;
        (depth.ready, depth.unacked, depth.scheduled, depth.backlog())
    };
    assert_eq!(counts("celery"), (Some(3), Some(2), Some(1), Some(4)));
    assert_eq!(counts("reports"), (Some(1), Some(1), Some(0), Some(2)));
    assert_eq!(counts("idle"), (Some(0), Some(0), Some(0), Some(0)));
    let age = sent["demo/celery"].depth.oldest_age_seconds.expect("it is stamped");
    assert!((20.0..25.0).contains(&age), "{age}");
    let depth = &sent["demo/idle"].depth;
    assert_eq!((depth.oldest_age_seconds, depth.workers, depth.stranded), (None, None, None), "nobody has said anything");
    assert_eq!(depth.run_id.as_ref().map(String::len), Some(40));
}

#[test]
fn workers_are_summed_and_what_the_dead_hold_is_stranded() {
    let valkey = Valkey::start(&["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"]);
    let mut redis = connection(&valkey);
    let now = Timestamp::now().as_second();
    for (name, beat, queues) in [
        ("celery@a", now, r#"{"celery":{"active":1,"reserved":0,"scheduled":1}}"#),
        ("celery@b", now - 3, r#"{"celery":{"active":2,"reserved":0,"scheduled":0}}"#),
        ("celery@dead", now - 300, r#"{"celery":{"active":9,"reserved":0,"scheduled":0}}"#),
    ] {
        let (): () = redis.zadd("caretaker:workers", name, beat).expect("it is written");
        let fields = [("concurrency", "2"), ("queues", queues)];
        let (): () = redis.hset_multiple(format!("caretaker:worker:{name}"), &fields).expect("it is written");
    }
    let counters = [("completed", "10"), ("failed", "1"), ("retried", "2"), ("seconds", "34.5")];
    let (): () = redis.hset_multiple("caretaker:tasks:celery", &counters).expect("it is written");
    // Four are held by the living, three of the others since long ago.
    for tag in 0..4 {
        hold(&mut redis, &format!("new-{tag}"), "celery", 1, None);
    }
    for tag in 0..7 {
        hold(&mut redis, &format!("old-{tag}"), "celery", 100, None);
    }
    let desk = Desk::of(vec![pool("demo", &["celery"], json!({ "port": valkey.port.to_string() }))]);
    let depth = desk.sample(&Known::default()).0.remove("demo/celery").expect("it is said").depth;
    let workers = depth.workers.expect("they say something");
    assert_eq!((workers.count, workers.concurrency, workers.active, workers.scheduled), (2, 2.0, 3, 1));
    assert_eq!((workers.completed, workers.failed, workers.retried, workers.seconds), (10, 1, 2, 34.5));
    assert_eq!((depth.unacked, depth.stranded), (Some(11), Some(3)), "seven old ones, of which the living may hold four");
    assert_eq!(depth.evicts.as_deref(), Some("allkeys-lru"));
}

#[test]
fn a_prefix_a_database_and_bindings_are_heeded() {
    let valkey = Valkey::start(&[]);
    let mut redis = connection(&valkey);
    let (): () = redis::cmd("SELECT").arg(3).query(&mut redis).expect("there is one");
    let (): () = redis.lpush("app:fast", message(0.0, None).to_string()).expect("it is written");
    let (): () = redis.sadd("app:_kombu.binding.work", "a.b\u{6}\u{16}\u{6}\u{16}fast").expect("it is written");
    let entry = json!([message(0.0, None), "work", "a.b"]).to_string();
    let (): () = redis.hset("app:unacked", "1", entry).expect("it is written");
    let place = json!({ "port": valkey.port.to_string(), "db": 3, "prefix": "app:" });
    let depth = Desk::of(vec![pool("demo", &["fast"], place)]).sample(&Known::default()).0.remove("demo/fast").expect("it is said").depth;
    assert_eq!((depth.ready, depth.unacked), (Some(1), Some(1)));
}

#[test]
fn more_than_the_budget_is_unknown_and_not_less() {
    let valkey = Valkey::start(&[]);
    let mut redis = connection(&valkey);
    let mut pipe = redis::pipe();
    let entry = json!([message(0.0, None), "", "celery"]).to_string();
    for tag in 0..30_000 {
        pipe.hset("unacked", tag, &entry).ignore();
    }
    let (): () = pipe.query(&mut redis).expect("it is written");
    let desk = Desk::of(vec![pool("demo", &["celery"], json!({ "port": valkey.port.to_string() }))]);
    let depth = desk.sample(&Known::default()).0.remove("demo/celery").expect("it is said").depth;
    assert_eq!((depth.ready, depth.unacked, depth.scheduled, depth.backlog()), (Some(0), None, None, None));
}

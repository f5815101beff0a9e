//! The shipped `sample-queues` on a real Valkey, whose content is as kombu and `caretaker-celery` write it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use domain::failure::{CallError, Cause};
use domain::kind::workers::{Registered, partition};
use domain::ledger::Item;
use domain::ports::{Call, Cloud, Confidential, MessageCounts, Reply};
use domain::scaling::sample::Sample;
use jiff::{SignedDuration, Timestamp};
use redis::Commands;
use sample_queues::broker::Known;
use sample_queues::handler::{Run, handle};
use scenarios::valkey::Valkey;
use serde_json::{Value, json};

mod queues;

/// What a run needs of AWS: pools to read, secrets to read, a queue to send to, queues of SQS to look at.
#[derive(Default)]
struct Desk {
    pools: Vec<Item>,
    secrets: RefCell<BTreeMap<String, String>>,
    secrets_read: RefCell<Vec<String>>,
    queues: RefCell<BTreeMap<String, MessageCounts>>,
    ages_asked: RefCell<Vec<String>>,
    sent: RefCell<Vec<Sample>>,
}

impl Cloud for Desk {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn entropy(&self) -> u128 {
        0
    }

    async fn call(&self, call: Call) -> Result<Reply, CallError> {
        match call {
            Call::ReadOwner(request) => {
                assert_eq!(request.owner, "pools#dev");
                Ok(Reply::ReadOwner(self.pools.clone()))
            }
            Call::GetSecretValue(request) => {
                self.secrets_read.borrow_mut().push(request.id.clone());
                let secret = self.secrets.borrow().get(&request.id).cloned();
                secret
                    .map(|text| Reply::GetSecretValue(Confidential(text)))
                    .ok_or_else(|| CallError::new("secretsmanager.GetSecretValue", Cause::NotFound, "there is no such secret"))
            }
            Call::SendMessages(request) => {
                assert!(request.bodies.len() <= 10, "SQS takes ten at most");
                let sent = request.bodies.iter().map(|body| serde_json::from_str(body).expect("it is a sample"));
                self.sent.borrow_mut().extend(sent);
                Ok(Reply::SendMessages(request.bodies.iter().map(|_| Ok(())).collect()))
            }
            Call::FindQueue(request) => {
                let known = self.queues.borrow().contains_key(&request.name);
                Ok(Reply::FindQueue(known.then(|| format!("https://sqs/1/{}", request.name))))
            }
            Call::CountMessages(request) => {
                let name = request.url.rsplit('/').next().expect("a name");
                let gone = || CallError::new("sqs.CountMessages", Cause::NotFound, "there is no such queue");
                self.queues.borrow().get(name).copied().map(Reply::CountMessages).ok_or_else(gone)
            }
            Call::OldestMessageAge(request) => {
                self.ages_asked.borrow_mut().push(request.queue);
                Ok(Reply::OldestMessageAge(Some(42.0)))
            }
            other => panic!("{} is none of its rights", other.name()),
        }
    }
}

impl Desk {
    fn of(pools: Vec<Registered>) -> Self {
        let owner = partition(&"dev".parse().expect("an environment"));
        let items =
            pools.iter().map(|pool| Item::new(&owner, &format!("{}#{}", pool.owner.tenant_id().expect("a tenant"), pool.name), pool));
        Self { pools: items.collect(), ..Self::default() }
    }

    /// One run of one sample; what it has said, by queue, and its faults.
    fn sample(&self, known: &Known) -> (BTreeMap<String, Sample>, Vec<String>) {
        self.samples(known, 1)
    }

    /// One run of so many samples; the last one of each queue, and the faults of the last round.
    fn samples(&self, known: &Known, samples: u32) -> (BTreeMap<String, Sample>, Vec<String>) {
        self.sent.borrow_mut().clear();
        let run = Run { id: "run".into(), environment: "dev".parse().expect("an environment"), samples, every: Duration::from_millis(10) };
        let decision = block_on(handle(self, known, &run, |_| ())).expect("the ledger answers");
        let faults = serde_json::from_value(decision.inputs["faults"].clone()).expect("a list");
        let sent = self.sent.borrow().iter().map(|sample| (format!("{}/{}", sample.tenant, sample.depth.queue), sample.clone())).collect();
        (sent, faults)
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

fn pool(tenant: &str, queues: &[&str], redis: Value) -> Registered {
    let name = format!("mate-{tenant}-dev-celery");
    let mut broker = json!({ "host": "127.0.0.1" });
    broker.as_object_mut().expect("an object").extend(redis.as_object().expect("an object").clone());
    let pool = json!({ "cluster": "c", "service": name, "queues": queues, "broker": { "redis": broker } });
    serde_json::from_value(json!({ "name": name, "owner": format!("tenant#dev#{tenant}"), "pool": pool, "tags": {} })).expect("a pool")
}

/// A pool whose queues lie in SQS.
fn on_sqs(tenant: &str, queues: &[&str], sqs: Value) -> Registered {
    let mut pool = pool(tenant, queues, json!({ "port": "1" }));
    pool.pool.broker = serde_json::from_value(json!({ "sqs": sqs })).expect("a broker");
    pool
}

fn connection(valkey: &Valkey) -> redis::Connection {
    redis::Client::open(("127.0.0.1", valkey.port)).and_then(|client| client.get_connection()).expect("it listens")
}

/// A message as kombu has it in a list, sent so many seconds ago.
fn message(ago: f64, eta: Option<&str>) -> Value {
    let sent = Timestamp::now().as_millisecond() as f64 / 1_000.0 - ago;
    json!({ "body": "W10=", "content-type": "application/json", "headers": { "task": "t", "eta": eta, "caretaker_sent_at": sent },
        "properties": { "delivery_info": { "exchange": "", "routing_key": "celery" } } })
}

/// A worker has received a message of `queue` so many seconds ago.
fn hold(redis: &mut redis::Connection, tag: &str, queue: &str, ago: i64, eta: Option<&str>) {
    let entry = json!([message(0.0, eta), "", queue]).to_string();
    let (): () = redis.hset("unacked", tag, entry).expect("it is written");
    let (): () = redis.zadd("unacked_index", tag, Timestamp::now().as_second() - ago).expect("it is written");
}

fn in_an_hour() -> String {
    (Timestamp::now() + SignedDuration::from_hours(1)).to_string().replace('Z', "+00:00")
}

// Invariant: a token is read once, and again only when a broker refuses it.

#[test]
fn a_rotated_token_is_read_anew_once() {
    let valkey = Valkey::start(&["--requirepass", "first"]);
    let place = json!({ "port": valkey.port.to_string(), "auth": "arn", "auth_field": "token" });
    let desk = Desk::of(vec![pool("demo", &["celery"], place)]);
    let tokens = Known::default();
    let secret = |token: &str| desk.secrets.borrow_mut().insert("arn".into(), json!({ "token": token }).to_string());
    let reads = || desk.secrets_read.borrow().len();
    let ready = || desk.sample(&tokens).0["demo/celery"].depth.ready;
    secret("first");
    assert_eq!((ready(), ready(), reads()), (Some(0), Some(0), 1));
    let mut redis = redis::Client::open(format!("redis://:first@127.0.0.1:{}/", valkey.port)).and_then(|client| client.get_connection());
    let redis = redis.as_mut().expect("it listens");
    let (): () = redis::cmd("CONFIG").arg("SET").arg("requirepass").arg("second").query(redis).expect("it is set");
    secret("second");
    assert_eq!((ready(), ready(), reads()), (Some(0), Some(0), 2));
    // A wrong one is unknown, told without the token, and tried again in the next run.
    secret("wrong");
    let (): () = redis::cmd("CONFIG").arg("SET").arg("requirepass").arg("third").query(redis).expect("it is set");
    let (sent, faults) = desk.sample(&tokens);
    assert_eq!(sent["demo/celery"].depth.ready, None);
    assert!(faults[0].contains("mate-demo-dev-celery") && !faults[0].contains("wrong") && !faults[0].contains("second"), "{faults:?}");
    secret("third");
    assert_eq!(ready(), Some(0));
}

// Invariant: one dead broker costs the others nothing, and a thousand tenants are sampled within a minute.

#[test]
fn a_thousand_tenants_are_sampled_within_their_minute_though_fifty_are_dead() {
    let valkey = Valkey::start(&[]);
    // It takes connections and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let silent_port = silent.local_addr().expect("an address").port();
    let tenants = (0..1_000).map(|n| {
        let port = if n % 20 == 0 { silent_port } else { valkey.port };
        pool(&format!("t{n:04}"), &["celery"], json!({ "port": port.to_string(), "prefix": format!("t{n}:") }))
    });
    let desk = Desk::of(tenants.collect());
    let begun = Instant::now();
    let (sent, faults) = desk.sample(&Known::default());
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    let unknown = sent.values().filter(|sample| sample.depth.ready.is_none()).count();
    assert_eq!((sent.len(), unknown, faults.len()), (1_000, 50, 50));
}

#[test]
fn a_broker_that_is_not_there_is_told_by_name() {
    let desk = Desk::of(vec![pool("demo", &["celery"], json!({ "port": "1" })), pool("other", &["celery"], json!({ "port": "none" }))]);
    let (sent, mut faults) = desk.sample(&Known::default());
    faults.sort();
    assert!(sent.values().all(|sample| sample.depth.ready.is_none() && sample.depth.workers.is_none()));
    assert!(faults[0].contains("mate-demo-dev-celery: the broker was not read"), "{faults:?}");
    assert!(faults[1].contains("port \"none\" of the broker is no port"), "{faults:?}");
}

// Invariant: queues of SQS are told as those of Redis are.

#[test]
fn queues_of_sqs_are_counted_and_their_age_is_asked_for_once_a_run() {
    let desk = Desk::of(vec![on_sqs("demo", &["celery", "idle"], json!({ "prefix": "demo-" }))]);
    let counts = |visible, in_flight, delayed| MessageCounts { visible, in_flight, delayed };
    desk.queues.borrow_mut().extend([("demo-celery".to_owned(), counts(5, 2, 9)), ("demo-idle".to_owned(), counts(0, 0, 0))]);
    let (sent, faults) = desk.samples(&Known::default(), 3);
    assert_eq!(faults, [""; 0]);
    let depth = &sent["demo/celery"].depth;
    assert_eq!((depth.ready, depth.unacked, depth.scheduled, depth.backlog()), (Some(5), Some(11), Some(9), Some(7)));
    assert_eq!((depth.oldest_age_seconds, depth.workers), (Some(42.0), None));
    assert_eq!(sent["demo/idle"].depth.backlog(), Some(0));
    assert_eq!(*desk.ages_asked.borrow(), ["demo-celery"], "a request that costs, and an empty queue has no age");
}

#[test]
fn a_queue_of_sqs_that_is_not_there_is_unknown_and_found_again() {
    let desk = Desk::of(vec![on_sqs("demo", &["celery"], json!({}))]);
    let known = Known::default();
    let check = |expected: Option<u64>, fault: &str| {
        let (sent, faults) = desk.sample(&known);
        assert_eq!(sent["demo/celery"].depth.ready, expected);
        assert!(faults.concat().contains(fault) && faults.is_empty() == fault.is_empty(), "{faults:?}");
    };
    check(None, "there is no queue celery");
    desk.queues.borrow_mut().insert("celery".to_owned(), MessageCounts { visible: 3, in_flight: 0, delayed: 0 });
    check(Some(3), "");
    desk.queues.borrow_mut().clear();
    check(None, "there is no such queue");
    check(None, "there is no queue celery");
}

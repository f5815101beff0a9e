//! The shipped function on the simulator: records of the tenant queue become invocations, AWS's events become nudges.

use std::collections::BTreeMap;
use std::rc::Rc;

use domain::blueprint::Blueprint;
use domain::resolve::Site;
use domain::wake::Pace;
use futures::FutureExt;
use jiff::SignedDuration;
use provision_tenant::handler::{Context, Invocation as Me, handle};
use runtime::batch::Message;
use runtime::record::Handled;
use serde_json::{Value, json};

use crate::executor::Executor;
use crate::executor::schedule::InOrder;
use crate::simulator::{Aim, Environment, Faults, Limits, Simulator, Strike, Told, Verdict};

/// Longer than any life here takes to come to rest: RDS's slowest creation, an orphaned lease, a few polls.
pub const LONG: SignedDuration = SignedDuration::from_secs(7200);

/// The tenant of most scenarios.
pub const OWNER: &str = "tenant#dev#demo";

/// The name of the topic by which ElastiCache tells of its events.
const CACHE_EVENTS: &str = "caretaker-cache-events";

/// What every invocation shares, with a small blueprint on a base that stands already.
pub fn context() -> Rc<Context> {
    context_of("small")
}

/// What every invocation of the shipped function shares.
///
/// # Panics
/// If a shipped blueprint is refused.
pub fn shipped() -> Rc<Context> {
    let blueprints = runtime::blueprints::load().unwrap_or_else(|error| panic!("{error}"));
    Rc::new(Context { blueprints, sbt: None, pace: Pace::AWS })
}

/// The context of one blueprint of `tests/blueprints`.
///
/// # Panics
/// If it is refused.
pub fn context_of(name: &str) -> Rc<Context> {
    let file = format!("{name}.toml");
    let path = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("blueprints").join(&file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let blueprint = Blueprint::load(&file, &text).unwrap_or_else(|error| panic!("{error}"));
    Rc::new(Context { blueprints: vec![blueprint], sbt: None, pace: Pace::AWS })
}

/// Has `simulator` run the function for each record of the tenant queue.
pub fn serve(simulator: &Simulator, context: &Rc<Context>, limits: Limits) {
    let context = Rc::clone(context);
    simulator.serve(limits, move |cloud, received| {
        let context = Rc::clone(&context);
        async move {
            let environment = Environment::dev();
            let stack = stack(&environment);
            let site = Site { account: environment.account, region: environment.region, stack };
            let me = Me { id: cloud.request_id.clone(), deadline: cloud.deadline, site };
            let message = Message { body: received.body.clone(), receipt: Some(received.receipt), receives: received.receive_count };
            match handle(&cloud, &context, &me, &message).await {
                Handled::Done(_) => Verdict::Consumed,
                Handled::Again(_) => Verdict::Failed,
            }
        }
        .boxed_local()
    });
    let queue = simulator.clone();
    simulator.on_aws_event(move |_, told| queue.send(arrival(told), 0));
}

/// What Caretaker's own stack has there.
pub fn stack(environment: &Environment) -> BTreeMap<String, String> {
    let words = [
        ("boundary", format!("arn:aws:iam::{}:policy/caretaker-boundary", environment.account)),
        ("cache_events", environment.arn("sns", CACHE_EVENTS)),
        ("ledger", "caretaker-ledger".to_owned()),
        ("scaling_queue", format!("https://sqs.{}.amazonaws.com/{}/caretaker-scaling", environment.region, environment.account)),
        ("scaling_queue_arn", environment.arn("sqs", "caretaker-scaling")),
        ("sampler", crate::simulator::OWN_FUNCTION.to_owned()),
    ];
    words.map(|(word, text)| (word.to_owned(), text)).into()
}

/// What AWS tells, as it comes to the tenant queue.
fn arrival(told: &Told) -> String {
    match told {
        Told::Resource(arn) => aws_event(arn),
        Told::Cache { topic, event, id } => cache_event(topic, event, id),
    }
}

/// A notification of ElastiCache, in the form of `events/elasticache-notification.json`.
fn cache_event(topic: &str, event: &str, id: &str) -> String {
    let mut notification: Value = serde_json::from_str(CACHE_EVENT).expect("the file is JSON");
    notification["TopicArn"] = json!(topic);
    notification["Message"] = json!(json!({ format!("ElastiCache:{event}"): id }).to_string());
    notification.to_string()
}

const CACHE_EVENT: &str = include_str!("../../events/elasticache-notification.json");

/// An event of AWS about the resource `arn`, as it comes to the tenant queue: from a rule of the default bus, or from ElastiCache's topic.
pub fn aws_event(arn: &str) -> String {
    if let Some((_, group)) = arn.split_once(":replicationgroup:") {
        return cache_event(&Environment::dev().arn("sns", CACHE_EVENTS), "CreateReplicationGroupComplete", group);
    }
    let (source, kind) = if arn.contains(":rds:") { ("aws.rds", "RDS DB Instance Event") } else { ("aws.ecs", "ECS Service Action") };
    envelope(source, kind, json!({ "SourceArn": arn }), arn)
}

/// An event of `events/`'s shape: of the tenant `demo` or, by its kind, of its environment, unless `detail` says otherwise.
pub fn event(kind: &str, detail: Value) -> String {
    let mut all = defaults(kind);
    if let (Some(all), Value::Object(detail)) = (all.as_object_mut(), detail) {
        all.extend(detail);
    }
    envelope("caretaker.tenants", kind, all, "")
}

fn defaults(kind: &str) -> Value {
    match kind {
        "environment-created" | "environment-updated" => json!({ "schema": 1, "environment": "dev", "blueprint": "mate" }),
        "environment-deleted" => json!({ "schema": 1, "environment": "dev" }),
        "tenant-created" | "tenant-updated" => {
            json!({ "schema": 1, "tenant": "demo", "environment": "dev", "blueprint": "mate", "image": "dev-f539de6" })
        }
        _ => json!({ "schema": 1, "tenant": "demo", "environment": "dev" }),
    }
}

fn envelope(source: &str, kind: &str, detail: Value, resource: &str) -> String {
    json!({ "version": "0", "id": "e-1", "detail-type": kind, "source": source, "account": "123456789012",
        "time": "2026-11-21T02:00:00Z", "region": "us-east-1", "resources": [resource], "detail": detail })
    .to_string()
}

/// The life that most scenarios live: an event after the other, each until all is at rest.
pub fn life() -> [(&'static str, String); 3] {
    [
        ("create", event("tenant-created", json!({ "tier": "trial", "version": 1 }))),
        ("grow", event("tenant-updated", json!({ "tier": "standard", "version": 2 }))),
        ("delete", event("tenant-deleted", json!({ "version": 3 }))),
    ]
}

/// Lives `events` on a simulator of its own without latency, the last one struck as `strike` says.
pub fn live(context: &Rc<Context>, events: &[String], strike: Option<(Aim, Strike)>) -> Simulator {
    let executor = Executor::new(InOrder);
    let simulator = Simulator::new(&executor, 0);
    simulator.set_faults(Faults { silent: true, ..Faults::default() });
    serve(&simulator, context, Limits::default());
    let mut strike = strike;
    for (event, left) in events.iter().zip((0..events.len()).rev()) {
        if let (0, Some((aim, strike))) = (left, strike.take_if(|_| left == 0)) {
            simulator.strike(aim, strike);
        }
        simulator.send(event.clone(), 0);
        executor.run_for(LONG);
    }
    simulator
}

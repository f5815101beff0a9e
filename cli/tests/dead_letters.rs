//! Dead letters on the local cloud, by the tool as people run it.
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::path::Path;
use std::process::Command;

use scenarios::local_cloud::{LocalCloud, Profile};
use serde_json::{Value, json};

const CREATED: &str = include_str!("../../events/tenant-created.json");
/// An answer is an event of ours, but nothing for the tenant queue.
const ANSWER: &str = r#"{"source":"caretaker.answers","detail-type":"tenant-ready","detail":{}}"#;

/// A local cloud with the queues and without the functions, so that nothing takes what is redriven.
struct Stage {
    cloud: LocalCloud,
    tenants: String,
    dead: String,
    undelivered: String,
}

impl Stage {
    fn new(name: &str) -> Self {
        let state = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let cloud = LocalCloud::start(Profile::Instant, &state).unwrap();
        let queue = |name: &str| {
            let made = sqs(&cloud, "CreateQueue", &json!({ "QueueName": name }));
            made["QueueUrl"].as_str().unwrap().to_owned()
        };
        let [tenants, dead, undelivered] = ["tenants", "tenants-dlq", "undelivered-dlq"].map(|name| queue(&format!("caretaker-{name}")));
        Self { cloud, tenants, dead, undelivered }
    }

    fn put(&self, queue: &str, body: &str, reason: &str) {
        let text = json!({ "DataType": "String", "StringValue": reason });
        sqs(&self.cloud, "SendMessage", &json!({ "QueueUrl": queue, "MessageBody": body, "MessageAttributes": { "reason": text } }));
    }

    fn waiting(&self, queue: &str) -> u64 {
        let asked = json!({ "QueueUrl": queue, "AttributeNames": ["ApproximateNumberOfMessages"] });
        let told = sqs(&self.cloud, "GetQueueAttributes", &asked);
        told["Attributes"]["ApproximateNumberOfMessages"].as_str().unwrap().parse().unwrap()
    }

    /// Exit code and what was printed as JSON; an error is printed on standard error.
    fn caretaker(&self, arguments: &[&str]) -> (i32, Value) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_caretaker"));
        let output = command.args(arguments).arg("--json").envs(self.cloud.environment()).output().unwrap();
        let printed = if output.stdout.is_empty() { &output.stderr } else { &output.stdout };
        (output.status.code().unwrap(), serde_json::from_slice(printed).unwrap())
    }

    fn listed(&self) -> Vec<Value> {
        let (exit, mut json) = self.caretaker(&["dlq", "list"]);
        assert_eq!(exit, 0, "{json}");
        json["letters"].as_array_mut().map(std::mem::take).unwrap()
    }
}

/// A call in SQS's JSON protocol. The local cloud checks no signature.
fn sqs(cloud: &LocalCloud, action: &str, body: &Value) -> Value {
    let scope = "AWS4-HMAC-SHA256 Credential=123456789012/20261121/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0";
    let request = ureq::post(&cloud.endpoint).header("X-Amz-Target", format!("AmazonSQS.{action}")).header("Authorization", scope);
    let sent = request.content_type("application/x-amz-json-1.0").send(body.to_string());
    serde_json::from_str(&sent.unwrap().body_mut().read_to_string().unwrap()).unwrap_or_default()
}

#[test]
fn all_pages_of_dead_letters_are_listed_and_redriven() {
    let stage = Stage::new("dead-letters-pages");
    (0..25).for_each(|_| stage.put(&stage.dead, CREATED, "gave up"));
    stage.put(&stage.undelivered, CREATED, "NO_PERMISSIONS");
    stage.put(&stage.undelivered, ANSWER, "NO_PERMISSIONS");

    let letters = stage.listed();
    assert_eq!((letters.len(), letters.iter().filter(|letter| letter["reason"] == "gave up").count()), (27, 25));
    assert_eq!(stage.waiting(&stage.dead), 25, "a letter that has been looked at can be seen again at once");

    let (exit, outcome) = stage.caretaker(&["dlq", "redrive", "--all"]);
    let count = |key: &str| outcome[key].as_array().map_or(0, Vec::len);
    assert_eq!((exit, count("redriven"), count("left")), (1, 26, 1), "an answer is left where it is, and the exit code says so");
    assert_eq!((stage.waiting(&stage.tenants), stage.waiting(&stage.dead), stage.waiting(&stage.undelivered)), (26, 0, 1));
}

#[test]
fn one_letter_is_redriven_by_its_id_and_an_unknown_id_redrives_none() {
    let stage = Stage::new("dead-letters-one");
    (0..3).for_each(|_| stage.put(&stage.dead, CREATED, "gave up"));
    let id = stage.listed()[1]["id"].as_str().unwrap().to_owned();

    let (exit, error) = stage.caretaker(&["dlq", "redrive", "--id", &id, "--id", "nobody's"]);
    assert_eq!((exit, error["exit"].as_u64(), stage.waiting(&stage.tenants)), (3, Some(3), 0), "{error}");

    let (exit, outcome) = stage.caretaker(&["dlq", "redrive", "--id", &id]);
    assert_eq!((exit, outcome["redriven"][0]["id"].as_str()), (0, Some(id.as_str())));
    assert_eq!((stage.waiting(&stage.tenants), stage.listed().len()), (1, 2));
}

#[test]
fn nothing_is_lost_if_it_ends_between_sending_and_deleting() {
    let stage = Stage::new("dead-letters-cut");
    (0..2).for_each(|_| stage.put(&stage.dead, CREATED, "gave up"));
    let denied = json!({ "kind": "error_before", "service": "sqs", "operation": "DeleteMessage", "code": "AccessDenied", "status": 403 });
    stage.cloud.add_fault(&denied).unwrap();

    let (exit, error) = stage.caretaker(&["dlq", "redrive", "--all"]);
    assert_eq!(exit, 1, "{error}");
    assert!(error["error"].as_str().unwrap().contains("after 0 of 2 letters"), "{error}");
    assert_eq!((stage.waiting(&stage.tenants), stage.listed().len()), (1, 2), "it stands in both; the other one stands as it was");
}

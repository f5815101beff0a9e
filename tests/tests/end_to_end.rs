//! The functions, the template and the tool as they ship, on the local cloud.

use scenarios::local_cloud::Profile;
use scenarios::stage::{Stage, binaries};
use serde_json::{Value, json};

fn phase(stage: &Stage, tenant: &str) -> (i32, Value) {
    let (code, status) = stage.ask(&["status", tenant, "--environment", "dev"]).expect("the tool answers");
    (code, status["phase"].clone())
}

fn apply(stage: &Stage, event: &str, changes: &Value) {
    let file = stage.event(event, changes).expect("the event is there");
    let output = stage.run(&["apply", "-f", &file, "--wait", "--timeout", "8m"]).expect("the tool runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{event}: {text}");
}

/// One stage for all, since a deployment takes its time.
#[test]
fn a_tenant_lives_from_event_to_nothing_left() {
    let stage = Stage::set(Profile::Instant, "end-to-end", &binaries()).expect("the stage stands");

    // The functions may do what template.yaml allows them, and nothing else.
    stage.cloud.control("POST", "iam", &json!({ "mode": "enforce" })).expect("the control route answers");

    // The base comes first; its pipeline pushes images.
    apply(&stage, "environment-created", &json!({}));
    stage.push_images().expect("images are pushed");

    // A dry run changes nothing.
    let mark = stage.mark().expect("the log answers");
    let (code, plan) = stage.ask(&["plan", "-f", &stage.event("tenant-created", &json!({})).expect("event")]).expect("a plan");
    assert_eq!(code, 0, "{plan}");
    assert_eq!(stage.calls(mark).expect("calls").iter().filter(|call| Stage::changes_aws(call)).count(), 0);

    apply(&stage, "tenant-created", &json!({}));
    assert_eq!(phase(&stage, "demo"), (0, json!("ready")));

    // Once converged, a look changes nothing.
    let mark = stage.mark().expect("the log answers");
    apply(&stage, "tenant-created", &json!({ "requestedAt": "2026-11-21T03:00:00Z" })); // a repeat
    assert_eq!(stage.calls(mark).expect("calls").iter().filter(|call| Stage::changes_aws(call)).count(), 0);

    apply(&stage, "tenant-updated", &json!({}));
    let (_, status) = stage.ask(&["status", "demo", "--environment", "dev"]).expect("the tool answers");
    assert_eq!((&status["phase"], &status["specification"]["tier"]), (&json!("ready"), &json!("standard")));

    // A deletion keeps data, and destroying it afterwards leaves nothing.
    apply(&stage, "tenant-deleted", &json!({}));
    let (_, status) = stage.ask(&["status", "demo", "--environment", "dev"]).expect("the tool answers");
    assert_eq!(status["phase"], json!("removed"));
    let retained = status["formerLives"][0]["retained"].as_object().map(|kept| kept.len());
    assert_eq!(retained, Some(6), "three secrets, the file system and two snapshots: {status}");
    apply(&stage, "tenant-destroy-data", &json!({ "version": 4, "incarnation": status["incarnation"] }));
    let (_, status) = stage.ask(&["status", "demo", "--environment", "dev"]).expect("the tool answers");
    assert_eq!(status["formerLives"][0]["retained"], json!({}), "{status}");
    let denials = stage.cloud.control("GET", "iam", &Value::Null).expect("the control route answers");
    assert_eq!(denials["denials"], json!([]));
}

//! The functions, the template and the tool as they ship, on the local cloud.

use std::time::{Duration, Instant};

use scenarios::local_cloud::{Profile, root};
use scenarios::on_call::{Fault, OnCall, Sight};
use scenarios::receivers::Receivers;
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

/// Looks until people have seen that of `marker`, for a minute at most.
fn see(on_call: &OnCall<'_>, marker: &str, expected: Sight) {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let seen = on_call.sight(marker).expect("the control routes answer");
        if seen == expected {
            return;
        }
        assert!(Instant::now() < end, "{marker}: {seen:?} was seen, {expected:?} should be");
        std::thread::park_timeout(Duration::from_millis(200));
    }
}

/// An alarm of a tenant in dev is Slack's affair; PagerDuty hears of an environment that is none of dev.
fn incidents_are_told_and_so_is_their_end(on_call: &OnCall<'_>) {
    let fault = Fault {
        environment: "staging",
        tenant: None,
        service: "exports".to_owned(),
        fault: "application-error",
        severity: "critical",
        tried: &[],
    };
    let (alarm, nobody) = (on_call.alarm_name("demo", "task-failures"), Sight::default());
    on_call.alarm(&alarm, "ALARM", None).expect("the alarm stands");
    on_call.incident(&fault, true).expect("the bus takes it");
    see(on_call, "exports", Sight { pages: 1, ..nobody });
    see(on_call, &alarm, Sight { slack: 1, ..nobody });
    assert_eq!(on_call.acknowledge("exports", "ada").expect("it is open"), 200);
    on_call.alarm(&alarm, "OK", None).expect("the alarm stands");
    on_call.incident(&fault, false).expect("the bus takes it");
    see(on_call, "exports", Sight { pages: 1, resolved: 1, ..nobody });
    see(on_call, &alarm, Sight { slack: 2, ..nobody });
    assert_eq!(on_call.lost().expect("the queue answers"), 0);
}

/// One stage for all, since a deployment takes its time.
#[test]
fn a_tenant_lives_from_event_to_nothing_left() {
    let folder = root().join(".local").join(format!("end-to-end-receivers-{}", std::process::id()));
    let receivers = Receivers::start(&folder).expect("the receivers serve");
    let parameters = receivers.parameters();
    let parameters: Vec<&str> = parameters.iter().map(String::as_str).collect();
    let stage = Stage::set_with(Profile::Instant, "end-to-end", &binaries(), &parameters).expect("the stage stands");
    let on_call = OnCall { stage: &stage, receivers: &receivers, environment: "dev" };
    on_call.furnish().expect("the secrets are filled");

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
    incidents_are_told_and_so_is_their_end(&on_call);

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

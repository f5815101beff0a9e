use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::super::facts::TargetHealth;
use super::super::stop::testing::stop;
use super::*;

mod mutated;
mod rows;
use rows::Row;

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(rows::all);

#[test]
fn every_stop_that_is_known_is_diagnosed_as_it_is_known() {
    let wrong: Vec<_> = ROWS
        .iter()
        .map(|row| (diagnose(&row.stop(), &Facts::default()), row))
        .filter(|(found, row)| found.cause != row.cause)
        .map(|(found, row)| {
            format!("{}: {:?} {:?} {:?}\n  is {:?}, not {:?}", row.section, row.code, row.reason, row.containers, found.cause, row.cause)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_plain_cause_comes_from_some_stop() {
    let from_facts = [Cause::CompletedRun, Cause::QuotaReached, Cause::StartTooSlow, Cause::CredentialsRotated, Cause::DatabaseFailover];
    let found: Vec<_> = ROWS.iter().map(|row| row.cause.clone()).chain(from_facts).collect();
    let missing: Vec<_> = Cause::PLAIN.iter().filter(|cause| !found.contains(cause)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn evidence_quotes_what_was_seen_and_is_short() {
    for row in ROWS.iter() {
        let evidence = diagnose(&row.stop(), &Facts::default()).evidence;
        assert!(!evidence.is_empty() && evidence.iter().all(|line| line.ends_with('.') && line.chars().count() < 300), "{evidence:?}");
    }
}

/// The stop of `changes`, with `facts`.
fn check(changes: Value, facts: &Facts, cause: Cause, confidence: Confidence) {
    let found = diagnose(&stop(changes.clone()), facts);
    assert_eq!((&found.cause, found.confidence), (&cause, confidence), "{changes}: {:?}", found.evidence);
}

fn ended(containers: Value) -> Value {
    json!({ "containers": containers })
}

/// Texts written without the tables at hand.
#[test]
fn unseen_variants_are_read_or_left_alone() {
    let unknown = "?";
    let check = |text: &str, expected: &str| {
        let found = diagnose(&stop(json!({"stopCode": "TaskFailedToStart", "stoppedReason": text, "containers": []})), &Facts::default());
        let id = if expected == unknown { "unrecognised" } else { expected };
        assert_eq!(found.cause.id(), id, "{text}");
    };
    check(
        "CANNOTPULLCONTAINERERROR - Failed To Resolve Ref 999988887777.dkr.ecr.ap-south-1.amazonaws.com/x/y:1 - Not Found",
        "image-missing",
    );
    check(
        "CannotPullContainerError: failed to resolve ref docker.io/library/eof:timeout: docker.io/library/eof:timeout: not found",
        "image-missing",
    );
    check("CannotPullContainerError: error pulling image configuration: download failed: toomanyrequests: slow down", "pull-rate-limited");
    check(
        "CannotPullContainerError: httpReadSeeker: failed open: unexpected status code https://b.s3.amazonaws.com/l: 503 Service Unavailable",
        "pull-interrupted",
    );
    check("CannotPullContainerError: invalid reference format", unknown);
    check("CannotPullContainerError: the moon was full", unknown);
    check("CannotPullContainerError", unknown);
    check(
        "ResourceInitializationError: failed to download env files: file download command: non empty error stream: RequestCanceled",
        "secrets-unreachable",
    );
    check("ResourceInitializationError: failed to invoke EFS utils commands: something else", unknown);
    check("ResourceInitializationError: unable to pull secrets or registry auth: something else", unknown);
    // A secret whose name says what a fault would.
    check("ResourceInitializationError: secret arn:aws:secretsmanager:eu-west-1:1:secret:access-denied-timed-out: something else", unknown);
    // S3's own error within a pull is not the category.
    check("CannotPullContainerError: S3 said InternalError: We encountered an internal error", unknown);
    check("(service web) (task c13b) failed to start: CannotPullContainerError: manifest unknown", "image-missing");
    check("TaskFailedToStart - Resource: Memory", "no-capacity");
    check("You've reached the limit on the number of tasks you can run concurrently", "quota-reached");
    check("Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-0a1b2c3d': UnauthorizedOperation", unknown);
    check(
        "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet 'subnet-0a1b2c3d': NewCode",
        unknown,
    );
    check("\u{202e}☃ ничего \u{0} 停止", unknown);
    check(&"x".repeat(1_024), unknown);
}

#[test]
fn the_container_that_ended_the_task_explains_it() {
    let check = |containers: Value, facts: &Facts, cause: Cause, container: &str| {
        let found = diagnose(&stop(ended(containers.clone())), facts);
        assert_eq!((found.cause, found.container.as_deref()), (cause, Some(container)), "{containers}");
    };
    let web = |code: i64| json!({"name": "web", "exitCode": code});
    let nobody = Facts::default();
    // The sidecar was told to stop, and did so well or badly.
    check(json!([{"name": "proxy", "exitCode": 143}, web(1)]), &nobody, Cause::ApplicationError, "web");
    check(json!([{"name": "proxy", "exitCode": 137}, web(139)]), &nobody, Cause::NativeCrash, "web");
    check(json!([{"name": "proxy", "exitCode": 0}, web(137)]), &nobody, Cause::Killed, "web");
    check(json!([{"name": "proxy", "exitCode": 143}, web(0)]), &nobody, Cause::CleanExit, "web");
    check(json!([{"name": "proxy"}, web(127)]), &nobody, Cause::BadCommand, "web");
    // One that ECS has put there.
    check(json!([{"name": "ecs-service-connect-x", "exitCode": 1}, web(143)]), &nobody, Cause::Terminated, "web");
    // The definition says which are essential.
    let essential = Facts { essential: Some(BTreeSet::from(["web".to_owned()])), ..Facts::default() };
    check(json!([{"name": "migrate", "exitCode": 1}, web(0)]), &essential, Cause::CleanExit, "web");
    // A reason outweighs codes.
    let oom = json!({"name": "worker", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"});
    check(json!([web(1), oom]), &nobody, Cause::OutOfMemory, "worker");
}

#[test]
fn kills_are_told_apart() {
    let (scaled, nobody) = ("Scaling activity initiated by (deployment ecs-svc/7)", Facts::default());
    let oom = "OutOfMemoryError: Container killed due to memory usage";
    let drained = |exit: i64, reason: Option<&str>| json!({"stopCode": "ServiceSchedulerInitiated", "stoppedReason": scaled, "containers": [{"name": "web", "exitCode": exit, "reason": reason}]});
    check(drained(137, None), &nobody, Cause::SlowDrain, Confidence::Likely);
    // It took 30 s, and 30 s are allowed.
    let timed = Facts { stop_timeout: Some(SignedDuration::from_secs(30)), ..Facts::default() };
    check(drained(137, None), &timed, Cause::SlowDrain, Confidence::Certain);
    let patient = Facts { stop_timeout: Some(SignedDuration::from_secs(120)), ..Facts::default() };
    check(drained(137, None), &patient, Cause::SlowDrain, Confidence::Likely);
    check(drained(137, Some(oom)), &nobody, Cause::OutOfMemory, Confidence::Likely);
    // A child's end long ago.
    check(drained(143, Some(oom)), &nobody, Cause::OutOfMemory, Confidence::Guess);
    // A scale-in that only we know of.
    let scaling = Facts { scaling_in: Some(true), ..Facts::default() };
    check(ended(json!([{"name": "web", "exitCode": 137}])), &scaling, Cause::SlowDrain, Confidence::Likely);
    check(ended(json!([{"name": "web", "exitCode": 137}])), &nobody, Cause::Killed, Confidence::Guess);
    // The flag of a container that still runs: aws/amazon-ecs-agent#5135.
    let stale = json!([{"name": "web", "lastStatus": "RUNNING", "reason": oom}]);
    check(ended(stale), &nobody, Cause::OutOfMemory, Confidence::Guess);
    let silent = json!({"connectivity": "DISCONNECTED", "containers": [{"name": "web", "exitCode": 255}]});
    check(silent, &nobody, Cause::HostFault, Confidence::Likely);
}

#[test]
fn what_follows_the_end_of_a_container_is_heard() {
    let by = |code: Value, reason: &str, exit: i64| json!({"stopCode": code, "stoppedReason": reason, "containers": [{"exitCode": exit}]});
    let (end, nobody) = ("Essential container in task exited", Facts::default());
    for code in [json!("EssentialContainerExited"), json!("TaskFailedToStart"), json!(null)] {
        check(by(code.clone(), end, 127), &nobody, Cause::BadCommand, Confidence::Likely);
        let memory = format!("{end}: OutOfMemoryError: Container killed due to memory usage");
        check(by(code.clone(), &memory, 137), &nobody, Cause::OutOfMemory, Confidence::Certain);
        // An exit code does not overrule what no rule knows.
        let unknown = Cause::Unrecognised { text: "essential container in task exited: outofmem".into() };
        check(by(code, &format!("{end}: OutOfMem"), 137), &nobody, unknown, Confidence::Guess);
    }
}

#[test]
fn our_own_stops_are_those_that_the_ledger_knows() {
    let own = Facts { own_attempts: Some(BTreeSet::from(["01JD".to_owned()])), ..Facts::default() };
    let by = |reason: &str, exit: i64| json!({"stopCode": "UserInitiated", "stoppedReason": reason, "containers": [{"exitCode": exit}]});
    let ours = Cause::OwnAct { attempt: "01JD".into() };
    check(by("caretaker:01JD", 143), &own, ours.clone(), Confidence::Certain);
    check(by("caretaker:01JD", 137), &own, ours, Confidence::Certain);
    // Anybody may write our name.
    check(by("caretaker:01XX", 143), &own, Cause::StoppedByUser, Confidence::Certain);
    check(by("caretaker:01JD", 143), &Facts::default(), Cause::StoppedByUser, Confidence::Certain);
}

#[test]
fn hosts_that_go_are_spot_or_retired() {
    let by = |reason: Value, provider: Value| json!({"stopCode": "TerminationNotice", "stoppedReason": reason, "capacityProviderName": provider, "launchType": null, "containers": []});
    let nobody = Facts::default();
    check(by(json!(null), json!("FARGATE_SPOT")), &nobody, Cause::SpotReclaimed, Confidence::Likely);
    check(by(json!(null), json!("FARGATE")), &nobody, Cause::TaskRetirement, Confidence::Guess);
    check(by(json!(null), json!(null)), &nobody, Cause::SpotReclaimed, Confidence::Guess);
    let health = Facts { is_retiring: Some(true), ..Facts::default() };
    check(by(json!("Your host goes"), json!("FARGATE")), &health, Cause::TaskRetirement, Confidence::Certain);
}

#[test]
fn a_one_off_task_that_is_done_has_not_failed() {
    let once = |exit: i64| json!({"group": "family:migrate", "startedBy": "caretaker", "containers": [{"exitCode": exit}]});
    check(once(0), &Facts::default(), Cause::CompletedRun, Confidence::Likely);
    check(once(1), &Facts::default(), Cause::ApplicationError, Confidence::Likely);
}

#[test]
fn what_else_happened_explains_failures_of_the_application_only() {
    let failed = ended(json!([{"name": "web", "exitCode": 1}]));
    let database = Facts { database_fails_over: Some(true), ..Facts::default() };
    check(failed.clone(), &database, Cause::DatabaseFailover, Confidence::Likely);
    check(ended(json!([{"exitCode": 127}])), &database, Cause::BadCommand, Confidence::Likely);
    check(ended(json!([{"exitCode": 143}])), &database, Cause::Terminated, Confidence::Likely);
    // It ran from 02:01 to 03:01:30.
    let rotated = |at: &str| Facts { secret_rotated_at: Some(at.parse().unwrap()), ..Facts::default() };
    check(failed.clone(), &rotated("2026-11-21T02:50:00Z"), Cause::CredentialsRotated, Confidence::Likely);
    check(failed.clone(), &rotated("2026-11-21T02:46:29Z"), Cause::ApplicationError, Confidence::Likely);
    check(failed.clone(), &rotated("2026-11-21T03:02:00Z"), Cause::ApplicationError, Confidence::Likely);
    // It has read the new value already.
    let mut young = failed.clone();
    young["startedAt"] = json!("2026-11-21T03:00:00Z");
    check(young, &rotated("2026-11-21T02:50:00Z"), Cause::CredentialsRotated, Confidence::Guess);
    // The revision explains it better.
    let released = Facts { revision_is_new: Some(true), former_was_clean: Some(true), ..rotated("2026-11-21T02:50:00Z") };
    check(failed, &released, Cause::ApplicationError, Confidence::Likely);
}

#[test]
fn a_task_that_was_never_ready_is_slow_and_not_ill() {
    let unhealthy = json!({"stopCode": "ServiceSchedulerInitiated", "stoppedReason": "Task failed ELB health checks in (target-group x)",
        "startedAt": "2026-11-21T03:00:00Z"});
    let usual = |seconds| Facts { usual_start: Some(SignedDuration::from_secs(seconds)), ..Facts::default() };
    check(unhealthy.clone(), &usual(90), Cause::StartTooSlow, Confidence::Likely);
    check(unhealthy.clone(), &usual(30), Cause::UnhealthyTarget, Confidence::Certain);
    let target = |health| Facts { target_health: Some(health), ..Facts::default() };
    check(unhealthy.clone(), &target(TargetHealth::Registering), Cause::StartTooSlow, Confidence::Likely);
    let failing = target(TargetHealth::Failing("Target.Timeout".into()));
    check(unhealthy.clone(), &failing, Cause::UnhealthyTarget, Confidence::Certain);
    assert!(diagnose(&stop(unhealthy), &failing).evidence.iter().any(|line| line.contains("Target.Timeout")));
}

#[test]
fn a_remedy_hears_what_runs_beside() {
    let facts = Facts {
        revision_is_new: Some(true),
        former_was_clean: Some(true),
        rollout: Some(Rollout::RollingBack),
        tenants_alike: Some(40),
        ..Facts::default()
    };
    let found = diagnose(&stop(json!({})), &facts);
    assert_eq!((found.began_with_revision, found.rollout, found.tenants_alike), (Some(true), Some(Rollout::RollingBack), Some(40)));
    insta::assert_json_snapshot!(found);
    // What is not known proves nothing.
    let half = Facts { revision_is_new: Some(true), ..Facts::default() };
    assert_eq!(diagnose(&stop(json!({})), &half).began_with_revision, None);
}

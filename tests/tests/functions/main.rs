//! Functions of an environment and the rules that call them, from their blueprint to their end.

use std::path::PathBuf;
use std::rc::Rc;

use domain::blueprint::Blueprint;
use domain::kind::Detail;
use domain::kind::functions::{Function, STATEMENT, TARGET};
use domain::ports::{
    Call, DeleteFunctionConcurrency, GetFunction, PutFunctionConcurrency, PutRule, PutTarget, RemovePermission, RemoveTargets, Reply,
    RuleTarget, UpdateFunctionConfiguration,
};
use domain::resource::Tags;
use domain::wake::Pace;
use provision_tenant::handler::Context;
use scenarios::driver::{context_of, event, serve};
use scenarios::scenario::Scenario;
use scenarios::simulator::{Limits, OWN_FUNCTION, Simulator};
use scenarios::strikes::{KILLS, LOST, Life};
use serde_json::{Value, json};

mod changes;

/// The function, its role, group and rule: each is called so.
const NAME: &str = "functions-staging-sampler";

fn created() -> String {
    event("environment-created", json!({ "environment": "staging", "blueprint": "functions", "version": 1 }))
}

fn updated() -> String {
    event("environment-updated", json!({ "environment": "staging", "blueprint": "functions", "version": 2 }))
}

fn deleted() -> String {
    event("environment-deleted", json!({ "environment": "staging", "version": 2 }))
}

/// The blueprint as somebody has edited it since.
fn edited(changes: &[(&str, &str)]) -> Rc<Context> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("blueprints/functions.toml");
    let text = std::fs::read_to_string(path).expect("it is read");
    let text = changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "it has {from}");
        text.replace(from, to)
    });
    let blueprint = Blueprint::load("functions.toml", &text).unwrap_or_else(|error| panic!("{error}"));
    Rc::new(Context { blueprints: vec![blueprint], sbt: None, pace: Pace::AWS })
}

/// More memory, another variable, no reserved run, called less often.
fn grown() -> Rc<Context> {
    edited(&[
        ("memory_mib = 256", "memory_mib = 512"),
        ("environment = { ENVIRONMENT", "environment = { LEVEL = \"debug\", ENVIRONMENT"),
        ("concurrency = 1\n", ""),
        ("rate(1 minute)", "rate(5 minutes)"),
    ])
}

fn standing(simulator: &Simulator) -> Vec<String> {
    let ours = |line: &String| line.contains("functions-") || line.contains("function-interface");
    simulator.census().lines.into_iter().filter(ours).collect()
}

fn heard(scenario: &Scenario) -> Vec<String> {
    scenario.said().into_iter().map(|said| format!("{} {}", said.kind, said.version)).collect()
}

/// One that stands.
fn ready() -> Scenario {
    let scenario = Scenario::with(0, &context_of("functions"));
    scenario.send(&created());
    scenario.rest();
    assert_eq!(heard(&scenario), ["environment-ready 1"], "{:#?}", scenario.said());
    scenario
}

/// The daily look, at everything.
fn sweep(scenario: &Scenario) {
    scenario.wait(86_400);
    let owner = "environment#staging".parse().expect("an owner");
    scenario.simulator.send(runtime::own::Sweep { owner }.body(), 0);
    scenario.rest();
}

fn by_hand(scenario: &Scenario, call: impl Into<Call>) -> Reply {
    scenario.simulator.by_hand(call).expect("AWS takes it")
}

fn function(scenario: &Scenario, name: &str) -> Function {
    match by_hand(scenario, GetFunction { name: name.to_owned() }) {
        Reply::GetFunction(Some(found)) => match found.detail {
            Detail::LambdaFunction(seen) => seen.properties,
            other => panic!("{other:?} is no function"),
        },
        other => panic!("{name} does not stand: {other:?}"),
    }
}

fn operations(scenario: &Scenario, of: &str) -> usize {
    scenario.done(of).len()
}

// Invariant: a function is made whole, runs the stack's own build, and may be called by its rule alone.

#[test]
fn a_function_is_made_with_all_that_is_set_on_it() {
    let scenario = ready();
    let made = function(&scenario, NAME);
    assert_eq!((made.memory_mib, made.timeout_seconds, made.concurrency, made.subnets.len()), (256, 30, Some(1), 2));
    assert_eq!(made.environment, [("ENVIRONMENT".to_owned(), "staging".to_owned())].into());
    assert_eq!(made.code_of, function(&scenario, OWN_FUNCTION).code_of, "the same build");
    let lines = standing(&scenario.simulator);
    let has = |start: &str, part: &str| lines.iter().filter(|line| line.starts_with(start) && line.contains(part)).count();
    assert_eq!(has(&format!("permission {NAME} {STATEMENT}"), ":rule/functions-staging-sampler"), 1, "{lines:#?}");
    assert_eq!(has(&format!("targets of {NAME}"), "retries: Some(0), oldest_seconds: Some(60)"), 1, "{lines:#?}");
    assert_eq!(has("function-interface", "attached"), 2, "{lines:#?}");
    let outputs = &scenario.said()[0].detail["outputs"];
    assert_eq!(outputs["sampler.name"], NAME);
    assert!(outputs["sampler-schedule.arn"].as_str().is_some_and(|arn| arn.ends_with(":rule/functions-staging-sampler")), "{outputs}");
}

#[test]
fn a_role_that_lambda_does_not_know_yet_is_waited_for() {
    let scenario = ready();
    let log = scenario.simulator.log();
    let refused = log.all().iter().filter(|entry| entry.operation == "lambda.CreateFunction" && !entry.had_effect()).count();
    assert!(refused > 0, "the role was too young at least once");
    drop(log);
    assert_eq!(operations(&scenario, "lambda.CreateFunction"), 1);
    scenario.assert_tidy();
}

// Invariant: what is as it should be is left alone.

#[test]
fn a_converged_function_is_left_alone() {
    let scenario = ready();
    let mark = scenario.simulator.log().mark();
    sweep(&scenario);
    let looks = |operation: &str| scenario.simulator.log().counts_since(mark).get(operation).copied().unwrap_or(0);
    assert_eq!(scenario.simulator.log().changes_since(mark), Vec::<&_>::new());
    assert_eq!(["lambda.GetFunction", "lambda.GetFunctionPolicy", "events.ListTargetsByRule"].map(looks), [2, 1, 1]);
}

// Invariant: what others own is left alone.

#[test]
fn a_rule_of_another_is_a_conflict_and_not_replaced() {
    let scenario = Scenario::with(0, &context_of("functions"));
    by_hand(&scenario, PutRule { name: NAME.to_owned(), schedule: "rate(1 hour)".to_owned(), tags: Tags::new() });
    scenario.send(&created());
    scenario.rest();
    assert_eq!(heard(&scenario).last().map(String::as_str), Some("environment-failed 1"), "{:#?}", scenario.said());
    assert_eq!(operations(&scenario, "events.PutRule"), 0);
}

// Invariant: nothing goes before what still needs it: Lambda deletes network interfaces minutes later, by the function's role.

#[test]
fn the_role_the_group_and_the_subnets_outlive_the_network_interfaces() {
    let scenario = ready();
    let began = scenario.executor.now();
    scenario.send(&deleted());
    scenario.rest();
    assert_eq!(heard(&scenario).last().map(String::as_str), Some("environment-removed 2"), "{:#?}", scenario.said());
    assert_eq!(scenario.said().last().expect("it was said").detail["leftovers"], Value::Array(Vec::new()));
    assert_eq!(standing(&scenario.simulator), Vec::<String>::new());
    let log = scenario.simulator.log();
    let at = |operation: &str| log.all().iter().find(|entry| entry.operation == operation && entry.had_effect()).map(|entry| entry.at);
    let [targets, rule, function] = ["events.RemoveTargets", "events.DeleteRule", "lambda.DeleteFunction"].map(at);
    assert!(targets <= rule && rule <= function && targets.is_some());
    // 300 s at least (local/facts/durations.toml, lambda-network-interface).
    let waits = |operation: &str| at(operation).map(|at| at.duration_since(began).as_secs());
    for operation in ["iam.DeleteRole", "ec2.DeleteSecurityGroup", "ec2.DeleteSubnet"] {
        assert!(waits(operation).is_some_and(|seconds| seconds > 300), "{operation} after {:?} s", waits(operation));
    }
    let refused = |entry: &&scenarios::simulator::LogEntry| entry.operation.starts_with("ec2.Delete") && !entry.had_effect();
    assert_eq!(log.all().iter().filter(refused).count(), 0, "no deletion is tried in vain");
}

// Invariant: a crash after any call, or a lost reply, changes nothing of the end.

#[test]
fn a_kill_at_any_call_of_a_creation_changes_nothing_of_the_end() {
    let events = [created()];
    let end = Life::of("functions", &events, standing).assert_same_end(&KILLS);
    assert_eq!(end.iter().filter(|line| line.starts_with("function ") || line.starts_with("rule ")).count(), 2, "{end:#?}");
}

#[test]
fn a_lost_reply_at_any_call_of_a_creation_changes_nothing_of_the_end() {
    let events = [created()];
    Life::of("functions", &events, standing).assert_same_end(&LOST);
}

#[test]
fn a_kill_or_a_lost_reply_at_any_call_of_a_change_changes_nothing_of_the_end() {
    let events = [created(), updated()];
    let life = Life { edited: Some(grown()), ..Life::of("functions", &events, standing) };
    for strikes in [KILLS, LOST] {
        let end = life.assert_same_end(&strikes);
        assert!(end.iter().any(|line| line.starts_with("function ") && line.contains("\"memory_mib\":512")), "{end:#?}");
    }
}

#[test]
fn a_kill_or_a_lost_reply_at_any_call_of_a_deletion_leaves_nothing() {
    let events = [created(), deleted()];
    for strikes in [KILLS, LOST] {
        assert_eq!(Life::of("functions", &events, standing).assert_same_end(&strikes), Vec::<String>::new());
    }
}

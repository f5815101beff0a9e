//! What is wanted otherwise, and what others have changed.

use super::*;

// Invariant: what is wanted otherwise is changed where it stands, one update at a time.

#[test]
fn settings_are_changed_where_they_stand() {
    let scenario = ready();
    serve(&scenario.simulator, &grown(), Limits::default());
    scenario.send(&updated());
    scenario.rest();
    let now = function(&scenario, NAME);
    assert_eq!((now.memory_mib, now.environment.len(), now.concurrency), (512, 2, None));
    let each = ["lambda.CreateFunction", "lambda.UpdateFunctionConfiguration", "lambda.UpdateFunctionCode", "events.PutTarget"];
    assert_eq!(each.map(|operation| operations(&scenario, operation)), [1, 1, 0, 1]);
    assert!(scenario.standing("rule").concat().contains("rate(5 minutes)"));
    assert_eq!(heard(&scenario).last().map(String::as_str), Some("environment-ready 2"));
}

#[test]
fn another_build_of_the_code_is_taken_over_after_the_settings() {
    let scenario = ready();
    let before = function(&scenario, NAME).code_of;
    scenario.simulator.deploy_function(OWN_FUNCTION);
    serve(&scenario.simulator, &grown(), Limits::default());
    scenario.send(&updated());
    scenario.rest();
    let now = function(&scenario, NAME);
    assert_eq!((now.memory_mib, &now.code_of), (512, &function(&scenario, OWN_FUNCTION).code_of));
    assert_ne!(now.code_of, before);
    let log = scenario.simulator.log();
    let position = |operation: &str| log.all().iter().position(|entry| entry.operation == operation && entry.had_effect());
    assert!(position("lambda.UpdateFunctionConfiguration") < position("lambda.UpdateFunctionCode"));
    let refused = |entry: &&scenarios::simulator::LogEntry| entry.operation.starts_with("lambda.Update") && !entry.had_effect();
    assert_eq!(log.all().iter().filter(refused).count(), 0, "one update waits for the other");
}

#[test]
fn a_deployment_alone_is_seen_by_the_daily_look() {
    let scenario = ready();
    scenario.simulator.deploy_function(OWN_FUNCTION);
    sweep(&scenario);
    assert_eq!(function(&scenario, NAME).code_of, function(&scenario, OWN_FUNCTION).code_of);
    assert_eq!(operations(&scenario, "lambda.UpdateFunctionCode"), 1);
}

// Invariant: drift is set back.

#[test]
fn what_a_person_has_changed_of_a_function_is_set_back() {
    let (name, statement) = (|| NAME.to_owned(), || STATEMENT.to_owned());
    ready().assert_set_back(
        |scenario| {
            let desired = Function { memory_mib: 1024, environment: Default::default(), ..function(scenario, NAME) };
            by_hand(scenario, UpdateFunctionConfiguration { name: name(), desired });
            scenario.wait(600);
        },
        sweep,
    );
    ready().assert_set_back(|scenario| _ = by_hand(scenario, RemovePermission { name: name(), statement: statement() }), sweep);
    ready().assert_set_back(|scenario| _ = by_hand(scenario, PutFunctionConcurrency { name: name(), concurrency: 5 }), sweep);
    ready().assert_set_back(|scenario| _ = by_hand(scenario, DeleteFunctionConcurrency { name: name() }), sweep);
}

#[test]
fn what_a_person_has_changed_of_a_rule_is_set_back() {
    let target = |id: &str| RuleTarget { id: id.to_owned(), arn: "another".to_owned(), retries: None, oldest_seconds: None };
    let put = |id: &str| PutTarget { name: NAME.to_owned(), target: target(id) };
    ready().assert_set_back(|scenario| _ = by_hand(scenario, put(TARGET)), sweep);
    ready().assert_set_back(|scenario| _ = by_hand(scenario, put("a-persons")), sweep);
    ready().assert_set_back(|scenario| _ = by_hand(scenario, RemoveTargets { name: NAME.to_owned(), ids: vec![TARGET.to_owned()] }), sweep);
    ready().assert_set_back(
        |scenario| _ = by_hand(scenario, PutRule { name: NAME.to_owned(), schedule: "rate(1 hour)".to_owned(), tags: Tags::new() }),
        sweep,
    );
}

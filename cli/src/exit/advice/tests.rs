use domain::failure::CallError;
use domain::intent::Refusal;

use super::*;
use crate::consent::NotOrdered;

#[test]
fn an_error_is_one_line_that_ends_in_what_to_do() {
    let source = CallError::new("dynamodb.ReadOwner", Cause::NotFound, "ResourceNotFoundException: no such table");
    let owner = "tenant#dev#demo".parse().unwrap();
    let error = CliError::Ledger { table: "caretaker-ledger".into(), source: Box::new(BadBook::Call(owner, source)) };
    let line = error.line();
    assert!(line.starts_with("the ledger caretaker-ledger was not read: the ledger of tenant#dev#demo was not read: dynamodb."), "{line}");
    assert!(line.contains("; check AWS_REGION and --stack") && !line.contains('\n'), "{line}");
}

#[test]
fn scripts_can_tell_errors_apart_by_the_exit_code() {
    let check = |error: CliError, expected: Exit| assert_eq!(error.exit(), expected, "{error}");
    let file = |kind: std::io::ErrorKind| CliError::File { path: "x.json".into(), source: kind.into() };
    check(CliError::Usage("x".into()), Exit::Usage);
    check(file(std::io::ErrorKind::NotFound), Exit::NotFound);
    check(file(std::io::ErrorKind::PermissionDenied), Exit::Usage);
    check(CliError::NoTenant { tenant: "demo".into(), place: "dev".into() }, Exit::NotFound);
    check(CliError::NoIncident("prod-x".into()), Exit::NotFound);
    check(CliError::NoLetter("1".into()), Exit::NotFound);
    check(CliError::NotOrdered { owner: "demo".into(), source: NotOrdered::NoneOpen }, Exit::NotFound);
    check(CliError::Refused { owner: "demo".into(), source: Refusal::Stale { version: 1, current: 2 } }, Exit::NotAsWished);
    check(CliError::TimedOut { what: "x".into(), seconds: 1, advice: String::new() }, Exit::NotAsWished);
}

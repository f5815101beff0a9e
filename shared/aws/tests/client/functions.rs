use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::functions::{Function, STATEMENT};
use domain::kind::plain::{Progress, Shown};
use domain::ports::{
    AddPermission, CreateFunction, DeleteFunction, DescribeFunctionInterfaces, GetFunction, GetFunctionPolicy, PutFunctionConcurrency,
    RemovePermission, TagFunction, UpdateFunctionCode, UpdateFunctionConfiguration,
};
use serde_json::{Value, json};

use crate::wire::{Answer, exchange, ok, request, tags};

const ARN: &str = "arn:aws:lambda:us-east-1:1:function:sampler";
const RULE: &str = "arn:aws:events:us-east-1:1:rule/sampler";
/// A presigned URL, and what of it must be in no error.
const LOCATION: &str = "https://code.s3.amazonaws.com/snapshots/own?X-Amz-Signature=c0ffee%2F";
const SIGNATURE: &str = "c0ffee";

fn function() -> Function {
    Function {
        code_of: "own".into(),
        role: "arn:aws:iam::1:role/caretaker/sampler".into(),
        memory_mib: 256,
        timeout_seconds: 30,
        environment: [("QUEUE".to_owned(), "celery".to_owned())].into(),
        subnets: ["subnet-1".to_owned(), "subnet-2".to_owned()].into(),
        security_group: "sg-1".into(),
        concurrency: Some(1),
        log_group: "/mate/sampler".into(),
        invoked_by: Some(RULE.into()),
    }
}

fn create() -> CreateFunction {
    CreateFunction { name: "sampler".into(), desired: function(), tags: tags(&[("a", "b")]) }
}

/// As Lambda shows the function whose code is taken.
fn own() -> Answer {
    let settings = json!({"FunctionName": "own", "CodeSha256": "3q2+7w==", "Architectures": ["arm64"]});
    ok(json!({"Configuration": settings, "Code": {"RepositoryType": "S3", "Location": LOCATION}}))
}

fn package() -> Answer {
    Answer::Reply(200, Vec::new(), "PK".into())
}

/// An error as Lambda says it.
fn lambda_refusal(status: u16, code: &str, message: &str) -> Answer {
    Answer::Reply(status, vec![("x-amzn-errortype", code.to_owned())], json!({"Type": "User", "Message": message}).to_string())
}

/// As Lambda shows what was asked for, with `change`.
fn shown(change: Value) -> Value {
    let mut settings = json!({
        "FunctionName": "sampler", "FunctionArn": ARN, "Role": "arn:aws:iam::1:role/caretaker/sampler", "MemorySize": 256, "Timeout": 30,
        "Runtime": "provided.al2023", "Handler": "bootstrap", "CodeSha256": "3q2+7w==", "State": "Active", "LastUpdateStatus": "Successful",
        "Environment": {"Variables": {"QUEUE": "celery"}}, "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/mate/sampler"},
        "VpcConfig": {"SubnetIds": ["subnet-2", "subnet-1"], "SecurityGroupIds": ["sg-1"], "VpcId": "vpc-1"},
    });
    settings.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
    settings
}

fn got(change: Value) -> Shown<Function> {
    let reply = ok(json!({"Configuration": shown(change), "Code": {"Location": LOCATION}, "Tags": {"a": "b"},
        "Concurrency": {"ReservedConcurrentExecutions": 1}}));
    let found = exchange(GetFunction { name: "sampler".into() }, &[reply]).reply().expect("it stands");
    assert_eq!((found.arn.as_str(), found.tags), (ARN, tags(&[("a", "b")])));
    match found.detail {
        Detail::LambdaFunction(seen) => seen,
        other => panic!("{other:?} is no function"),
    }
}

#[test]
fn a_function_is_made_of_the_package_of_another() {
    let made = ok(shown(json!({"State": "Pending", "StateReasonCode": "Creating", "LastUpdateStatus": "InProgress"})));
    let sent = exchange(create(), &[own(), package(), made]);
    let actions: Vec<_> = sent.requests.iter().map(|request| request.action.as_str()).collect();
    assert_eq!(actions, ["GET /2015-03-31/functions/own", "GET /snapshots/own", "POST /2015-03-31/functions"]);
    assert_eq!(sent.requests[1].body, json!({"X-Amz-Signature": "c0ffee/"}));
    let expected = json!({
        "FunctionName": "sampler", "Runtime": "provided.al2023", "Handler": "bootstrap", "Architectures": ["arm64"],
        "Role": "arn:aws:iam::1:role/caretaker/sampler", "MemorySize": 256, "Timeout": 30, "Code": {"ZipFile": "UEs="},
        "Environment": {"Variables": {"QUEUE": "celery"}}, "LoggingConfig": {"LogGroup": "/mate/sampler"}, "Tags": {"a": "b"},
        "VpcConfig": {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]},
    });
    assert_eq!(sent.requests[2].body, expected);
    let made = sent.reply();
    assert_eq!((made.arn.as_str(), made.tags), (ARN, tags(&[("a", "b")])));
    let properties = Function { concurrency: None, invoked_by: None, ..function() };
    let expected = Shown { progress: Progress::Working("being created".into()), ..Shown::done("sampler", properties) };
    assert_eq!(made.detail, Detail::LambdaFunction(expected.giving("name", "sampler")));
}

#[test]
fn code_that_cannot_be_fetched_is_told_without_its_url() {
    let check = |answers: &[Answer], cause: Cause, says: &str| {
        let failed = exchange(create(), answers);
        let error = failed.outcome.expect_err("a failure");
        assert_eq!(error.cause, cause, "{error}");
        assert!(error.message.contains(says) && !error.message.contains(SIGNATURE), "{error}");
    };
    check(
        &[lambda_refusal(404, "ResourceNotFoundException", "Function not found")],
        Cause::InvalidRequest,
        "function own of code_of does not exist",
    );
    check(&[own(), Answer::Reply(403, Vec::new(), "<Error/>".into())], Cause::Unavailable, "status 403");
    check(&[own(), Answer::Broken], Cause::Unavailable, "the connection broke");
    let image = ok(json!({"Configuration": {}, "Code": {"RepositoryType": "ECR", "ImageUri": "i"}}));
    check(&[image], Cause::InvalidRequest, "no package of its own");
}

#[test]
fn new_code_goes_alone_and_new_settings_without_code() {
    let update = UpdateFunctionCode { name: "sampler".into(), code_of: "own".into() };
    let sent = exchange(update, &[own(), package(), ok(shown(json!({})))]);
    let last = sent.requests.last().expect("a request");
    assert_eq!(
        (last.action.as_str(), &last.body),
        ("PUT /2015-03-31/functions/sampler/code", &json!({"ZipFile": "UEs=", "Architectures": ["arm64"]}))
    );
    let sent = request(UpdateFunctionConfiguration { name: "sampler".into(), desired: function() }, ok(shown(json!({}))));
    let expected = json!({
        "Runtime": "provided.al2023", "Handler": "bootstrap", "Role": "arn:aws:iam::1:role/caretaker/sampler", "MemorySize": 256,
        "Timeout": 30, "Environment": {"Variables": {"QUEUE": "celery"}}, "LoggingConfig": {"LogGroup": "/mate/sampler"},
        "VpcConfig": {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]},
    });
    assert_eq!((sent.action.as_str(), sent.body), ("PUT /2015-03-31/functions/sampler/configuration", expected));
}

#[test]
fn a_function_is_shown_as_it_was_written_with_the_hash_of_its_code() {
    let seen = got(json!({}));
    assert_eq!(seen.progress, Progress::Done);
    assert_eq!(seen.properties, Function { code_of: "3q2+7w==".into(), invoked_by: None, ..function() });
    let gone = lambda_refusal(404, "ResourceNotFoundException", "Function not found");
    assert_eq!(exchange(GetFunction { name: "sampler".into() }, &[gone]).reply(), None);
}

#[test]
fn every_state_of_a_function_is_told() {
    let check = |change: Value, expected: Progress| assert_eq!(got(change).progress, expected);
    check(json!({"State": "Pending", "LastUpdateStatus": "InProgress"}), Progress::Working("being created".into()));
    check(json!({"LastUpdateStatus": "InProgress"}), Progress::Working("being updated".into()));
    check(json!({"State": "Inactive", "StateReasonCode": "Idle"}), Progress::Done);
    let why = json!({"State": "Failed", "StateReasonCode": "SubnetOutOfIPAddresses", "StateReason": "no address is free"});
    check(why, Progress::Failed("SubnetOutOfIPAddresses: no address is free".into()));
    let why = json!({"LastUpdateStatus": "Failed", "LastUpdateStatusReasonCode": "InvalidSecurityGroup", "LastUpdateStatusReason": "gone"});
    check(why, Progress::Failed("InvalidSecurityGroup: gone".into()));
}

#[test]
fn what_lambda_may_not_show_is_denied_and_not_absent() {
    let get = || GetFunction { name: "sampler".into() };
    let tagless =
        ok(json!({"Configuration": shown(json!({})), "TagsError": {"ErrorCode": "AccessDeniedException", "Message": "ListTags"}}));
    assert_eq!(exchange(get(), &[tagless]).cause(), Cause::Denied);
    let locked = shown(json!({"Environment": {"Error": {"ErrorCode": "AccessDeniedException", "Message": "KMS"}}}));
    assert_eq!(exchange(get(), &[ok(json!({"Configuration": locked}))]).cause(), Cause::Denied);
}

#[test]
fn a_rule_is_let_in_by_a_statement_of_a_fixed_id() {
    let add = AddPermission { name: "sampler".into(), statement: STATEMENT.into(), rule: RULE.into() };
    let sent = request(add, ok(json!({"Statement": "{}"})));
    let expected =
        json!({"StatementId": STATEMENT, "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com", "SourceArn": RULE});
    assert_eq!((sent.action.as_str(), sent.body), ("POST /2015-03-31/functions/sampler/policy", expected));
    let remove = RemovePermission { name: "sampler".into(), statement: STATEMENT.into() };
    assert_eq!(request(remove, ok(json!({}))).action, format!("DELETE /2015-03-31/functions/sampler/policy/{STATEMENT}"));
    let policy = || GetFunctionPolicy { name: "sampler".into() };
    let found = exchange(policy(), &[ok(json!({"Policy": r#"{"Statement":[]}"#}))]).reply();
    assert_eq!(found, Some(json!({"Statement": []})));
    assert_eq!(exchange(policy(), &[lambda_refusal(404, "ResourceNotFoundException", "")]).reply(), None);
    assert_eq!(exchange(policy(), &[lambda_refusal(403, "AccessDeniedException", "")]).cause(), Cause::Denied);
}

#[test]
fn concurrency_tags_and_the_end_are_one_call_each() {
    let sent = request(PutFunctionConcurrency { name: "sampler".into(), concurrency: 1 }, ok(json!({})));
    let expected = ("PUT /2017-10-31/functions/sampler/concurrency", json!({"ReservedConcurrentExecutions": 1}));
    assert_eq!((sent.action.as_str(), sent.body), expected);
    let sent = request(TagFunction { arn: ARN.into(), tags: tags(&[("a", "b")]) }, Answer::Reply(204, Vec::new(), String::new()));
    assert_eq!(sent.body, json!({"Tags": {"a": "b"}}));
    let sent = request(DeleteFunction { name: "sampler".into() }, Answer::Reply(204, Vec::new(), String::new()));
    assert_eq!(sent.action, "DELETE /2015-03-31/functions/sampler");
}

#[test]
fn only_lambdas_interfaces_in_the_group_are_told() {
    let interface = |id: &str, kind: &str, group: &str| {
        let groups = format!("<groupSet><item><groupId>{group}</groupId></item></groupSet>");
        format!("<item><networkInterfaceId>{id}</networkInterfaceId><interfaceType>{kind}</interfaceType>{groups}</item>")
    };
    let all =
        [interface("eni-1", "lambda", "sg-1"), interface("eni-2", "interface", "sg-1"), interface("eni-3", "lambda", "sg-2")].concat();
    let body =
        format!("<DescribeNetworkInterfacesResponse><networkInterfaceSet>{all}</networkInterfaceSet></DescribeNetworkInterfacesResponse>");
    let found = exchange(DescribeFunctionInterfaces { security_group: "sg-1".into() }, &[Answer::Reply(200, Vec::new(), body)]);
    assert_eq!(found.requests[0].body["Filter.1.Name"], "group-id");
    assert_eq!(found.reply(), ["eni-1"]);
}

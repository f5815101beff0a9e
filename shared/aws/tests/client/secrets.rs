use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::secret::SecretSeen;
use domain::ports::{
    Confidential, CreateSecret, DeleteSecret, DescribeSecret, GetRandomPassword, GetSecretValue, RestoreSecret, RotatedAt, TagSecret,
};
use serde_json::json;

use crate::wire::{exchange, ok, refusal, request, tags};

const ARN: &str = "arn:aws:secretsmanager:us-east-1:1:secret:mate/demo-AbCdEf";

fn create() -> CreateSecret {
    let token = "0123456789abcdef0123456789abcdef".into();
    CreateSecret {
        name: "mate/demo".into(),
        token,
        value: Confidential("{}".into()),
        key: None,
        tags: tags(&[("caretaker:owner", "tenant/dev/demo")]),
    }
}

#[test]
fn a_secret_is_made_with_our_token_value_and_tags() {
    let exchange = exchange(create(), &[ok(json!({"ARN": ARN, "Name": "mate/demo", "VersionId": "v"}))]);
    let expected = json!({
        "Name": "mate/demo", "ClientRequestToken": "0123456789abcdef0123456789abcdef", "SecretString": "{}",
        "Tags": [{"Key": "caretaker:owner", "Value": "tenant/dev/demo"}],
    });
    assert_eq!((exchange.requests[0].action.as_str(), &exchange.requests[0].body), ("CreateSecret", &expected));
    assert_eq!(exchange.reply(), ARN);
}

#[test]
fn the_refusals_of_a_secret_are_told_apart() {
    let check = |code: &str, message: &str, expected| {
        assert_eq!(exchange(create(), &[refusal(400, code, message)]).cause(), expected, "{code}");
    };
    check("ResourceExistsException", "The operation failed because the secret mate/demo already exists.", Cause::AlreadyExists);
    let in_recovery = "You can't create this secret because a secret with this name is already scheduled for deletion.";
    check("InvalidRequestException", in_recovery, Cause::InvalidState);
    check("LimitExceededException", "The request failed because it would exceed one of the Secrets Manager quotas.", Cause::Quota);
    check("InvalidParameterException", "The parameter name or value is invalid.", Cause::InvalidRequest);
    check("AccessDeniedException", "User is not authorized to perform: secretsmanager:CreateSecret", Cause::Denied);
}

#[test]
fn a_secret_is_seen_with_its_tags_and_the_moment_of_its_deletion() {
    let body = json!({"ARN": ARN, "Name": "mate/demo", "DeletedDate": 1_795_226_400.5, "Tags": [{"Key": "a", "Value": "b"}]});
    let seen = exchange(DescribeSecret { id: "mate/demo".into() }, &[ok(body)]).reply().expect("it is there");
    assert_eq!((seen.arn.as_str(), seen.tags), (ARN, tags(&[("a", "b")])));
    assert_eq!(seen.detail, Detail::Secret(SecretSeen { deleted_at: Some("2026-11-21T02:00:00Z".parse().unwrap()), key: None }));
}

#[test]
fn a_secret_was_replaced_when_its_present_version_was_made_unless_that_is_the_first() {
    let rotated =
        |versions: serde_json::Value| exchange(RotatedAt { id: "x".into() }, &[ok(json!({ "ARN": ARN, "Versions": versions }))]).reply();
    let present = json!({"VersionId": "2", "VersionStages": ["AWSCURRENT"], "CreatedDate": 1_795_226_400.5});
    let former = json!({"VersionId": "1", "VersionStages": ["AWSPREVIOUS"], "CreatedDate": 1_700_000_000});
    assert_eq!(rotated(json!([former, present.clone()])), Some("2026-11-21T02:00:00Z".parse().unwrap()));
    assert_eq!(rotated(json!([present])), None);
    assert_eq!(rotated(json!([])), None);
    assert_eq!(exchange(RotatedAt { id: "x".into() }, &[refusal(400, "ResourceNotFoundException", "")]).reply(), None);
}

#[test]
fn only_not_found_is_none_and_any_other_failure_stays_one() {
    let describe = |code, status| exchange(DescribeSecret { id: "x".into() }, &[refusal(status, code, "")]);
    assert_eq!(describe("ResourceNotFoundException", 400).reply(), None);
    assert_eq!(describe("AccessDeniedException", 400).cause(), Cause::Denied);
    assert_eq!(describe("InternalServiceError", 500).cause(), Cause::Unavailable);
    assert_eq!(exchange(GetSecretValue { id: "x".into() }, &[refusal(400, "ResourceNotFoundException", "")]).cause(), Cause::NotFound);
}

#[test]
fn a_deletion_has_a_recovery_window_or_none() {
    let reply = || ok(json!({"ARN": ARN}));
    let kept = request(DeleteSecret { id: "x".into(), recovery_days: Some(30) }, reply());
    assert_eq!(kept.body, json!({"SecretId": "x", "RecoveryWindowInDays": 30}));
    let gone = request(DeleteSecret { id: "x".into(), recovery_days: None }, reply());
    assert_eq!(gone.body, json!({"SecretId": "x", "ForceDeleteWithoutRecovery": true}));
}

#[test]
fn random_characters_have_neither_punctuation_nor_space() {
    let sent = request(GetRandomPassword { length: 32 }, ok(json!({"RandomPassword": "a"})));
    assert_eq!(sent.body, json!({"PasswordLength": 32, "ExcludePunctuation": true, "IncludeSpace": false}));
}

#[test]
fn a_secret_is_restored_and_tagged_by_its_id() {
    let restored = request(RestoreSecret { id: "x".into() }, ok(json!({"ARN": ARN})));
    assert_eq!((restored.action.as_str(), restored.body), ("RestoreSecret", json!({"SecretId": "x"})));
    let tagged = request(TagSecret { id: "x".into(), tags: tags(&[("a", "b")]) }, ok(json!({})));
    assert_eq!((tagged.action.as_str(), tagged.body), ("TagResource", json!({"SecretId": "x", "Tags": [{"Key": "a", "Value": "b"}]})));
}

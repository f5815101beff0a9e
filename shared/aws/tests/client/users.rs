use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::plain::Shown;
use domain::kind::users::{Mfa, UserPool};
use domain::ports::{CreateUserPool, DeleteUserPool, DescribeUserPool, ListUserPools, SetUserPoolMfaConfig, UpdateUserPool};
use serde_json::{Value, json};

use crate::wire::{exchange, ok, refusal, request, tags};

const ARN: &str = "arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_1";

/// A pool of which a person has set much by hand.
fn pool() -> Value {
    json!({
        "Id": "us-east-1_1", "Name": "mate", "Arn": ARN, "MfaConfiguration": "ON", "DeletionProtection": "ACTIVE",
        "Policies": {"PasswordPolicy": {"MinimumLength": 12, "RequireUppercase": true, "RequireLowercase": true,
            "RequireNumbers": true, "RequireSymbols": false, "TemporaryPasswordValidityDays": 3}},
        "LambdaConfig": {"PreSignUp": "arn:lambda"}, "AutoVerifiedAttributes": ["email"], "UserPoolTags": {"a": "b"},
        "EmailVerificationSubject": "hello", "SmsVerificationMessage": "",
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": true, "UnusedAccountValidityDays": 3},
    })
}

#[test]
fn a_pool_is_made_once_and_without_a_second_factor() {
    let desired = UserPool { mfa: Mfa::On, password_length: 12, deletion_protection: true };
    let create = || CreateUserPool { name: "mate".into(), desired: desired.clone(), tags: tags(&[("a", "b")]) };
    let sent = request(create(), ok(json!({"UserPool": pool()})));
    // To Cognito a validity of 0 days is none that was sent (API reference, PasswordPolicyType).
    let policy = json!({"MinimumLength": 12, "RequireUppercase": true, "RequireLowercase": true, "RequireNumbers": true,
        "RequireSymbols": false, "TemporaryPasswordValidityDays": 0});
    let expected = json!({
        "PoolName": "mate", "Policies": {"PasswordPolicy": policy}, "DeletionProtection": "ACTIVE", "MfaConfiguration": "OFF",
        "UserPoolTags": {"a": "b"},
    });
    assert_eq!((sent.action.as_str(), sent.body), ("CreateUserPool", expected));
    let down = exchange(create(), &[refusal(503, "InternalErrorException", "")]);
    assert_eq!((down.cause(), down.requests.len()), (Cause::Unavailable, 1));
}

#[test]
fn a_pool_is_seen_with_its_tags() {
    let describe = || DescribeUserPool { id: "us-east-1_1".into() };
    let seen = exchange(describe(), &[ok(json!({"UserPool": pool()}))]).reply().expect("it is there");
    assert_eq!((seen.arn.as_str(), seen.tags), (ARN, tags(&[("a", "b")])));
    let properties = UserPool { mfa: Mfa::On, password_length: 12, deletion_protection: true };
    assert_eq!(seen.detail, Detail::CognitoUserPool(Shown::done("us-east-1_1", properties)));
    assert_eq!(exchange(describe(), &[refusal(400, "ResourceNotFoundException", "")]).reply(), None);
}

#[test]
fn an_update_sends_back_all_that_it_does_not_change() {
    let update = UpdateUserPool { id: "us-east-1_1".into(), password_length: 16, deletion_protection: false };
    let exchange = exchange(update, &[ok(json!({"UserPool": pool()})), ok(json!({}))]);
    let mut expected = pool();
    let members = expected.as_object_mut().expect("an object");
    members.retain(|member, _| !["Id", "Name", "Arn", "SmsVerificationMessage"].contains(&member.as_str()));
    members.insert("UserPoolId".into(), "us-east-1_1".into());
    members.insert("DeletionProtection".into(), "INACTIVE".into());
    expected["Policies"]["PasswordPolicy"]["MinimumLength"] = 16.into();
    expected["AdminCreateUserConfig"]["UnusedAccountValidityDays"] = 0.into();
    assert_eq!((exchange.requests[1].action.as_str(), &exchange.requests[1].body), ("UpdateUserPool", &expected));
    exchange.reply();
}

#[test]
fn a_second_factor_is_an_authenticators_code() {
    let sent = |mfa| request(SetUserPoolMfaConfig { id: "p".into(), mfa }, ok(json!({}))).body;
    let codes = json!({"Enabled": true});
    assert_eq!(sent(Mfa::Optional), json!({"UserPoolId": "p", "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": codes}));
    assert_eq!(sent(Mfa::Off), json!({"UserPoolId": "p", "MfaConfiguration": "OFF"}));
}

#[test]
fn pools_are_listed_page_by_page() {
    let page = |id: &str, name: &str, next: Option<&str>| ok(json!({"UserPools": [{"Id": id, "Name": name}], "NextToken": next}));
    let pages = [page("1", "mate", Some("n")), page("2", "other", Some("m")), page("3", "mate", None)];
    let listed = exchange(ListUserPools { name: "mate".into() }, &pages);
    assert_eq!(listed.requests[0].body, json!({"MaxResults": 60}));
    assert_eq!(listed.reply(), ["1", "3"]);
    let protected = refusal(400, "InvalidParameterException", "The user pool cannot be deleted because deletion protection is activated.");
    assert_eq!(exchange(DeleteUserPool { id: "1".into() }, &[protected]).cause(), Cause::InvalidRequest);
}

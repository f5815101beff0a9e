use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::access_point::AccessPoint;
use domain::kind::key::{Key, KeySeen, KeyState};
use domain::kind::messaging::Topic;
use domain::kind::plain::{Progress, Shown};
use domain::kind::policy::Policy;
use domain::ports::{
    CreateAccessPoint, CreateAlias, CreateFileSystem, CreateKey, CreateTopic, DescribeAccessPoint, DescribeKey, FindTopic, GetKeyPolicy,
    GetTopicAttributes, ListKeyTags, ListKeys, ScheduleKeyDeletion, SetTopicPolicy, UpdateSecret,
};
use serde_json::{Value, json};

use crate::wire::{Answer, efs_refusal, exchange, ok, rds_refusal, refusal, request, tags, xml};

const KEY: &str = "arn:aws:kms:us-east-1:1:key/k-1";
const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:mate-dev";

fn metadata(state: &str) -> Value {
    json!({"KeyMetadata": {"KeyId": "k-1", "Arn": KEY, "Description": "of dev", "KeyState": state}})
}

fn policy() -> Policy {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*"}]}).into()
}

fn create_key() -> CreateKey {
    CreateKey { desired: Key { description: "of dev".into(), policy: policy(), rotation: true }, tags: tags(&[("a", "b")]) }
}

fn seen(state: KeyState, policy: Policy) -> Detail {
    let properties = Key { description: "of dev".into(), policy, rotation: false };
    Detail::KmsKey(KeySeen { id: "k-1".into(), alias: None, state, properties })
}

#[test]
fn a_key_is_made_with_its_policy_and_tags_once() {
    let sent = exchange(create_key(), &[ok(metadata("Enabled"))]);
    let expected = json!({"Description": "of dev", "Policy": policy().to_string(), "Tags": [{"TagKey": "a", "TagValue": "b"}]});
    assert_eq!((sent.requests[0].action.as_str(), &sent.requests[0].body), ("CreateKey", &expected));
    let made = sent.reply();
    assert_eq!((made.arn.as_str(), made.tags, made.detail), (KEY, tags(&[("a", "b")]), seen(KeyState::Enabled, policy())));
    // KMS would make another.
    assert_eq!(exchange(create_key(), &[refusal(500, "KMSInternalException", "")]).requests.len(), 1);
}

#[test]
fn every_state_of_a_key_is_told() {
    let describe = || DescribeKey { id: "alias/mate-dev".into() };
    let check = |state: &str, expected| {
        let found = exchange(describe(), &[ok(metadata(state))]).reply().map(|found| found.detail);
        assert_eq!(found, Some(seen(expected, Policy::default())), "{state}");
    };
    check("Enabled", KeyState::Enabled);
    check("Disabled", KeyState::Disabled);
    check("PendingDeletion", KeyState::PendingDeletion);
    check("Creating", KeyState::Other("Creating".into()));
    check("SomethingNew", KeyState::Other("SomethingNew".into()));
    assert_eq!(exchange(describe(), &[refusal(400, "NotFoundException", "")]).reply(), None);
    assert_eq!(exchange(describe(), &[refusal(400, "AccessDeniedException", "")]).cause(), Cause::Denied);
}

#[test]
fn keys_and_tags_are_listed_page_by_page() {
    let page = |id: &str, more: Value| ok(json!({"Keys": [{"KeyId": id, "KeyArn": id}], "Truncated": !more.is_null(), "NextMarker": more}));
    let listed = exchange(ListKeys {}, &[page("k-1", json!("m")), page("k-2", Value::Null)]);
    assert_eq!(listed.requests[1].body, json!({"Limit": 1000, "Marker": "m"}));
    assert_eq!(listed.reply(), ["k-1", "k-2"]);
    let page = |key: &str, more: Value| ok(json!({"Tags": [{"TagKey": key, "TagValue": "v"}], "NextMarker": more}));
    let listed = exchange(ListKeyTags { id: "k-1".into() }, &[page("a", json!("m")), page("b", Value::Null)]);
    assert_eq!(listed.reply(), tags(&[("a", "v"), ("b", "v")]));
}

#[test]
fn a_policy_is_read_whatever_way_it_is_written_in() {
    let other = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["kms:*"]}}"#;
    let read = exchange(GetKeyPolicy { id: "k-1".into() }, &[ok(json!({"Policy": other}))]).reply();
    assert_eq!(read, policy());
}

#[test]
fn the_refusals_of_kms_are_told_apart() {
    let check = |code: &str, message: &str, expected| {
        let create = CreateAlias { alias: "alias/mate-dev".into(), id: "k-1".into() };
        assert_eq!(exchange(create, &[refusal(400, code, message)]).cause(), expected, "{code}");
    };
    check("AlreadyExistsException", "", Cause::AlreadyExists);
    check("NotFoundException", "", Cause::NotFound);
    check("KMSInvalidStateException", "is pending deletion", Cause::InvalidState);
    check("DisabledException", "", Cause::InvalidState);
    check("LimitExceededException", "", Cause::Quota);
    check("DependencyTimeoutException", "", Cause::Unavailable);
    check("InvalidAliasNameException", "", Cause::InvalidRequest);
    // A role that was made a moment ago is not known to KMS yet; a policy that locks us out is wrong for ever.
    check("MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals.", Cause::InvalidState);
    check("MalformedPolicyDocumentException", "The new key policy will not allow you to update the key policy.", Cause::InvalidRequest);
}

#[test]
fn a_key_goes_after_its_pending_window() {
    let sent = request(ScheduleKeyDeletion { id: "k-1".into(), pending_days: 7 }, ok(json!({"KeyId": KEY})));
    assert_eq!((sent.action.as_str(), sent.body), ("ScheduleKeyDeletion", json!({"KeyId": "k-1", "PendingWindowInDays": 7})));
}

#[test]
fn a_topic_is_searched_for_by_its_name_page_by_page() {
    let page = |name: &str, more: &str| {
        let arn = format!("arn:aws:sns:us-east-1:123456789012:{name}");
        xml("ListTopics", &format!("<Topics><member><TopicArn>{arn}</TopicArn></member></Topics>{more}"))
    };
    let find =
        |name: &str| exchange(FindTopic { name: name.into() }, &[page("of-mate-dev", "<NextToken>t</NextToken>"), page("mate-dev", "")]);
    assert_eq!(find("mate-dev").reply(), Some(TOPIC.to_owned()));
    assert_eq!(find("dev").reply(), None);
}

#[test]
fn a_topic_is_made_and_shown_with_its_key_and_policy() {
    let desired = Topic { key: Some(KEY.into()), policy: Some(policy()) };
    let create = CreateTopic { name: "mate-dev".into(), desired: desired.clone(), tags: tags(&[("a", "b")]) };
    let made = exchange(create.clone(), &[xml("CreateTopic", &format!("<TopicArn>{TOPIC}</TopicArn>"))]).reply();
    let shown = |topic| Detail::SnsTopic(Shown::done(TOPIC, topic).giving("name", "mate-dev"));
    assert_eq!((made.arn.as_str(), made.detail), (TOPIC, shown(desired.clone())));
    let refused = |message: &str| exchange(create.clone(), &[rds_refusal(400, "InvalidParameter", message)]).cause();
    assert_eq!(refused("Invalid parameter: Tags Reason: Topic already exists with different tags"), Cause::AlreadyExists);
    assert_eq!(refused("Invalid parameter: Topic Name"), Cause::InvalidRequest);
    assert_eq!(refused("Invalid parameter: Policy Error: PrincipalNotFound"), Cause::InvalidState);
    let attributes = |policy: &str| {
        let entry = |key: &str, value: &str| format!("<entry><key>{key}</key><value>{}</value></entry>", value.replace('"', "&quot;"));
        let entries = entry("KmsMasterKeyId", KEY) + &entry("Policy", policy);
        let answer = xml("GetTopicAttributes", &format!("<Attributes>{entries}</Attributes>"));
        exchange(GetTopicAttributes { arn: TOPIC.into() }, &[answer]).reply().map(|found| found.detail)
    };
    assert_eq!(attributes(&policy().to_string()), Some(shown(desired.clone())));
    let default = r#"{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[]}"#;
    assert_eq!(attributes(default), Some(shown(Topic { policy: None, ..desired })), "nobody's wish");
    let missing = exchange(GetTopicAttributes { arn: TOPIC.into() }, &[rds_refusal(404, "NotFound", "Topic does not exist")]);
    assert_eq!(missing.reply(), None);
}

#[test]
fn a_topic_without_a_policy_goes_back_to_the_one_of_its_account() {
    let sent = request(SetTopicPolicy { arn: TOPIC.into(), policy: None }, xml("SetTopicAttributes", ""));
    let policy: Value = serde_json::from_str(sent.body["AttributeValue"].as_str().unwrap_or_default()).unwrap();
    assert_eq!((&sent.body["AttributeName"], &policy["Id"]), (&json!("Policy"), &json!("__default_policy_ID")));
    assert_eq!(policy["Statement"][0]["Condition"], json!({"StringEquals": {"AWS:SourceOwner": "123456789012"}}));
}

fn point(token: &str, state: &str) -> Value {
    json!({
        "ClientToken": token, "AccessPointId": "fsap-1", "AccessPointArn": "arn", "FileSystemId": "fs-1", "LifeCycleState": state,
        "PosixUser": {"Uid": 1000, "Gid": 1001}, "RootDirectory": {"Path": "/uploads"}, "Tags": [{"Key": "a", "Value": "b"}],
    })
}

fn access_point() -> AccessPoint {
    AccessPoint { file_system: "fs-1".into(), path: "/uploads".into(), uid: 1000, gid: 1001 }
}

#[test]
fn an_access_point_is_made_under_our_token_with_its_directory() {
    let create = CreateAccessPoint { token: "t".into(), name: "mate-demo".into(), desired: access_point(), tags: tags(&[("a", "b")]) };
    let sent = request(create.clone(), ok(point("t", "creating")));
    let expected = json!({
        "ClientToken": "t", "FileSystemId": "fs-1", "PosixUser": {"Uid": 1000, "Gid": 1001},
        "RootDirectory": {"Path": "/uploads", "CreationInfo": {"OwnerUid": 1000, "OwnerGid": 1001, "Permissions": "0750"}},
        "Tags": [{"Key": "a", "Value": "b"}, {"Key": "Name", "Value": "mate-demo"}],
    });
    assert_eq!((sent.action.as_str(), sent.body), ("POST /2015-02-01/access-points", expected));
    let refused = |status, code: &str| exchange(create.clone(), &[efs_refusal(status, code, "")]);
    assert_eq!(refused(409, "AccessPointAlreadyExists").cause(), Cause::AlreadyExists);
    assert_eq!(refused(409, "IncorrectFileSystemLifeCycleState").cause(), Cause::InvalidState);
    assert_eq!(refused(403, "AccessPointLimitExceeded").cause(), Cause::Quota);
    assert_eq!(refused(500, "InternalServerError").requests.len(), 1);
}

#[test]
fn an_access_point_is_found_by_its_token_on_its_file_system() {
    let describe = || DescribeAccessPoint { file_system: "fs-1".into(), token: "t".into() };
    let first = ok(json!({"AccessPoints": [point("other", "available")], "NextToken": "n"}));
    let check = |state: &str, progress| {
        let found = exchange(describe(), &[first.clone(), ok(json!({"AccessPoints": [point("t", state)]}))]).reply();
        let shown = Shown { progress, ..Shown::done("fsap-1", access_point()) };
        assert_eq!(found.map(|found| found.detail), Some(Detail::EfsAccessPoint(shown)), "{state}");
    };
    check("creating", Progress::Working("creating".into()));
    check("available", Progress::Done);
    check("deleting", Progress::Leaving);
    check("error", Progress::Failed("it is in the state error".into()));
    assert_eq!(exchange(describe(), &[ok(json!({"AccessPoints": []}))]).reply(), None);
    assert_eq!(exchange(describe(), &[efs_refusal(404, "FileSystemNotFound", "")]).reply(), None);
}

#[test]
fn what_is_encrypted_names_its_key() {
    let create = CreateFileSystem { token: "t".into(), name: "n".into(), key: Some(KEY.into()), tags: tags(&[]) };
    let made = json!({
        "OwnerId": "1", "CreationToken": "t", "FileSystemId": "fs-1", "CreationTime": 1.0, "LifeCycleState": "creating",
        "NumberOfMountTargets": 0, "SizeInBytes": {"Value": 0}, "PerformanceMode": "generalPurpose", "Tags": [], "KmsKeyId": KEY,
    });
    let sent = exchange(create, &[Answer::Reply(201, Vec::new(), made.to_string())]);
    assert_eq!(sent.requests[0].body["KmsKeyId"], KEY);
    let Detail::EfsFileSystem(seen) = sent.reply().detail else { panic!("no file system") };
    assert_eq!(seen.key.as_deref(), Some(KEY));
    let update = |key: Option<&str>| request(UpdateSecret { id: "x".into(), key: key.map(str::to_owned) }, ok(json!({"ARN": "x"}))).body;
    assert_eq!(update(Some(KEY))["KmsKeyId"], KEY);
    assert_eq!(update(None)["KmsKeyId"], "", "AWS's own");
}

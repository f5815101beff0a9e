//! Buckets, vaults and plans.

use domain::failure::Cause;
use domain::kind::backup::BackupPlan;
use domain::kind::bucket::{Lifecycle, ObjectVersion};
use domain::ports::{
    CreateBackupPlan, CreateBackupSelection, CreateBucket, CreateVault, DeleteObjects, DeleteVault, DescribeVault, GetBucketLifecycle,
    GetBucketTagging, ListBackupPlans, PutBucketEncryption, PutBucketLifecycle, PutObjectLock,
};
use serde_json::{Value, json};

use crate::wire::{Answer, efs_refusal, exchange, ok, request, s3_refusal, tags};

const BUCKET: &str = "mate-demo";

fn name() -> String {
    BUCKET.into()
}

fn owner() -> String {
    "123456789012".into()
}

fn done() -> Answer {
    Answer::Reply(200, Vec::new(), String::new())
}

/// The XML that a successful call sends, from its first element's content on.
fn sent(body: &Value) -> &str {
    body.as_str().and_then(|text| text.split_once('>')).map_or("", |(_, rest)| rest)
}

#[test]
fn a_bucket_is_made_with_its_tags_and_without_its_region_in_us_east_1() {
    let create = CreateBucket { name: name(), owner: owner(), lock: false, tags: tags(&[("a", "b")]) };
    let made = request(create, done());
    assert_eq!(sent(&made.body), "<Tags><Tag><Key>a</Key><Value>b</Value></Tag></Tags></CreateBucketConfiguration>");
}

#[test]
fn a_bucket_without_tags_is_told_from_no_bucket_and_from_anothers() {
    let tagging = |answer| exchange(GetBucketTagging { name: name(), owner: owner() }, &[answer]);
    let seen = tagging(s3_refusal(404, "NoSuchTagSet")).reply().expect("it is there");
    assert_eq!((seen.arn.as_str(), seen.tags), ("arn:aws:s3:::mate-demo", tags(&[])));
    assert_eq!(tagging(s3_refusal(404, "NoSuchBucket")).reply(), None);
    assert_eq!(tagging(s3_refusal(403, "AccessDenied")).cause(), Cause::Denied);
    let create = |code| {
        let create = CreateBucket { name: name(), owner: owner(), lock: true, tags: tags(&[]) };
        exchange(create, &[s3_refusal(409, code)])
    };
    for code in ["BucketAlreadyExists", "BucketAlreadyOwnedByYou"] {
        assert_eq!((create(code).cause(), create(code).requests.len()), (Cause::AlreadyExists, 1), "{code}");
    }
    // Another change of it is at work, or its name was given up a moment ago.
    assert_eq!(create("OperationAborted").cause(), Cause::InvalidState);
}

#[test]
fn a_closed_bucket_expires_at_one_moment_and_is_read_back() {
    let closed = Lifecycle::Closed { until: "2027-02-19T00:00:00Z".parse().expect("a moment"), days: 90 };
    let put = request(PutBucketLifecycle { name: name(), owner: owner(), lifecycle: closed.clone() }, done());
    let rule = "<Rule><Expiration><Date>2027-02-19T00:00:00Z</Date></Expiration><ID>caretaker</ID><Filter><Prefix></Prefix></Filter>\
        <Status>Enabled</Status><NoncurrentVersionExpiration><NoncurrentDays>90</NoncurrentDays></NoncurrentVersionExpiration>\
        <AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>";
    assert_eq!(sent(&put.body), format!("{rule}</LifecycleConfiguration>"));
    let get = |rules: &str| {
        let body = format!("<LifecycleConfiguration>{rules}</LifecycleConfiguration>");
        exchange(GetBucketLifecycle { name: name(), owner: owner() }, &[Answer::Reply(200, Vec::new(), body)]).reply()
    };
    assert_eq!(get(rule), Some(closed));
    assert_eq!(get(&rule.replace("caretaker", "of-a-person")), None);
    assert_eq!(get(&rule.replace("Enabled", "Disabled")), None);
}

#[test]
fn a_key_comes_with_a_bucket_key_and_a_lock_is_for_everybody() {
    let put = request(PutBucketEncryption { name: name(), owner: owner(), key: Some("arn:key".into()) }, done());
    let expected = "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>arn:key</KMSMasterKeyID>\
        </ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>";
    assert_eq!(sent(&put.body), expected);
    let put = request(PutObjectLock { name: name(), owner: owner(), days: 365 }, done());
    let expected = "<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>365</Days>\
        </DefaultRetention></Rule></ObjectLockConfiguration>";
    assert_eq!(sent(&put.body), expected);
}

#[test]
fn versions_that_were_refused_are_a_failure() {
    let versions = vec![ObjectVersion { key: "k".into(), version: "v".into(), bytes: 1 }];
    let delete = |reply: &str| {
        let answer = Answer::Reply(200, Vec::new(), format!("<DeleteResult>{reply}</DeleteResult>"));
        exchange(DeleteObjects { name: name(), owner: owner(), versions: versions.clone() }, &[answer])
    };
    let gone = delete("");
    let expected = "<Object><Key>k</Key><VersionId>v</VersionId></Object><Quiet>true</Quiet></Delete>";
    assert_eq!((sent(&gone.requests[0].body), gone.outcome), (expected, Ok(())));
    assert_eq!(delete("<Error><Key>k</Key><Code>AccessDenied</Code><Message>locked</Message></Error>").cause(), Cause::Denied);
    assert_eq!(delete("<Error><Key>k</Key><Code>InternalError</Code><Message></Message></Error>").cause(), Cause::Unavailable);
}

#[test]
fn a_plan_has_one_rule_and_selects_what_has_all_tags() {
    let desired = BackupPlan {
        vault: "v".into(),
        schedule: "cron(0 3 * * ? *)".into(),
        keep_days: 35,
        role: "r".into(),
        selection: tags(&[("a", "b"), ("c", "d")]),
    };
    let create = CreateBackupPlan { name: "p".into(), desired: desired.clone(), token: "t".into(), tags: tags(&[("x", "y")]) };
    let rule = json!({ "RuleName": "caretaker", "TargetBackupVaultName": "v", "ScheduleExpression": "cron(0 3 * * ? *)",
        "Lifecycle": { "DeleteAfterDays": 35 } });
    let expected =
        json!({ "BackupPlan": { "BackupPlanName": "p", "Rules": [rule] }, "BackupPlanTags": { "x": "y" }, "CreatorRequestId": "t" });
    assert_eq!(request(create, ok(json!({ "BackupPlanId": "1" }))).body, expected);
    let select = CreateBackupSelection { plan: "1".into(), role: desired.role, selection: desired.selection };
    let conditions = json!([{ "ConditionKey": "aws:ResourceTag/a", "ConditionValue": "b" },
        { "ConditionKey": "aws:ResourceTag/c", "ConditionValue": "d" }]);
    let expected = json!({ "BackupSelection": { "SelectionName": "caretaker", "IamRoleArn": "r", "Resources": ["*"],
        "Conditions": { "StringEquals": conditions } } });
    let sent = request(select.clone(), ok(json!({ "SelectionId": "s" })));
    assert_eq!((sent.action.as_str(), &sent.body["BackupSelection"]), ("PUT /backup/plans/1/selections", &expected["BackupSelection"]));
    // IAM shows a new role to AWS Backup after a while only.
    let too_early = efs_refusal(400, "InvalidParameterValueException", "IAM Role r cannot be assumed by AWS Backup");
    assert_eq!(exchange(select, &[too_early]).cause(), Cause::InvalidState);
}

#[test]
fn a_plan_is_found_by_its_token_before_its_name_on_any_page() {
    let plan = |id: &str, name: &str, token: &str| json!({ "BackupPlanId": id, "BackupPlanName": name, "CreatorRequestId": token });
    let pages = [
        ok(json!({ "BackupPlansList": [plan("1", "p", "other")], "NextToken": "more" })),
        ok(json!({ "BackupPlansList": [plan("2", "p", "t")] })),
    ];
    let find = |name: &str, token: &str| exchange(ListBackupPlans { name: name.into(), token: token.into() }, &pages).reply();
    assert_eq!(find("p", "t"), Some("2".to_owned()));
    assert_eq!(find("p", "none"), Some("1".to_owned()));
    assert_eq!(find("q", "none"), None);
}

#[test]
fn a_vault_is_missing_taken_or_in_use() {
    let cause = |code, message| exchange(DescribeVault { name: "v".into() }, &[efs_refusal(400, code, message)]).cause();
    assert_eq!(cause("AccessDeniedException", "Insufficient privileges to perform this action."), Cause::Denied);
    let create = CreateVault { name: "v".into(), key: None, token: "t".into(), tags: tags(&[]) };
    assert_eq!(exchange(create, &[efs_refusal(400, "AlreadyExistsException", "")]).cause(), Cause::AlreadyExists);
    let in_use = efs_refusal(400, "InvalidRequestException", "Backup vault cannot be deleted because it contains recovery points.");
    assert_eq!(exchange(DeleteVault { name: "v".into() }, &[in_use]).cause(), Cause::InvalidState);
}

use std::collections::BTreeSet;

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::naming::{Certificate, CertificateSeen, Issuance, RecordAction, RecordSet, Target};
use domain::ports::{
    ChangeResourceRecordSets, DeleteCertificate, DescribeCertificate, ListCertificates, ListHostedZonesByName, ListResourceRecordSets,
    RequestCertificate,
};
use serde_json::{Value, json};

use crate::wire::{Answer, exchange, ok, rds_refusal, refusal, request, tags};

fn answer(body: &str) -> Answer {
    Answer::Reply(200, Vec::new(), body.to_owned())
}

fn alias(health: bool) -> RecordSet {
    let target = Target::Alias { dns: "mate-1.elb.amazonaws.com".into(), zone: "Z35".into(), health };
    RecordSet { name: "demo.a.b".into(), record_type: "A".into(), target }
}

fn batch(action: RecordAction) -> ChangeResourceRecordSets {
    let companion = RecordSet::to_value("_caretaker.demo.a.b", "TXT", "\"caretaker owner=o incarnation=i\"");
    ChangeResourceRecordSets { zone: "Z1".into(), changes: vec![alias(true).to_be(action), companion.to_be(action)] }
}

#[test]
fn a_batch_goes_out_as_one_request() {
    let changed = "<ChangeResourceRecordSetsResponse><ChangeInfo><Id>/change/C1</Id><Status>PENDING</Status>\
        <SubmittedAt>2026-11-21T02:00:00Z</SubmittedAt></ChangeInfo></ChangeResourceRecordSetsResponse>";
    let sent = request(batch(RecordAction::Create), answer(changed));
    assert_eq!(sent.action, "POST /2013-04-01/hostedzone/Z1/rrset");
    let change = |set: &str| format!("<Change><Action>CREATE</Action><ResourceRecordSet>{set}</ResourceRecordSet></Change>");
    let address = "<Name>demo.a.b</Name><Type>A</Type><AliasTarget><HostedZoneId>Z35</HostedZoneId>\
        <DNSName>mate-1.elb.amazonaws.com</DNSName><EvaluateTargetHealth>true</EvaluateTargetHealth></AliasTarget>";
    let companion = "<Name>_caretaker.demo.a.b</Name><Type>TXT</Type><TTL>300</TTL><ResourceRecords><ResourceRecord>\
        <Value>&quot;caretaker owner=o incarnation=i&quot;</Value></ResourceRecord></ResourceRecords>";
    let expected = format!(
        "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeBatch><Changes>{}{}</Changes>\
        </ChangeBatch></ChangeResourceRecordSetsRequest>",
        change(address),
        change(companion)
    );
    let text = |value: &Value| {
        value.as_str().map(|text| text.replace("&#34;", "&quot;").replace("\"caretaker", "&quot;caretaker").replace("=i\"<", "=i&quot;<"))
    };
    assert_eq!(text(&sent.body), Some(expected));
}

#[test]
fn what_is_wrong_with_a_batch_is_told_in_both_of_its_forms() {
    let check = |message: &str, expected| {
        let own = format!("<InvalidChangeBatch xmlns=\"x\"><Messages><Message>{message}</Message></Messages></InvalidChangeBatch>");
        for answer in [rds_refusal(400, "InvalidChangeBatch", message), Answer::Reply(400, Vec::new(), own)] {
            let exchange = exchange(batch(RecordAction::Create), &[answer]);
            assert_eq!(exchange.cause(), expected, "{message}");
            assert!(exchange.outcome.expect_err("a failure").message.contains(message));
        }
    };
    check("[Tried to create resource record set [name='a.b.', type='A'] but it already exists]", Cause::AlreadyExists);
    check("[Tried to delete resource record set [name='a.b.', type='A'] but it was not found]", Cause::NotFound);
    check("[Tried to delete … but the values provided do not match the current values]", Cause::InvalidState);
    check("[RRSet of type A … a conflicting RRSet of type CNAME with the same DNS name already exists in zone b.]", Cause::InvalidRequest);
    let refused = |status, code| exchange(batch(RecordAction::Create), &[rds_refusal(status, code, "")]).cause();
    assert_eq!(refused(404, "NoSuchHostedZone"), Cause::NotFound);
    assert_eq!(refused(400, "PriorRequestNotComplete"), Cause::Throttled);
    assert_eq!(refused(400, "Throttling"), Cause::Throttled);
}

#[test]
fn only_public_zones_of_exactly_that_name_are_found() {
    let zone = |id: &str, name: &str, private: bool| {
        format!(
            "<HostedZone><Id>/hostedzone/{id}</Id><Name>{name}</Name><CallerReference>r</CallerReference>\
            <Config><PrivateZone>{private}</PrivateZone></Config></HostedZone>"
        )
    };
    let zones = [zone("Z1", "a.b.", false), zone("Z2", "a.b.", true), zone("Z3", "c.a.b.", false)].concat();
    let reply = format!(
        "<ListHostedZonesByNameResponse><HostedZones>{zones}</HostedZones><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems>\
        </ListHostedZonesByNameResponse>"
    );
    let found = exchange(ListHostedZonesByName { domain: "a.b".into() }, &[answer(&reply)]);
    assert_eq!(found.requests[0].body, json!({"dnsname": "a.b"}));
    assert_eq!(found.reply(), ["Z1"]);
}

#[test]
fn record_sets_are_read_as_they_would_be_written() {
    let set = |name: &str, rest: &str| format!("<ResourceRecordSet><Name>{name}</Name>{rest}</ResourceRecordSet>");
    let sets = [
        set(
            "demo.a.b.",
            "<Type>A</Type><AliasTarget><HostedZoneId>Z35</HostedZoneId><DNSName>mate-1.elb.amazonaws.com.</DNSName>\
            <EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget>",
        ),
        set(
            "demo.a.b.",
            "<Type>MX</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>1 m.</Value></ResourceRecord></ResourceRecords>",
        ),
        set("demo.a.b.", "<Type>AAAA</Type><SetIdentifier>one</SetIdentifier><Weight>1</Weight><TTL>60</TTL>"),
        set("next.demo.a.b.", "<Type>A</Type><TTL>60</TTL>"),
    ];
    let reply = format!(
        "<ListResourceRecordSetsResponse><ResourceRecordSets>{}</ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems>\
        </ListResourceRecordSetsResponse>",
        sets.concat()
    );
    let list = || ListResourceRecordSets { zone: "Z1".into(), name: "demo.a.b".into() };
    let of = |record_type: &str, target| RecordSet { name: "demo.a.b".into(), record_type: record_type.into(), target };
    let mail = of("MX", Target::Values { ttl: 60, values: vec!["1 m.".into()] });
    assert_eq!(exchange(list(), &[answer(&reply)]).reply(), [alias(false), mail, of("AAAA", Target::Routed)]);
    assert_eq!(exchange(list(), &[rds_refusal(404, "NoSuchHostedZone", "")]).reply(), []);
    assert_eq!(exchange(list(), &[rds_refusal(403, "AccessDenied", "")]).cause(), Cause::Denied);
}

const ARN: &str = "arn:aws:acm:us-east-1:1:certificate/c";

#[test]
fn a_certificate_is_requested_under_our_token_and_proven_in_dns() {
    let desired = Certificate { domain: "a.b".into(), alternatives: BTreeSet::from(["*.a.b".to_owned()]), zone: "Z1".into() };
    let token = "0123456789abcdef0123456789abcdef".to_owned();
    let call = RequestCertificate { name: "mate".into(), token, desired, tags: tags(&[("a", "b")]) };
    let sent = request(call, ok(json!({"CertificateArn": ARN})));
    let expected = json!({
        "DomainName": "a.b", "SubjectAlternativeNames": ["*.a.b"], "ValidationMethod": "DNS",
        "IdempotencyToken": "0123456789abcdef0123456789abcdef",
        "Tags": [{"Key": "a", "Value": "b"}, {"Key": "Name", "Value": "mate"}],
    });
    assert_eq!((sent.action.as_str(), sent.body), ("RequestCertificate", expected));
}

fn described(status: &str, rest: Value) -> Option<CertificateSeen> {
    let mut certificate =
        json!({"CertificateArn": ARN, "DomainName": "a.b", "SubjectAlternativeNames": ["a.b", "*.a.b"], "Status": status});
    if let (Some(certificate), Value::Object(rest)) = (certificate.as_object_mut(), rest) {
        certificate.extend(rest);
    }
    let reply = exchange(DescribeCertificate { arn: ARN.into() }, &[ok(json!({"Certificate": certificate}))]).reply()?;
    match reply.detail {
        Detail::AcmCertificate(seen) => Some(seen),
        other => panic!("{other:?} is no certificate"),
    }
}

#[test]
fn a_certificate_is_seen_with_one_record_for_a_wildcard_and_its_domain() {
    let record = json!({"Name": "_X.a.b.", "Type": "CNAME", "Value": "_y.acm-validations.aws."});
    let option = |domain: &str| json!({"DomainName": domain, "ResourceRecord": record});
    let rest = json!({"DomainValidationOptions": [option("a.b"), option("*.a.b"), {"DomainName": "c.b"}], "InUseBy": ["arn:…"]});
    let seen = described("PENDING_VALIDATION", rest).expect("it is there");
    assert_eq!(seen.alternatives, BTreeSet::from(["*.a.b".to_owned()]));
    assert_eq!((seen.issuance, seen.in_use), (Issuance::Pending, true));
    assert_eq!(seen.validation, BTreeSet::from([RecordSet::to_value("_x.a.b", "CNAME", "_y.acm-validations.aws.")]));
    assert_eq!(described("ISSUED", json!({})).map(|seen| seen.issuance), Some(Issuance::Issued));
    let failed = described("FAILED", json!({"FailureReason": "CAA_ERROR"})).map(|seen| seen.issuance);
    assert_eq!(failed, Some(Issuance::Failed("FAILED: CAA_ERROR".into())));
    assert_eq!(
        described("VALIDATION_TIMED_OUT", json!({})).map(|seen| seen.issuance),
        Some(Issuance::Failed("VALIDATION_TIMED_OUT".into()))
    );
    let missing = refusal(400, "ResourceNotFoundException", "");
    assert_eq!(exchange(DescribeCertificate { arn: ARN.into() }, &[missing]).reply(), None);
}

#[test]
fn certificates_are_listed_page_by_page() {
    let page = |domain: &str, arn: &str, next: Option<&str>| {
        ok(json!({"CertificateSummaryList": [{"DomainName": domain, "CertificateArn": arn}], "NextToken": next}))
    };
    let pages = [page("a.b", "one", Some("n")), page("c.b", "two", Some("m")), page("a.b", "three", None)];
    assert_eq!(exchange(ListCertificates { domain: "a.b".into() }, &pages).reply(), ["one", "three"]);
    let used = refusal(400, "ResourceInUseException", "");
    assert_eq!(exchange(DeleteCertificate { arn: ARN.into() }, &[used]).cause(), Cause::InvalidState);
}

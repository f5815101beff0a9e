//! Certificates.

use aws_sdk_acm::types::{CertificateDetail, CertificateStatus, RecordType, Tag, ValidationMethod};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::naming::{CertificateSeen, Issuance, RecordSet};
use domain::observed::Observed;
use domain::ports::{
    Call, Cloud, DeleteCertificate, DescribeCertificate, ListCertificateTags, ListCertificates, Reply, RequestCertificate,
};
use domain::resource::Tags;

use super::failure::failure;
use super::{AwsCloud, unknown};

/// ACM gives so many at most.
const PAGE: i32 = 1000;

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.acm;
    match call {
        Call::ListCertificates(ListCertificates { domain }) => {
            // Without a filter it lists RSA keys of up to 2048 bits; ours have 2048.
            let mut pages = client.list_certificates().max_items(PAGE).into_paginator().send();
            let mut found = Vec::new();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| failure(name, &error))?;
                let of_domain = page.certificate_summary_list().iter().filter(|one| one.domain_name() == Some(&domain));
                found.extend(of_domain.filter_map(|one| one.certificate_arn().map(str::to_owned)));
            }
            Ok(Reply::ListCertificates(found))
        }
        Call::DescribeCertificate(DescribeCertificate { arn }) => {
            match client.describe_certificate().certificate_arn(arn).send().await.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::DescribeCertificate(None)),
                Err(error) => Err(error),
                Ok(output) => Ok(Reply::DescribeCertificate(output.certificate().map(|one| observed(cloud, one)))),
            }
        }
        Call::ListCertificateTags(ListCertificateTags { arn }) => {
            let output = client.list_tags_for_certificate().certificate_arn(arn).send().await.map_err(|error| failure(name, &error))?;
            let tag = |tag: &Tag| (tag.key().to_owned(), tag.value().unwrap_or_default().to_owned());
            Ok(Reply::ListCertificateTags(output.tags().iter().map(tag).collect()))
        }
        Call::RequestCertificate(RequestCertificate { name: label, token, desired, tags }) => {
            let request = client.request_certificate().domain_name(desired.domain).validation_method(ValidationMethod::Dns);
            let others = (!desired.alternatives.is_empty()).then(|| desired.alternatives.into_iter().collect());
            let request = request.set_subject_alternative_names(others).idempotency_token(token).set_tags(Some(write_tags(tags, label)?));
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            let arn = output.certificate_arn().ok_or_else(|| CallError::new(name, Cause::Unavailable, "the reply has no ARN"))?;
            Ok(Reply::RequestCertificate(arn.to_owned()))
        }
        Call::DeleteCertificate(DeleteCertificate { arn }) => {
            let outcome = client.delete_certificate().certificate_arn(arn).send().await;
            outcome.map(|_| Reply::DeleteCertificate(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

fn observed(cloud: &AwsCloud, certificate: &CertificateDetail) -> Observed {
    let domain = certificate.domain_name().unwrap_or_default().to_owned();
    let seen = CertificateSeen {
        // AWS counts the domain among its own alternatives.
        alternatives: certificate.subject_alternative_names().iter().filter(|name| **name != domain).cloned().collect(),
        issuance: issuance(certificate),
        in_use: !certificate.in_use_by().is_empty(),
        // A wildcard and the domain below it have one record between them.
        validation: certificate.domain_validation_options().iter().filter_map(validation).collect(),
        domain,
        zone: String::new(),
        present: Vec::new(),
    };
    let arn = certificate.certificate_arn().unwrap_or_default().to_owned();
    Observed { arn, tags: Tags::new(), at: cloud.now(), detail: Detail::AcmCertificate(seen) }
}

fn issuance(certificate: &CertificateDetail) -> Issuance {
    match certificate.status() {
        Some(CertificateStatus::Issued) => Issuance::Issued,
        None | Some(CertificateStatus::PendingValidation) => Issuance::Pending,
        Some(other) => match certificate.failure_reason() {
            Some(reason) => Issuance::Failed(format!("{}: {}", other.as_str(), reason.as_str())),
            None => Issuance::Failed(other.as_str().to_owned()),
        },
    }
}

fn validation(option: &aws_sdk_acm::types::DomainValidation) -> Option<RecordSet> {
    let record = option.resource_record().filter(|record| *record.r#type() == RecordType::Cname)?;
    let name = record.name().trim_end_matches('.').to_ascii_lowercase();
    Some(RecordSet::to_value(name, "CNAME", record.value()))
}

fn write_tags(tags: Tags, label: String) -> Result<Vec<Tag>, CallError> {
    let tags = tags.into_iter().chain([("Name".to_owned(), label)]).map(|(key, value)| Tag::builder().key(key).value(value).build());
    tags.collect::<Result<_, _>>().map_err(|error| CallError::new("acm.RequestCertificate", Cause::InvalidRequest, error.to_string()))
}

//! Hosted zones and their record sets.

mod sets;

use aws_sdk_route53::types::ChangeBatch;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::failure::{CallError, Cause};
use domain::ports::{Call, ChangeResourceRecordSets, ListHostedZonesByName, ListResourceRecordSets, Reply};

use super::failure::{failure, of_batch};
use super::{AwsCloud, unknown};

/// More than there are record types, and more than one name has sets of.
const MOST_SETS: i32 = 100;

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.route53;
    match call {
        Call::ListHostedZonesByName(ListHostedZonesByName { domain }) => {
            // The list begins at the name, in the order of names: those of exactly that name are its first.
            let output = client.list_hosted_zones_by_name().dns_name(&domain).send().await.map_err(|error| failure(name, &error))?;
            let is_public = |zone: &&aws_sdk_route53::types::HostedZone| !zone.config().is_some_and(|config| config.private_zone());
            let of_name = output.hosted_zones().iter().filter(is_public).filter(|zone| sets::bare(zone.name()) == domain);
            Ok(Reply::ListHostedZonesByName(of_name.map(|zone| zone.id().trim_start_matches("/hostedzone/").to_owned()).collect()))
        }
        Call::ListResourceRecordSets(ListResourceRecordSets { zone, name: record }) => {
            let request = client.list_resource_record_sets().hosted_zone_id(zone).start_record_name(&record).max_items(MOST_SETS);
            match request.send().await.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::ListResourceRecordSets(Vec::new())),
                Err(error) => Err(error),
                Ok(output) => {
                    let shown = output.resource_record_sets().iter().map(sets::read);
                    Ok(Reply::ListResourceRecordSets(shown.filter(|set| set.name == record).collect()))
                }
            }
        }
        Call::ChangeResourceRecordSets(ChangeResourceRecordSets { zone, changes }) => {
            let changes = changes.into_iter().map(sets::write).collect::<Result<_, _>>();
            let batch = changes.and_then(|changes| ChangeBatch::builder().set_changes(Some(changes)).build());
            let batch = batch.map_err(|error| CallError::new(name, Cause::InvalidRequest, error.to_string()))?;
            let outcome = client.change_resource_record_sets().hosted_zone_id(zone).change_batch(batch).send().await;
            outcome.map(|_| Reply::ChangeResourceRecordSets(())).map_err(|error| refused(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

/// What is wrong with a batch comes as an error like any other, or (API reference, ChangeResourceRecordSets, "Examples")
/// as a document of its own without a code, which the SDK does not read.
fn refused<E: ProvideErrorMetadata + std::error::Error + 'static>(name: &str, error: &SdkError<E, HttpResponse>) -> CallError {
    let body = error.raw_response().and_then(|response| response.body().bytes()).map(String::from_utf8_lossy).unwrap_or_default();
    if !body.contains("<InvalidChangeBatch") {
        return failure(name, error);
    }
    let messages: Vec<_> = body.split("<Message>").skip(1).filter_map(|rest| rest.split("</Message>").next()).collect();
    let message = messages.join(" ");
    CallError::new(name, of_batch(&message), format!("InvalidChangeBatch: {message}"))
}

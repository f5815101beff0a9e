//! Announcements on the bus, and rules of the default one.

mod rules;

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use domain::failure::CallError;
use domain::ports::{Call, Entry, PutEvents, Reply};

use super::AwsCloud;
use super::failure::failure;

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let Call::PutEvents(PutEvents { entries }) = call else {
        return rules::call(cloud, call).await;
    };
    let entries = entries.into_iter().map(|entry| request(cloud, entry)).collect();
    let output = cloud.eventbridge.put_events().set_entries(Some(entries)).send().await.map_err(|error| failure(name, &error))?;
    // The call succeeds even where entries failed: each tells for itself.
    let outcome = |entry: &aws_sdk_eventbridge::types::PutEventsResultEntry| match entry.error_code() {
        None => Ok(()),
        Some(code) => Err(format!("{code}: {}", entry.error_message().unwrap_or_default())),
    };
    Ok(Reply::PutEvents(output.entries().iter().map(outcome).collect()))
}

fn request(cloud: &AwsCloud, entry: Entry) -> PutEventsRequestEntry {
    PutEventsRequestEntry::builder()
        .event_bus_name(&cloud.settings.bus_name)
        .source(entry.source)
        .detail_type(entry.detail_type)
        .detail(entry.detail)
        .set_resources(Some(entry.resources))
        .build()
}

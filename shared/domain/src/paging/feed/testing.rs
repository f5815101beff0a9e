//! Examples of events, read as their receiver reads them.

use serde_json::Value;

use super::{Event, Heard, Ignored, read};
use crate::fields::Fields;
use crate::paging::signal::Signal;

/// The parts of an envelope that are owned.
fn envelope(value: &Value) -> Vec<String> {
    Fields::of(value).texts("resources").map(str::to_owned).collect()
}

/// What an event in its envelope says.
pub(super) fn heard(value: &Value) -> Result<Heard, Ignored> {
    let (fields, resources) = (Fields::of(value), envelope(value));
    read(&Event {
        detail_type: fields.text("detail-type").unwrap_or_default(),
        source: fields.text("source").unwrap_or_default(),
        account: fields.text("account"),
        region: fields.text("region"),
        resources: &resources,
        time: fields.time("time"),
        detail: &value["detail"],
    })
}

/// The signal, whenever it counts.
pub(super) fn said(value: &Value) -> Result<Signal, Ignored> {
    heard(value).map(|heard| match heard {
        Heard::Now(signal) | Heard::Unless(signal, _) => signal,
    })
}

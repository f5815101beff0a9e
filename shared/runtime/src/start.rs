//! The start of a function's process.

use aws_adapters::client::{AwsCloud, ClientSettings};
use thiserror::Error;

use crate::settings::{BadSettings, Part, Places, environment};

/// Why a function does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// Settings.
    #[error("the function does not start")]
    Settings(#[from] BadSettings),
    /// A blueprint.
    #[error("the function does not start")]
    Blueprint(#[from] domain::blueprint::BadBlueprint),
}

/// Initialises logging and makes the AWS client set of a function with this `part`. `also` are settings that it needs beside the shared
/// ones.
///
/// # Errors
/// All settings that are missing or bad, by name.
pub async fn start<const N: usize>(part: Part, also: [&str; N]) -> Result<(AwsCloud, [String; N]), StartError> {
    lambda_runtime::tracing::init_default_subscriber();
    let (places, also) = Places::read(environment, part, also)?;
    let config = aws_adapters::client::config().await;
    let settings = ClientSettings {
        ledger_table: places.ledger_table,
        bus_name: places.bus_name,
        queue_url: places.queue_url,
        dlq_url: places.dlq_url,
        scaling_table: places.scaling_table,
        remediation_table: places.remediation_table,
        tenant_queue_url: places.tenant_queue_url,
        paging_table: places.paging_table,
        paging_queue_url: places.paging_queue_url,
        // Of the one function that posts, by the parameter LocalReceivers.
        local_receivers: environment("LOCAL_RECEIVERS").is_some_and(|value| value == "true"),
    };
    Ok((AwsCloud::new(&config, settings), also))
}

/// Prints an error with its causes, once, at the rim.
pub fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

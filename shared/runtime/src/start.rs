//! The start of a function's process.

use aws_adapters::client::{AwsCloud, ClientSettings};
use thiserror::Error;

use crate::settings::{BadSettings, Places, environment};

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

/// Initialises logging and makes the AWS client set. `also` are settings that this function needs beside the shared ones.
///
/// # Errors
/// All settings that are missing or bad, by name.
pub async fn start<const N: usize>(also: [&str; N]) -> Result<(AwsCloud, [String; N]), StartError> {
    lambda_runtime::tracing::init_default_subscriber();
    let (places, also) = Places::read(environment, also)?;
    let config = aws_adapters::client::config().await;
    let settings = ClientSettings {
        ledger_table: places.ledger_table,
        bus_name: places.bus_name,
        tenant_queue_url: places.tenant_queue_url,
        tenant_dlq_url: places.tenant_dlq_url,
    };
    Ok((AwsCloud::new(&config, settings), also))
}

/// Prints an error with its causes, once, at the rim.
pub fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

//! The port answered by the AWS SDK: each operation is one call, without a rule.

mod dynamodb;
mod ec2;
mod ecs;
mod efs;
mod eventbridge;
mod failure;
mod item;
mod rds;
mod secretsmanager;
mod sqs;
mod task_definition;

use std::pin::Pin;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use domain::failure::{CallError, Cause};
use domain::ports::{Call, Cloud, Reply};
use jiff::Timestamp;
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

/// One attempt of a call, and a call with its repeats. A lease outlives its invocation's deadline by 30 s, more than any call lasts.
const ATTEMPT_TIME: Duration = Duration::from_secs(8);
/// See [`ATTEMPT_TIME`].
const CALL_TIME: Duration = Duration::from_secs(20);

/// Where the client finds Caretaker's own things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSettings {
    /// The ledger's table.
    pub ledger_table: String,
    /// The bus.
    pub bus_name: String,
    /// The tenant queue.
    pub tenant_queue_url: String,
    /// Its dead letters.
    pub tenant_dlq_url: String,
}

/// AWS through its SDK.
#[derive(Debug, Clone)]
pub struct AwsCloud {
    settings: ClientSettings,
    dynamodb: aws_sdk_dynamodb::Client,
    ec2: aws_sdk_ec2::Client,
    ecs: aws_sdk_ecs::Client,
    efs: aws_sdk_efs::Client,
    eventbridge: aws_sdk_eventbridge::Client,
    rds: aws_sdk_rds::Client,
    secretsmanager: aws_sdk_secretsmanager::Client,
    sqs: aws_sdk_sqs::Client,
}

/// The SDK's own configuration: region, credentials and endpoint from the environment; our time-outs.
pub async fn config() -> SdkConfig {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIME).operation_timeout(CALL_TIME).build();
    aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts).load().await
}

impl AwsCloud {
    /// Clients for all services. None connects before its first call.
    pub fn new(config: &SdkConfig, settings: ClientSettings) -> Self {
        Self {
            settings,
            dynamodb: aws_sdk_dynamodb::Client::new(config),
            ec2: aws_sdk_ec2::Client::new(config),
            ecs: aws_sdk_ecs::Client::new(config),
            efs: aws_sdk_efs::Client::new(config),
            eventbridge: aws_sdk_eventbridge::Client::new(config),
            rds: aws_sdk_rds::Client::new(config),
            secretsmanager: aws_sdk_secretsmanager::Client::new(config),
            sqs: aws_sdk_sqs::Client::new(config),
        }
    }
}

/// Creates that AWS would repeat, or whose repeat it refuses, are sent once: the next pass looks before it tries again.
fn once() -> RetryConfig {
    RetryConfig::disabled()
}

impl Cloud for AwsCloud {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn entropy(&self) -> u128 {
        let mut bytes = [0; 16];
        // The operating system's generator fails only before it is seeded at boot; a life is told apart by its moment as well.
        let _ = getrandom::fill(&mut bytes);
        u128::from_le_bytes(bytes)
    }

    async fn call(&self, call: Call) -> Result<Reply, CallError> {
        let name = call.name();
        tracing::debug!(operation = name, "call");
        let quiet = is_confidential(&call);
        // Boxed: the SDK's futures are large and deep, and every caller would carry them.
        let outcome: Outcome<'_> = match name.split_once('.').map(|(service, _)| service) {
            Some("dynamodb") => Box::pin(dynamodb::call(self, call)),
            Some("sqs") => Box::pin(sqs::call(self, call)),
            Some("events") => Box::pin(eventbridge::call(self, call)),
            Some("secretsmanager") => Box::pin(secretsmanager::call(self, call)),
            Some("elasticfilesystem") => Box::pin(efs::call(self, call)),
            Some("rds") => Box::pin(rds::call(self, call)),
            Some("ecs") => Box::pin(ecs::call(self, call)),
            Some("ec2") => Box::pin(ec2::call(self, call)),
            _ => Box::pin(std::future::ready(Err(unknown(name)))),
        };
        let outcome = if quiet { outcome.with_subscriber(NoSubscriber::new()).await } else { outcome.await };
        // Many are expected, such as a name that is taken: whoever asked says what it means, once.
        outcome.inspect_err(|error| tracing::debug!(operation = name, error = %error, "call failed"))
    }
}

type Outcome<'a> = Pin<Box<dyn Future<Output = Result<Reply, CallError>> + Send + 'a>>;

/// Whether request or reply carry a secret's value. The SDK logs bodies at the level TRACE, so such a call is made unheard.
fn is_confidential(call: &Call) -> bool {
    matches!(call, Call::GetRandomPassword(_) | Call::GetSecretValue(_) | Call::CreateSecret(_) | Call::CreateDatabase(_))
}

fn unknown(name: &str) -> CallError {
    CallError::new(name, Cause::InvalidRequest, "this client does not know the operation")
}

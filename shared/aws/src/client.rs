//! The port answered by the AWS SDK: each operation is one call, without a rule. Only the code of a function is fetched first.

mod acm;
mod autoscaling;
mod backup;
mod cloudwatch;
mod cognito;
mod dynamodb;
mod ec2;
mod ecr;
mod ecs;
mod efs;
mod elasticache;
mod elb;
mod eventbridge;
mod failure;
mod iam;
mod item;
mod lambda;
mod logs;
mod rds;
mod route53;
mod s3;
mod secretsmanager;
mod sqs;
mod tagging;
mod task_definition;
mod waf;
mod web;

mod kms;
mod sns;

use std::pin::Pin;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientSettings {
    /// The ledger's table.
    pub ledger_table: String,
    /// The bus; empty where nothing is announced.
    pub bus_name: String,
    /// The queue that the function works on, or sends to.
    pub queue_url: String,
    /// Its dead letters; empty where none are sent.
    pub dlq_url: String,
    /// The table of what is remembered of pools of workers; empty where it is not used.
    pub scaling_table: String,
    /// The table of what is remembered of faults; empty where it is not used.
    pub remediation_table: String,
    /// The reconciler's queue, for who wakes it and works on another; else empty.
    pub tenant_queue_url: String,
    /// The table of incidents; empty where it is not used.
    pub paging_table: String,
    /// The queue of paging, for who sends to it and works on another; else empty.
    pub paging_queue_url: String,
    /// Receivers on this machine may be posted to, without encryption: for demos.
    pub local_receivers: bool,
}

/// AWS through its SDK.
#[derive(Debug, Clone)]
pub struct AwsCloud {
    settings: ClientSettings,
    /// What the clients send over; none: the SDK's default.
    http: Option<SharedHttpClient>,
    autoscaling: aws_sdk_applicationautoscaling::Client,
    acm: aws_sdk_acm::Client,
    cognito: aws_sdk_cognitoidentityprovider::Client,
    backup: aws_sdk_backup::Client,
    cloudwatch: aws_sdk_cloudwatch::Client,
    dynamodb: aws_sdk_dynamodb::Client,
    ec2: aws_sdk_ec2::Client,
    ecr: aws_sdk_ecr::Client,
    ecs: aws_sdk_ecs::Client,
    efs: aws_sdk_efs::Client,
    elb: aws_sdk_elasticloadbalancingv2::Client,
    elasticache: aws_sdk_elasticache::Client,
    eventbridge: aws_sdk_eventbridge::Client,
    iam: aws_sdk_iam::Client,
    lambda: aws_sdk_lambda::Client,
    logs: aws_sdk_cloudwatchlogs::Client,
    rds: aws_sdk_rds::Client,
    route53: aws_sdk_route53::Client,
    s3: aws_sdk_s3::Client,
    secretsmanager: aws_sdk_secretsmanager::Client,
    sqs: aws_sdk_sqs::Client,
    tagging: aws_sdk_resourcegroupstagging::Client,
    kms: aws_sdk_kms::Client,
    sns: aws_sdk_sns::Client,
    waf: aws_sdk_wafv2::Client,
    /// What posts to receivers outside AWS go over.
    web: SharedHttpClient,
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
            web: web::client(settings.local_receivers),
            settings,
            http: config.http_client(),
            autoscaling: aws_sdk_applicationautoscaling::Client::new(config),
            acm: aws_sdk_acm::Client::new(config),
            cognito: aws_sdk_cognitoidentityprovider::Client::new(config),
            backup: aws_sdk_backup::Client::new(config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(config),
            dynamodb: aws_sdk_dynamodb::Client::new(config),
            ec2: aws_sdk_ec2::Client::new(config),
            ecr: aws_sdk_ecr::Client::new(config),
            ecs: aws_sdk_ecs::Client::new(config),
            efs: aws_sdk_efs::Client::new(config),
            elb: aws_sdk_elasticloadbalancingv2::Client::new(config),
            elasticache: aws_sdk_elasticache::Client::new(config),
            eventbridge: aws_sdk_eventbridge::Client::new(config),
            iam: aws_sdk_iam::Client::new(config),
            lambda: aws_sdk_lambda::Client::new(config),
            logs: aws_sdk_cloudwatchlogs::Client::new(config),
            rds: aws_sdk_rds::Client::new(config),
            route53: aws_sdk_route53::Client::new(config),
            s3: aws_sdk_s3::Client::new(config),
            secretsmanager: aws_sdk_secretsmanager::Client::new(config),
            sqs: aws_sdk_sqs::Client::new(config),
            tagging: aws_sdk_resourcegroupstagging::Client::new(config),
            kms: aws_sdk_kms::Client::new(config),
            sns: aws_sdk_sns::Client::new(config),
            waf: aws_sdk_wafv2::Client::new(config),
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
            Some("ecr") => Box::pin(ecr::call(self, call)),
            Some("iam") => Box::pin(iam::call(self, call)),
            Some("lambda") => Box::pin(lambda::call(self, call)),
            Some("logs") => Box::pin(logs::call(self, call)),
            Some("kms") => Box::pin(kms::call(self, call)),
            Some("sns") => Box::pin(sns::call(self, call)),
            Some("autoscaling") => Box::pin(autoscaling::call(self, call)),
            Some("elasticloadbalancing") => Box::pin(elb::call(self, call)),
            Some("wafv2") => Box::pin(waf::call(self, call)),
            Some("route53") => Box::pin(route53::call(self, call)),
            Some("acm") => Box::pin(acm::call(self, call)),
            Some("cognito") => Box::pin(cognito::call(self, call)),
            Some("elasticache") => Box::pin(elasticache::call(self, call)),
            Some("s3") => Box::pin(s3::call(self, call)),
            Some("cloudwatch") => Box::pin(cloudwatch::call(self, call)),
            Some("tagging") => Box::pin(tagging::call(self, call)),
            Some("backup") => Box::pin(backup::call(self, call)),
            Some("web") => Box::pin(web::call(self, call)),
            _ => Box::pin(std::future::ready(Err(unknown(name)))),
        };
        let outcome = if quiet { outcome.with_subscriber(NoSubscriber::new()).await } else { outcome.await };
        // Many are expected, such as a name that is taken: whoever asked says what it means, once.
        outcome.inspect_err(|error| tracing::debug!(operation = name, error = %error, "call failed"))
    }
}

type Outcome<'a> = Pin<Box<dyn Future<Output = Result<Reply, CallError>> + Send + 'a>>;

/// Whether request or reply carry a secret's value, or a URL that is a credential. The SDK logs bodies at the level TRACE, so such a call is made unheard.
fn is_confidential(call: &Call) -> bool {
    matches!(
        call,
        Call::GetRandomPassword(_)
            | Call::GetSecretValue(_)
            | Call::CreateSecret(_)
            | Call::CreateDatabase(_)
            | Call::CreateReplicationGroup(_)
            | Call::GetFunction(_)
            | Call::CreateFunction(_)
            | Call::UpdateFunctionCode(_)
            | Call::Publish(_)
            | Call::PublishText(_)
            | Call::Post(_)
    )
}

fn unknown(name: &str) -> CallError {
    CallError::new(name, Cause::InvalidRequest, "this client does not know the operation")
}

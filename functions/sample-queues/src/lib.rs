//! `sample-queues`: reads how much waits in the queues of all tenants of one environment, and says so.
//!
//! # Contract
//! - **Trigger**: a schedule of its environment, every minute; one run at a time. A run takes several samples, evenly spread, by setting.
//! - **Reads**: the environment's pools (ledger), the auth tokens of their brokers (Secrets Manager), the brokers: Redis, or queues of SQS
//!   and, in the last sample of a run, the ages of their oldest messages (CloudWatch).
//! - **Effects**: one message per queue and sample on the scaling queue; metrics in its log, in CloudWatch's embedded format. Nothing is
//!   written to a broker.
//! - **Guarantees**: what cannot be known is null, never zero. A broker that does not answer costs the others nothing.
//! - **Rights**: query the pools of its environment, read the auth tokens of its tenants, send to the scaling queue, network interfaces
//!   in its subnets. Where pools work on SQS: find and count those queues, get metric data.
//!
//! It stands once per environment, made by the environment's blueprint: tenants' brokers are reached from within their network alone.

pub mod broker;
pub mod handler;
pub mod kombu;
pub mod metrics;
pub mod redis;
pub mod sqs;

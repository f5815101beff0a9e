//! `sweep-tenants`: queues a look at every owner, so that no lost event, unsent answer or drift stays unseen.
//!
//! # Contract
//! - **Trigger**: EventBridge Scheduler, every hour.
//! - **Reads**: the ledger's index of owners.
//! - **Effects**: one message per ten owners on the tenant queue, spread over the time until the next sweep.
//! - **Guarantees**: a page that fails is named in the decision and comes again with the next sweep.
//! - **Rights**: query the index, send to the tenant queue.

pub mod handler;

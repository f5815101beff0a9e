//! `provision-tenant`: makes AWS look as the blueprint says.
//!
//! # Contract
//! - **Trigger**: the tenant queue, batch size 1 (tenant-created, -updated, -deleted, -privileged; wake-ups; sweeps; events of AWS by
//!   EventBridge and SNS).
//! - **Reads**: the ledger, the environment's outputs, the tenant's resources on AWS.
//! - **Effects**: the tenant's resources, the ledger, its own next wake-up, answers on the bus.
//! - **Guarantees**: any crash after any call, then the same or a later event, comes to the same end: nothing leaked, nothing doubled.
//!   One invocation at a time acts on an owner. Only what is provably this owner's and this life's is changed or removed.
//!   Data outlives its tenant unless a privileged order destroys it.
//! - **Rights**: see `ProvisionTenant` in template.yaml; nothing beyond the operations of `domain::ports`.

pub mod announce;
pub mod apply;
pub mod book;
mod carry;
pub mod event;
pub mod handler;
pub mod intend;
pub mod observe;
pub mod pass;
pub mod preview;
mod remember;
mod round;
pub mod settle;

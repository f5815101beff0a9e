//! `remediate-task`: finds out why a task of ECS has stopped, repairs what may be repaired within a budget, and sees whether it has helped.
//!
//! # Contract
//! - **Trigger**: the remediation queue: ECS Task State Change (STOPPED), ECS Deployment State Change, ECS Service Action, RDS and
//!   ElastiCache events, AWS Health; approvals by people; reminders of this function to itself.
//! - **Reads**: whose a service or task is and how it should be (ledger), how it stands (ECS, target health), what is remembered of it and
//!   of others (table of remediation).
//! - **Effects**: what is remembered, counters of the budgets, overrides in the ledger, messages that wake the reconciler, a forced
//!   deployment, a missing log group, reminders, incidents on the bus. It pages nobody.
//! - **Guarantees**: only what is ours, of this life, is touched. One stop counts once, whatever is delivered twice or out of order. An act
//!   is claimed, with its override and its counters, by one write before it is done; a reminder of its check is on its way by then, so
//!   that an act that was claimed and not done is done by whoever comes next. What many have at once nobody repairs.
//! - **Rights**: read owners and records, write overrides; read and write the table of remediation; describe services, definitions and
//!   target health; force deployments of services with our tags; create log groups; send to the tenant queue and to its own; put events of
//!   the source `caretaker.incidents`.

mod act;
mod case;
pub mod check;
pub mod event;
pub mod handler;
mod ledger;
pub mod look;
pub mod order;
pub mod stops;
mod write;

pub use ledger::Problem;

//! The rules of Caretaker, and nothing else.
//!
//! This crate is pure: no AWS SDK, no async runtime, no clock, no environment, no log.
//! Time, identifiers and randomness are arguments; every "no" is an enum with a reason.
//! It reads as an event travels:
//!
//! ```text
//! tenant (words) -> order (what an event asks) -> intent (accept or say why not)
//!   -> blueprint -> resolve -> resource graph (what should be)
//!   -> observed (what is) -> plan (steps, report) -> settle (what to remember, announce, wake)
//! ```
//!
//! `ports` is the one door to the outside: every AWS operation as a value.

pub mod answer;
pub mod answering;
pub mod blueprint;
pub mod failure;
mod fields;
pub mod graph;
pub mod incident;
pub mod intent;
pub mod kind;
pub mod lease;
pub mod ledger;
pub mod look;
pub mod name;
pub mod needs;
pub mod observed;
pub mod order;
pub mod orphan;
pub mod paging;
pub mod plan;
pub mod ports;
pub mod remediation;
pub mod resolve;
pub mod resource;
pub mod scaling;
pub mod settle;
pub mod tenant;
pub mod tenants;
pub mod wake;
pub mod words;

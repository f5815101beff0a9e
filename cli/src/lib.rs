//! The operators' tool: it reads the ledger, puts events and redrives our own dead-letter queues. It has no other right to change AWS.
//!
//! A verb is a module. What it shows is made by pure functions from what it has read ([`view`], `render`), as text and as JSON;
//! reading and sending stand apart. [`follow`] is of use to whoever waits for an owner.
//!
//! # Rights
//! `dynamodb:Query` and `dynamodb:GetItem` on the ledger and its index `owners`; `dynamodb:Query` on the tables of scaling and of
//! remediation; `events:PutEvents` on the bus;
//! `sqs:GetQueueUrl`, `ReceiveMessage`, `ChangeMessageVisibility`, `DeleteMessage` on both dead-letter queues and
//! `sqs:GetQueueUrl`, `SendMessage` on the tenant queue.

pub mod apply;
pub mod approve;
pub mod arguments;
pub mod blueprint;
pub mod consent;
pub mod dlq;
pub mod event_file;
pub mod exit;
pub mod explain;
pub mod follow;
pub mod graph;
pub mod overrides;
pub mod paint;
pub mod plan;
pub mod privileged;
pub mod progress;
pub mod read;
pub mod remediation;
pub mod replay;
mod run;
#[cfg(test)]
mod samples;
pub mod settings;
pub mod status;
pub mod view;

pub use run::main;

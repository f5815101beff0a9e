//! The operators' tool: it reads the ledger, puts events and redrives our own dead-letter queues. It has no other right to change AWS.
//!
//! A verb is a module. What it shows is made by pure functions from what it has read ([`view`], `render`), as text and as JSON;
//! reading and sending stand apart. [`follow`] is of use to whoever waits for an owner.
//!
//! # Rights
//! `dynamodb:Query` and `dynamodb:GetItem` on the ledger and its index `owners`; `dynamodb:Query` on the tables of scaling, of
//! remediation and of incidents, `dynamodb:GetItem` on the last; `events:PutEvents` on the bus;
//! `sqs:GetQueueUrl`, `ReceiveMessage`, `ChangeMessageVisibility`, `DeleteMessage` on both dead-letter queues and
//! `sqs:GetQueueUrl`, `SendMessage` on the tenant queue. `doctor` alone needs `sns:ListTopics`, `ListSubscriptionsByTopic`,
//! `GetSMSSandboxAccountStatus`, `secretsmanager:GetSecretValue` on the receivers' secret, `lambda:GetFunctionUrlConfig` on
//! `answer-link`, and `sqs:GetQueueUrl`, `GetQueueAttributes` on the dead letters of paging.

pub mod ack;
pub mod apply;
pub mod approve;
pub mod arguments;
pub mod blueprint;
pub mod consent;
pub mod desks;
pub mod dlq;
pub mod doctor;
pub mod event_file;
pub mod exit;
pub mod explain;
pub mod follow;
pub mod graph;
pub mod incidents;
pub mod overrides;
pub mod paint;
pub mod plan;
pub mod privileged;
pub mod progress;
pub mod read;
pub mod remediation;
pub mod replay;
pub mod routes;
mod run;
#[cfg(test)]
mod samples;
pub mod settings;
pub mod silence;
pub mod status;
pub mod view;

pub use run::main;

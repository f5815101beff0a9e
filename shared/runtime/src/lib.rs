//! What every function's `main` shares: settings, logs, the SQS batch, the wrappers events come in, the decision line.
//!
//! How a function starts, once for all of them: `main` reads its [`settings`], initialises logging, makes the AWS client set,
//! and hands each event to its handler. A batch of SQS records is taken one by one ([`batch`]); anything else is a bare
//! event, and its decision is the answer of the invocation, so that a local invocation shows what happened and why.

pub mod batch;
pub mod blueprints;
pub mod cache;
pub mod decision;
pub mod kept;
pub mod metric;
pub mod own;
pub mod record;
pub mod routes;
pub mod settings;
pub mod site;
pub mod start;
pub mod wire;

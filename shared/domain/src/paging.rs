//! Paging: what may need a person, from the first signal to the word that somebody has it.
//!
//! ```text
//! signal (what an alarm or event says) -> subject (whose it is, what it stands on)
//!   -> incident (signals of one fault; open, acknowledged, resolved) -> suppression (why nobody is told)
//!   -> routes (who is told, when, and who next) -> notice (what they read) -> delivery (paced, repeated, noted)
//! ```

pub mod address;
pub mod alarm;
pub mod channel;
pub mod compose;
pub mod delivery;
pub mod desk;
pub mod feed;
pub mod heard;
pub mod id;
pub mod inbound;
pub mod incident;
pub mod labels;
pub mod matcher;
pub mod muted;
pub mod notice;
pub mod notify;
pub mod outage;
pub mod pace;
pub mod render;
pub mod reply;
pub mod retry;
pub mod routes;
pub mod runbook;
pub mod schedule;
pub mod signal;
pub mod silence;
pub mod subject;
mod told;
pub mod whose;
pub mod window;

/// What the partitions of the table of incidents begin with.
pub const PREFIXES: [&str; 4] = ["paging#", "past#", "timeline#", "out#"];

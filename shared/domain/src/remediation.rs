//! Why a task of ECS has stopped, and what is done about it.
//!
//! ```text
//! event's detail -> stop (what is known of it) -> diagnosis (with facts of other sources, and circumstances) -> fault (cause, evidence)
//!   -> conduct (what follows from it: a remedy, or nothing, or a person) -> memory, policy, budget and brake (whether it may be done now)
//!   -> attempt (claimed, done, proven), overlay (what the reconciler carries out), story (what people hear)
//! ```
//!
//! Texts of AWS are read by their category, which is their first word, and by tables of phrases. What no table knows stays
//! [`cause::Cause::Unrecognised`]: nothing is guessed from a text. [`phrases::find`] reads the failures of `RunTask`, too.
//! What ECS says of a whole service is [`service_event`].

/// What the partitions begin with that the table of remediation has.
pub const PREFIXES: [&str; 3] = [memory::PREFIX, brake::PREFIX, budget::PREFIX];

pub mod attempt;
pub mod brake;
pub mod budget;
pub mod cause;
pub mod circumstance;
pub mod conduct;
pub mod diagnosis;
pub mod facts;
pub mod fault;
pub mod known;
pub mod memory;
pub mod overlay;
pub mod phrases;
pub mod policy;
pub mod proposal;
pub mod release;
pub mod remedy;
pub mod service_event;
pub mod size;
pub mod stop;
pub mod story;
pub mod text;

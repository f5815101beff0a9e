//! Why a task of ECS has stopped, and what is done about it.
//!
//! ```text
//! event's detail -> stop (what is known of it) -> diagnosis (with facts of other sources) -> cause, evidence, confidence
//!   -> remedy (what follows from the cause) -> memory, budget and brake (whether it may be done now) -> overlay (what the reconciler
//!      carries out) -> attempt (what it has come to)
//! ```
//!
//! Texts of AWS are read by their category, which is their first word, and by tables of phrases. What no table knows stays
//! [`cause::Cause::Unrecognised`]: nothing is guessed from a text. [`phrases::find`] reads the failures of `RunTask`, too.
//! What ECS says of a whole service is [`service_event`].

pub mod attempt;
pub mod brake;
pub mod budget;
pub mod cause;
pub mod diagnosis;
pub mod facts;
pub mod memory;
pub mod overlay;
pub mod phrases;
pub mod remedy;
pub mod service_event;
pub mod size;
pub mod stop;
pub mod text;

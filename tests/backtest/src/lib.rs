//! Replays arrivals against scalers of a pool of workers, in virtual time, and judges them beside each other.
//!
//! A [`trace`] is served by a simulated pool ([`engine`]) whose count a [`scaler`] sets. Ours is the product's own decision code,
//! `domain::scaling::decide`; its rivals follow their documented rules. Parameters are searched on the first half of a trace ([`tune`])
//! and judged on the second ([`judge`]), beside what somebody could do who knows the future ([`clairvoyant`]).
//!
//! Times are whole milliseconds since the trace's first arrival, unless a name says otherwise.

pub mod args;
pub mod chart;
pub mod clairvoyant;
pub mod elasticity;
pub mod engine;
pub mod judge;
pub mod report;
pub mod scaler;
pub mod settings;
pub mod steps;
pub mod trace;
pub mod tune;

//! AWS, and the only crate that names its SDK.
//!
//! `client` answers the port of `domain` with the SDK, an operation at a time and without a rule.
//! `kind` knows for each kind of resource how it is looked at, made, changed and removed, written on the port alone,
//! so that the simulator of the tests runs the very same code.
//! `survey` looks at what changes often of many owners at once.

pub mod client;
pub mod kind;
pub mod operator;
pub mod survey;

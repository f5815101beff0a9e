//! The SDK client against recorded requests: what goes over the wire, and what is made of what comes back.

mod conduct;
mod databases;
mod file_systems;
mod ledger;
mod messages;
mod secrets;
mod services;
mod wire;

//! The SDK client against recorded requests: what goes over the wire, and what is made of what comes back.

mod balancing;
mod caches;
mod conduct;
mod databases;
mod file_systems;
mod firewall;
mod functions;
mod ledger;
mod messages;
mod naming;
mod rules;
mod scaling;
mod secrets;
mod services;
mod storage;
mod survey;
mod users;
mod wire;

mod keys;

//! Scenarios: the engine against a simulator of AWS in virtual time.
//!
//! ```text
//! executor (who goes on, and what time it is) -> simulator (AWS, with faults on order) -> the functions as they ship
//! ```

/// The simulator makes and drops small values all the time: its tests are faster with this one than with the C library's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod aws_time;
pub mod begun;
pub mod chart;
pub mod conformance;
pub mod driver;
pub mod executor;
pub mod eye;
pub mod facts;
pub mod fixtures;
pub mod game_day;
pub mod hand;
pub mod history;
pub mod isolation;
pub mod kills;
pub mod local_cloud;
pub mod notes;
pub mod on_call;
pub mod pager;
pub mod paging_day;
pub mod parallel;
pub mod random;
pub mod receivers;
pub mod scenario;
pub mod simulator;
pub mod stage;
pub mod story;
pub mod strikes;
pub mod tenancy;
pub mod timeline;
pub mod valkey;
pub mod ward;

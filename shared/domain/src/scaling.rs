//! How many workers a pool of Celery workers should have: recommend → stabilize → limit, each a pure step, and every "no" with a reason.
//!
//! A *pool* is one ECS service whose workers serve one or more queues. A reading of all its queues becomes a recommendation
//! ([`recommend`]), which is held against what was recommended lately ([`stabilize`]) and against rates and bounds ([`limits`]).
//! [`decide`] puts them together and remembers what each has changed.

pub mod decide;
pub mod fault;
pub mod fleet;
pub mod history;
pub mod limits;
pub mod memory;
pub mod past;
pub mod policy;
pub mod reading;
pub mod recommend;
pub mod sample;
pub mod schedule;
pub mod stabilize;
pub mod standing;
pub mod trust;

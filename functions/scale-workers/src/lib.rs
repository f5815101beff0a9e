//! `scale-workers`: sets the number of Celery workers of a tenant's pool by the true backlog of its queues.
//!
//! # Contract
//! - **Trigger**: samples (`queue-depth`) on the scaling queue, up to ten at once; those of one pool are decided upon together.
//! - **Reads**: the pools of the sample's tenant and its intent (ledger), the service (ECS), its bounds (Application Auto Scaling), and
//!   what was decided before and what other pools claim (table of scaling).
//! - **Effects**: the pool's item, its claim and its changes in the table of scaling, the desired count of the pool's service, incidents on the bus.
//! - **Guarantees**: one sample changes a count at most once, whatever is delivered twice or out of order: the item is written before the
//!   count, under the condition that nobody else has written it. What is not known changes nothing, and takes no worker away. Beat has no
//!   pool, and so is never touched.
//! - **Rights**: read pools and intents, read and write the table of scaling, describe services and scalable targets, set the count of
//!   services with our tags, put events of the source `caretaker.incidents`.

pub mod event;
pub mod fleet;
pub mod handler;
pub mod pool;

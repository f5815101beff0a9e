//! `page-oncall`: makes incidents of alarms and events, and tells the right person of each once.
//!
//! # Contract
//! - **Trigger**: the paging queue: alarms of CloudWatch by SNS, by EventBridge and straight, incidents and answers of Caretaker, RDS,
//!   ElastiCache, AWS Health, deployments, scaling, backups, costs; orders of operators, people's answers; looks and deliveries that this
//!   function has sent itself; a schedule.
//! - **Reads**: whose the thing of a signal is and what it stands on (ledger), what was heard and what is open (table of paging), the
//!   receivers' keys and the key of links (secrets).
//! - **Effects**: incidents, their timelines and what is to be delivered; messages to PagerDuty, Slack, webhooks, topics and phones;
//!   messages to itself. It changes nothing that it tells of.
//! - **Guarantees**: one fault is one incident, whatever tells of it in whichever order. An incident, its timeline and what is to be told
//!   are one write; a message that looks after them is on its way before it. A delivery is claimed before and noted after: a crash repeats
//!   it under the same key, and loses none. Who is not told is not told for a reason that can be read.
//! - **Rights**: read owners and records; read and write the table of paging; read the two secrets; publish to the topic of alerts and
//!   to phones; send to its own queue.

mod cases;
mod deliver;
mod desk;
pub mod event;
pub mod handler;
mod judge;
pub mod office;
mod order;
mod send;
mod whose;

mod problem;

pub use desk::ALIVE;
pub use problem::Problem;

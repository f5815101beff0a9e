//! `answer-link`: people answer by a link in a message.
//!
//! # Contract
//! - **Trigger**: a function URL that anybody may call. GET, by whoever opens a link, and POST, by the button of the page; POST to
//!   `/pagerduty`, by PagerDuty's webhook, signed over the body.
//! - **Reads**: the key that links are signed with (Secrets Manager, once per process, and anew, once a minute at most, when a link names a
//!   key that is not known), and what is remembered of the subject or incident that a link is about (tables of remediation and
//!   of paging).
//! - **Effects**: one message (`approval` on the queue of remediation, `acknowledgement` on that of paging) for each POST that is taken. It
//!   does nothing itself.
//! - **Guarantees**: GET changes nothing, however often it comes: mail programs open links by themselves. POST trusts no GET before it; it
//!   verifies the token again, and that what was shown is still proposed, open, and the same. `remediate-task` checks it once more before it
//!   acts, so that two answers are one act. No token is in a log, at whatever level. All that is shown is escaped, and pages load nothing.
//! - **Rights**: get items of subjects from the table of remediation, query incidents and their timelines, send to both queues, get the
//!   value of one secret. With the key in hand one could make links, which approve of what is proposed or take on what is open, and
//!   nothing else.

pub mod event;
pub mod handler;
pub mod keys;
pub mod reply;
mod webhook;

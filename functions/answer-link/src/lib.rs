//! `answer-link`: people answer by a link in a message.
//!
//! # Contract
//! - **Trigger**: a function URL that anybody may call. GET, by whoever opens a link, and POST, by the button of the page.
//! - **Reads**: the key that links are signed with (Secrets Manager, once per process, and anew, once a minute at most, when a link names a
//!   key that is not known), and what is remembered of the subject that a link is about (table of remediation).
//! - **Effects**: one message (`approval`) on the queue of remediation for each POST that is taken. It does nothing itself.
//! - **Guarantees**: GET changes nothing, however often it comes: mail programs open links by themselves. POST trusts no GET before it; it
//!   verifies the token again, and that what was shown is still proposed, open, and the same. `remediate-task` checks it once more before it
//!   acts, so that two answers are one act. No token is in a log, at whatever level. All that is shown is escaped, and pages load nothing.
//! - **Rights**: get items of subjects from the table of remediation, send to the queue of remediation, get the value of one secret. With the
//!   key in hand one could make links, which approve of what is proposed, and of nothing else.

pub mod event;
pub mod handler;
pub mod keys;
pub mod reply;

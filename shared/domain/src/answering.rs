//! What people answer by a link in a message.
//!
//! ```text
//! claims (what a link says) -> token (signed, and verified when it comes back) -> matter (what it is about, as it stands now, or why it
//!   is over) -> page (what people see)
//! ```
//!
//! Whoever has a link may answer as the one it was sent to, until it expires, and nothing else: a link is about one thing, as it was shown
//! when the link was made. To look at a page changes nothing, since mail programs open links by themselves; only the button does.

pub mod claims;
pub mod keys;
pub mod matter;
pub mod page;
pub mod token;

#[cfg(test)]
mod testing;

/// The parameter with the token, of a link's query and of the page's form.
pub const PARAMETER: &str = "t";

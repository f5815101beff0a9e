//! Whether there is anything new to tell, by Alertmanager's rule.

use std::collections::BTreeSet;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What the last message to a receiver said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// When.
    pub at: Timestamp,
    /// What fired then; nothing, if it said that all is over.
    pub firing: BTreeSet<String>,
}

/// Whether a message goes out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notify {
    /// One goes out.
    Send(Why),
    /// None does.
    Hold(WhyNot),
}

/// Why a message goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Nothing was sent yet.
    First,
    /// These fire that were not in the last message.
    Joined(BTreeSet<String>),
    /// Nothing fires any more.
    Over,
    /// The last message was sent then, and it still fires.
    Again(Timestamp),
}

/// Why no message goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyNot {
    /// It came and went before anybody was told.
    NothingTold,
    /// It is over, and that is not wanted. The log must say that nothing fires, or the next one would pass for told.
    Unwanted,
    /// It was told that all is over.
    AlreadyOver,
    /// All that fires was told; it is repeated after this moment.
    Until(Timestamp),
}

/// Whether a receiver that was `sent` a message is sent another at `now`, while `firing` fires.
pub fn notify(sent: Option<&Sent>, firing: &BTreeSet<String>, wants_resolved: bool, repeat: SignedDuration, now: Timestamp) -> Notify {
    let Some(sent) = sent else {
        return if firing.is_empty() { Notify::Hold(WhyNot::NothingTold) } else { Notify::Send(Why::First) };
    };
    let joined: BTreeSet<_> = firing.difference(&sent.firing).cloned().collect();
    let due = sent.at.saturating_add(repeat).unwrap_or(Timestamp::MAX);
    match () {
        () if !joined.is_empty() => Notify::Send(Why::Joined(joined)),
        () if firing.is_empty() && sent.firing.is_empty() => Notify::Hold(WhyNot::AlreadyOver),
        () if firing.is_empty() && wants_resolved => Notify::Send(Why::Over),
        () if firing.is_empty() => Notify::Hold(WhyNot::Unwanted),
        () if due < now => Notify::Send(Why::Again(sent.at)),
        () => Notify::Hold(WhyNot::Until(due)),
    }
}

impl fmt::Display for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(Why::First) => f.write_str("sent: nobody was told yet"),
            Self::Send(Why::Joined(joined)) => write!(f, "sent: {} more than in the last message", joined.len()),
            Self::Send(Why::Over) => f.write_str("sent: nothing fires any more"),
            Self::Send(Why::Again(at)) => write!(f, "sent again: it still fires, and was last told at {at}"),
            Self::Hold(WhyNot::NothingTold) => f.write_str("not sent: it was over before anybody was told"),
            Self::Hold(WhyNot::Unwanted) => f.write_str("not sent: it is over, and this receiver does not want to hear that"),
            Self::Hold(WhyNot::AlreadyOver) => f.write_str("not sent: it was told that all is over"),
            Self::Hold(WhyNot::Until(due)) => write!(f, "not sent: all of it was told, and is repeated after {due}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPEAT: SignedDuration = SignedDuration::from_mins(10);

    fn set(keys: &str) -> BTreeSet<String> {
        keys.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_message_goes_out_when_there_is_something_new_to_tell() {
        let start = Timestamp::UNIX_EPOCH;
        let at = |minute: i64| start + SignedDuration::from_mins(minute);
        let check = |sent: Option<&str>, firing: &str, wants_resolved, minute, expected| {
            let sent = sent.map(|keys| Sent { at: start, firing: set(keys) });
            let found = notify(sent.as_ref(), &set(firing), wants_resolved, REPEAT, at(minute));
            assert_eq!(found, expected, "{sent:?} {firing:?} {wants_resolved} {minute}");
        };
        // Firing, and nothing sent yet.
        check(None, "a", true, 0, Notify::Send(Why::First));
        // Only resolved, and nothing sent.
        check(None, "", true, 0, Notify::Hold(WhyNot::NothingTold));
        check(None, "", false, 0, Notify::Hold(WhyNot::NothingTold));
        // A member fires that was not in the last message.
        check(Some("a"), "a b", true, 1, Notify::Send(Why::Joined(set("b"))));
        check(Some("a"), "b", false, 1, Notify::Send(Why::Joined(set("b"))));
        check(Some(""), "a", true, 1, Notify::Send(Why::Joined(set("a"))));
        // One fewer is nothing new.
        check(Some("a b"), "a", true, 1, Notify::Hold(WhyNot::Until(at(10))));
        // All resolved.
        check(Some("a b"), "", true, 1, Notify::Send(Why::Over));
        check(Some("a b"), "", false, 1, Notify::Hold(WhyNot::Unwanted));
        check(Some(""), "", true, 99, Notify::Hold(WhyNot::AlreadyOver));
        // The repeat interval.
        check(Some("a"), "a", true, 9, Notify::Hold(WhyNot::Until(at(10))));
        check(Some("a"), "a", true, 10, Notify::Hold(WhyNot::Until(at(10))));
        check(Some("a"), "a", true, 11, Notify::Send(Why::Again(start)));
    }

    #[test]
    fn a_repeat_beyond_all_time_never_comes() {
        let sent = Sent { at: Timestamp::MAX, firing: set("a") };
        assert_eq!(notify(Some(&sent), &set("a"), true, REPEAT, Timestamp::MAX), Notify::Hold(WhyNot::Until(Timestamp::MAX)));
    }
}

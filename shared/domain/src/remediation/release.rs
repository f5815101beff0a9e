//! Images that a service has run, and which of them ran well: what it goes back to.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The images of a service, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Releases(Vec<Release>);

/// An image that the service has run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Release {
    /// The image.
    pub image: String,
    /// When it was heard of first.
    pub since: Timestamp,
    /// When a deployment of it was seen to be complete; none: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steady_at: Option<Timestamp>,
    /// What tasks of it have failed of.
    #[serde(default)]
    pub faults: BTreeSet<String>,
}

/// What the images tell of a failure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Telling {
    /// Whether the image that failed is new.
    pub is_new: Option<bool>,
    /// Whether the one before it ran without such failures.
    pub former_was_clean: Option<bool>,
    /// The image that was healthy last: the one before it, if it is new; itself, if it has run well for a while.
    pub good: Option<String>,
}

/// A release is new for so long: what it does wrong mostly shows within its first hour of traffic.
const NEW: SignedDuration = SignedDuration::from_hours(1);
/// So many are remembered.
const KEPT: usize = 10;

impl Releases {
    /// A deployment of `image` is complete.
    pub fn ran(&mut self, image: &str, now: Timestamp) {
        self.entry(image, now).steady_at = Some(now);
    }

    /// The reconciler saw `image` run at `at`, which need not have been heard of.
    pub fn was_seen(&mut self, image: &str, at: Timestamp) {
        if self.0.iter().all(|release| release.image != image) {
            self.ran(image, at);
        }
    }

    /// A task of `image` has failed of the cause with the id `cause`.
    pub fn failed(&mut self, image: &str, cause: &str, now: Timestamp) {
        self.entry(image, now).faults.insert(cause.to_owned());
    }

    /// Those of which a deployment was complete once, oldest first.
    pub fn steady(&self) -> impl Iterator<Item = &Release> {
        self.0.iter().filter(|release| release.steady_at.is_some())
    }

    /// What is known of a failure of `image` of the cause with the id `cause`.
    pub fn telling(&self, image: &str, cause: &str, now: Timestamp) -> Telling {
        let Some(current) = self.0.iter().find(|release| release.image == image) else { return Telling::default() };
        let is_new = current.steady_at.is_none() || now.duration_since(current.since) < NEW;
        let others = self.0.iter().filter(|release| release.image != image && release.steady_at.is_some());
        let former = others.max_by_key(|release| release.steady_at);
        let former_was_clean = former.map(|former| !former.faults.contains(cause));
        let good = match former.filter(|former| is_new && !former.faults.contains(cause)) {
            Some(former) => Some(former.image.clone()),
            None => current.steady_at.map(|_| image.to_owned()),
        };
        Telling { is_new: Some(is_new), former_was_clean, good }
    }

    fn entry(&mut self, image: &str, now: Timestamp) -> &mut Release {
        let found = self.0.iter().position(|release| release.image == image);
        let at = found.unwrap_or_else(|| {
            if self.0.len() >= KEPT {
                self.0.remove(0);
            }
            self.0.push(Release { image: image.to_owned(), since: now, steady_at: None, faults: BTreeSet::new() });
            self.0.len() - 1
        });
        &mut self.0[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(100_000 + 60 * minute).expect("a moment")
    }

    fn good(releases: &Releases, image: &str, cause: &str, minute: i64) -> Option<String> {
        releases.telling(image, cause, at(minute)).good
    }

    #[test]
    fn a_new_release_goes_back_to_one_that_ran_without_the_fault() {
        let mut releases = Releases::default();
        assert_eq!(releases.telling("v1", "x", at(0)), Telling::default(), "nothing is known");
        releases.failed("v1", "x", at(0));
        assert_eq!(good(&releases, "v1", "x", 0), None, "the first one has never run well");
        releases.ran("v1", at(1));
        assert_eq!(good(&releases, "v1", "x", 1).as_deref(), Some("v1"));
        // Its tasks come to RUNNING, so that its deployment is complete; then they fail.
        releases.ran("v2", at(100));
        releases.failed("v2", "y", at(110));
        assert_eq!(good(&releases, "v2", "y", 110).as_deref(), Some("v1"));
        assert_eq!(good(&releases, "v2", "x", 110).as_deref(), Some("v2"), "the one before had the same");
        assert_eq!(good(&releases, "v2", "y", 161).as_deref(), Some("v2"), "it ran well for an hour");
        // One that never came up is new however late it is.
        releases.failed("v3", "z", at(200));
        assert_eq!(good(&releases, "v3", "z", 900).as_deref(), Some("v2"));
        let telling = releases.telling("v3", "z", at(900));
        assert_eq!((telling.is_new, telling.former_was_clean), (Some(true), Some(true)));
        let steady: Vec<_> = releases.steady().map(|release| release.image.as_str()).collect();
        assert_eq!(steady, ["v1", "v2"], "the third never came up");
    }

    #[test]
    fn so_many_are_kept() {
        let mut releases = Releases::default();
        for n in 0..30 {
            releases.ran(&format!("v{n}"), at(n));
        }
        assert_eq!(releases.0.len(), KEPT);
        assert_eq!(good(&releases, "v29", "x", 29).as_deref(), Some("v28"));
    }
}

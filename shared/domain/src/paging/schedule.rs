//! Schedules: who is on call at a moment.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::window::moment;
use crate::scaling::schedule::{Day, Zone};

/// Who takes turns with whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// What policies and routes call it, as `schedule:ID`.
    pub id: String,
    /// Where its times are told, by the name that IANA has for it.
    #[serde(default)]
    pub zone: Zone,
    /// Of several that are on, the first counts.
    #[serde(default, rename = "rotation")]
    pub rotations: Vec<Rotation>,
    /// These go before all rotations; of several that are on, the first counts.
    #[serde(default, rename = "override")]
    pub overrides: Vec<Override>,
}

/// People who take turns, one shift each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// In their order, by id.
    pub people: Vec<String>,
    /// A day on which the first of them begins, such as `2026-11-23`. Turns are counted backwards from it too.
    #[schemars(with = "String")]
    pub start: Date,
    /// When one hands over to the next, such as `09:00`.
    #[schemars(with = "String")]
    pub handover: Time,
    /// How long one has it.
    pub shift: Shift,
    /// On these hours alone; none: always.
    #[serde(default)]
    pub only: Vec<Only>,
}

/// How long a shift is. Days and weeks are the calendar's, so that the hour of the handover stays when clocks are changed; so are hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Shift {
    /// So many hours.
    Hours(u32),
    /// So many days.
    Days(u32),
    /// So many weeks.
    Weeks(u32),
}

/// Hours of some days of the week, where the schedule is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Only {
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

/// Somebody stands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Who, by id.
    pub person: String,
    /// From when, where the schedule is, such as `2026-12-24T18:00`.
    #[schemars(with = "String")]
    pub from: DateTime,
    /// Until when.
    #[schemars(with = "String")]
    pub until: DateTime,
}

/// Who is on call, and how that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnCall<'a> {
    /// It is their turn.
    Turn(&'a str),
    /// They stand in.
    Instead(&'a str),
}

impl Schedule {
    /// Who is on call at `now`; none in a gap.
    pub fn on_call(&self, now: Timestamp) -> Option<OnCall<'_>> {
        let zone = self.zone.rules();
        let instead = self.overrides.iter().find(|instead| instead.is_on(&zone, now));
        let turn = || self.rotations.iter().find_map(|rotation| rotation.person(&zone, now));
        instead.map(|instead| OnCall::Instead(&instead.person)).or_else(|| turn().map(OnCall::Turn))
    }

    /// Whether there are hours with nobody on call but by an override.
    pub fn has_gap(&self) -> bool {
        let hours: Vec<_> = self.rotations.iter().flat_map(|rotation| &rotation.only).collect();
        let is_always = self.rotations.iter().any(|rotation| rotation.only.is_empty());
        // Spans close a circle if each ends within another.
        let is_closed = hours.iter().any(|span| !span.days.is_empty()) && hours.iter().all(|span| span.ends_in_any(&hours));
        !(is_always || is_closed)
    }
}

impl<'a> OnCall<'a> {
    /// Their id.
    pub fn person(self) -> &'a str {
        match self {
            Self::Turn(person) | Self::Instead(person) => person,
        }
    }
}

impl Override {
    fn is_on(&self, zone: &TimeZone, now: Timestamp) -> bool {
        moment(zone, self.from).is_some_and(|from| from <= now) && moment(zone, self.until).is_some_and(|until| now < until)
    }
}

impl Rotation {
    fn person(&self, zone: &TimeZone, now: Timestamp) -> Option<&str> {
        let local = now.to_zoned(zone.clone()).datetime();
        let is_on = self.only.is_empty() || self.only.iter().any(|only| only.is_on(local.weekday(), local.time()));
        let people = i64::try_from(self.people.len()).ok().filter(|people| is_on && *people > 0)?;
        let place = self.turn(zone, local, now).rem_euclid(people);
        self.people.get(usize::try_from(place).ok()?).map(String::as_str)
    }

    /// How many handovers there were since the start.
    fn turn(&self, zone: &TimeZone, local: DateTime, now: Timestamp) -> i64 {
        let length = self.shift.seconds().max(1);
        let start = self.start.to_datetime(self.handover);
        let turn = local.duration_since(start).as_secs().div_euclid(length);
        let begins = |turn: i64| {
            let after = SignedDuration::from_secs(turn.saturating_mul(length));
            moment(zone, start.checked_add(after).ok()?)
        };
        // Clocks that were set back show a time again that a handover has passed, those set forward one that it has not reached.
        match () {
            () if begins(turn + 1).is_some_and(|next| next <= now) => turn + 1,
            () if begins(turn).is_some_and(|this| now < this) => turn - 1,
            () => turn,
        }
    }
}

impl Shift {
    /// Of the calendar.
    fn seconds(self) -> i64 {
        match self {
            Self::Hours(hours) => 3_600 * i64::from(hours),
            Self::Days(days) => 86_400 * i64::from(days),
            Self::Weeks(weeks) => 604_800 * i64::from(weeks),
        }
    }
}

impl Only {
    fn is_on(&self, today: Weekday, time: Time) -> bool {
        let begins = |weekday: Weekday| self.days.contains(&Day::of(weekday));
        if self.from < self.until {
            return begins(today) && self.from <= time && time < self.until;
        }
        (begins(today) && self.from <= time) || (begins(today.previous()) && time < self.until)
    }

    /// Whether at each of its ends one of `spans` is on.
    fn ends_in_any(&self, spans: &[&Self]) -> bool {
        let begins = Weekday::Monday.cycle_forward().take(7).filter(|day| self.days.contains(&Day::of(*day)));
        let mut ends = begins.map(|day| if self.from < self.until { day } else { day.next() });
        ends.all(|day| spans.iter().any(|span| span.is_on(day, self.until)))
    }
}

#[cfg(test)]
mod tests;

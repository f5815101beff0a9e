//! Maintenance windows: times in which what happens to some things is expected.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::matcher::Matchers;
use crate::scaling::schedule::{Hours, Zone};

/// What has no break for more than a week, and its hours are those of every week, has none at all: 8 × 24 hours.
const ENDLESS: SignedDuration = SignedDuration::from_hours(192);

/// What is expected, when, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Unique in the file.
    pub id: String,
    /// What it is about.
    #[serde(rename = "match")]
    pub matchers: Matchers,
    /// Every week.
    #[serde(default)]
    pub hours: Vec<Hours>,
    /// Once.
    #[serde(default)]
    pub once: Option<Span>,
    /// What is done then.
    pub reason: String,
}

/// From a local time to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// Where the times are told, by the name that IANA has for it.
    #[serde(default)]
    pub zone: Zone,
    /// Its beginning, such as `2026-12-24T18:00`.
    #[schemars(with = "String")]
    pub from: DateTime,
    /// Its end.
    #[schemars(with = "String")]
    pub until: DateTime,
}

impl Window {
    /// Whether it is on at `now`.
    pub fn is_on(&self, now: Timestamp) -> bool {
        self.end(now).is_some()
    }

    /// Until when it is on without a break, if it is on at `now` and that is known.
    pub fn until(&self, now: Timestamp) -> Option<Timestamp> {
        let mut end = self.end(now)?;
        while let Some(later) = self.end(end).filter(|later| *later > end) {
            if later.duration_since(now) > ENDLESS {
                return None;
            }
            end = later;
        }
        Some(end)
    }

    /// Whether its hours leave no break in the week.
    pub fn is_endless(&self) -> bool {
        let weekly = Self { once: None, ..self.clone() };
        weekly.is_on(Timestamp::UNIX_EPOCH) && weekly.until(Timestamp::UNIX_EPOCH).is_none()
    }

    /// The latest end of what is on at `now`.
    fn end(&self, now: Timestamp) -> Option<Timestamp> {
        let weekly = self.hours.iter().filter(|hours| hours.is_on(now)).map(|hours| end(hours, now));
        weekly.chain(self.once.iter().filter_map(|span| span.end(now))).max()
    }
}

impl Span {
    /// When it ends, if it is on at `now`.
    fn end(&self, now: Timestamp) -> Option<Timestamp> {
        let zone = self.zone.rules();
        let [from, until] = [self.from, self.until].map(|local| moment(&zone, local));
        until.filter(|until| from.is_some_and(|from| from <= now) && now < *until)
    }
}

/// When it is `local` there: the first time, where clocks are set back; so much later, where they skip it.
pub(in crate::paging) fn moment(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(local).compatible().ok()
}

/// When `hours`, which are on at `now`, are over.
fn end(hours: &Hours, now: Timestamp) -> Timestamp {
    let zone = hours.zone.rules();
    let local = now.to_zoned(zone.clone());
    let is_tomorrow = hours.from >= hours.until && local.time() >= hours.until;
    let date = if is_tomorrow { local.date().saturating_add(jiff::Span::new().days(1)) } else { local.date() };
    first(&zone, date.to_datetime(hours.until), now)
}

/// The first moment after `now` at which clocks show `local` or have passed it.
fn first(zone: &TimeZone, local: DateTime, now: Timestamp) -> Timestamp {
    let of = |offset: jiff::tz::Offset| offset.to_timestamp(local).ok().filter(|at| *at > now);
    let found = match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => of(offset),
        AmbiguousOffset::Gap { .. } => zone.following(now).next().map(|change| change.timestamp()),
        AmbiguousOffset::Fold { before, after } => of(before).or_else(|| of(after)),
    };
    found.unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn window(times: Value) -> Window {
        let mut window = json!({ "id": "w", "match": { "environment": "prod" }, "reason": "updates" });
        window.as_object_mut().unwrap().extend(times.as_object().unwrap().clone());
        serde_json::from_value(window).expect("a window")
    }

    fn check(window: &Window, now: &str, expected: Option<&str>) {
        let now = now.parse().expect("a moment");
        assert_eq!(window.until(now), expected.map(|text| text.parse().expect("a moment")), "{now}");
        assert_eq!(window.is_on(now), expected.is_some(), "{now}");
    }

    #[test]
    fn a_weekly_window_ends_where_its_zone_says() {
        let night = window(json!({ "hours": [{ "zone": "Europe/Berlin", "days": ["sat"], "from": "22:00", "until": "04:00" }] }));
        check(&night, "2026-11-21T20:59:59Z", None);
        check(&night, "2026-11-21T21:00:00Z", Some("2026-11-22T03:00:00Z"));
        check(&night, "2026-11-22T02:59:59Z", Some("2026-11-22T03:00:00Z"));
        check(&night, "2026-11-22T03:00:00Z", None);
        // The night in which summer begins is an hour shorter, the one in which it ends an hour longer.
        check(&night, "2026-03-28T21:00:00Z", Some("2026-03-29T02:00:00Z"));
        check(&night, "2026-10-24T20:00:00Z", Some("2026-10-25T03:00:00Z"));
    }

    #[test]
    fn an_end_that_clocks_skip_is_when_they_do_and_one_they_show_twice_is_both() {
        let early = window(json!({ "hours": [{ "zone": "Europe/Berlin", "from": "01:00", "until": "02:30" }] }));
        check(&early, "2026-03-29T00:30:00Z", Some("2026-03-29T01:00:00Z"));
        check(&early, "2026-03-29T01:00:00Z", None);
        check(&early, "2026-10-25T00:00:00Z", Some("2026-10-25T00:30:00Z"));
        check(&early, "2026-10-25T00:45:00Z", None);
        check(&early, "2026-10-25T01:10:00Z", Some("2026-10-25T01:30:00Z"));
    }

    #[test]
    fn windows_that_touch_are_one() {
        let both = window(json!({
            "hours": [{ "days": ["mon"], "from": "20:00", "until": "00:00" }],
            "once": { "from": "2026-11-24T00:00", "until": "2026-11-24T05:00" },
        }));
        check(&both, "2026-11-23T21:00:00Z", Some("2026-11-24T05:00:00Z"));
        check(&both, "2026-11-30T21:00:00Z", Some("2026-12-01T00:00:00Z"));
    }

    #[test]
    fn hours_that_leave_no_break_are_endless() {
        let check = |hours: Value, expected| assert_eq!(window(json!({ "hours": hours })).is_endless(), expected, "{hours}");
        check(json!([]), false);
        check(json!([{ "from": "00:00", "until": "00:00" }]), true);
        check(json!([{ "zone": "Asia/Kolkata", "from": "09:30", "until": "09:30" }]), true);
        check(json!([{ "from": "08:00", "until": "18:00" }, { "from": "18:00", "until": "08:00" }]), true);
        check(json!([{ "from": "08:00", "until": "18:00" }, { "from": "18:00", "until": "07:59" }]), false);
        check(json!([{ "days": ["thu", "fri", "sat", "sun", "mon", "tue"], "from": "00:00", "until": "00:00" }]), false);
    }

    #[test]
    fn a_window_may_be_once() {
        let once = window(json!({ "once": { "zone": "America/New_York", "from": "2026-12-24T18:00", "until": "2026-12-25T06:00" } }));
        check(&once, "2026-12-24T22:59:59Z", None);
        check(&once, "2026-12-24T23:00:00Z", Some("2026-12-25T11:00:00Z"));
        check(&once, "2026-12-25T11:00:00Z", None);
        check(&once, "2027-12-25T00:00:00Z", None);
    }
}

//! Numbers and times, and the people of schedules.

use std::ops::RangeInclusive;

use super::names::unknown;
use super::{Checked, Fault, Routes, Schedule, refuse, unless};
use crate::paging::routes::policy::Policy;
use crate::paging::routes::route::Route;
use crate::paging::schedule::{Rotation, Shift};

/// SQS's longest delay, in seconds.
const GROUP_WAIT: RangeInclusive<u32> = 0..=900;
/// Up to a day, in seconds.
const GROUP_INTERVAL: RangeInclusive<u32> = 1..=86_400;
/// Up to a week, in minutes: 7 × 24 × 60.
const REPEAT: RangeInclusive<u32> = 1..=10_080;
/// Up to a day, in minutes.
const AFTER: RangeInclusive<u32> = 0..=1_440;
const ROUNDS: RangeInclusive<u32> = 0..=10;
/// Up to a year.
const SHIFT_HOURS: RangeInclusive<u32> = 1..=8_784;
const SHIFT_DAYS: RangeInclusive<u32> = 1..=366;
const SHIFT_WEEKS: RangeInclusive<u32> = 1..=52;

pub(super) fn check(routes: &Routes) -> Checked {
    routes.schedules.iter().try_for_each(|schedule| self::schedule(routes, schedule))?;
    routes.policies.iter().try_for_each(policy)?;
    routes.routes.iter().try_for_each(route)
}

fn within(is: u32, range: &RangeInclusive<u32>, key: impl FnOnce() -> String) -> Checked {
    unless(!range.contains(&is), key, || Fault::Range { is, least: *range.start(), most: *range.end() })
}

fn policy(policy: &Policy) -> Checked {
    let key = |what: String| format!("policy.{}{what}", policy.id);
    unless(policy.levels.is_empty(), || key(String::new()), || Fault::NoLevel)?;
    within(policy.repeat, &ROUNDS, || key(".repeat".to_owned()))?;
    within(policy.repeat_after_minutes, &(1..=*AFTER.end()), || key(".repeat_after_minutes".to_owned()))?;
    for (place, step) in policy.levels.iter().enumerate() {
        // Two levels at one moment would be one.
        let range = u32::from(place > 0)..=*AFTER.end();
        within(step.after_minutes.unwrap_or(1), &range, || key(format!(".level.{}.after_minutes", place + 1)))?;
    }
    Ok(())
}

fn route(route: &Route) -> Checked {
    let key = |what: &str| format!("route.{}.{what}", route.id);
    within(route.group_wait_seconds, &GROUP_WAIT, || key("group_wait_seconds"))?;
    within(route.group_interval_seconds, &GROUP_INTERVAL, || key("group_interval_seconds"))?;
    within(route.repeat_minutes, &REPEAT, || key("repeat_minutes"))?;
    unless(route.hours.iter().any(|hours| hours.days.is_empty()), || key("hours"), || Fault::NoDays)
}

fn schedule(routes: &Routes, schedule: &Schedule) -> Checked {
    let known = |id: &str, key: &dyn Fn() -> String| unless(routes.person(id).is_none(), key, || unknown("person", id));
    for (place, rotation) in schedule.rotations.iter().enumerate() {
        let key = |what: &str| format!("schedule.{}.rotation.{}.{what}", schedule.id, place + 1);
        self::rotation(rotation, &key)?;
        rotation.people.iter().try_for_each(|id| known(id, &|| key("people")))?;
    }
    for (place, instead) in schedule.overrides.iter().enumerate() {
        let key = || format!("schedule.{}.override.{}", schedule.id, place + 1);
        known(&instead.person, &key)?;
        unless(instead.until <= instead.from, key, || Fault::Backwards)?;
    }
    unless(schedule.rotations.is_empty(), || format!("schedule.{}", schedule.id), || Fault::Nobody)
}

fn rotation(rotation: &Rotation, key: &dyn Fn(&str) -> String) -> Checked {
    if rotation.people.is_empty() {
        return refuse(key("people"), Fault::Nobody);
    }
    unless(rotation.only.iter().any(|only| only.days.is_empty()), || key("only"), || Fault::NoDays)?;
    let (is, range) = match rotation.shift {
        Shift::Hours(hours) => (hours, SHIFT_HOURS),
        Shift::Days(days) => (days, SHIFT_DAYS),
        Shift::Weeks(weeks) => (weeks, SHIFT_WEEKS),
    };
    within(is, &range, || key("shift"))
}

//! Whether everything reaches somebody, always.

use super::names::unknown;
use super::{Checked, Fault, Routes, Target, refuse, unless};
use crate::incident::Severity;
use crate::paging::channel::Channel;
use crate::paging::routes::route::Route;

const SEVERITIES: [Severity; 3] = [Severity::Critical, Severity::Warning, Severity::Info];

pub(super) fn check(routes: &Routes) -> Checked {
    for policy in &routes.policies {
        for (place, step) in policy.levels.iter().enumerate() {
            reaches(routes, &step.to, false, || format!("policy.{}.level.{}.to", policy.id, place + 1))?;
        }
    }
    routes.routes.iter().enumerate().try_for_each(|(place, route)| self::route(routes, place, route))?;
    if let Some(severity) = SEVERITIES.into_iter().find(|severity| !routes.routes.iter().any(|route| route.takes_all(*severity))) {
        return refuse("route", Fault::NoDefault(severity.word()));
    }
    let is_for_dev = |channel| [Channel::Slack, Channel::Email].contains(&channel);
    let has_none = !routes.receivers.iter().any(|receiver| is_for_dev(receiver.channel()));
    unless(has_none, || "receiver".to_owned(), || Fault::NothingForDev)
}

fn route(routes: &Routes, place: usize, route: &Route) -> Checked {
    let key = |what: &str| format!("route.{}{what}", route.id);
    unless(!SEVERITIES.into_iter().any(|severity| route.may_take(severity)), || key(".match.severity"), || Fault::NoSeverity)?;
    if let Some(before) = hiding(routes, place, route) {
        return refuse(key(""), Fault::Unreached(before.id.clone()));
    }
    match (&route.policy, route.to.is_empty()) {
        (Some(id), true) => {
            let is_there = routes.policies.iter().any(|policy| policy.id == *id);
            unless(!is_there, || key(".policy"), || unknown("policy", id))
        }
        (None, false) => {
            let is_info_alone = !route.may_take(Severity::Critical) && !route.may_take(Severity::Warning);
            reaches(routes, &route.to, is_info_alone, || key(".to"))
        }
        (Some(_), false) | (None, true) => refuse(key(""), Fault::PolicyOrTo),
    }
}

/// A route before the one at `place` that, perhaps with others, leaves nothing for it.
fn hiding<'a>(routes: &'a Routes, place: usize, route: &Route) -> Option<&'a Route> {
    let end = |severity| routes.routes[..place].iter().find(|before| !before.goes_on && before.takes_all(severity));
    let ends: Option<Vec<_>> = SEVERITIES.into_iter().filter(|severity| route.may_take(*severity)).map(end).collect();
    ends?.first().copied()
}

/// Whether somebody of `to` is told for certain, whenever it is.
fn reaches(routes: &Routes, to: &[String], is_info_alone: bool, key: impl Fn() -> String) -> Checked {
    unless(to.is_empty(), &key, || Fault::Nobody)?;
    let (mut is_certain, mut gap, mut has_sms) = (false, None, false);
    for text in to {
        match routes.target(text) {
            None => return refuse(key(), unknown("receiver, person or schedule", text)),
            Some(Target::Receiver(receiver)) => {
                has_sms |= receiver.channel() == Channel::Sms;
                is_certain |= receiver.channel().is_enough() || (is_info_alone && receiver.channel() == Channel::Dashboard);
            }
            // Their first receiver tells for certain.
            Some(Target::Person(_)) => is_certain = true,
            Some(Target::Schedule(schedule)) if schedule.has_gap() => gap = Some(text.clone()),
            Some(Target::Schedule(_)) => is_certain = true,
        }
    }
    let fault = || match gap {
        Some(schedule) => Fault::Gap(schedule),
        None if has_sms => Fault::SmsAlone,
        None => Fault::DashboardAlone,
    };
    unless(!is_certain, &key, fault)
}

//! What mutes, and the alarms that a file names.

use super::{Checked, Fault, Routes, unless};
use crate::paging::matcher::Matchers;
use crate::paging::routes::inhibit::Inhibit;
use crate::paging::routes::listed::Listed;
use crate::paging::window::Window;
use crate::tenant::EnvironmentName;

pub(super) fn check(routes: &Routes) -> Checked {
    routes.inhibit.iter().try_for_each(inhibit)?;
    routes.maintenance.iter().try_for_each(window)?;
    let all = [("foreign", &routes.foreign), ("shared", &routes.shared)];
    all.into_iter().try_for_each(|(key, list)| {
        list.iter().enumerate().try_for_each(|(place, listed)| self::listed(&format!("{key}.{}", place + 1), listed))
    })?;
    let tenants = routes.shared.iter().position(|listed| listed.tenant.is_some());
    unless(tenants.is_some(), || format!("shared.{}.tenant", tenants.unwrap_or(0) + 1), || Fault::SharedTenant)
}

fn inhibit(rule: &Inhibit) -> Checked {
    narrow(&rule.source, || format!("inhibit.{}.source", rule.id))?;
    narrow(&rule.target, || format!("inhibit.{}.target", rule.id))
}

fn window(window: &Window) -> Checked {
    let key = |what: &str| format!("maintenance.{}{what}", window.id);
    narrow(&window.matchers, || key(".match"))?;
    unless(window.hours.is_empty() && window.once.is_none(), || key(""), || Fault::NoTime)?;
    unless(window.hours.iter().any(|hours| hours.days.is_empty()), || key(".hours"), || Fault::NoDays)?;
    unless(window.is_endless(), || key(".hours"), || Fault::Always)?;
    unless(window.once.as_ref().is_some_and(|span| span.until <= span.from), || key(".once"), || Fault::Backwards)
}

fn listed(key: &str, listed: &Listed) -> Checked {
    unless(listed.is_anything(), || key.to_owned(), || Fault::Everything)?;
    let Some(environment) = &listed.environment else { return Ok(()) };
    let is_bad = environment.parse::<EnvironmentName>().is_err();
    unless(is_bad, || format!("{key}.environment"), || Fault::Environment(environment.chars().take(40).collect()))
}

fn narrow(matchers: &Matchers, key: impl FnOnce() -> String) -> Checked {
    unless(matchers.match_nothing_known(), key, || Fault::Everything)
}

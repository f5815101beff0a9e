//! From labels to a decision.

use jiff::{SignedDuration, Timestamp};

use super::Routes;
use super::decision::{Decision, Level, PassedOver, Taken};
use super::route::Route;
use crate::incident::Severity;
use crate::paging::labels::{Label, Labels};

mod audience;

use audience::Audience;

impl Routes {
    /// Who is told of what has these `labels` and this `severity`, with people and schedules as they are at `now`.
    pub fn decide(&self, labels: &Labels, severity: Severity, now: Timestamp) -> Decision {
        let labels = labels.clone().of(severity);
        let audience = Audience { routes: self, now, is_dev: labels.is_dev() };
        let (taken, passed) = self.take(&labels, now);
        let mut levels = merged(taken.iter().flat_map(|route| audience.levels(route)).collect());
        if levels.is_empty() {
            levels = vec![audience.everybody()];
        }
        let shortest = |of: fn(&Route) -> u32, unit: i64| {
            let least = taken.iter().map(|route| of(route)).min().unwrap_or(0);
            SignedDuration::from_secs(i64::from(least) * unit)
        };
        Decision {
            group_wait: shortest(|route| route.group_wait_seconds, 1),
            group_interval: shortest(|route| route.group_interval_seconds, 1),
            repeat: shortest(|route| route.repeat_minutes, 60),
            why: why(&labels, &taken, &levels),
            taken: taken.iter().map(|route| Taken { route: route.id.clone(), policy: route.policy.clone() }).collect(),
            passed,
            levels,
        }
    }

    /// The routes that take it, and those before them that do not.
    fn take(&self, labels: &Labels, now: Timestamp) -> (Vec<&Route>, Vec<PassedOver>) {
        let (mut taken, mut passed) = (Vec::new(), Vec::new());
        for route in &self.routes {
            match route.outside(labels, now) {
                Some(why) => passed.push(PassedOver { route: route.id.clone(), why }),
                None => taken.push(route),
            }
            if taken.last().is_some_and(|last| !last.goes_on) {
                break;
            }
        }
        (taken, passed)
    }
}

/// One level for each moment, in their order, with each receiver once.
fn merged(mut levels: Vec<Level>) -> Vec<Level> {
    // Stable: of two of one moment the earlier route's stays first.
    levels.sort_by_key(|level| level.wait);
    let mut merged: Vec<Level> = Vec::new();
    for level in levels {
        match merged.last_mut().filter(|last| last.wait == level.wait) {
            Some(last) => last.to.extend(level.to),
            None => merged.push(level),
        }
    }
    merged.iter_mut().for_each(audience::once);
    merged.retain(|level| !level.to.is_empty());
    merged
}

fn why(labels: &Labels, taken: &[&Route], levels: &[Level]) -> String {
    let routes: Vec<_> = taken.iter().map(|route| route.id.as_str()).collect();
    let routes = match routes.len() {
        0 => "no route takes it, so everybody is told".to_owned(),
        1 => format!("route {}", routes[0]),
        _ => format!("routes {}", routes.join(" and ")),
    };
    let who = [Label::Environment, Label::Tenant, Label::Service].map(|label| labels.text(label));
    let who: Vec<_> = who.into_iter().filter(|text| !text.is_empty()).map(cut).collect();
    let of = if who.is_empty() { String::new() } else { format!(" of {}", who.join("/")) };
    let levels: Vec<_> = levels.iter().map(Level::to_string).collect();
    let dev = if labels.is_dev() { "; PagerDuty is never called for dev" } else { "" };
    format!("{}{of}: {routes}: {}{dev}", labels.text(Label::Severity), levels.join("; "))
}

/// Labels may be as long as whoever made them likes.
fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests;

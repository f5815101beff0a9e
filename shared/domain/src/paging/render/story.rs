//! What every channel tells, in its order.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::super::notice::{Notice, What};
use super::text::{cut, few, is_link, line};

/// Tenants that are named.
const NAMED: usize = 5;
/// Tiers that are named.
const TIERS: usize = 6;
/// Characters of a name that is no headline: a tier, a service, a person.
const NAME: usize = 60;
/// Characters of the longest link: what a button of Slack takes.
const LONGEST_LINK: usize = 3000;

/// One thing that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) label: &'static str,
    pub(super) lines: Vec<String>,
}

/// How much of each part is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Lines of a list.
    pub(super) lines: usize,
    /// Characters of a line.
    pub(super) longest: usize,
}

/// What suffices at night. It says that it is a repeat, if it is one and `tells_repeats`.
pub(super) fn headline(notice: &Notice, tells_repeats: bool) -> String {
    let again = if tells_repeats && notice.is_repeat { "(sent again) " } else { "" };
    format!("{again}{}: {}", beginning(notice), line(&notice.title))
}

fn beginning(notice: &Notice) -> String {
    let (severity, place) = (notice.severity.word().to_uppercase(), place(notice));
    match &notice.what {
        What::Opened => format!("{severity} {place}"),
        What::Updated => format!("Update, {severity} {place}"),
        What::Repeated => format!("Still {severity} {place}"),
        What::Escalated { level } => format!("Level {level}, {severity} {place}"),
        What::SilenceEnded { ended } => format!("{severity} {place}, {} has ended", cut(&line(ended), NAME)),
        What::Acknowledged { by } => format!("Acknowledged by {}, {place}", cut(&line(by), NAME)),
        What::Resolved => format!("Resolved, {place}"),
        What::Noted => format!("For information, {place}"),
    }
}

/// The environment, or the account.
pub(super) fn place(notice: &Notice) -> &str {
    notice.environment.as_ref().map_or("account", |environment| environment.as_str())
}

/// What comes before the links.
pub(super) fn first_parts(notice: &Notice, room: Room) -> Vec<Part> {
    let cause = notice.cause.iter().flat_map(|cause| [&cause.what, &cause.explains]).collect::<Vec<_>>();
    told([
        ("Since", vec![since(notice)]),
        ("Concerns", whom(notice, room)),
        ("Likely cause", few(cause.into_iter(), 2, room.longest)),
        ("Tried", few(notice.tried.iter(), room.lines, room.longest)),
    ])
}

/// What comes after the links.
pub(super) fn last_parts(notice: &Notice, room: Room) -> Vec<Part> {
    told([
        ("Notes", few(notice.notes.iter(), room.lines, room.longest)),
        ("Members", members(notice, room)),
        ("Evidence", few(notice.evidence.iter(), room.lines, room.longest)),
    ])
}

fn told<const N: usize>(parts: [(&'static str, Vec<String>); N]) -> Vec<Part> {
    parts.into_iter().filter(|(_, lines)| !lines.is_empty()).map(|(label, lines)| Part { label, lines }).collect()
}

fn since(notice: &Notice) -> String {
    let length = length(notice.now.duration_since(notice.since));
    match notice.what {
        What::Resolved => format!("{}, for {length}", moment(notice.since)),
        _ => format!("{}, {length} ago", moment(notice.since)),
    }
}

/// A moment as people read it.
pub(super) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A length in its two largest units. What has not begun yet is a clock that goes wrong: none.
fn length(length: SignedDuration) -> String {
    let minutes = length.as_mins().max(0);
    match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
        (0, 0, 0) => "less than a minute".to_owned(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

fn whom(notice: &Notice, room: Room) -> Vec<String> {
    let mut lines: Vec<_> = tenants(notice).into_iter().collect();
    if !notice.services.is_empty() {
        lines.push(format!("services {}", few(notice.services.iter(), room.lines, NAME).join(", ")));
    }
    lines
}

/// How many tenants of which tiers, and the first of them.
pub(super) fn tenants(notice: &Notice) -> Option<String> {
    let tier = |tier: &Option<String>| tier.as_ref().map(|tier| cut(&line(tier), NAME));
    let names = notice.tenants.iter().take(NAMED).map(|tenant| match tier(&tenant.tier) {
        Some(tier) => format!("{} ({tier})", tenant.id),
        None => tenant.id.to_string(),
    });
    let names = names.collect::<Vec<_>>().join(", ");
    match notice.tenants.len() {
        0 => None,
        1 => Some(format!("tenant {names}")),
        count if count <= NAMED => Some(format!("{count} tenants: {names}")),
        count => Some(format!("{count} tenants{}: {names} and {} more", tiers(notice), count - NAMED)),
    }
}

fn tiers(notice: &Notice) -> String {
    let mut counts = BTreeMap::<&str, usize>::new();
    for tier in notice.tenants.iter().filter_map(|tenant| tenant.tier.as_deref()) {
        *counts.entry(tier).or_default() += 1;
    }
    let counts: Vec<_> = counts.into_iter().take(TIERS).map(|(tier, count)| format!("{count} {}", cut(&line(tier), NAME))).collect();
    if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) }
}

fn members(notice: &Notice, room: Room) -> Vec<String> {
    let members = &notice.members;
    let mut lines = few(members.first.iter().take(room.lines).collect::<Vec<_>>().into_iter(), room.lines, room.longest);
    match members.count.saturating_sub(lines.len()) {
        0 => {}
        left if lines.is_empty() => lines.push(format!("{left} signals")),
        left => lines.push(format!("and {left} more")),
    }
    lines
}

/// The links without a token, by name: the runbook first.
pub(super) fn links(notice: &Notice, most: usize) -> Vec<(String, &str)> {
    let links = &notice.links;
    let ours = [("Runbook", &links.runbook), ("Dashboard", &links.dashboard)];
    let ours = ours.into_iter().filter_map(|(name, url)| Some((name.to_owned(), url.as_deref()?)));
    let others = links.others.iter().map(|(name, url)| (cut(&line(name), NAME), url.as_str()));
    ours.chain(others).filter(|(name, url)| !name.is_empty() && is_link(url, LONGEST_LINK)).take(most).collect()
}

/// The links by which the recipient answers, while there is something to answer.
pub(super) fn answers(notice: &Notice) -> Vec<(&'static str, &str)> {
    let links = [("Acknowledge", &notice.links.acknowledge), ("Approve", &notice.links.approve)];
    let links = links.into_iter().filter_map(|(name, url)| Some((name, url.as_ref()?.0.as_str())));
    links.filter(|(_, url)| notice.what.is_asking() && is_link(url, LONGEST_LINK)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{notice, tenant};
    use super::*;

    #[test]
    fn the_first_line_says_what_has_become_of_what_and_where() {
        let check = |what, is_repeat, expected: &str| {
            assert_eq!(headline(&Notice { what, is_repeat, ..notice() }, true), expected);
        };
        check(What::Opened, false, "CRITICAL prod: RDS failover in us-east-1a");
        check(What::Opened, true, "(sent again) CRITICAL prod: RDS failover in us-east-1a");
        check(What::Updated, false, "Update, CRITICAL prod: RDS failover in us-east-1a");
        check(What::Repeated, false, "Still CRITICAL prod: RDS failover in us-east-1a");
        check(What::Escalated { level: 2 }, false, "Level 2, CRITICAL prod: RDS failover in us-east-1a");
        let ended = "the silence of alice".to_owned();
        check(What::SilenceEnded { ended }, false, "CRITICAL prod, the silence of alice has ended: RDS failover in us-east-1a");
        check(What::Acknowledged { by: "bob\n".into() }, false, "Acknowledged by bob, prod: RDS failover in us-east-1a");
        check(What::Resolved, false, "Resolved, prod: RDS failover in us-east-1a");
        check(What::Noted, false, "For information, prod: RDS failover in us-east-1a");
        assert!(!headline(&Notice { is_repeat: true, ..notice() }, false).contains("again"));
        assert!(headline(&Notice { environment: None, ..notice() }, false).starts_with("CRITICAL account: "));
    }

    #[test]
    fn a_length_has_its_two_largest_units() {
        let check = |seconds, expected: &str| assert_eq!(length(SignedDuration::from_secs(seconds)), expected);
        check(-3600, "less than a minute");
        check(59, "less than a minute");
        check(60, "1 min");
        check(3599, "59 min");
        check(3600, "1 h 0 min");
        check(86_399, "23 h 59 min");
        check(90_000, "1 d 1 h");
    }

    #[test]
    fn many_tenants_are_a_count_and_the_first_few() {
        let check = |tenants_: Vec<_>, expected: Option<&str>| {
            assert_eq!(tenants(&Notice { tenants: tenants_, ..notice() }).as_deref(), expected);
        };
        check(vec![], None);
        check(vec![tenant(1, Some("trial"))], Some("tenant t-1 (trial)"));
        check(vec![tenant(1, None), tenant(2, Some("trial"))], Some("2 tenants: t-1, t-2 (trial)"));
        let many = (0..1000).map(|n| tenant(n, Some(if n == 0 { "enterprise" } else { "trial" }))).collect();
        let expected = "1000 tenants (1 enterprise, 999 trial): t-0 (enterprise), t-1 (trial), t-2 (trial), t-3 (trial), t-4 (trial) \
                        and 995 more";
        check(many, Some(expected));
    }

    #[test]
    fn only_who_is_asked_gets_a_link_to_answer() {
        let check = |what, expected: usize| assert_eq!(answers(&Notice { what, ..notice() }).len(), expected);
        check(What::Opened, 2);
        check(What::Escalated { level: 3 }, 2);
        check(What::Acknowledged { by: "bob".into() }, 0);
        check(What::Resolved, 0);
        check(What::Noted, 0);
    }

    #[test]
    fn links_that_are_none_are_left_out() {
        let mut notice = notice();
        notice.links.dashboard = Some("javascript:alert(1)".into());
        notice.links.others = [("Trace".into(), "https://x.example/1".into()), ("Bad".into(), "https://x.example/|>".into())].into();
        let names: Vec<_> = links(&notice, 9).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["Runbook", "Trace"]);
    }
}

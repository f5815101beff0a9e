//! What an incident is judged by: what the routes say of it, what mutes it, how long a repair is waited for, and how its owner stands.

use jiff::{SignedDuration, Timestamp};

use super::Desk;
use crate::incident::Severity;
use crate::paging::labels::Labels;
use crate::paging::muted::Muted;
use crate::paging::routes::{Decision, Routes, Source};
use crate::paging::silence::Silence;
use crate::paging::subject::Expected;
use crate::tenant::Owner;

/// What an incident is judged by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Who is told, and when.
    pub decision: Decision,
    /// So long a repair that is under way is waited for.
    pub defer: SignedDuration,
    /// A silence, window of maintenance or written rule that mutes it: in words, and until when, if that is known.
    pub muted: Option<(String, Option<Timestamp>)>,
    /// How its owner stands.
    pub standing: Standing,
}

/// How the owner of an incident's root stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Why its faults are to be expected.
    pub expected: Option<Expected>,
    /// Whether the base that the tenant stands on is down, and is so by an incident of its own.
    pub base_down: bool,
}

/// A page is put off for so long at most while Caretaker repairs what it is about: two looks at the effect of an act, five minutes each.
const DEFER: SignedDuration = SignedDuration::from_mins(2 * 5);

impl Judgement {
    /// What the incident `id` of `desk` is judged by at `now`; none: it has no source.
    pub fn of(desk: &Desk, id: &str, routes: &Routes, silences: &[Silence], standing: Standing, now: Timestamp) -> Option<Self> {
        let (incident, (_, root)) = (desk.incidents.get(id)?, desk.root(id)?);
        let labels = root.labels(incident.severity);
        let others = if routes.has_rules() { desk.others(id) } else { Vec::new() };
        let sources: Vec<Source<'_>> = others.iter().map(|(key, labels)| Source { key, labels, fires: true }).collect();
        Some(Self {
            decision: routes.decide(&labels, incident.severity, now),
            defer: defer(incident.severity, root.subject.owner.as_ref()),
            muted: kept_back(&routes.muted(&labels, silences, &sources, now)),
            standing,
        })
    }
}

impl Desk {
    /// The base that `owner` stands on, if something of it is at fault as well: else nobody would hear that it is down.
    pub fn base_at_fault(&self, owner: &Owner) -> Option<Owner> {
        owner.tenant_id()?;
        let base = Owner::Environment(owner.environment().clone());
        let is_at_fault = self.heard.values().any(|heard| heard.firing && heard.subject.owner.as_ref() == Some(&base));
        is_at_fault.then_some(base)
    }

    /// The open incidents beside `id`, and what the routes are told of them.
    fn others(&self, id: &str) -> Vec<(String, Labels)> {
        let others = self.incidents.values().filter(|other| other.is_open() && other.id != id);
        others.filter_map(|other| Some((other.id.clone(), self.root(&other.id)?.1.labels(other.severity)))).collect()
    }
}

/// How long a repair is waited for. What is critical in production waits for none.
fn defer(severity: Severity, owner: Option<&Owner>) -> SignedDuration {
    let is_production = owner.is_some_and(|owner| owner.environment().is_production());
    if is_production && severity == Severity::Critical { SignedDuration::ZERO } else { DEFER }
}

/// The first of `muted` in words, and when all of them have ended, if each says when it does.
fn kept_back(muted: &[Muted]) -> Option<(String, Option<Timestamp>)> {
    let ends: Option<Vec<Timestamp>> = muted.iter().map(Muted::until).collect();
    Some((muted.first()?.to_string(), ends.and_then(|ends| ends.into_iter().max())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paging::desk::testing::{at, base, of, signal};
    use crate::paging::heard::Heard;
    use crate::paging::signal::State;

    #[test]
    fn a_repair_is_waited_for_unless_it_is_critical_in_production() {
        let check = |severity, owner: Option<&str>, minutes| {
            let owner: Option<Owner> = owner.map(|owner| owner.parse().expect("an owner"));
            assert_eq!(defer(severity, owner.as_ref()), SignedDuration::from_mins(minutes), "{severity} {owner:?}");
        };
        check(Severity::Critical, Some("tenant#prod#demo"), 0);
        check(Severity::Critical, Some("environment#prod"), 0);
        check(Severity::Warning, Some("tenant#prod#demo"), 10);
        check(Severity::Info, Some("tenant#prod#demo"), 10);
        check(Severity::Critical, Some("tenant#staging#demo"), 10);
        check(Severity::Critical, Some("environment#dev"), 10);
        // Nobody's in particular.
        check(Severity::Critical, None, 10);
    }

    #[test]
    fn what_mutes_it_is_told_by_its_first_and_lasts_as_long_as_its_last() {
        let silence = |until| Muted::Silence { id: "s".into(), by: "ada".into(), until: at(until) };
        let window = |until: Option<i64>| Muted::Maintenance { id: "w".into(), reason: "new disks".into(), until: until.map(at) };
        let rule = || Muted::Rule { id: "r".into(), source: "i1".into() };
        let check = |muted: &[Muted], expected: Option<(&str, Option<i64>)>| {
            let found = kept_back(muted);
            let found = found.as_ref().map(|(words, until)| (words.split(' ').next().unwrap_or_default(), *until));
            assert_eq!(found, expected.map(|(words, until)| (words, until.map(at))), "{muted:?}");
        };
        check(&[], None);
        check(&[silence(10)], Some(("silenced", Some(10))));
        check(&[silence(10), window(Some(20))], Some(("silenced", Some(20))));
        check(&[window(Some(20)), silence(10)], Some(("in", Some(20))));
        // Of one the end is not known.
        check(&[silence(10), rule()], Some(("silenced", None)));
        check(&[window(None), silence(10)], Some(("in", None)));
        check(&[rule()], Some(("muted", None)));
    }

    #[test]
    fn a_base_counts_as_down_only_while_it_is_at_fault_by_itself() {
        let check = |state, owner: &str, expected: Option<&str>| {
            let mut desk = Desk::default();
            desk.heard.insert("a".into(), Heard::of(signal("web", State::Firing, 0), of("demo", "web", &[]), Severity::Critical));
            desk.heard.insert("b".into(), Heard::of(signal("balancer", state, 0), base(), Severity::Critical));
            let found = desk.base_at_fault(&owner.parse().expect("an owner")).map(|base| base.to_string());
            assert_eq!(found.as_deref(), expected, "{state:?} {owner}");
        };
        check(State::Firing, "tenant#dev#demo", Some("environment#dev"));
        check(State::Over, "tenant#dev#demo", None);
        // Another environment's base.
        check(State::Firing, "tenant#prod#demo", None);
        // It stands on none.
        check(State::Firing, "environment#dev", None);
    }

    #[test]
    fn rules_see_the_other_open_incidents_and_no_incident_mutes_itself() {
        const ROUTES: &str = "schema = 1\n[[receiver]]\nid = \"slack\"\nkind = \"slack\"\nsecret = \"slack\"\n\
            [[route]]\nid = \"all\"\nto = [\"slack\"]\n\
            [[inhibit]]\nid = \"r1\"\nsource = { name = \"~d.*\" }\ntarget = { tenant = \"demo\" }\n";
        let routes = Routes::load("f", ROUTES).expect("a file");
        let check = |fire: &[(&str, &str)], expected: Option<&str>| {
            let mut desk = Desk::default();
            for (n, (name, tenant)) in fire.iter().enumerate() {
                let said = (signal(name, State::Firing, 0), of(tenant, name, &[]));
                desk.take(said.0, said.1, Severity::Warning, &format!("i{n}"), SignedDuration::ZERO, at(0));
            }
            let judged = Judgement::of(&desk, "i0", &routes, &[], Standing::default(), at(0)).expect("it has a source");
            assert_eq!(judged.muted.map(|(words, _)| words).as_deref(), expected, "{fire:?}");
            assert_eq!(judged.decision.levels[0].receivers(), ["slack".to_owned()].into());
        };
        check(&[("web", "demo")], None);
        check(&[("web", "demo"), ("database", "other")], Some("muted while i1 fires (rule r1)"));
        check(&[("database", "demo")], None);
        let nothing = Judgement::of(&Desk::default(), "i0", &routes, &[], Standing::default(), at(0));
        assert_eq!(nothing, None, "it has no source");
    }
}

//! The signals of an incident, and what is told of all of them together.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::incident::Severity;
use crate::paging::desk::Desk;
use crate::paging::heard::Heard;
use crate::paging::notice::{Asked, Concerned, LikelyCause, Members};
use crate::remediation::story::PROPOSAL;
use crate::tenant::TenantId;

/// So many of a thing are told of at most; their number is told beside.
const FIRST: usize = 20;

/// The signals of an incident.
pub(super) struct Group<'a> {
    /// That which explains most of it.
    pub(super) root: &'a Heard,
    members: Vec<&'a Heard>,
}

impl<'a> Group<'a> {
    /// Those of the incident `id`; none: it has no source.
    pub(super) fn of(desk: &'a Desk, id: &'a str) -> Option<Self> {
        let (_, root) = desk.root(id)?;
        Some(Self { root, members: desk.members(id).map(|(_, heard)| heard).collect() })
    }

    /// The tenants that are concerned, those that are hit worst first.
    pub(super) fn tenants(&self) -> Vec<Concerned> {
        let mut worst: BTreeMap<&TenantId, (Reverse<Severity>, Concerned)> = BTreeMap::new();
        for heard in &self.members {
            let Some(id) = heard.subject.owner.as_ref().and_then(|owner| owner.tenant_id()) else { continue };
            let rank = Reverse(heard.severity);
            let concerned = || (rank, Concerned { id: id.clone(), tier: heard.subject.tier.clone() });
            let entry = worst.entry(id).or_insert_with(concerned);
            entry.0 = entry.0.min(rank);
        }
        let mut all: Vec<_> = worst.into_values().collect();
        // Stable: of two that are hit alike the first by its id stays first.
        all.sort_by_key(|(rank, _)| *rank);
        all.into_iter().map(|(_, concerned)| concerned).collect()
    }

    /// The services that are concerned.
    pub(super) fn services(&self) -> Vec<String> {
        let services: BTreeSet<_> = self.members.iter().filter_map(|heard| heard.subject.service.clone()).collect();
        services.into_iter().take(FIRST).collect()
    }

    /// What is likely behind it: what the root says of its cause, and how many of the others the root explains.
    pub(super) fn cause(&self) -> LikelyCause {
        let is_explained = |heard: &&&Heard| heard.signal.key != self.root.signal.key && self.root.explains(heard);
        let explains = match self.members.iter().filter(is_explained).count() {
            0 => String::new(),
            1 => "1 other signal is of something that stands on it".to_owned(),
            many => format!("{many} other signals are of things that stand on it"),
        };
        LikelyCause { what: self.root.signal.cause.clone(), explains }
    }

    /// What it consists of.
    pub(super) fn members(&self) -> Members {
        let first = self.members.iter().take(FIRST).map(|heard| heard.signal.title.clone()).collect();
        Members { count: self.members.len(), first }
    }

    /// What was tried, each once.
    pub(super) fn tried(&self) -> Vec<String> {
        let tried: BTreeSet<_> = self.members.iter().flat_map(|heard| heard.signal.tried.clone()).collect();
        tried.into_iter().collect()
    }

    /// What remediation asks for.
    pub(super) fn proposal(&self) -> Option<Asked> {
        self.members.iter().find_map(|heard| asked(heard))
    }
}

/// What remediation asks for by `heard`, as it has written it there.
fn asked(heard: &Heard) -> Option<Asked> {
    let mut parts = heard.signal.links.get(PROPOSAL).filter(|_| heard.firing)?.split(' ');
    let (id, digest, expires) = (parts.next()?.to_owned(), parts.next()?.to_owned(), parts.next()?.parse().ok()?);
    Some(Asked { owner: heard.subject.owner.clone()?, subject: heard.subject.service.clone()?, id, digest, expires })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paging::desk::testing::{at, base, of, signal};
    use crate::paging::signal::{Signal, State};
    use crate::paging::subject::Subject;

    /// What fires, the first of it the root.
    fn group(members: &[Heard]) -> Group<'_> {
        Group { root: &members[0], members: members.iter().collect() }
    }

    fn heard(key: &str, subject: Subject, severity: Severity) -> Heard {
        Heard::of(signal(key, State::Firing, 0), subject, severity)
    }

    #[test]
    fn those_that_are_hit_worst_are_told_first_and_each_once() {
        use Severity::{Critical, Info, Warning};
        let check = |hit: &[(&str, Severity)], expected: &[&str]| {
            let members: Vec<_> = hit.iter().map(|(tenant, severity)| heard("a", of(tenant, "web", &[]), *severity)).collect();
            let found: Vec<_> = group(&members).tenants().into_iter().map(|tenant| tenant.id.to_string()).collect();
            assert_eq!(found, expected);
        };
        check(&[("zebra", Warning)], &["zebra"]);
        check(&[("ant", Info), ("bee", Critical), ("cat", Warning)], &["bee", "cat", "ant"]);
        // Of two alike by their ids.
        check(&[("bee", Warning), ("ant", Warning)], &["ant", "bee"]);
        // Its worst counts, whichever comes first.
        check(&[("ant", Warning), ("bee", Info), ("bee", Critical), ("bee", Info)], &["bee", "ant"]);
        let members = [heard("balancer", base(), Critical)];
        assert_eq!(group(&members).tenants(), [], "the base is no tenant's");
    }

    #[test]
    fn a_cause_tells_how_many_of_the_others_stand_on_it() {
        let check = |others: &[(&str, &[&str])], expected: &str| {
            let root = Signal { cause: "its disk is full".into(), ..signal("database", State::Firing, 0) };
            let mut members = vec![Heard::of(root, of("demo", "database", &[]), Severity::Critical)];
            members.extend(others.iter().map(|(about, on)| heard(about, of("demo", about, on), Severity::Warning)));
            let expected = LikelyCause { what: "its disk is full".into(), explains: expected.into() };
            assert_eq!(group(&members).cause(), expected);
        };
        check(&[], "");
        check(&[("bucket", &[])], "");
        check(&[("web", &["database"]), ("bucket", &[])], "1 other signal is of something that stands on it");
        check(&[("web", &["database"]), ("celery", &["database", "redis"])], "2 other signals are of things that stand on it");
    }

    #[test]
    fn of_many_the_first_are_told_and_all_are_counted() {
        let member = |n: usize| {
            let subject = Subject { service: Some(format!("s{:02}", n / 2)), ..of("demo", "web", &[]) };
            let tried = vec![["restarted it", "raised its memory"][n % 2].to_owned()];
            Heard::of(Signal { tried, ..signal(&format!("a{n:02}"), State::Firing, 0) }, subject, Severity::Warning)
        };
        let members: Vec<_> = (0..60).map(member).collect();
        let group = group(&members);
        let told = group.members();
        assert_eq!((told.count, told.first.len(), told.first[19].as_str()), (60, 20, "a19 is at fault"));
        let services = group.services();
        assert_eq!((services.len(), services[0].as_str(), services[19].as_str()), (20, "s00", "s19"));
        assert_eq!(group.tried(), ["raised its memory", "restarted it"]);
    }

    #[test]
    fn what_remediation_asks_for_is_told_while_it_fires_and_if_it_can_be_read() {
        let check = |link: Option<&str>, state, service: Option<&str>, expected: Option<(&str, &str)>| {
            let links = link.map(|link| (PROPOSAL.to_owned(), link.to_owned())).into_iter().collect();
            let subject = Subject { service: service.map(str::to_owned), ..of("demo", "web", &[]) };
            let asking = Heard::of(Signal { links, ..signal("b", state, 0) }, subject, Severity::Warning);
            let members = [heard("a", of("demo", "web", &[]), Severity::Warning), asking];
            let found = group(&members).proposal();
            let found = found.as_ref().map(|asked| (asked.id.as_str(), asked.digest.as_str()));
            assert_eq!(found, expected, "{link:?} {state:?} {service:?}");
        };
        let link = format!("p1 abc {}", at(60));
        check(Some(&link), State::Firing, Some("web"), Some(("p1", "abc")));
        check(Some(&link), State::Over, Some("web"), None);
        check(Some(&link), State::Firing, None, None);
        check(Some("p1 abc"), State::Firing, Some("web"), None);
        check(Some("p1 abc soon"), State::Firing, Some("web"), None);
        check(None, State::Firing, Some("web"), None);
    }
}

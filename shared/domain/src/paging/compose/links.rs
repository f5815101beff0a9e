//! Where to look: the page that says what to do, and the dashboard.

use crate::paging::heard::Heard;
use crate::paging::notice::Links;
use crate::paging::runbook::{self, Runbook};
use crate::paging::signal::Producer;

/// Where the pages are that notices lead to.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    /// What the runbooks' addresses begin with.
    pub runbooks: &'a str,
    /// The Region, for links to the console.
    pub region: &'a str,
}

/// The links of what `root` explains. Those by which a person answers are made when it is sent.
pub(super) fn of(root: &Heard, places: Places<'_>) -> Links {
    Links {
        runbook: Some(runbook::url(places.runbooks, runbook(root).slug())),
        dashboard: root.subject.dashboard.as_ref().map(|name| dashboard(name, places.region)),
        ..Links::default()
    }
}

/// What to do about what `root` says.
fn runbook(root: &Heard) -> Runbook {
    match root.signal.producer {
        Producer::Alarm => match &root.subject.resource {
            Some(resource) => Runbook::of_alarm(resource.generation().0),
            None => Runbook::of_own_alarm(&root.signal.name),
        },
        Producer::Caretaker => match root.signal.key.strip_prefix("incident/") {
            Some(key) => Runbook::of_incident(key),
            // Of an answer the word says what it is about.
            None => Runbook::of_incident(&format!("///{}", root.signal.name)),
        },
        producer => Runbook::of_feed(producer, &root.signal.name),
    }
}

/// The dashboard of a tenant, as its blueprint names it, in the console.
fn dashboard(name: &str, region: &str) -> String {
    format!("https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#dashboards/dashboard/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Severity;
    use crate::paging::desk::testing::{of, signal};
    use crate::paging::signal::{Signal, State};
    use crate::paging::subject::Subject;

    const PLACES: Places<'static> = Places { runbooks: "https://example.com/runbooks/", region: "eu-west-1" };

    #[test]
    fn what_speaks_leads_to_its_page() {
        let check = |producer, key: &str, name: &str, resource: Option<&str>, expected: &str| {
            let signal = Signal { producer, name: name.to_owned(), ..signal(key, State::Firing, 0) };
            let subject = Subject { resource: resource.map(Into::into), ..of("demo", "web", &[]) };
            let found = super::of(&Heard::of(signal, subject, Severity::Warning), PLACES).runbook;
            assert_eq!(found, Some(format!("https://example.com/runbooks/{expected}.md")), "{producer:?} {key} {name}");
        };
        check(Producer::Alarm, "alarm/a", "mate-demo-dev-task-failures", Some("task-failures"), "task-failures");
        // One that is being replaced is known by what it is in the blueprint.
        check(Producer::Alarm, "alarm/a", "mate-demo-dev-task-failures", Some("task-failures@2"), "task-failures");
        // An alarm of no blueprint is one on Caretaker itself.
        check(Producer::Alarm, "alarm/a", "caretaker-PagingSilence-1ABC", None, "silence");
        check(Producer::Alarm, "alarm/a", "legacy", None, "unknown");
        check(Producer::Caretaker, "incident/dev/demo/web/out-of-memory", "out-of-memory", None, "out-of-memory");
        check(Producer::Caretaker, "incident/dev///registry-unreachable", "registry-unreachable", None, "many-alike");
        check(Producer::Caretaker, "answer/dev/demo", "tenant-failed", None, "owner-failed");
        check(Producer::Database, "database/a/failover", "failover", Some("database"), "database-failover");
        check(Producer::Cost, "cost/a", "anomaly", None, "cost-anomaly");
    }

    #[test]
    fn a_dashboard_is_linked_where_there_is_one() {
        let check = |dashboard: Option<&str>, expected: Option<&str>| {
            let subject = Subject { dashboard: dashboard.map(str::to_owned), ..of("demo", "web", &[]) };
            let found = super::of(&Heard::of(signal("a", State::Firing, 0), subject, Severity::Warning), PLACES);
            assert_eq!(found.dashboard.as_deref(), expected);
            assert_eq!((found.acknowledge, found.approve), (None, None), "they carry a token");
        };
        check(None, None);
        let expected = "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/mate-demo-dev";
        check(Some("mate-demo-dev"), Some(expected));
    }
}

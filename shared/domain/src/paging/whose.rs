//! Whose a signal is, and how much it matters.

use super::alarm::ours::severity_of_name;
use super::labels::{Label, Labels};
use super::routes::Routes;
use super::signal::{About, Producer, Signal};
use super::subject::Subject;
use crate::incident::Severity;
use crate::tenant::Owner;

/// Whose a signal is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whose {
    /// Whom and what it is of.
    pub subject: Subject,
    /// How much it matters.
    pub severity: Severity,
}

impl Whose {
    /// Of `subject`, as the ledger has it.
    pub fn known(subject: Subject, signal: &Signal) -> Self {
        Self { severity: severity(subject.severity, signal), subject }
    }

    /// As `routes` say of an alarm that no record names; none: they do not ask for it.
    pub fn listed(routes: &Routes, signal: &Signal) -> Option<Self> {
        let About::Arn(arn) = &signal.about else { return None };
        let listed = routes.shared(&signal.name, arn).or_else(|| routes.foreign(&signal.name, arn))?;
        Some(Self { subject: of_labels(&listed.labels(Labels::default())), severity: severity(listed.severity, signal) })
    }
}

/// What the record or the routes say goes before what it says itself, and that before the end of an alarm's name.
fn severity(known: Option<Severity>, signal: &Signal) -> Severity {
    let of_name = || severity_of_name(&signal.name).filter(|_| signal.producer == Producer::Alarm);
    known.or(signal.severity).or_else(of_name).unwrap_or(Severity::Warning)
}

fn of_labels(labels: &Labels) -> Subject {
    let text = |label| Some(labels.text(label)).filter(|text| !text.is_empty());
    let environment = text(Label::Environment).and_then(|name| name.parse().ok());
    let tenant = text(Label::Tenant).and_then(|id| id.parse().ok());
    let owner = environment.map(|environment| match tenant {
        Some(tenant) => Owner::tenant(environment, tenant),
        None => Owner::Environment(environment),
    });
    Subject { owner, service: text(Label::Service).map(str::to_owned), ..Subject::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paging::desk::testing::{of, signal};
    use crate::paging::signal::State;

    const ROUTES: &str = r#"
schema = 1
[[receiver]]
id = "slack"
kind = "slack"
secret = "slack"
[[route]]
id = "all"
to = ["slack"]
[[shared]]
name = "~prod-.*"
environment = "prod"
severity = "critical"
[[shared]]
name = "both"
service = "shared"
[[foreign]]
name = "~legacy.*"
environment = "dev"
tenant = "demo"
service = "web"
[[foreign]]
name = "both"
service = "foreign"
"#;

    fn alarm(name: &str) -> Signal {
        Signal { name: name.to_owned(), about: About::Arn(format!("arn:{name}")), ..signal(name, State::Firing, 0) }
    }

    #[test]
    fn the_record_goes_before_what_is_said_and_that_before_the_name() {
        use Severity::{Critical, Info, Warning};
        let check = |record, said, name: &str, producer, expected| {
            let subject = Subject { severity: record, ..of("demo", "web", &[]) };
            let signal = Signal { severity: said, producer, ..alarm(name) };
            let whose = Whose::known(subject.clone(), &signal);
            assert_eq!(whose, Whose { subject, severity: expected }, "{record:?} {said:?} {name} {producer:?}");
        };
        check(Some(Info), Some(Critical), "x-critical", Producer::Alarm, Info);
        check(None, Some(Info), "x-critical", Producer::Alarm, Info);
        check(None, None, "x-critical", Producer::Alarm, Critical);
        check(None, None, "x", Producer::Alarm, Warning);
        // Only alarms are named so.
        check(None, None, "x-critical", Producer::Database, Warning);
        check(None, Some(Critical), "failover", Producer::Database, Critical);
    }

    #[test]
    fn what_no_record_names_is_as_the_routes_say_or_nobodys() {
        let routes = Routes::load("f", ROUTES).expect("a file");
        let check = |signal: &Signal, expected: Option<(&str, &str, Severity)>| {
            let found = Whose::listed(&routes, signal).map(|whose| {
                let owner = whose.subject.owner.map(|owner| owner.to_string()).unwrap_or_default();
                (owner, whose.subject.service.unwrap_or_default(), whose.severity)
            });
            let expected = expected.map(|(owner, service, severity)| (owner.to_owned(), service.to_owned(), severity));
            assert_eq!(found, expected, "{}", signal.name);
        };
        // The file goes before the name.
        check(&alarm("prod-api-info"), Some(("environment#prod", "", Severity::Critical)));
        check(&alarm("legacy-cpu"), Some(("tenant#dev#demo", "web", Severity::Warning)));
        check(&alarm("legacy-critical"), Some(("tenant#dev#demo", "web", Severity::Critical)));
        let said = Signal { severity: Some(Severity::Info), ..alarm("legacy-critical") };
        check(&said, Some(("tenant#dev#demo", "web", Severity::Info)));
        // Of two entries that of ours counts.
        check(&alarm("both"), Some(("", "shared", Severity::Warning)));
        check(&alarm("other"), None);
        // Only what has an ARN is looked for.
        check(&Signal { about: About::Account, ..alarm("prod-api") }, None);
    }
}

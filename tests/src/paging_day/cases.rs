//! What goes wrong on that day. Alarms of one kind of several tenants are one incident while they are on together: cases that are on at
//! the same time have alarms of different kinds, and each case has tenants of its own.

use super::{Act, Case};
use crate::on_call::{Fault, OnCall, Sight};
use crate::random::Random;

/// Tenants that have a case of their own.
pub const TENANTS: [&str; 7] = ["albion", "borealis", "cobalt", "dorado", "elgin", "fenwick", "gallia"];
/// What the ids of the many begin with.
pub const MANY: &str = "crowd";

/// The wait of paging/routes.toml, in seconds.
const GROUP_WAIT: f64 = 20.0;
/// One producer is so late, in seconds.
const LATE: f64 = 90.0;
/// After so long the second level of the policy `critical` is told, in seconds.
const LEVEL: f64 = 15.0 * 60.0;
/// All that MATE's tenants have that tells of their database's absence: four of its five alarms. Redis stands by itself.
const DEPENDENT: [&str; 4] = ["task-failures", "database-connections", "balancer-5xx", "unhealthy-targets"];
/// And the services that stand on it.
const SERVICES: [&str; 3] = ["django", "celery", "beat"];
/// And what is found of each of them then. With the alarms these are thirteen that depend on it.
const FAULTS: [&str; 3] = ["application-error", "unhealthy-container", "native-crash"];

fn sight(pages: u64, slack: u64, mails: u64, resolved: u64) -> Act {
    Act::Expect(Sight { pages, slack, mails, resolved }, None)
}

fn on(name: &str) -> Act {
    Act::Alarm(name.to_owned(), "ALARM", None)
}

fn off(name: &str) -> Act {
    Act::Alarm(name.to_owned(), "OK", None)
}

/// The id of one of the many.
pub fn one_of_many(n: usize) -> String {
    format!("{MANY}{n:02}")
}

/// What begins before anybody stands, since a level is a quarter of an hour: of an environment that nobody has made.
pub fn levels(is_answered: bool) -> Case {
    let (name, fault) = match is_answered {
        true => ("a page is acknowledged by PagerDuty's webhook", unattended("answered")),
        false => ("another is not", unattended("unanswered")),
    };
    let mut steps = vec![(0.0, Act::Incident(fault.clone(), true)), (1.0, sight(1, 0, 0, 0))];
    if is_answered {
        steps.push((1.0, Act::Acknowledge("ada")));
        steps.push((2.0, sight(1, 0, 0, 0)));
    }
    Case { name, marker: fault.service, wait: Some(0.0), steps }
}

/// What becomes of them a quarter of an hour after they began.
pub fn next_levels(is_answered: bool) -> Case {
    let (name, fault, slack) = match is_answered {
        true => ("  a quarter of an hour later: the next level is left alone", unattended("answered"), 0),
        false => ("  a quarter of an hour later: Slack is told, too", unattended("unanswered"), 1),
    };
    let steps = vec![
        (LEVEL + 8.0, sight(1, slack, 0, 0)),
        (LEVEL + 8.0, Act::Incident(fault.clone(), false)),
        // The end is told to all who were told.
        (LEVEL + 10.0, sight(1, 2 * slack, 0, 1)),
    ];
    Case { name, marker: fault.service, wait: None, steps }
}

fn unattended(of: &str) -> Fault {
    let (service, fault, severity) = (format!("export-{of}"), "application-error", "critical");
    Fault { environment: "staging", tenant: None, service, fault, severity, tried: &[] }
}

/// What goes wrong first.
pub fn first(on_call: &OnCall<'_>, many: usize, random: &mut Random) -> Vec<Case> {
    vec![single(on_call), two_roads(on_call), one_of_all(on_call, many, random), saved(on_call), silenced(on_call), of_dev()]
}

/// What goes wrong once that is over.
pub fn second(on_call: &OnCall<'_>, random: &mut Random) -> Vec<Case> {
    vec![failover(on_call, random), pagerduty_down(on_call)]
}

fn single(on_call: &OnCall<'_>) -> Case {
    let name = on_call.alarm_name("albion", "database-connections");
    let steps = vec![(0.0, on(&name)), (23.0, sight(1, 0, 0, 0)), (24.0, off(&name)), (26.0, sight(1, 0, 0, 1))];
    Case { name: "a single alarm, and its end", marker: "albion".to_owned(), wait: Some(GROUP_WAIT), steps }
}

fn two_roads(on_call: &OnCall<'_>) -> Case {
    let name = on_call.alarm_name("borealis", "redis-memory");
    let steps = vec![
        (0.0, Act::Alarm(name.clone(), "ALARM", Some(&["sns"]))),
        (23.0, sight(1, 0, 0, 0)),
        (LATE, Act::Late(name.clone(), "bus")),
        (LATE + 4.0, sight(1, 0, 0, 0)),
        (LATE + 4.0, off(&name)),
        (LATE + 6.0, sight(1, 0, 0, 1)),
    ];
    Case { name: "one by two roads: SNS, and the bus 90 s later", marker: "borealis".to_owned(), wait: Some(GROUP_WAIT), steps }
}

fn one_of_all(on_call: &OnCall<'_>, many: usize, random: &mut Random) -> Case {
    let mut names: Vec<_> = (0..many).map(|n| on_call.alarm_name(&one_of_many(n), "task-failures")).collect();
    random.shuffle(&mut names);
    let mut steps: Vec<_> = names.iter().map(|name| (0.0, on(name))).collect();
    let counted = Sight { pages: 1, slack: 0, mails: 0, resolved: 0 };
    // Whose alarm has not come by the end of the wait joins it, and is told of with the next message.
    steps.push((25.0, Act::Expect(counted, Some(" tenants: ".to_owned()))));
    random.shuffle(&mut names);
    steps.extend(names.iter().map(|name| (40.0, off(name))));
    steps.push((45.0, sight(1, 0, 0, 1)));
    Case { name: "the same of many tenants: one page that counts them", marker: MANY.to_owned(), wait: Some(GROUP_WAIT), steps }
}

fn saved(on_call: &OnCall<'_>) -> Case {
    let name = on_call.alarm_name("fenwick", "unhealthy-targets");
    let repair = Fault {
        environment: on_call.environment,
        tenant: Some("fenwick"),
        service: on_call.alarm_name("fenwick", "django"),
        fault: "out-of-memory",
        severity: "info",
        tried: &["raised its memory"],
    };
    let steps = vec![
        (0.0, Act::Incident(repair.clone(), true)),
        (2.0, on(&name)),
        (40.0, sight(0, 0, 0, 0)),
        (41.0, off(&name)),
        (43.0, Act::Incident(repair, false)),
        (46.0, sight(0, 0, 1, 0)),
    ];
    Case { name: "put off while Caretaker repairs it, and saved", marker: "fenwick".to_owned(), wait: None, steps }
}

fn silenced(on_call: &OnCall<'_>) -> Case {
    let name = on_call.alarm_name("gallia", "balancer-5xx");
    let steps = vec![
        (0.0, Act::Silence("gallia", 40)),
        (3.0, on(&name)),
        (33.0, sight(0, 0, 0, 0)),
        // The silence ends, and it is still so.
        (43.0, sight(0, 1, 0, 0)),
        (45.0, off(&name)),
        (47.0, sight(0, 2, 0, 0)),
    ];
    Case { name: "silenced for 40 s, told when that ends, and its end", marker: "gallia".to_owned(), wait: None, steps }
}

fn of_dev() -> Case {
    let fault = Fault {
        environment: "dev",
        tenant: None,
        service: "playground".to_owned(),
        fault: "application-error",
        severity: "critical",
        tried: &[],
    };
    let steps = vec![
        (0.0, Act::Incident(fault.clone(), true)),
        (4.0, sight(0, 1, 0, 0)),
        (5.0, Act::Incident(fault, false)),
        (7.0, sight(0, 2, 0, 0)),
    ];
    Case { name: "critical in dev: Slack, never PagerDuty", marker: "playground".to_owned(), wait: Some(0.0), steps }
}

fn failover(on_call: &OnCall<'_>, random: &mut Random) -> Case {
    let alarms = DEPENDENT.map(|alarm| on_call.alarm_name("dorado", alarm));
    let fault = |(service, fault)| Fault {
        environment: on_call.environment,
        tenant: Some("dorado"),
        service: on_call.alarm_name("dorado", service),
        fault,
        severity: "critical",
        tried: &[],
    };
    let faults: Vec<_> = SERVICES.into_iter().flat_map(|service| FAULTS.map(|fault| (service, fault))).map(fault).collect();
    let mut symptoms: Vec<Act> = alarms.iter().map(|name| on(name)).collect();
    symptoms.extend(faults.iter().map(|fault| Act::Incident(fault.clone(), true)));
    random.shuffle(&mut symptoms);
    let mut steps: Vec<_> = symptoms.into_iter().enumerate().map(|(n, symptom)| (n as f64, symptom)).collect();
    steps.push((26.0, sight(1, 0, 0, 0)));
    // It happened before its symptoms, and is heard of last.
    steps.push((LATE, Act::Database("dorado", "RDS-EVENT-0013", 92)));
    steps.push((LATE + 4.0, sight(1, 0, 0, 0)));
    // PagerDuty is down meanwhile for another case.
    steps.push((LATE + 25.0, Act::Database("dorado", "RDS-EVENT-0049", 0)));
    steps.extend(alarms.iter().map(|name| (LATE + 25.0, off(name))));
    steps.extend(faults.into_iter().map(|fault| (LATE + 25.0, Act::Incident(fault, false))));
    steps.push((LATE + 28.0, sight(1, 0, 0, 1)));
    let name = "a failover: 4 alarms, 9 faults of services, the cause late";
    Case { name, marker: "dorado".to_owned(), wait: Some(GROUP_WAIT), steps }
}

fn pagerduty_down(on_call: &OnCall<'_>) -> Case {
    let name = on_call.alarm_name("elgin", "redis-memory");
    let steps = vec![
        // The page of the failover is through by then.
        (35.0, Act::Fail(503)),
        (36.0, on(&name)),
        (60.0, sight(0, 1, 0, 0)),
        (60.0, Act::Heal),
        // Slack was told instead, and hears of the end too.
        (61.0, off(&name)),
        (64.0, sight(0, 2, 0, 0)),
    ];
    Case { name: "PagerDuty is down: Slack within a minute", marker: "elgin".to_owned(), wait: Some(GROUP_WAIT), steps }
}

/// A composite alarm in the place of a tenant's own, and the two that it is made of.
pub fn composite(on_call: &OnCall<'_>, random: &mut Random) -> Case {
    let name = on_call.alarm_name("cobalt", "task-failures");
    let mut children = ["database-connections", "redis-memory"].map(|alarm| on_call.alarm_name("cobalt", alarm));
    let rule = children.iter().map(|child| format!("ALARM(\"{child}\")")).collect::<Vec<_>>().join(" OR ");
    random.shuffle(&mut children);
    let seen = Sight { pages: 1, slack: 0, mails: 0, resolved: 0 };
    let mut steps = vec![(0.0, Act::Compose(name.clone(), rule))];
    steps.extend(children.iter().map(|child| (2.0, on(child))));
    steps.push((25.0, Act::Expect(seen, Some(name))));
    steps.extend(children.iter().map(|child| (27.0, off(child))));
    steps.push((29.0, sight(1, 0, 0, 1)));
    Case { name: "a composite alarm and its children", marker: "cobalt".to_owned(), wait: Some(GROUP_WAIT), steps }
}

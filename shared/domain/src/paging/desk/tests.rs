use super::testing::{at, of, signal};
use super::*;
use crate::incident::Severity;
use crate::paging::channel::Channel;
use crate::paging::routes::{Decision, Level, Recipient};
use crate::paging::signal::{Signal, State};
use crate::paging::subject::Subject;

mod answers;
mod kept;
mod quiet;
mod related;

/// After so many minutes `to` is told, and of the end as well.
fn level(minutes: i64, to: &str) -> Level {
    let (receiver, person, fallbacks, why) = (to.to_owned(), None, Vec::new(), String::new());
    let to = vec![Recipient { receiver, channel: Channel::Slack, person, fallbacks, wants_resolved: true, why }];
    Level { wait: SignedDuration::from_mins(minutes), to }
}

/// A desk with its own clock.
struct Bench {
    desk: Desk,
    count: usize,
    decision: Decision,
    defer: SignedDuration,
    muted: Option<(String, Option<Timestamp>)>,
    standing: Standing,
}

impl Bench {
    fn new() -> Self {
        let decision = Decision {
            taken: Vec::new(),
            passed: Vec::new(),
            levels: vec![level(0, "first"), level(30, "second")],
            group_wait: SignedDuration::from_secs(20),
            group_interval: SignedDuration::from_mins(5),
            repeat: SignedDuration::from_hours(4),
            why: String::new(),
        };
        let (defer, standing) = (SignedDuration::from_mins(10), Standing::default());
        Self { desk: Desk::default(), count: 0, decision, defer, muted: None, standing }
    }

    fn take_as(&mut self, signal: Signal, subject: Subject, severity: Severity, second: i64) -> Taken {
        self.count += 1;
        let (id, wait) = (format!("i{}", self.count), self.decision.group_wait);
        self.desk.take(signal, subject, severity, &id, wait, at(second))
    }

    fn take(&mut self, signal: Signal, subject: Subject, second: i64) -> Taken {
        self.take_as(signal, subject, Severity::Critical, second)
    }

    fn fire(&mut self, key: &str, subject: Subject, second: i64) -> Taken {
        self.take(signal(key, State::Firing, second), subject, second)
    }

    fn end(&mut self, key: &str, subject: Subject, second: i64) -> Taken {
        self.take(signal(key, State::Over, second), subject, second)
    }

    fn judged(&self) -> Judgement {
        let (decision, muted, standing) = (self.decision.clone(), self.muted.clone(), self.standing.clone());
        Judgement { decision, defer: self.defer, muted, standing }
    }

    /// Looks at all that is due until `second`; what is told, in words.
    fn until(&mut self, second: i64) -> Vec<String> {
        let judged = self.judged();
        for _ in 0..200 {
            let open = self.desk.incidents.values().filter(|incident| incident.is_open() && incident.due <= at(second));
            let Some((due, id)) = open.map(|incident| (incident.due, incident.id.clone())).min() else { break };
            self.desk.look(&id, &judged, due.max(at(0)));
        }
        self.told()
    }

    fn told(&mut self) -> Vec<String> {
        let words =
            |notice: Notice| format!("{:?} {} to {}", notice.what, notice.incident, notice.to.into_iter().collect::<Vec<_>>().join(" "));
        std::mem::take(&mut self.desk.notices).into_iter().map(words).collect()
    }

    fn open(&self) -> Vec<&str> {
        self.desk.incidents.values().filter(|incident| incident.is_open()).map(|incident| incident.id.as_str()).collect()
    }
}

const WEB: [&str; 2] = ["database", "redis"];

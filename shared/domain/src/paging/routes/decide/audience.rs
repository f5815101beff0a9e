//! From the names in a file to those who are told at a moment.

use jiff::{SignedDuration, Timestamp};

use crate::paging::channel::Channel;
use crate::paging::routes::decision::{Level, Recipient};
use crate::paging::routes::policy::Person;
use crate::paging::routes::receiver::Receiver;
use crate::paging::routes::route::Route;
use crate::paging::routes::{Routes, check::Target};
use crate::paging::schedule::OnCall;

/// Those whom the file knows, at a moment.
pub(super) struct Audience<'a> {
    pub(super) routes: &'a Routes,
    pub(super) now: Timestamp,
    /// PagerDuty is never called for it, whatever the file says.
    pub(super) is_dev: bool,
}

/// How somebody came to be told.
#[derive(Clone)]
struct Way {
    why: String,
    wants_resolved: bool,
}

impl<'a> Audience<'a> {
    /// Whom `route` tells, level by level.
    pub(super) fn levels(&self, route: &Route) -> Vec<Level> {
        let policy = route.policy.as_ref().and_then(|id| self.routes.policies.iter().find(|policy| policy.id == *id));
        let steps = match policy {
            Some(policy) => policy.unrolled(),
            None => vec![(SignedDuration::ZERO, format!("route {}", route.id), route.to.as_slice())],
        };
        let level = |(wait, why, to): (_, String, &[String])| Level {
            wait,
            to: to.iter().flat_map(|target| self.told(target, &Way { why: why.clone(), wants_resolved: route.send_resolved })).collect(),
        };
        steps.into_iter().map(level).collect()
    }

    /// All who can be told for certain. A checked file never needs it.
    pub(super) fn everybody(&self) -> Level {
        let certain = self.routes.receivers.iter().filter(|receiver| receiver.channel().is_enough());
        let way = Way { why: "no route takes it".to_owned(), wants_resolved: true };
        let mut level =
            Level { wait: SignedDuration::ZERO, to: certain.filter_map(|receiver| self.recipient(&[receiver], None, &way)).collect() };
        once(&mut level);
        level
    }

    fn told(&self, target: &str, way: &Way) -> Option<Recipient> {
        match self.routes.target(target)? {
            Target::Receiver(receiver) => self.recipient(&[receiver], None, way),
            Target::Person(person) => self.personally(person, way),
            Target::Schedule(schedule) => {
                let (id, how) = match schedule.on_call(self.now)? {
                    OnCall::Turn(id) => (id, "on call by"),
                    OnCall::Instead(id) => (id, "standing in on"),
                };
                let why = format!("{}: {how} schedule {}", way.why, schedule.id);
                self.personally(self.routes.person(id)?, &Way { why, ..*way })
            }
        }
    }

    fn personally(&self, person: &Person, way: &Way) -> Option<Recipient> {
        let receivers: Vec<_> = person.receivers.iter().filter_map(|id| self.routes.receiver(id)).collect();
        self.recipient(&receivers, Some(person), way)
    }

    /// The first of `preferred` that may be used, and after it all that can stand in for it.
    fn recipient(&self, preferred: &[&'a Receiver], person: Option<&Person>, way: &Way) -> Option<Recipient> {
        let wanted = preferred.first()?;
        let mut order: Vec<&Receiver> = Vec::new();
        for receiver in self.all_after(preferred).into_iter().filter_map(|receiver| self.permitted(receiver)) {
            if !order.iter().any(|known| known.id == receiver.id) {
                order.push(receiver);
            }
        }
        let (first, rest) = order.split_first()?;
        let instead = if first.id == wanted.id { String::new() } else { format!(", instead of {} since this is dev", wanted.id) };
        Some(Recipient {
            receiver: first.id.clone(),
            channel: first.channel(),
            person: person.map(|person| person.id.clone()),
            fallbacks: rest.iter().map(|receiver| receiver.id.clone()).collect(),
            wants_resolved: way.wants_resolved,
            why: format!("{}{instead}", way.why),
        })
    }

    /// `preferred`, the fallbacks that the file names for the first of them, and the first of each channel that comes after its own.
    fn all_after(&self, preferred: &[&'a Receiver]) -> Vec<&'a Receiver> {
        let mut order = preferred.to_vec();
        let mut last = preferred.first().copied();
        while let Some(next) = last.and_then(|last| self.routes.receiver(last.fallback.as_deref()?)) {
            // A checked file has no circle; an unchecked one must not hang.
            if order.len() > self.routes.receivers.len() {
                break;
            }
            order.push(next);
            last = Some(next);
        }
        let after = preferred.first().map_or(&[][..], |first| first.channel().after());
        order.extend(after.iter().filter_map(|channel| self.first_of(*channel)));
        order
    }

    /// `receiver`, or what stands in for it where PagerDuty is never called.
    fn permitted(&self, receiver: &'a Receiver) -> Option<&'a Receiver> {
        match receiver.channel() {
            Channel::PagerDuty if self.is_dev => self.first_of(Channel::Slack).or_else(|| self.first_of(Channel::Email)),
            _ => Some(receiver),
        }
    }

    fn first_of(&self, channel: Channel) -> Option<&'a Receiver> {
        self.routes.receivers.iter().find(|receiver| receiver.channel() == channel)
    }
}

/// With each receiver once, and with its end told if any way wants that.
pub(super) fn once(level: &mut Level) {
    let mut known: Vec<Recipient> = Vec::new();
    for recipient in level.to.drain(..) {
        match known.iter_mut().find(|known| known.receiver == recipient.receiver) {
            Some(known) => known.wants_resolved |= recipient.wants_resolved,
            None => known.push(recipient),
        }
    }
    level.to = known;
}

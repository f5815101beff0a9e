//! What is done about a fault: what follows from it, held against what was done before, who decides, and how much may be done.

use jiff::{SignedDuration, Timestamp};

use super::super::attempt::Attempt;
use super::super::cause::Cause;
use super::super::conduct::{Conduct, Subject, Why, conduct};
use super::super::fault::Fault;
use super::super::policy::Mode;
use super::super::proposal::Proposal;
use super::super::remedy::Remedy;
use super::{Around, LOOP, Memory, Pause, Turn, WINDOW, Waiting};
use crate::incident::Severity;

/// So many texts that no rule knows are remembered.
const TEXTS: usize = 50;
/// So long a fault that many may have waits until it is known how many do.
const OTHERS: SignedDuration = SignedDuration::from_secs(15);
/// A fault that finds no room in the budgets for so long is a person's.
const ROOM: SignedDuration = SignedDuration::from_hours(1);

impl Memory {
    /// What is done about `fault` of `subject`, of which some fields are filled in here. A fault that many may have waits at first.
    pub fn decide(&mut self, fault: &Fault, subject: &Subject, around: &Around<'_>) -> Turn {
        let is_waited_for = self.waiting.as_ref().is_some_and(|waiting| !waiting.is_lost(around.now));
        match self.conduct(fault, subject, around.now) {
            Conduct::Ignore => Turn::Ignored,
            Conduct::LeaveToScheduler => Turn::Left,
            Conduct::Tell(severity) => self.tell(&fault.cause, severity),
            Conduct::Act(_) | Conduct::Escalate(_) if is_waited_for => Turn::Waited,
            Conduct::Act(_) | Conduct::Escalate(_) if fault.cause.may_be_shared() && self.busy(around.now).is_none() => {
                self.wait(fault, subject, Pause::Others, around.now + around.pace.of(OTHERS), around)
            }
            Conduct::Escalate(why) => self.escalate(fault, why, around),
            Conduct::Act(remedy) => self.act(remedy, fault, subject, around),
        }
    }

    /// What is done about the fault that waits as `id`, now that its wait is over; none: it waits no more.
    pub fn decide_again(&mut self, id: &str, subject: &Subject, is_steady: bool, around: &Around<'_>) -> Option<(Fault, Turn)> {
        let waiting = self.waiting.take_if(|waiting| waiting.id == id)?;
        let fault = waiting.fault.clone();
        let is_quiet = waiting.pause == Pause::Budget && self.alike(fault.cause.id(), around.now - LOOP) == 0;
        // Another release runs by now, or ECS has gone back.
        let is_other = waiting.image.is_some() && subject.image.is_some() && waiting.image != subject.image;
        let is_over = is_steady && (is_quiet || is_other);
        let mut turn = match self.conduct(&fault, subject, around.now) {
            _ if is_over => Turn::Over,
            Conduct::Act(_) if around.full_until.is_some() && around.now.duration_since(waiting.since) >= ROOM => {
                self.escalate(&fault, Why::NoBudget, around)
            }
            Conduct::Act(remedy) => self.act(remedy, &fault, subject, around),
            Conduct::Escalate(why) => self.escalate(&fault, why, around),
            _ => Turn::Left,
        };
        if let (Turn::Waits(told), Some(still)) = (&mut turn, &mut self.waiting) {
            (told.since, still.since) = (waiting.since, waiting.since);
        }
        Some((fault, turn))
    }

    /// A person, `by` name, has approved of the proposal `id`, of which `digest` was shown.
    pub fn approve(&mut self, id: &str, digest: Option<&str>, by: &str, around: &Around<'_>) -> Option<Attempt> {
        let is_meant = |proposal: &mut Proposal| {
            proposal.id == id && proposal.is_open(around.now) && digest.is_none_or(|digest| digest == proposal.digest())
        };
        if self.busy(around.now).is_some() {
            return None;
        }
        let proposal = self.proposal.take_if(is_meant)?;
        self.claim(proposal.remedy, &proposal.fault, id, around);
        let claimed = self.attempts.last_mut()?;
        claimed.by = Some(by.to_owned());
        Some(claimed.clone())
    }

    fn conduct(&self, fault: &Fault, subject: &Subject, now: Timestamp) -> Conduct {
        let alike = self.alike(fault.cause.id(), now - LOOP);
        let telling = subject.image.as_ref().map(|image| self.releases.telling(image, fault.cause.id(), now));
        let good = telling.and_then(|telling| telling.good);
        conduct(fault, &Subject { alike, raises: self.raises, good, ..subject.clone() })
    }

    fn act(&mut self, remedy: Remedy, fault: &Fault, subject: &Subject, around: &Around<'_>) -> Turn {
        if let Some(open) = self.busy(around.now) {
            return Turn::Busy(open.id.clone());
        }
        let is_same = |attempt: &Attempt| attempt.remedy == remedy && around.now.duration_since(attempt.at) < WINDOW;
        if remedy != Remedy::WakeReconciler && self.attempts.iter().any(is_same) || self.woken_in_vain(&remedy, fault, around.now) {
            return self.escalate(fault, Why::TriedAlready, around);
        }
        if let Some((tripped, told)) = around.brake {
            return Turn::Braked(tripped, told);
        }
        match (around.policy.mode(remedy.harm(), around.now), around.full_until) {
            (Mode::Observe, _) => self.once(&fault.cause, around.now, Turn::Observed(remedy)),
            (Mode::Approve, _) => self.propose(remedy, fault, around),
            (Mode::Act, Some(until)) => self.wait(fault, subject, Pause::Budget, until, around),
            (Mode::Act, None) => Turn::Claimed(self.claim(remedy, fault, around.id, around)),
        }
    }

    /// The reconciler is woken for many causes: in vain, if it was for this one.
    fn woken_in_vain(&self, remedy: &Remedy, fault: &Fault, now: Timestamp) -> bool {
        let is_same = |attempt: &Attempt| attempt.remedy == *remedy && attempt.fault.cause == fault.cause;
        *remedy == Remedy::WakeReconciler && self.attempts.iter().any(|attempt| is_same(attempt) && now.duration_since(attempt.at) < WINDOW)
    }

    fn claim(&mut self, remedy: Remedy, fault: &Fault, id: &str, around: &Around<'_>) -> Attempt {
        self.raises += u32::from(matches!(remedy, Remedy::RaiseMemory { .. }));
        let attempt = Attempt::claim(id, remedy, fault.clone(), around.pace, around.now);
        (self.waiting, self.proposal) = (None, None);
        self.attempts.push(attempt.clone());
        attempt
    }

    fn wait(&mut self, fault: &Fault, subject: &Subject, pause: Pause, until: Timestamp, around: &Around<'_>) -> Turn {
        let (id, image) = (around.id.to_owned(), subject.image.clone());
        let waiting = Waiting { id, fault: fault.clone(), image, pause, since: around.now, until };
        self.waiting = Some(waiting.clone());
        Turn::Waits(waiting)
    }

    fn propose(&mut self, remedy: Remedy, fault: &Fault, around: &Around<'_>) -> Turn {
        let is_open = |proposal: &Proposal| proposal.remedy == remedy && proposal.is_open(around.now);
        if self.proposal.as_ref().is_some_and(is_open) {
            return Turn::ToldBefore;
        }
        let proposal = Proposal::new(around.id, remedy, fault.clone(), around.now);
        self.open.insert(fault.cause.id().to_owned(), around.now);
        self.proposal = Some(proposal.clone());
        Turn::Proposed(proposal)
    }

    /// Told once for as long as it is open, and as one incident for all if all have it.
    fn escalate(&mut self, fault: &Fault, why: Why, around: &Around<'_>) -> Turn {
        match around.brake {
            Some((tripped, told)) => Turn::Braked(tripped, told),
            None => self.once(&fault.cause, around.now, Turn::Escalated(why)),
        }
    }

    fn once(&mut self, cause: &Cause, now: Timestamp, turn: Turn) -> Turn {
        match self.open.contains_key(cause.id()) {
            true => Turn::ToldBefore,
            false => {
                self.open.insert(cause.id().to_owned(), now);
                turn
            }
        }
    }

    /// Once per text.
    fn tell(&mut self, cause: &Cause, severity: Severity) -> Turn {
        let text = match cause {
            Cause::Unrecognised { text } => text.clone(),
            other => other.id().to_owned(),
        };
        if !self.told.insert(text) {
            return Turn::ToldBefore;
        }
        while self.told.len() > TEXTS {
            self.told.pop_first();
        }
        Turn::Told(severity)
    }
}

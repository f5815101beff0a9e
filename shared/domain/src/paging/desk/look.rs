//! A look at an incident: whether it is over, whether somebody is to be told, and when to look again.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Desk, Judgement};
use crate::paging::heard::Heard;
use crate::paging::incident::{Incident, Quiet, Stage, Told, What};
use crate::paging::notify::{Notify, Sent, Why, WhyNot, notify};
use crate::paging::routes::Decision;

/// What may end without a word is looked at again after so long.
const AGAIN: SignedDuration = SignedDuration::from_secs(60);
/// An incident for which nothing is due is looked at once in so long: what was lost on its way is found again.
const SELDOM: SignedDuration = SignedDuration::from_hours(1);

/// What a look has found to be right.
enum Verdict {
    /// Nobody is told, because of this, until then.
    Quiet(Quiet, Timestamp),
    /// This is told to this level.
    Tell(What, usize),
    /// All is told. Looked at again then.
    Rest(Timestamp),
}

impl Desk {
    /// Looks at the incident `id` at `now`.
    pub fn look(&mut self, id: &str, judged: &Judgement, now: Timestamp) {
        self.gather_rest(id, now);
        let Some(incident) = self.incidents.get(id).filter(|incident| incident.is_open()) else { return };
        let firing: BTreeSet<String> = self.members(id).filter(|(_, heard)| heard.firing).map(|(source, _)| source.clone()).collect();
        if firing.is_empty() {
            return self.close(id, &judged.decision, now);
        }
        match self.judge(incident, &firing, judged, now) {
            Verdict::Quiet(why, until) => self.keep_quiet(id, why, until, now),
            Verdict::Tell(what, level) => self.tell(id, what, level, &firing, &judged.decision, now),
            Verdict::Rest(until) => self.rest(id, until),
        }
    }

    fn judge(&self, incident: &Incident, firing: &BTreeSet<String>, judged: &Judgement, now: Timestamp) -> Verdict {
        if incident.told.is_none() && incident.due > now {
            return Verdict::Quiet(Quiet::Gathering, incident.due);
        }
        if let Some((why, until)) = self.quiet(incident, judged, now) {
            return Verdict::Quiet(why, until);
        }
        match &incident.told {
            None => Verdict::Tell(What::Opened, 0),
            Some(told) if incident.severity > told.severity => Verdict::Tell(What::Worse, 0),
            Some(told) if matches!(incident.quiet, Some(Quiet::Muted(_) | Quiet::ByAws(_))) => Verdict::Tell(What::Unsilenced, told.level),
            Some(told) => follows(incident, told, firing, &judged.decision, now),
        }
    }

    /// Why nobody is told, and until when.
    fn quiet(&self, incident: &Incident, judged: &Judgement, now: Timestamp) -> Option<(Quiet, Timestamp)> {
        let firing: Vec<&Heard> = self.members(&incident.id).map(|(_, heard)| heard).filter(|heard| heard.firing).collect();
        if let Some(words) =
            firing.iter().map(|heard| heard.signal.muted.clone()).collect::<Option<Vec<_>>>().and_then(|words| words.into_iter().next())
        {
            return Some((Quiet::ByAws(words), now + SELDOM));
        }
        if let Some((words, until)) = &judged.muted {
            return Some((Quiet::Muted(words.clone()), until.unwrap_or(now + AGAIN)));
        }
        if let Some(expected) = &judged.standing.expected {
            return Some((Quiet::Expected(expected.clone()), now + AGAIN));
        }
        if judged.standing.base_down
            && firing.iter().all(|heard| heard.subject.owner.as_ref().is_some_and(|owner| owner.tenant_id().is_some()))
        {
            return Some((Quiet::BaseDown, now + AGAIN));
        }
        let until = deferred(&firing, judged.defer)?;
        (incident.told.is_none() && until > now).then_some((Quiet::Repaired, until))
    }

    /// Nothing of it is at fault any more.
    fn close(&mut self, id: &str, decision: &Decision, now: Timestamp) {
        if let Some(until) = self.members(id).filter_map(|(_, heard)| heard.restless_until()).max().filter(|until| *until > now) {
            return self.look_at(id, until);
        }
        let was_repaired = self.members(id).any(|(_, heard)| !heard.signal.tried.is_empty());
        let Some(incident) = self.incidents.get_mut(id) else { return };
        incident.stage = Stage::Resolved { at: now };
        let (nobody, sent) = (BTreeSet::new(), incident.told.as_ref().map(sent));
        match notify(sent.as_ref(), &nobody, decision.wants_resolved(), decision.repeat, now) {
            Notify::Send(_) => self.tell_all(id, What::Resolved),
            Notify::Hold(WhyNot::NothingTold) => {
                let what = if incident.quiet.is_none() { Some(What::Noted) } else { was_repaired.then_some(What::Saved) };
                self.notices.extend(what.map(|what| incident.tell(what, 0, &nobody, decision, now)));
            }
            Notify::Hold(_) => {}
        }
        self.say(id, now, "resolved".to_owned());
    }

    fn keep_quiet(&mut self, id: &str, why: Quiet, until: Timestamp, now: Timestamp) {
        let Some(incident) = self.incidents.get_mut(id) else { return };
        incident.due = until;
        if incident.quiet.as_ref() != Some(&why) {
            let line = format!("nobody is told: {why}");
            incident.quiet = Some(why);
            self.say(id, now, line);
        }
    }

    fn tell(&mut self, id: &str, what: What, level: usize, firing: &BTreeSet<String>, decision: &Decision, now: Timestamp) {
        if what == What::Worse {
            self.tell_all(id, What::Superseded);
        }
        let Some(incident) = self.incidents.get_mut(id) else { return };
        if what == What::Worse {
            incident.stage = Stage::Open;
            incident.round += 1;
        }
        let notice = incident.tell(what, level, firing, decision, now);
        incident.due = incident.told.as_ref().map_or(now + SELDOM, |told| next(incident, told, decision, now));
        let to = notice.to.iter().cloned().collect::<Vec<_>>().join(", ");
        self.notices.push(notice);
        self.say(id, now, format!("{}: level {}, {to}", what.words(), level + 1));
    }

    /// Nothing is due before then, and nothing keeps it quiet.
    fn rest(&mut self, id: &str, until: Timestamp) {
        if let Some(incident) = self.incidents.get_mut(id) {
            (incident.due, incident.quiet) = (until, None);
        }
    }

    /// Looks again then. What keeps it quiet goes on doing so: what nobody has heard of by its end is no note.
    fn look_at(&mut self, id: &str, until: Timestamp) {
        if let Some(incident) = self.incidents.get_mut(id) {
            incident.due = until;
        }
    }

    /// Takes in what there was no room for when the root came.
    fn gather_rest(&mut self, id: &str, now: Timestamp) {
        let Some(root) = self.root(id).map(|(source, _)| source.clone()) else { return };
        let others = self.relatives(&root, now);
        if others.first().is_some_and(|first| first == id) {
            self.gather(id, &others, now);
        }
    }
}

/// What is due of an incident that was told already.
fn follows(incident: &Incident, told: &Told, firing: &BTreeSet<String>, decision: &Decision, now: Timestamp) -> Verdict {
    let is_open = incident.stage == Stage::Open;
    if is_open && decision.levels.get(told.level + 1).is_some_and(|level| told.since + level.wait <= now) {
        return Verdict::Tell(What::Escalated, told.level + 1);
    }
    let rest = next(incident, told, decision, now);
    // What was told at once was told before the others of its fault could come.
    let is_alone = told.at == told.since && told.since < incident.opened_at + decision.group_wait;
    let grown_at = told.at + if is_alone { decision.group_wait } else { decision.group_interval };
    match notify(Some(&sent(told)), firing, decision.wants_resolved(), decision.repeat, now) {
        Notify::Send(Why::Joined(_)) if grown_at <= now => Verdict::Tell(What::Grown, told.level),
        Notify::Send(Why::Joined(_)) => Verdict::Rest(rest.min(grown_at)),
        Notify::Send(Why::Again(_)) if is_open => Verdict::Tell(What::Repeated, told.level),
        Notify::Send(_) | Notify::Hold(_) => Verdict::Rest(rest),
    }
}

fn sent(told: &Told) -> Sent {
    Sent { at: told.at, firing: told.members.clone() }
}

/// When more is due of it if nothing happens.
fn next(incident: &Incident, told: &Told, decision: &Decision, now: Timestamp) -> Timestamp {
    let seldom = now + SELDOM;
    if incident.stage != Stage::Open {
        return seldom;
    }
    let level = decision.levels.get(told.level + 1).map(|level| told.since + level.wait);
    // It is repeated once the interval has passed, not when it does.
    level.into_iter().chain([told.at + decision.repeat + SignedDuration::from_secs(1), seldom]).min().unwrap_or(seldom)
}

/// Until when a repair of what is at fault, or of what it stands on, is waited for.
fn deferred(firing: &[&Heard], defer: SignedDuration) -> Option<Timestamp> {
    let repairs: Vec<&&Heard> = firing.iter().filter(|heard| heard.is_repair()).collect();
    let others: Vec<&&Heard> = firing.iter().filter(|heard| !heard.is_repair()).collect();
    let is_repaired = |other: &&Heard| repairs.iter().any(|repair| repair.subject.is_bound(&other.subject));
    if !others.iter().all(|other| is_repaired(other)) {
        return None;
    }
    repairs.iter().map(|repair| repair.signal.at + defer).max()
}

//! A day on which things go wrong: what is told when, by whom, and what people have to see of it.

use std::fmt;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::on_call::{Fault, OnCall, Sight};
use crate::stage::StageError;

pub mod cases;

/// From one look to the next.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// So much later than it should people may see something: PagerDuty is tried for up to a minute before another has to do.
const PATIENCE: Duration = Duration::from_secs(75);

/// One thing that happens.
#[derive(Debug, Clone)]
pub enum Act {
    /// The alarm of this name comes to a state, and tells so by these roads; none: by all.
    Alarm(String, &'static str, Option<&'static [&'static str]>),
    /// What the alarm said last comes by this road, late.
    Late(String, &'static str),
    /// RDS says this of the tenant's database, which happened so many seconds ago.
    Database(&'static str, &'static str, i64),
    /// Caretaker says that this begins (or is over).
    Incident(Fault, bool),
    /// A person puts a composite alarm of this rule in the place of the alarm.
    Compose(String, String),
    /// An operator silences the tenant for so many seconds.
    Silence(&'static str, i64),
    /// PagerDuty answers with this status from now on.
    Fail(u16),
    /// PagerDuty works again.
    Heal,
    /// This person acknowledges it in PagerDuty.
    Acknowledge(&'static str),
    /// People have seen this by now, and no more; a message has this text in it.
    Expect(Sight, Option<String>),
}

/// Something that goes wrong.
#[derive(Debug, Clone)]
pub struct Case {
    /// What it shows.
    pub name: &'static str,
    /// What every message about it has in it, and no other.
    pub marker: String,
    /// From the first signal to the first message, in seconds, if nothing is to keep it quiet.
    pub wait: Option<f64>,
    /// What happens, each at so many seconds from the beginning, or after the one before it.
    pub steps: Vec<(f64, Act)>,
}

/// What was seen of a case.
#[derive(Debug, Clone, Serialize)]
pub struct Seen {
    /// Its name.
    pub case: &'static str,
    /// Signals of it.
    pub signals: usize,
    /// What people had to see, look by look.
    pub expected: Vec<Sight>,
    /// What they saw.
    pub seen: Vec<Sight>,
    /// From the end of the wait to the first message.
    pub seconds_to_page: Option<f64>,
    /// Whether it is what was expected.
    pub as_expected: bool,
    /// What was missing in the messages.
    pub missing: Vec<String>,
}

/// A case as it goes.
struct Player {
    case: Case,
    next: usize,
    /// When its first signal was sent, in seconds since 1970.
    first: Option<f64>,
    /// Since when a look has not shown what it should.
    waits: Option<Instant>,
    seen: Vec<Sight>,
    missing: Vec<String>,
}

/// Lets `cases` happen side by side, counted from `began`, and looks on until all have ended.
///
/// # Errors
/// AWS or a control call refuses something.
pub fn play(on_call: &OnCall<'_>, cases: Vec<Case>, began: Instant) -> Result<Vec<Seen>, StageError> {
    let mut players: Vec<_> = cases.into_iter().map(Player::of).collect();
    while players.iter().any(|player| player.next < player.case.steps.len()) {
        for player in &mut players {
            player.go_on(on_call, began)?;
        }
        std::thread::park_timeout(LOOK_EVERY);
    }
    players.into_iter().map(|player| player.end(on_call)).collect()
}

impl Player {
    fn of(case: Case) -> Self {
        Self { case, next: 0, first: None, waits: None, seen: Vec::new(), missing: Vec::new() }
    }

    /// Does what is due.
    fn go_on(&mut self, on_call: &OnCall<'_>, began: Instant) -> Result<(), StageError> {
        while let Some((at, act)) = self.case.steps.get(self.next).cloned() {
            if began.elapsed().as_secs_f64() < at {
                return Ok(());
            }
            match act {
                Act::Expect(expected, text) if !self.look(on_call, expected, text.as_deref())? => return Ok(()),
                Act::Expect(..) => {}
                act => self.act(on_call, &act)?,
            }
            self.next += 1;
        }
        Ok(())
    }

    /// Whether the case may go on: what was expected is seen, or was waited for long enough.
    fn look(&mut self, on_call: &OnCall<'_>, expected: Sight, text: Option<&str>) -> Result<bool, StageError> {
        let seen = on_call.sight(&self.case.marker)?;
        let missing = match text {
            Some(text) if !on_call.says(&self.case.marker, text)? => Some(text.to_owned()),
            _ => None,
        };
        let is_right = seen == expected && missing.is_none();
        if !is_right && self.waits.get_or_insert_with(Instant::now).elapsed() < PATIENCE {
            return Ok(false);
        }
        self.waits = None;
        self.seen.push(seen);
        self.missing.extend(missing);
        Ok(true)
    }

    fn act(&mut self, on_call: &OnCall<'_>, act: &Act) -> Result<(), StageError> {
        if act.is_signal() {
            self.first.get_or_insert_with(|| Timestamp::now().as_millisecond() as f64 / 1_000.0);
        }
        match act {
            Act::Alarm(name, value, roads) => on_call.alarm(name, value, *roads),
            Act::Late(name, road) => on_call.late(name, road),
            Act::Database(tenant, event, ago) => on_call.database(tenant, event, Timestamp::now() - SignedDuration::from_secs(*ago)),
            Act::Incident(fault, begins) => on_call.incident(fault, *begins),
            Act::Compose(name, rule) => on_call.compose(name, rule),
            Act::Silence(tenant, seconds) => on_call.silence(tenant, *seconds),
            Act::Fail(status) => Ok(on_call.receivers.fail("pagerduty", *status)?),
            Act::Heal => Ok(on_call.receivers.heal()?),
            Act::Acknowledge(by) => match on_call.acknowledge(&self.case.marker, by)? {
                200 => Ok(()),
                status => Err(StageError::Answer("the webhook".to_owned(), format!("answer-link has answered {status}"))),
            },
            Act::Expect(..) => Ok(()),
        }
    }

    /// What was seen in all. What was right must still be so.
    fn end(mut self, on_call: &OnCall<'_>) -> Result<Seen, StageError> {
        let expected: Vec<Sight> = self.case.steps.iter().filter_map(|(_, act)| act.expected()).collect();
        let last = on_call.sight(&self.case.marker)?;
        if self.seen.last().is_some_and(|seen| *seen != last) {
            self.seen.push(last);
        }
        let told = on_call.told_first(&self.case.marker)?;
        let seconds = |wait: f64| {
            let (at, opened) = told?;
            Some(at - opened.or(self.first)? - wait)
        };
        Ok(Seen {
            case: self.case.name,
            signals: self.case.steps.iter().filter(|(_, act)| act.is_signal()).count(),
            seconds_to_page: self.case.wait.and_then(seconds),
            as_expected: self.seen == expected && self.missing.is_empty(),
            expected,
            seen: self.seen,
            missing: self.missing,
        })
    }
}

impl Act {
    /// Whether it says that something is wrong.
    fn is_signal(&self) -> bool {
        matches!(self, Self::Alarm(_, "ALARM", _) | Self::Late(..) | Self::Database(..) | Self::Incident(_, true))
    }

    fn expected(&self) -> Option<Sight> {
        match self {
            Self::Expect(sight, _) => Some(*sight),
            _ => None,
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |sights: &[Sight]| sights.iter().map(Sight::to_string).collect::<Vec<_>>().join(" -> ");
        let seconds = self.seconds_to_page.map_or_else(String::new, |seconds| format!("{seconds:.1}"));
        let mark = if self.as_expected { "" } else { "   NOT AS EXPECTED" };
        write!(f, "{:<58} {:>7} {seconds:>7}  {:<20}  {:<20}{mark}", self.case, self.signals, words(&self.expected), words(&self.seen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_shows_what_was_expected_beside_what_was_seen() {
        let sight = |pages, resolved| Sight { pages, slack: 0, mails: 0, resolved };
        let seen = Seen {
            case: "a case",
            signals: 2,
            expected: vec![sight(1, 0), sight(1, 1)],
            seen: vec![sight(1, 0), sight(2, 1)],
            seconds_to_page: Some(0.44),
            as_expected: false,
            missing: Vec::new(),
        };
        let row = seen.to_string();
        let words: Vec<_> = row.split_whitespace().collect();
        assert_eq!(words.join(" "), "a case 2 0.4 1 0 0 0 -> 1 0 0 1 1 0 0 0 -> 2 0 0 1 NOT AS EXPECTED");
    }
}

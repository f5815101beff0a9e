//! When to look again.

use std::time::Duration;

use super::Pass;
use crate::failure::backoff;
use crate::ledger::Record;
use crate::plan::{Change, Standing, Wait};
use crate::resource::Place;
use crate::wake::{Wake, poll_after};

/// First and longest wait after a pass that AWS did not let finish.
const FIRST_RETRY: Duration = Duration::from_secs(5);

/// How often to look for what must come from outside: as often as the longest poll.
const OUTSIDE: Duration = Duration::from_secs(300);

const LONGEST_RETRY: Duration = Duration::from_secs(300);

/// When to look again: at the earliest moment at which anything that waits may have moved. None: only an event changes anything.
pub(super) fn wake(pass: Pass<'_>, failures: u32) -> Option<Wake> {
    if pass.intent.paused {
        return None;
    }
    let waits = pass.plan.report.iter().filter_map(|(place, standing)| after(pass, place, standing, failures));
    let after = waits.min()?;
    let chain = pass.before.filter(|before| before.version == pass.intent.version).and_then(|before| before.wake.as_ref());
    Some(Wake {
        id: pass.epoch,
        at: pass.now + pass.pace.of(jiff::SignedDuration::try_from(after).unwrap_or(jiff::SignedDuration::ZERO)),
        since: chain.map_or(pass.now, |chain| chain.since),
        hops: chain.map_or(0, |chain| chain.hops + 1),
    })
}

fn after(pass: Pass<'_>, place: &Place, standing: &Standing, failures: u32) -> Option<Duration> {
    match standing {
        Standing::Waiting(Wait::Settling(_) | Wait::FormerLife(_)) => {
            let record = pass.records.get(place);
            let usual = record.map_or(FIRST_RETRY, usual);
            let since = record.and_then(|record| record.settling_since).unwrap_or(pass.now);
            let sends_events = record.is_some_and(|record| record.resource.desired.sends_events());
            Some(poll_after(pass.now.duration_since(since).unsigned_abs(), usual, sends_events))
        }
        Standing::Waiting(Wait::JustTried) => Some(Duration::from_secs(30)),
        Standing::Waiting(Wait::Unknown(_) | Wait::Failed(_)) => Some(backoff(failures.saturating_sub(1), FIRST_RETRY, LONGEST_RETRY)),
        // Most of it is told by an event; the rest by this look.
        Standing::Waiting(Wait::Outside(_)) => Some(OUTSIDE),
        // Something is due that this pass had no time left for.
        Standing::Due => Some(Duration::ZERO),
        Standing::Waiting(Wait::On(_)) | Standing::Stuck(_) | Standing::Ready { .. } | Standing::Kept(_) | Standing::Gone => None,
    }
}

/// How long the change that AWS is at usually takes.
pub(super) fn usual(record: &Record) -> Duration {
    record.resource.desired.usual(&usual_change(record))
}

fn usual_change(record: &Record) -> Change {
    let unknown = || if record.stood { Change::Update(Vec::new()) } else { Change::Create };
    record.settling_change.clone().unwrap_or_else(unknown)
}

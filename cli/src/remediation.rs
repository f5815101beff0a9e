//! What is remembered of an owner's services that failed, sorted out for people and scripts: text and JSON are made from the same values.

use std::collections::BTreeMap;
use std::fmt::Write;

use domain::ledger::{BadItem, Item};
use domain::ports::{Cloud, ReadOwner, send};
use domain::remediation::attempt::{Attempt, AttemptState};
use domain::remediation::circumstance;
use domain::remediation::memory::{Memory, Pause, Waiting};
use domain::remediation::proposal::Proposal;
use domain::remediation::release::Release;
use domain::tenant::Owner;
use jiff::Timestamp;
use serde::Serialize;

use crate::exit::CliError;
use crate::paint::{relative, span};
use crate::read::Ledger;

/// Attempts that are shown of a service.
const ATTEMPTS: usize = 5;

/// What is known of a service, as far as it has failed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceView {
    /// Its name on AWS.
    pub service: String,
    /// What was done lately, newest first.
    pub attempts: Vec<Attempt>,
    /// A fault that waits.
    pub waiting: Option<Waiting>,
    /// What a person was told to look at and is not over: by cause, since when.
    pub open: BTreeMap<String, Timestamp>,
    /// What would be done if somebody approved of it.
    pub asked: Option<Asked>,
    /// Images of which a deployment was complete once, newest first.
    pub ran_well: Vec<Release>,
}

/// A proposal that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// Of which service.
    pub service: String,
    /// What is asked.
    pub proposal: Proposal,
    /// Who approves of what is shown approves of no other remedy.
    pub digest: String,
}

/// What is remembered of each service of `owner`, by its name on AWS.
///
/// # Errors
/// The table of remediation did not answer, or is of newer code.
pub async fn memories<C: Cloud>(ledger: &Ledger<C>, owner: &Owner) -> Result<Vec<(String, Memory)>, CliError> {
    let what = format!("reading what is remembered of the services of {owner}");
    let items = send(&ledger.cloud, ReadOwner { owner: Memory::partition(owner) }).await;
    let items = items.map_err(|source| CliError::Call { what: what.clone(), source })?;
    let of_services = items.iter().filter(|item| item.key != circumstance::KEY);
    let read = |item: &Item| Ok::<_, BadItem>((item.key.clone(), item.read()?));
    of_services.map(read).collect::<Result<_, _>>().map_err(|source| CliError::Remembered { what, source })
}

/// All that a person is asked, by service.
pub fn asked(memories: &[(String, Memory)], now: Timestamp) -> Vec<Asked> {
    memories.iter().filter_map(|(service, memory)| Asked::of(service, memory, now)).collect()
}

impl Asked {
    fn of(service: &str, memory: &Memory, now: Timestamp) -> Option<Self> {
        let proposal = memory.proposal.clone().filter(|proposal| proposal.is_open(now))?;
        Some(Self { service: service.to_owned(), digest: proposal.digest(), proposal })
    }
}

impl ServiceView {
    /// What `memory` tells of `service`.
    pub fn of(service: &str, memory: &Memory, now: Timestamp) -> Self {
        let mut ran_well: Vec<_> = memory.releases.steady().cloned().collect();
        ran_well.sort_by_key(|release| std::cmp::Reverse(release.steady_at));
        Self {
            service: service.to_owned(),
            attempts: memory.attempts.iter().rev().take(ATTEMPTS).cloned().collect(),
            waiting: memory.waiting.clone(),
            open: memory.open.clone(),
            asked: Asked::of(service, memory, now),
            ran_well,
        }
    }
}

/// A service in lines.
pub fn render(view: &ServiceView, now: Timestamp) -> String {
    let attempts = view.attempts.iter().map(|attempt| ("tried", tried(attempt, now)));
    let waiting = view.waiting.iter().map(|waiting| ("waits", waits(waiting, now)));
    let open = view.open.iter().map(|(cause, since)| ("open", format!("{cause} for {}", span(now.duration_since(*since)))));
    let asked = view.asked.iter().map(|asked| ("asks", asks(&asked.proposal, now)));
    let ran_well = view.ran_well.iter().map(|release| ("ran well", ran(release, now)));
    let mut text = format!("service {}\n", view.service);
    for (head, what) in attempts.chain(waiting).chain(open).chain(asked).chain(ran_well) {
        let _ = writeln!(text, "  {head:<9} {what}");
    }
    text
}

/// A proposal in lines.
pub fn render_asked(asked: &Asked, now: Timestamp) -> String {
    let Asked { service, proposal, .. } = asked;
    let head = [("would", proposal.remedy.to_string()), ("against", proposal.fault.cause.to_string())].into_iter();
    let seen = proposal.fault.evidence.iter().map(|seen| ("seen", seen.clone()));
    let end = [("asked", relative(proposal.at, now)), ("until", format!("{:.0}, {}", proposal.expires, relative(proposal.expires, now)))];
    let mut text = format!("proposal {} of the service {service}\n", proposal.id);
    for (head, what) in head.chain(seen).chain(end) {
        let _ = writeln!(text, "  {head:<9} {what}");
    }
    text
}

fn tried(attempt: &Attempt, now: Timestamp) -> String {
    let by = attempt.by.as_ref().map_or_else(String::new, |by| format!("; approved by {by}"));
    let (at, cause) = (relative(attempt.at, now), attempt.fault.cause.id());
    format!("{at}: {}, against {cause}; {}{by} ({})", attempt.remedy, came_to(attempt, now), attempt.id)
}

fn came_to(attempt: &Attempt, now: Timestamp) -> String {
    match attempt.state {
        _ if attempt.is_lost(now) => "nobody has looked what it came to".to_owned(),
        AttemptState::Claimed => "it is not known whether it was done".to_owned(),
        AttemptState::Done => format!("done, and its effect is looked at {}", relative(attempt.check_at, now)),
        AttemptState::Proven => "it has helped".to_owned(),
        AttemptState::Failed => "nothing shows that it has helped".to_owned(),
    }
}

fn waits(waiting: &Waiting, now: Timestamp) -> String {
    let until = match waiting.pause {
        Pause::Others => "until it is known how many others have it",
        Pause::Budget => "until there is room in the budgets",
    };
    let since = span(now.duration_since(waiting.since));
    format!("{} for {since}, {until}; looked at {}", waiting.fault.cause.id(), relative(waiting.until, now))
}

fn asks(proposal: &Proposal, now: Timestamp) -> String {
    let (remedy, cause, left) = (&proposal.remedy, proposal.fault.cause.id(), span(proposal.expires.duration_since(now)));
    format!("may Caretaker {remedy}? Against {cause}; open for another {left}, to be answered by caretaker approve ({})", proposal.id)
}

fn ran(release: &Release, now: Timestamp) -> String {
    let at = release.steady_at.map_or_else(String::new, |at| format!(", {}", relative(at, now)));
    let faults: Vec<_> = release.faults.iter().map(String::as_str).collect();
    let failed = if faults.is_empty() { String::new() } else { format!("; tasks of it failed of {}", faults.join(", ")) };
    format!("{}{at}{failed}", release.image)
}

#[cfg(test)]
mod tests {
    use domain::remediation::cause::Cause;
    use domain::remediation::circumstance::Circumstances;
    use domain::remediation::remedy::Remedy;
    use domain::wake::Pace;
    use serde_json::json;

    use super::*;
    use crate::samples::{Shelf, failing, fault, moment, owner};

    #[test]
    fn a_service_that_failed_is_told_in_lines() {
        let told = render(&ServiceView::of("mate-demo-dev-django", &failing(), moment(0)), moment(0));
        let expected = "service mate-demo-dev-django
  tried     5 min ago: start its tasks anew, against credentials-rotated; done, and its effect is looked at in 5 min; approved by amy (01B)
  tried     2 d ago: go back from the image v3 to v2, against native-crash; it has helped (01A)
  waits     no-capacity for 10 s, until it is known how many others have it; looked at in 5 s
  open      credentials-rotated for 20 min
  asks      may Caretaker start its tasks anew? Against application-error; open for another 3 h, to be answered by caretaker approve (01C)
  ran well  v2, 3 d ago; tasks of it failed of application-error
";
        assert_eq!(told, expected);
    }

    #[test]
    fn what_an_attempt_came_to_is_said_in_words() {
        let check = |state, minutes: i64, expected: &str| {
            let claimed = Attempt::claim("01B", Remedy::CreateLogGroup, fault(Cause::LogGroupMissing), Pace::AWS, moment(0));
            assert_eq!(came_to(&Attempt { state, ..claimed }, moment(60 * minutes)), expected);
        };
        check(AttemptState::Claimed, 1, "it is not known whether it was done");
        check(AttemptState::Done, 1, "done, and its effect is looked at in 4 min");
        check(AttemptState::Done, 36, "nobody has looked what it came to");
        check(AttemptState::Failed, 36, "nothing shows that it has helped");
    }

    #[test]
    fn a_proposal_whose_time_is_over_is_asked_no_more() {
        let memories = vec![("django".to_owned(), failing()), ("celery".to_owned(), Memory::default())];
        assert_eq!(asked(&memories, moment(0)).iter().map(|asked| asked.service.as_str()).collect::<Vec<_>>(), ["django"]);
        assert_eq!(asked(&memories, moment(4 * 3_600)), []);
    }

    #[test]
    fn scripts_find_the_same_in_the_json() {
        let view = json!(ServiceView::of("mate-demo-dev-django", &failing(), moment(0)));
        assert_eq!(view["attempts"][0]["by"], "amy");
        assert_eq!(view["waiting"]["pause"], "others");
        assert_eq!(view["open"], json!(BTreeMap::from([("credentials-rotated", moment(-1_200))])));
        assert_eq!(view["asked"]["proposal"]["remedy"], "force-deployment");
        assert_eq!(view["asked"]["digest"].as_str().map(str::len), Some(64));
        assert_eq!(view["ranWell"][0]["image"], "v2");
    }

    #[tokio::test]
    async fn what_is_remembered_of_the_owner_itself_is_no_service() {
        let partition = Memory::partition(&owner());
        let shelf = Shelf::new(Vec::new()).with(Item::new(&partition, circumstance::KEY, &Circumstances::default()));
        let shelf = shelf.with(Item::new(&partition, "mate-demo-dev-django", &failing()));
        let ledger = Ledger { cloud: shelf, table: "caretaker-ledger".into() };
        assert_eq!(memories(&ledger, &owner()).await.unwrap(), [("mate-demo-dev-django".to_owned(), failing())]);
    }
}

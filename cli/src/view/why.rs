//! Why an owner is not ready, in a few words.

use domain::intent::Intent;
use domain::plan::{Standing, Stuck, Wait};
use domain::settle::{Phase, State};
use provision_tenant::book::Book;

/// What is stuck, or else moves, or else waits; of something removed, what is kept.
pub(super) fn why(book: &Book, intent: &Intent) -> Option<String> {
    if book.is_unsettled() {
        return Some(format!("version {} is accepted, no pass has settled it yet", intent.version));
    }
    let state = book.state.as_ref()?;
    let said: Vec<String> = match state.phase {
        Phase::Ready => return None,
        Phase::Removed => return kept(state),
        Phase::Paused => return Some("a person holds it: caretaker resume lets it go on".to_owned()),
        Phase::AwaitingEnvironment => return Some("its environment is not ready".to_owned()),
        Phase::Working | Phase::Degraded | Phase::Failed | Phase::Removing => [is_stuck as fn(&Standing) -> bool, moves, waits]
            .into_iter()
            .map(|pick| sentences(state, pick))
            .find(|some| !some.is_empty())?,
    };
    match &said[..] {
        [one] => Some(one.clone()),
        [first, rest @ ..] => Some(format!("{first} (and {} more)", rest.len())),
        [] => None,
    }
}

fn sentences(state: &State, pick: fn(&Standing) -> bool) -> Vec<String> {
    let picked = state.report.iter().filter(|line| pick(&line.standing));
    picked.map(|line| format!("{}: {}", line.place.id, short(&line.standing))).collect()
}

/// A failed call in the words of AWS alone: the list has no room for more.
pub(crate) fn short(standing: &Standing) -> String {
    match standing {
        Standing::Stuck(Stuck::Failed(call)) | Standing::Waiting(Wait::Failed(call) | Wait::Unknown(call)) => call.message.clone(),
        Standing::Stuck(stuck) => stuck.to_string(),
        Standing::Waiting(wait) => wait.to_string(),
        other => other.to_string(),
    }
}

fn is_stuck(standing: &Standing) -> bool {
    matches!(standing, Standing::Stuck(_))
}

/// It waits, and not for a resource of ours that has a line of its own.
fn moves(standing: &Standing) -> bool {
    matches!(standing, Standing::Waiting(wait) if !matches!(wait, Wait::On(_)))
}

fn waits(standing: &Standing) -> bool {
    matches!(standing, Standing::Waiting(_) | Standing::Due)
}

fn kept(state: &State) -> Option<String> {
    let count = state.report.iter().filter(|line| matches!(line.standing, Standing::Kept(_))).count();
    (count > 0).then(|| format!("{count} kept on purpose"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{book, busy_book, line, state};

    fn why_of(book: &Book) -> Option<String> {
        why(book, book.intent.as_ref().unwrap())
    }

    #[test]
    fn what_is_stuck_is_told_first_then_what_moves_then_what_waits() {
        let mut book = busy_book();
        let mut check = |gone: &str, expected: &str| {
            book.state.iter_mut().for_each(|state| state.report.retain(|line| line.place.id.0 != gone));
            assert_eq!(why_of(&book).as_deref(), Some(expected), "without {gone}");
        };
        check("", "tenant-data: name conflict: fs-1 carries no tag caretaker:owner");
        check("tenant-data", "database: creating");
        check("database", "django: on database");
    }

    #[test]
    fn several_of_one_sort_are_counted() {
        let refused = |id: &str| line(1, id, "secret", Standing::Stuck(Stuck::Refused("no".into())));
        let state = State { report: vec![refused("a"), refused("b"), refused("c")], ..state(1, 1, Phase::Failed) };
        assert_eq!(why_of(&Book { state: Some(state), ..book(1, 1) }).as_deref(), Some("a: refused: no (and 2 more)"));
    }

    #[test]
    fn a_ready_tenant_needs_no_reason() {
        assert_eq!(why_of(&Book { state: Some(state(1, 1, Phase::Ready)), ..book(1, 1) }), None);
    }
}

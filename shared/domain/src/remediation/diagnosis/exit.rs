//! What exit codes say where no text does.

use std::ops::RangeInclusive;

use Confidence::{Guess, Likely};

use super::super::cause::Cause;
use super::super::facts::Facts;
use super::super::stop::{Container, TaskStopped};
use super::evidence::name;
use super::told::{KILLED, by_weight};
use super::{Confidence, Verdict};

/// Exit codes, what they come from, and how sure that is. Signals are 128 + their number.
///
/// Sources: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting.html> for 137, 139 and 255; POSIX' shell command
/// language § 2.8.2 for 126 and 127; `docker run`'s reference for 125; `signal(7)` for the numbers of signals.
const CODES: &[(RangeInclusive<i64>, Cause, Confidence, &str)] = &[
    (1..=1, Cause::ApplicationError, Likely, "an error of the application"),
    (2..=2, Cause::BadCommand, Guess, "usually a wrong option"),
    (3..=124, Cause::ApplicationError, Likely, "the application's own"),
    (125..=125, Cause::BadCommand, Likely, "the container could not be run"),
    (126..=126, Cause::BadCommand, Likely, "the command may not be executed"),
    (127..=127, Cause::BadCommand, Likely, "the command was not found"),
    (128..=128, Cause::ApplicationError, Guess, "an invalid argument of exit"),
    (130..=130, Cause::ApplicationError, Guess, "SIGINT"),
    (132..=132, Cause::WrongArchitecture, Likely, "SIGILL: built for another processor"),
    (133..=133, Cause::WrongArchitecture, Guess, "SIGTRAP: built for another processor"),
    (134..=134, Cause::NativeCrash, Likely, "SIGABRT"),
    (135..=135, Cause::NativeCrash, Likely, "SIGBUS, as of a file on EFS that is mapped and was cut"),
    (136..=136, Cause::NativeCrash, Likely, "SIGFPE"),
    (137..=137, Cause::Killed, Guess, "SIGKILL, and nobody says that memory ran out"),
    (139..=139, Cause::NativeCrash, Likely, "SIGSEGV"),
    (143..=143, Cause::Terminated, Likely, "SIGTERM, in good order"),
    (129..=254, Cause::ApplicationError, Guess, "the application's own, or a signal"),
];

/// What the exit code of the container that ended the task says; none if there is no exit code at all.
pub(super) fn by_exit_code(stop: &TaskStopped, facts: &Facts) -> Option<Verdict> {
    let (container, code) = by_weight(stop, facts).into_iter().find_map(|one| Some((one, one.exit_code?)))?;
    let (cause, confidence, meaning) = meaning(code, stop.is_of_service());
    let seen = format!("Container {} ended with exit code {code}: {meaning}.", name(container));
    let verdict = Verdict::new(cause, confidence, seen).of(container.name.as_deref());
    Some(if code == KILLED { killed(verdict, stop, facts) } else { verdict })
}

fn meaning(code: i64, is_of_service: bool) -> (Cause, Confidence, &'static str) {
    match code {
        0 if is_of_service => (Cause::CleanExit, Likely, "it ended by itself, which a service does not"),
        0 => (Cause::CompletedRun, Likely, "it is done"),
        _ => CODES
            .iter()
            .find(|(codes, ..)| codes.contains(&code))
            .map_or((Cause::ExitOutOfRange, Guess, "out of range, or the agent was lost"), |(_, cause, confidence, meaning)| {
                (cause.clone(), *confidence, *meaning)
            }),
    }
}

/// A kill that followed a SIGTERM of ours is a slow end.
fn killed(verdict: Verdict, stop: &TaskStopped, facts: &Facts) -> Verdict {
    if facts.scaling_in == Some(true) { slow_drain(stop, facts, verdict) } else { verdict }
}

/// The verdict on a stop that was wanted and ended in a kill, after `before`.
pub(super) fn slow_drain(stop: &TaskStopped, facts: &Facts, before: Verdict) -> Verdict {
    let waited = stop.drained().zip(facts.stop_timeout);
    let (confidence, waited) = match waited {
        Some((took, timeout)) if took >= timeout => {
            (Confidence::Certain, format!("It took {} s to stop, and {} s are allowed.", took.as_secs(), timeout.as_secs()))
        }
        _ => (Likely, "It was told to stop, and was killed (137).".to_owned()),
    };
    Verdict { cause: Cause::SlowDrain, confidence, ..before }.and(waited)
}

/// A container that was killed, if one was.
pub(super) fn killed_container<'a>(stop: &'a TaskStopped, facts: &Facts) -> Option<&'a Container> {
    by_weight(stop, facts).into_iter().find(|one| one.exit_code == Some(KILLED))
}

//! What AWS Backup says of its jobs. <https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html>

use super::super::signal::{About, Producer, Signal, State};
use super::{Core, Event, Ignored, arn, lines, name_of, word};
use crate::fields::Fields;
use crate::incident::Severity::{self, Info, Warning};

/// A kind of jobs: its detail-type, its name, the member that has the job's id.
const JOBS: [(&str, &str, &str); 3] = [
    ("Backup Job State Change", "backup", "backupJobId"),
    ("Copy Job State Change", "copy", "copyJobId"),
    ("Restore Job State Change", "restore", "restoreJobId"),
];

/// What an event says: always a note. A job that failed has ended; nothing that comes later is about it, so nothing would ever end what it
/// began, and the next run of its plan says anew what has no backup.
pub(super) fn read(event: &Event<'_>) -> Result<Signal, Ignored> {
    let (_, job, id) = JOBS.iter().find(|row| row.0 == event.detail_type).ok_or_else(|| event.foreign())?;
    let detail = Fields::of(event.detail);
    // Restores have a status, but for their first event.
    let state = detail.text("state").or_else(|| detail.text("status")).ok_or(Ignored::Missing("state"))?;
    let message = detail.text("statusMessage").unwrap_or_default().trim_matches('"');
    let (severity, outcome) = outcome(state, message)?;
    let id = detail.text(id).ok_or(Ignored::Missing("id of its job"))?;
    let of = ["resourceArn", "sourceResourceArn", "createdResourceArn"].iter().find_map(|name| detail.text(name).and_then(arn));
    let core = Core {
        producer: Producer::Backup,
        key: format!("backup/{}", word(id)),
        state: State::Note,
        at: detail.time("completionDate").or(event.time).ok_or(Ignored::Missing("time"))?,
        about: of.map_or(About::Account, |arn| About::Arn(arn.to_owned())),
        name: job,
    };
    let kind = detail.text("resourceType").unwrap_or("something");
    let name = of.map_or_else(String::new, |arn| format!(" {}", name_of(arn)));
    let signal = core.signal(&format!("A {job} of {kind}{name} {outcome}"), message);
    Ok(Signal { severity: Some(severity), evidence: evidence(detail), ..signal })
}

fn outcome(state: &str, message: &str) -> Result<(Severity, String), Ignored> {
    match state {
        // The console calls it "completed with issues".
        "COMPLETED" if !message.is_empty() => Ok((Warning, "is complete, with issues".to_owned())),
        "COMPLETED" => Ok((Info, "is complete".to_owned())),
        "CREATED" | "PENDING" | "RUNNING" | "ABORTING" => Err(Ignored::Progress(format!("a job that is {state}"))),
        "FAILED" => Ok((Warning, "has failed".to_owned())),
        "EXPIRED" => Ok((Warning, "did not begin or end in time".to_owned())),
        "ABORTED" => Ok((Warning, "was stopped".to_owned())),
        "PARTIAL" => Ok((Warning, "is complete in part".to_owned())),
        other => Ok((Warning, format!("ended as {}", word(other)))),
    }
}

fn evidence(detail: Fields<'_>) -> Vec<String> {
    let vault = detail.text("backupVaultName").map(|vault| format!("Its vault is {vault}."));
    let size = detail.count("backupSizeInBytes").filter(|bytes| *bytes > 0).map(|bytes| format!("It has {bytes} bytes."));
    lines(vault.into_iter().chain(size))
}

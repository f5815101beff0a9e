//! What RDS says of databases. <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html>

use jiff::Timestamp;
use serde_json::Value;

use super::super::signal::{About, Producer, Signal, State};
use super::{Core, Event, Ignored, arn, name_of, word};
use crate::fields::{Fields, moment};
use crate::incident::Severity::{self, Critical, Info, Warning};

/// One of RDS's events.
struct Row {
    /// `NNNN` of `RDS-EVENT-NNNN`.
    id: u16,
    /// What begins and what ends it have the same.
    fault: &'static str,
    state: State,
    /// None of an end.
    severity: Option<Severity>,
    /// After the database's name.
    title: &'static str,
}

const fn begins(id: u16, fault: &'static str, severity: Severity, title: &'static str) -> Row {
    Row { id, fault, state: State::Firing, severity: Some(severity), title }
}

const fn ends(id: u16, fault: &'static str, title: &'static str) -> Row {
    Row { id, fault, state: State::Over, severity: None, title }
}

const fn notes(id: u16, fault: &'static str, severity: Severity, title: &'static str) -> Row {
    Row { id, fault, state: State::Note, severity: Some(severity), title }
}

/// Backups begin too often to be told; their end is.
const BACKUP_BEGUN: u16 = 1;

const TABLE: &[Row] = &[
    // A failover is over within minutes. Multi-AZ clusters have events of their own.
    begins(13, "failover", Critical, "fails over"),
    begins(72, "failover", Critical, "fails over within its zone"),
    begins(73, "failover", Critical, "fails over to another zone"),
    begins(69, "failover", Critical, "the failover has failed"),
    ends(15, "failover", "the failover is complete"),
    ends(49, "failover", "the failover is complete"),
    ends(71, "failover", "the failover is complete"),
    ends(65, "failover", "recovered from a partial failover"),
    begins(50, "activation", Warning, "is activated again after its recovery"),
    ends(51, "activation", "is activated and should be reachable"),
    notes(34, "failover-abandoned", Warning, "does not fail over as asked, since it did so recently"),
    // What is out of storage is so until there is more of it.
    begins(7, "storage", Warning, "its storage is used up"),
    begins(89, "storage", Warning, "over 90 % of its storage is used"),
    begins(222, "storage", Warning, "its storage is low, and it will be shut down when that is used up"),
    begins(221, "storage", Critical, "was shut down, since its storage is full"),
    begins(223, "storage", Warning, "its storage cannot grow"),
    begins(224, "storage", Warning, "its storage comes to its maximum by growing once more"),
    begins(225, "storage", Warning, "its storage comes near its maximum"),
    begins(254, "storage", Critical, "its storage cannot grow: the account's quota is used up"),
    ends(17, "storage", "has more storage"),
    ends(218, "storage", "its storage has grown"),
    notes(217, "storage-growth", Info, "its storage grows"),
    notes(219, "storage-growth", Warning, "its storage could not grow and will be tried again"),
    notes(220, "storage-growth", Warning, "its storage has grown lately and will grow again later"),
    // The states that RDS puts a database into, of which it tells no end.
    begins(31, "failed", Critical, "has failed: RDS recommends a restore to a point in time"),
    begins(35, "parameters", Critical, "cannot run with its parameters"),
    begins(36, "network", Critical, "cannot run in its network"),
    begins(315, "network", Critical, "still cannot run in its network"),
    begins(3, "deleted", Critical, "was deleted"),
    begins(4, "availability", Warning, "was shut down"),
    begins(22, "availability", Critical, "could not be restarted"),
    ends(6, "availability", "was restarted"),
    ends(88, "availability", "was started"),
    begins(418, "key", Critical, "RDS cannot use its key"),
    begins(419, "key", Critical, "RDS cannot use its key and makes it inaccessible"),
    ends(420, "key", "RDS can use its key again"),
    // For those who like to know.
    notes(2, "backup", Info, "a backup is complete"),
    notes(5, "created", Info, "was created"),
    notes(26, "maintenance", Info, "is patched, and not available meanwhile"),
    notes(27, "maintenance", Info, "is patched and available"),
    notes(47, "maintenance", Info, "is patched"),
    notes(87, "stopped", Info, "was stopped"),
    notes(154, "started", Info, "is started, since it was stopped for longer than RDS allows"),
];

/// What an event says.
pub(super) fn read(event: &Event<'_>) -> Result<Signal, Ignored> {
    let detail = Fields::of(event.detail);
    let id = detail.text("eventID").ok_or(Ignored::Missing("EventID"))?;
    let of = detail.text("sourceArn").or_else(|| event.resources.first().map(String::as_str));
    let at = detail.time("date").or(event.time);
    signal(id, of, at, detail.text("message").unwrap_or_default())
}

/// What RDS publishes to a topic. The first message to a topic is plain text, and no JSON.
///
/// # Errors
/// It says nothing that people hear.
pub fn from_notification(message: &Value) -> Result<Signal, Ignored> {
    let fields = Fields::of(message);
    let id = fields.text("Event ID").ok_or(Ignored::Form("RDS"))?;
    // It is the address of a page of documentation.
    let id = id.rsplit('#').next().unwrap_or(id);
    let at = fields.text("Event Time").and_then(moment);
    signal(id, fields.text("Source ARN"), at, fields.text("Event Message").unwrap_or_default())
}

fn signal(id: &str, of: Option<&str>, at: Option<Timestamp>, message: &str) -> Result<Signal, Ignored> {
    let unknown = || Ignored::NotInTable(word(id));
    let number: u16 = id.trim().strip_prefix("RDS-EVENT-").and_then(|number| number.parse().ok()).ok_or_else(unknown)?;
    if number == BACKUP_BEGUN {
        return Err(Ignored::Progress(word(id)));
    }
    let row = TABLE.iter().find(|row| row.id == number).ok_or_else(unknown)?;
    let of = of.and_then(arn).ok_or(Ignored::Missing("ARN of what it is about"))?;
    let core = Core {
        producer: Producer::Database,
        key: format!("database/{of}/{}", row.fault),
        state: row.state,
        at: at.ok_or(Ignored::Missing("time"))?,
        about: About::Arn(of.to_owned()),
        name: row.fault,
    };
    let said = core.signal(&format!("Database {}: {}", name_of(of), row.title), message);
    Ok(Signal { severity: row.severity, evidence: vec![format!("RDS-EVENT-{number:04}")], ..said })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_event_stands_twice_in_the_table() {
        let mut ids: Vec<_> = TABLE.iter().map(|row| row.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), TABLE.len());
    }

    #[test]
    fn whatever_ends_has_begun_by_another_event() {
        for end in TABLE.iter().filter(|row| row.state == State::Over) {
            assert!(TABLE.iter().any(|row| row.state == State::Firing && row.fault == end.fault), "{}", end.id);
        }
    }
}

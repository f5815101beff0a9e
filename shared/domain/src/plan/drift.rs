//! What was changed on AWS without our doing: the wish is as it was, and what it wishes does not stand any more.

use super::{Change, Difference, Standing, Wait};
use crate::graph::Outputs;
use crate::ledger::Record;
use crate::resource::Resource;

/// A longer value, such as a policy, is not told but named.
const LONGEST_VALUE: usize = 60;

/// In words, what others have changed, if it is they that have made `change` necessary.
pub(super) fn drift(resource: &Resource, change: &Change, record: Option<&Record>, outputs: &Outputs) -> Option<String> {
    let record = record.filter(|record| is_at_rest(record))?;
    let wanted = resource.bound(outputs).ok()?;
    if record.resource.desired != wanted.desired {
        return None;
    }
    match change {
        Change::Create => Some("it is gone".to_owned()),
        Change::Restore => Some("it was deleted, and can be brought back".to_owned()),
        Change::Update(differences) => {
            let found: Vec<_> = differences.iter().filter(|difference| difference.property != "apply").map(sentence).collect();
            (!found.is_empty()).then(|| found.join(", "))
        }
        Change::Replace(_) | Change::Adopt | Change::Remove(_) => None,
    }
}

/// It was as it should be, and nothing of ours has been done since.
fn is_at_rest(record: &Record) -> bool {
    record.stood && record.settling_since.is_none() && record.attempt.is_none()
}

fn sentence(Difference { property, before, after }: &Difference) -> String {
    if before.len().max(after.len()) > LONGEST_VALUE {
        return format!("{property} is another");
    }
    let or_none = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
    format!("{property} is {} instead of {}", or_none(before), or_none(after))
}

/// How a resource stands that others have changed and that shall not be repaired.
pub(super) fn left_alone(change: &Change, what: &str) -> Standing {
    match change {
        Change::Update(_) => Standing::Ready { note: Some(format!("changed by others and left alone, observe-only: {what}")) },
        _ => Standing::Waiting(Wait::Outside(format!("{what}; it is not made anew, observe-only"))),
    }
}

//! Level by level of the graph: how long AWS took, and how long nothing was done although it could have been.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::needs::Needs;
use serde::Serialize;

use super::Timeline;

/// The resources that are as many steps away from what needs nothing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Level {
    /// How many stand one after the other before it.
    pub level: usize,
    /// Those that were changed.
    pub resources: usize,
    /// The longest from the moment that AWS took a change to the moment that it was seen to be ready.
    pub seconds_aws: f64,
    /// The longest from the moment that the last need of a resource was seen to be ready to its own change; for what needs
    /// nothing, from the event. A pass goes on with what it finds ready before it tells anyone: that counts as none.
    pub seconds_overhead: f64,
}

impl Timeline {
    /// The levels of what was made or changed.
    pub fn levels(&self) -> Vec<Level> {
        let needs = Needs::new(self.needs.iter().map(|(id, needs)| (id.clone(), needs.iter().cloned().collect::<BTreeSet<_>>())));
        let mut levels: BTreeMap<usize, Level> = BTreeMap::new();
        for (id, number) in needs.levels() {
            let (Some(began), Some(rested)) = (self.began.get(id), self.rested.get(id)) else { continue };
            let due = needs.of(id).filter_map(|need| self.rested.get(need)).max().copied().unwrap_or(Duration::ZERO);
            let empty = || Level { level: number, resources: 0, seconds_aws: 0.0, seconds_overhead: 0.0 };
            let level = levels.entry(number).or_insert_with(empty);
            level.resources += 1;
            level.seconds_aws = level.seconds_aws.max(rested.saturating_sub(*began).as_secs_f64());
            level.seconds_overhead = level.seconds_overhead.max(began.saturating_sub(due).as_secs_f64());
        }
        levels.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_level_tells_what_aws_took_and_what_we_did_not_use() {
        let at = |seconds: i64| Timestamp::from_second(1_000 + seconds).unwrap();
        let mut timeline = Timeline::since(at(0));
        let mut note = |elapsed: u64, secret: &str, database: &str, changed: Option<Timestamp>| {
            let status = json!({ "resources": [
                { "id": "secret", "sentence": secret, "needs": [], "changedAt": at(1) },
                { "id": "database", "sentence": database, "needs": ["secret"], "changedAt": changed },
            ]});
            timeline.note(&status, Duration::from_secs(elapsed));
        };
        note(1, "under way", "waiting: on secret", None);
        note(2, "ready", "waiting: on secret", None);
        note(6, "ready", "waiting: creating", Some(at(5)));
        note(25, "ready", "ready", Some(at(24))); // a later change of what is being made
        let level = |level, seconds_aws, seconds_overhead| Level { level, resources: 1, seconds_aws, seconds_overhead };
        assert_eq!(timeline.levels(), [level(0, 1.0, 1.0), level(1, 20.0, 3.0)]);
    }
}

//! The critical path: the longest chain of durations that depend on each other.

use std::collections::BTreeMap;

use jiff::SignedDuration;

/// A stage of work: how long it takes, and which stages come before it.
#[derive(Debug, Clone)]
pub struct Stage {
    /// How long.
    pub takes: SignedDuration,
    /// By name.
    pub after: Vec<String>,
}

/// The longest chain: its duration and its stages in order. Panics if stages wait for each other in a circle, or for one that is not there.
pub fn critical_path(stages: &BTreeMap<String, Stage>) -> (SignedDuration, Vec<String>) {
    let mut known: BTreeMap<&str, (SignedDuration, Vec<String>)> = BTreeMap::new();
    while known.len() < stages.len() {
        let ready = |(name, stage): &(&String, &Stage)| {
            !known.contains_key(name.as_str()) && stage.after.iter().all(|before| known.contains_key(before.as_str()))
        };
        let (name, stage) = stages.iter().find(ready).expect("stages wait for each other in a circle, or for one that is not there");
        let longest = stage.after.iter().map(|before| &known[before.as_str()]).max_by_key(|(takes, _)| *takes);
        let (before, mut chain) = longest.cloned().unwrap_or_default();
        chain.push(name.clone());
        known.insert(name, (before + stage.takes, chain));
    }
    known.into_values().max_by_key(|(takes, _)| *takes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_chain_is_found_not_the_longest_stage() {
        let stage = |takes, after: &[&str]| Stage {
            takes: SignedDuration::from_secs(takes),
            after: after.iter().map(|name| (*name).to_owned()).collect(),
        };
        let stages = BTreeMap::from([
            ("secret".to_owned(), stage(1, &[])),
            ("database".to_owned(), stage(360, &["secret"])),
            ("file-system".to_owned(), stage(340, &[])),
            ("service".to_owned(), stage(60, &["database", "file-system"])),
        ]);
        let (takes, chain) = critical_path(&stages);
        assert_eq!((takes.as_secs(), chain.join(" ")), (421, "secret database service".to_owned()));
    }
}

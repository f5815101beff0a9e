//! The facts about AWS of `local/facts/*.toml`, which the local cloud reads as well.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use jiff::SignedDuration;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::random::unit;

/// How long AWS takes for one phase of one kind.
#[derive(Debug, Clone, Deserialize)]
pub struct DurationFact {
    /// Such as `rds-instance`.
    pub kind: String,
    /// Such as `create`.
    pub phase: String,
    /// Seconds.
    pub min_s: f64,
    /// Seconds.
    pub median_s: f64,
    /// Seconds.
    pub max_s: f64,
}

/// A token bucket.
#[derive(Debug, Clone, Deserialize)]
pub struct BucketFact {
    /// Such as `rds`.
    pub service: String,
    /// AWS's names; `*` is any.
    pub operations: Vec<String>,
    /// Calls at once.
    pub burst: f64,
    /// Calls a second after that.
    pub per_second: f64,
}

/// Something that AWS refuses.
#[derive(Debug, Clone, Deserialize)]
pub struct RefusalFact {
    /// Its id.
    pub id: String,
    /// AWS's error code.
    pub code: String,
    /// `{name}` is filled in.
    pub message: String,
}

/// A service quota.
#[derive(Debug, Clone, Deserialize)]
pub struct QuotaFact {
    /// Such as `rds`.
    pub service: String,
    /// The create call that reaches it, by AWS's name.
    pub operation: String,
    /// AWS's error code.
    pub code: String,
    /// AWS's message.
    pub message: String,
}

/// All of them.
#[derive(Debug)]
pub struct Facts {
    durations: BTreeMap<(String, String), DurationFact>,
    /// Token buckets.
    pub buckets: Vec<BucketFact>,
    refusals: BTreeMap<String, RefusalFact>,
    quotas: BTreeMap<String, QuotaFact>,
}

/// The facts, read once.
pub fn facts() -> &'static Facts {
    static FACTS: OnceLock<Facts> = OnceLock::new();
    FACTS.get_or_init(|| Facts {
        durations: rows("durations", "duration", |row: &DurationFact| (row.kind.clone(), row.phase.clone())),
        buckets: list("buckets", "bucket"),
        refusals: rows("refusals", "refusal", |row: &RefusalFact| row.id.clone()),
        quotas: rows("quotas", "quota", |row: &QuotaFact| format!("{}.{}", row.service, row.operation)),
    })
}

fn list<T: DeserializeOwned>(file: &str, table: &str) -> Vec<T> {
    let path = local(&format!("facts/{file}.toml"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()));
    let mut tables: BTreeMap<String, Vec<T>> = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    tables.remove(table).unwrap_or_else(|| panic!("{} has no [[{table}]]", path.display()))
}

fn rows<K: Ord, T: DeserializeOwned>(file: &str, table: &str, key: impl Fn(&T) -> K) -> BTreeMap<K, T> {
    list(file, table).into_iter().map(|row| (key(&row), row)).collect()
}

/// A file of the local cloud's folder.
pub fn local(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../local").join(file)
}

impl Facts {
    /// A sample of how long AWS takes for `phase` of `kind`; the same `sample` text gives the same duration, here and on the local cloud:
    /// below one half linear from the least to the median, above linear from the median to the most.
    pub fn duration(&self, kind: &str, phase: &str, sample: &str) -> SignedDuration {
        let row = self.durations.get(&(kind.to_owned(), phase.to_owned())).unwrap_or_else(|| panic!("no duration of {kind} {phase}"));
        let position = unit(&format!("{sample}:{kind}:{phase}")) * 2.0;
        let seconds = if position < 1.0 {
            row.min_s + (row.median_s - row.min_s) * position
        } else {
            row.median_s + (row.max_s - row.median_s) * (position - 1.0)
        };
        SignedDuration::from_millis((seconds * 1000.0) as i64)
    }

    /// The refusal of this id.
    pub fn refusal(&self, id: &str) -> &RefusalFact {
        self.refusals.get(id).unwrap_or_else(|| panic!("no refusal {id} in local/facts/refusals.toml"))
    }

    /// The quota of `service.Operation`, by AWS's names.
    pub fn quota(&self, operation: &str) -> Option<&QuotaFact> {
        self.quotas.get(operation)
    }
}

/// The conformance functions that the rows of all files name, each with its file.
pub fn tests() -> Vec<(String, String)> {
    let mut tests = Vec::new();
    let files = std::fs::read_dir(local("facts")).expect("local/facts is there").map(|entry| entry.expect("it can be listed").path());
    for path in files.filter(|path| path.extension().is_some_and(|extension| extension == "toml")) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("it can be read");
        let tables: BTreeMap<String, Vec<Named>> = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        tests.extend(tables.into_values().flatten().map(|row| (name.clone(), row.test)));
    }
    tests
}

/// Any row.
#[derive(Deserialize)]
struct Named {
    test: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_all_samples_lie_below_the_median() {
        let seconds: Vec<_> =
            (0..1000).map(|number| facts().duration("rds-instance", "create", &number.to_string()).as_secs_f64()).collect();
        let below = seconds.iter().filter(|seconds| **seconds < 362.0).count();
        assert!((450..550).contains(&below), "{below}");
        assert!(seconds.iter().all(|seconds| (196.0..=1026.0).contains(seconds)));
    }
}

//! Parameters of a group: what is to be set, what goes back to its family's value, and in which portions.

use std::collections::{BTreeMap, BTreeSet};

/// RDS and ElastiCache take so many parameters a request (API references, ModifyDBParameterGroup and ModifyCacheParameterGroup).
const MOST: usize = 20;

/// Those of `wanted` that are not `seen` so.
pub(super) fn set(seen: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let differs = |(name, value): &(&String, &String)| seen.get(*name) != Some(value);
    wanted.iter().filter(differs).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Those that are `seen` as set and not `wanted`.
pub(super) fn unset(seen: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>) -> BTreeSet<String> {
    seen.keys().filter(|name| !wanted.contains_key(*name)).cloned().collect()
}

/// `all` in portions that one request takes; none of nothing.
pub(super) fn batches<C: IntoIterator + FromIterator<C::Item>>(all: C) -> Vec<C> {
    let mut rest = all.into_iter().peekable();
    let mut batches = Vec::new();
    while rest.peek().is_some() {
        batches.push(rest.by_ref().take(MOST).collect());
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_differs_is_set_and_what_is_not_wanted_goes_back() {
        let (seen, wanted) = (of(&[("a", "1"), ("b", "1"), ("c", "1")]), of(&[("a", "1"), ("b", "2"), ("d", "1")]));
        assert_eq!(set(&seen, &wanted), of(&[("b", "2"), ("d", "1")]));
        assert_eq!(unset(&seen, &wanted), BTreeSet::from(["c".to_owned()]));
    }

    #[test]
    fn a_request_takes_twenty() {
        let sizes = |count: u32| batches((0..count).collect::<BTreeSet<_>>()).iter().map(BTreeSet::len).collect::<Vec<_>>();
        assert_eq!((sizes(0), sizes(20), sizes(41)), (vec![], vec![20], vec![20, 20, 1]));
    }
}

//! Who is made after whom, as a picture or a table of times shows it: levels, and the needs that do not follow from others.

use std::collections::{BTreeMap, BTreeSet};

/// The needs of some resources, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs(BTreeMap<String, BTreeSet<String>>);

impl Needs {
    /// Of these resources; a need of what is not among them is none.
    pub fn new(needs: impl IntoIterator<Item = (String, BTreeSet<String>)>) -> Self {
        let mut needs: BTreeMap<_, _> = needs.into_iter().collect();
        let known: BTreeSet<String> = needs.keys().cloned().collect();
        for (id, needs) in &mut needs {
            needs.retain(|need| need != id && known.contains(need));
        }
        Self(needs)
    }

    /// What `id` needs itself.
    pub fn of(&self, id: &str) -> impl Iterator<Item = &str> {
        self.0.get(id).into_iter().flatten().map(String::as_str)
    }

    /// Each need with who has it, but for those that follow from others: who needs the service needs its database anyhow.
    pub fn direct(&self) -> Vec<(&str, &str)> {
        let all: BTreeMap<&str, BTreeSet<&str>> = self.0.keys().map(|id| (id.as_str(), self.all(id))).collect();
        // Needs in a circle follow from each other; neither may be dropped for the other.
        let follows = |need: &str, from: &str| need != from && all[from].contains(need) && !all[need].contains(from);
        let mut pairs = Vec::new();
        for id in self.0.keys() {
            let needs: Vec<&str> = self.of(id).collect();
            let direct = needs.iter().filter(|need| !needs.iter().any(|other| follows(need, other)));
            pairs.extend(direct.map(|need| (*need, id.as_str())));
        }
        pairs
    }

    /// All that must stand before `id`, however far back.
    fn all(&self, id: &str) -> BTreeSet<&str> {
        let mut all = BTreeSet::new();
        let mut next: Vec<&str> = self.of(id).collect();
        while let Some(need) = next.pop() {
            if all.insert(need) {
                next.extend(self.of(need));
            }
        }
        all
    }

    /// How many others stand one after the other before each: the longest way to it from what needs nothing.
    pub fn levels(&self) -> BTreeMap<&str, usize> {
        let mut levels: BTreeMap<&str, usize> = self.0.keys().map(|id| (id.as_str(), 0)).collect();
        // No way is longer than there are resources, so that a circle ends this too.
        for _ in 0..self.0.len() {
            let next: BTreeMap<&str, usize> = levels.keys().map(|id| (*id, self.after(id, &levels))).collect();
            if next == levels {
                break;
            }
            levels = next;
        }
        levels
    }

    fn after(&self, id: &str, levels: &BTreeMap<&str, usize>) -> usize {
        self.of(id).map(|need| levels[need] + 1).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `b:a c:a,b`
    fn needs(text: &str) -> Needs {
        let of = |word: &str| {
            let (id, needs) = word.split_once(':').unwrap_or((word, ""));
            (id.to_owned(), needs.split(',').filter(|need| !need.is_empty()).map(str::to_owned).collect())
        };
        Needs::new(text.split_whitespace().map(of))
    }

    #[test]
    fn a_need_that_follows_from_others_is_left_out() {
        let check = |text: &str, expected: &str| {
            let needs = needs(text);
            let direct: Vec<_> = needs.direct().iter().map(|(need, id)| format!("{need}>{id}")).collect();
            assert_eq!(direct.join(" "), expected, "{text}");
        };
        check("a b:a c:a,b", "a>b b>c"); // over one
        check("a b:a c:b d:a,c", "a>b b>c c>d"); // over two
        check("a b c:a,b", "a>c b>c"); // two ways in
        check("a:gone b:b", ""); // not there, and itself
        check("a:b b:a c:a,b", "b>a a>b a>c b>c"); // a circle keeps all
    }

    #[test]
    fn a_level_is_the_longest_way_to_it() {
        let needs = needs("a b:a c:a,b d x:c,d");
        let levels: Vec<_> = needs.levels().into_iter().collect();
        assert_eq!(levels, [("a", 0), ("b", 1), ("c", 2), ("d", 0), ("x", 3)]);
    }
}

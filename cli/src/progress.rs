//! Live progress of an owner on its way: a line per resource on a terminal, plain lines of what has changed elsewhere.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::time::Duration;

use domain::plan::Standing;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use jiff::{SignedDuration, Timestamp};
use provision_tenant::book::Book;

use crate::paint::{span, word};
use crate::view::{ResourceView, overview, resources};
use domain::tenant::Owner;

/// How often a spinner turns.
const TURN: Duration = Duration::from_millis(120);

/// Progress on standard error, so that standard output holds the result alone.
#[derive(Debug)]
pub struct Progress {
    owner: Owner,
    began: Timestamp,
    said: BTreeMap<String, String>,
    out: Out,
}

#[derive(Debug)]
enum Out {
    Silent,
    Lines,
    Terminal(MultiProgress, BTreeMap<String, ProgressBar>),
}

impl Progress {
    /// Of `owner`, as fits standard error; `silent` shows nothing.
    pub fn new(owner: &Owner, began: Timestamp, silent: bool) -> Self {
        let out = match (silent, std::io::stderr().is_terminal()) {
            (true, _) => Out::Silent,
            (false, true) => Out::Terminal(MultiProgress::new(), BTreeMap::new()),
            (false, false) => Out::Lines,
        };
        Self { owner: owner.clone(), began, said: BTreeMap::new(), out }
    }

    /// Shows what `book` says now.
    pub fn show(&mut self, book: &Book, now: Timestamp) {
        let changes = changes(&mut self.said, &self.owner, book);
        match &mut self.out {
            Out::Silent => {}
            Out::Lines => {
                let after = span(now.duration_since(self.began));
                for change in changes {
                    // Standard error that is gone is no reason to stop following.
                    let _ = writeln!(std::io::stderr(), "{after:>7}  {}: {}", change.what, change.sentence);
                }
            }
            Out::Terminal(all, bars) => {
                for change in changes {
                    let bar = bars.entry(change.what.clone()).or_insert_with(|| spinner(all, &change.what));
                    bar.set_message(change.sentence);
                    match (change.at_rest, bar.is_finished()) {
                        (true, _) => bar.finish(),
                        // It had come to rest, and moves again.
                        (false, true) => bar.reset(),
                        (false, false) => {}
                    }
                }
            }
        }
    }

    /// Leaves the last lines standing.
    pub fn finish(self) {
        if let Out::Terminal(_, bars) = self.out {
            bars.into_values().filter(|bar| !bar.is_finished()).for_each(|bar| bar.abandon());
        }
    }
}

/// A spinner with a name, its time and its sentence.
fn spinner(all: &MultiProgress, what: &str) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{spinner} {prefix:16} {elapsed:>4}  {wide_msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
    let bar = all.add(ProgressBar::new_spinner().with_style(style).with_prefix(what.to_owned()));
    bar.enable_steady_tick(TURN);
    bar
}

/// Shows on a terminal that something is waited for, until it is dropped.
#[derive(Debug)]
pub struct Waiting(Option<ProgressBar>);

impl Waiting {
    /// `for_what` in a few words.
    pub fn new(for_what: String, silent: bool) -> Self {
        let bar = (!silent && std::io::stderr().is_terminal()).then(|| ProgressBar::new_spinner().with_message(for_what));
        bar.iter().for_each(|bar| bar.enable_steady_tick(TURN));
        Self(bar)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.iter().for_each(ProgressBar::finish_and_clear);
    }
}

/// A line that has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Changed {
    what: String,
    sentence: String,
    at_rest: bool,
}

/// What `book` says differently from what was `said`, which is brought up to date. A resource that is no longer spoken of is gone.
fn changes(said: &mut BTreeMap<String, String>, owner: &Owner, book: &Book) -> Vec<Changed> {
    let mut now = vec![Changed {
        what: owner.tenant_id().map_or("environment", |id| id.as_str()).to_owned(),
        sentence: headline(owner, book),
        at_rest: false,
    }];
    now.extend(resources(book).iter().map(line));
    let present: Vec<_> = now.iter().map(|line| line.what.clone()).collect();
    let lost = said.keys().filter(|what| !present.contains(what)).cloned();
    now.extend(lost.map(|what| Changed { what, sentence: "gone".to_owned(), at_rest: true }).collect::<Vec<_>>());
    now.retain(|line| said.insert(line.what.clone(), line.sentence.clone()).as_ref() != Some(&line.sentence));
    now
}

fn line(view: &ResourceView) -> Changed {
    let what = if view.present { view.id.clone() } else { format!("{} (former)", view.id) };
    let at_rest = matches!(view.standing, Some(Standing::Ready { .. } | Standing::Kept(_) | Standing::Gone | Standing::Stuck(_)));
    Changed { what, sentence: view.sentence.clone(), at_rest }
}

fn headline(owner: &Owner, book: &Book) -> String {
    let Some(view) = overview(owner, book) else {
        return "sent, not in the ledger yet".to_owned();
    };
    let settled = if view.settled { "" } else { ", a pass is due or under way" };
    format!("{}, version {}{settled}", word(view.phase), view.version)
}

/// How long something took, for the last line.
pub fn took(began: Timestamp, now: Timestamp) -> String {
    let passed: SignedDuration = now.duration_since(began);
    span(passed)
}

#[cfg(test)]
mod tests {
    use domain::order::Wish;
    use domain::plan::Fate;

    use super::*;
    use crate::samples::{book, busy_book, owner};

    fn text(changes: &[Changed]) -> String {
        changes.iter().map(|line| format!("{}: {}{}\n", line.what, line.sentence, if line.at_rest { " ." } else { "" })).collect()
    }

    #[test]
    fn a_life_that_ends_is_still_the_one_that_is_followed() {
        let mut said = BTreeMap::new();
        changes(&mut said, &owner(), &busy_book());
        let mut leaving = busy_book();
        leaving.intent.iter_mut().for_each(|intent| intent.wish = Wish::Gone(Fate::KeepData));
        assert_eq!(changes(&mut said, &owner(), &leaving), []);
    }

    #[test]
    fn only_what_has_changed_is_said() {
        let mut said = BTreeMap::new();
        let mut steps = vec![text(&changes(&mut said, &owner(), &Book::default()))];
        steps.push(text(&changes(&mut said, &owner(), &book(2, 2))));
        steps.push(text(&changes(&mut said, &owner(), &busy_book())));
        steps.push(text(&changes(&mut said, &owner(), &busy_book())));
        let mut later = busy_book();
        later.state.iter_mut().for_each(|state| {
            state.report.retain(|line| line.place.id.0 != "tenant-data");
            state.report[1].standing = Standing::Ready { note: None };
        });
        steps.push(text(&changes(&mut said, &owner(), &later)));
        insta::assert_snapshot!(steps.join("--\n"));
    }
}

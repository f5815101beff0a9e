//! What a text of AWS means, by its category and by the phrases in it.
//!
//! The knowledge is in the tables, each row with its source beside it; this file is the order in which they are asked.
//! A category without a phrase that is known says nothing: a text that was cut must not end in another class.

use super::cause::Cause;
use super::diagnosis::Confidence;
use super::text::Words;

mod category;
mod container;
mod general;
mod pull;
mod resources;

use category::{CATEGORIES, Rule};

/// Words that must stand in a text one after the other, what they mean, and how sure that is. The first row that fits counts.
type Row = (&'static [&'static str], Cause, Confidence);

/// What a text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The cause.
    pub cause: Cause,
    /// How sure that is.
    pub confidence: Confidence,
}

/// What `text` means: a `stoppedReason`, a container's reason, or a failure of `RunTask`. None if no rule knows it.
pub fn find(text: &str) -> Option<Found> {
    let words = Words::of(text);
    let words = words.after("taskfailedtostart").unwrap_or(words);
    match category(&words) {
        Some((rule, rest)) => by_rule(rule, &rest),
        None => first(general::ROWS, &words),
    }
}

/// What the text of whoever called `StopTask` means, if it is one that ECS itself gives; people may write anything.
pub(super) fn find_of_host(text: &str) -> Option<Found> {
    first(general::HOSTS, &Words::of(text))
}

/// The rule of the category, and the text after its name. It is the first word, or else the first that can be nothing but a category.
fn category(words: &Words) -> Option<(&'static Rule, Words)> {
    let known = |word: &str| CATEGORIES.iter().find(|(name, _)| *name == word);
    let (name, rule) = words.iter().next().and_then(known).or_else(|| words.iter().filter(|word| is_distinct(word)).find_map(known))?;
    Some((rule, words.without(name)?))
}

/// Services of AWS use the other names for errors of their own, in the middle of a text.
fn is_distinct(word: &str) -> bool {
    !["internalerror", "resourcenotfoundexception"].contains(&word)
}

fn by_rule(rule: &Rule, rest: &Words) -> Option<Found> {
    match rule {
        Rule::Is(cause, confidence) => Some(Found { cause: cause.clone(), confidence: *confidence }),
        Rule::By(rows) => first(rows, rest),
        Rule::Initialization => resources::find(rest).or_else(|| first(container::ROWS, rest)),
    }
}

fn first(rows: &[Row], words: &Words) -> Option<Found> {
    let (_, cause, confidence) = rows.iter().find(|(parts, ..)| words.have(parts))?;
    Some(Found { cause: cause.clone(), confidence: *confidence })
}

#[cfg(test)]
mod tests;

//! Texts that are cut, written otherwise or drawn at random.

use proptest::prelude::*;
use serde_json::json;

use super::super::super::stop::testing::stop;
use super::super::super::text::Words;
use super::super::*;
use super::ROWS;
use super::rows::Row;

/// How a text may differ from the one in the table and still be that of the same fault.
#[derive(Debug, Clone)]
enum Mutation {
    Cut(prop::sample::Index),
    Case(bool),
    Punctuation(String),
    Elsewhere,
    Padded,
}

impl Mutation {
    fn of(&self, text: &str) -> String {
        match self {
            // A cut leaves something that is no blank.
            Self::Cut(at) => text.trim_start().chars().take(1 + at.index(text.trim_start().chars().count().max(1))).collect(),
            Self::Case(true) => text.to_uppercase(),
            Self::Case(false) => text.to_lowercase(),
            Self::Punctuation(mark) => {
                [":", "(", ")", ",", ";", "'", "\""].iter().fold(text.to_owned(), |text, one| text.replace(one, mark))
            }
            Self::Elsewhere => text
                .replace("us-east-1", "ap-southeast-2")
                .replace("111122223333", "999900001111")
                .replace("0a1b2c3d", "deadbee7")
                .replace("mate", "tiger"),
            Self::Padded => format!("  {}\n", text.replace(' ', "  ")),
        }
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        3 => any::<prop::sample::Index>().prop_map(Mutation::Cut),
        1 => any::<bool>().prop_map(Mutation::Case),
        1 => prop_oneof![Just(" - "), Just(" "), Just(", "), Just("…"), Just(" | ")].prop_map(|mark| Mutation::Punctuation(mark.to_owned())),
        1 => Just(Mutation::Elsewhere),
        1 => Just(Mutation::Padded),
    ]
}

/// `row` with one of its texts, or all, put through `mutations`.
fn mutated(row: &Row, mutations: &[Mutation]) -> Row {
    let change = |text: &String| mutations.iter().fold(text.clone(), |text, mutation| mutation.of(&text));
    let containers = row.containers.iter().map(|(exit, reason)| (*exit, reason.as_ref().map(change))).collect();
    Row { reason: row.reason.as_ref().map(change), containers, ..row.clone() }
}

/// Whether the texts of one say what those of another row say, word for word: then nobody can tell that they were cut.
fn reads_like(one: &Row, other: &Row) -> bool {
    let texts = |row: &Row| {
        [row.reason.clone()]
            .into_iter()
            .chain(row.containers.iter().map(|(_, reason)| reason.clone()))
            .map(|text| text.map(|text| Words::of(&text)))
            .collect::<Vec<_>>()
    };
    one.code == other.code && texts(one) == texts(other)
}

fn holds(row: &Row, mutations: &[Mutation]) -> Result<(), String> {
    let changed = mutated(row, mutations);
    let found = diagnose(&changed.stop(), &Facts::default()).cause;
    let is_same = found == row.cause || (found.is_benign() && row.cause.is_benign());
    let is_other = || ROWS.iter().any(|other| other.cause == found && reads_like(&changed, other));
    match is_same || matches!(found, Cause::Unrecognised { .. }) || is_other() {
        true => Ok(()),
        false => Err(format!("{:?} is {found:?}, not {:?}", (changed.code, changed.reason, changed.containers), row.cause)),
    }
}

#[test]
fn a_text_cut_anywhere_never_means_something_else() {
    let mut wrong = Vec::new();
    for row in ROWS.iter() {
        let length = row
            .reason
            .iter()
            .chain(row.containers.iter().filter_map(|(_, reason)| reason.as_ref()))
            .map(|text| text.chars().count())
            .max()
            .unwrap_or(0);
        for kept in 1..=length {
            let cut = |text: &String| text.chars().take(kept).collect::<String>();
            let containers = row.containers.iter().map(|(exit, reason)| (*exit, reason.as_ref().map(cut))).collect();
            let whole = Row { reason: row.reason.as_ref().map(cut), containers, ..row.clone() };
            wrong.extend(holds(&Row { cause: row.cause.clone(), ..whole }, &[]).err());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn other_cases_places_and_ids_mean_the_same() {
    let marks = [" - ", ", ", " | "].map(|mark| Mutation::Punctuation(mark.to_owned()));
    let mutations = [Mutation::Case(true), Mutation::Case(false), Mutation::Elsewhere, Mutation::Padded].into_iter().chain(marks);
    for mutation in mutations {
        for row in ROWS.iter() {
            let changed = mutated(row, std::slice::from_ref(&mutation)).stop();
            assert_eq!(diagnose(&changed, &Facts::default()).cause, row.cause, "{mutation:?} of {row:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn mutated_texts_are_the_same_class_or_none(
        row in prop::sample::select(&ROWS[..]),
        mutations in prop::collection::vec(mutation(), 1..4),
    ) {
        let held = holds(&row, &mutations);
        prop_assert!(held.is_ok(), "{:?}", held);
    }

    #[test]
    fn any_text_is_diagnosed(code in "[A-Za-z]{0,20}", reason in ".{0,300}", text in ".{0,300}", exit in any::<Option<i64>>()) {
        let stop = stop(json!({"stopCode": code, "stoppedReason": reason, "containers": [{"exitCode": exit, "reason": text}]}));
        prop_assert!(!diagnose(&stop, &Facts::default()).evidence.is_empty());
    }
}

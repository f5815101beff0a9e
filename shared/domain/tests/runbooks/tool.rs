//! The commands that pages name, held against the source of the tool.

use std::collections::{BTreeMap, BTreeSet};

use crate::leads::variants;

/// What the tool understands.
pub(crate) struct Tool {
    /// Its verbs, each with those below it.
    verbs: BTreeMap<String, Vec<String>>,
    /// Its flags, of whichever verb.
    flags: BTreeSet<String>,
}

impl Tool {
    /// Of the `source` of its command line.
    pub(crate) fn read(source: &str) -> Self {
        let below = |verb: &String| {
            let nested = format!("pub enum {}Verb {{", capital(verb));
            (verb.clone(), if source.contains(&nested) { variants(source, &nested) } else { Vec::new() })
        };
        let verbs: BTreeMap<_, _> = variants(source, "pub enum Verb {").iter().map(below).collect();
        let field = |line: &str| line.trim().trim_start_matches("pub ").split_once(": ").map(|(name, _)| name.replace('_', "-"));
        let long = source.split("long = \"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned);
        Self { verbs, flags: source.lines().filter_map(field).chain(long).collect() }
    }

    /// # Errors
    /// It does not have this.
    pub(crate) fn check(&self, command: &str) -> Result<(), String> {
        let missing = |what: &str| format!("the tool has no {what}; look at cli/src/arguments.rs");
        let words: Vec<_> = command.split_whitespace().skip(1).collect();
        let Some(verb) = words.first() else { return Ok(()) };
        let below = self.verbs.get(*verb).ok_or_else(|| missing(&format!("`{verb}`")))?;
        if let (false, Some(next)) = (below.is_empty(), words.get(1)) {
            below.iter().find(|word| word == next).ok_or_else(|| missing(&format!("`{verb} {next}`")))?;
        }
        let flags = words.iter().filter_map(|word| word.strip_prefix("--"));
        match flags.map(|flag| flag.split('=').next().unwrap_or_default()).find(|flag| !self.flags.contains(*flag)) {
            Some(flag) => Err(missing(&format!("flag --{flag}"))),
            None => Ok(()),
        }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

/// The commands of the tool in the code of `page`, without comments.
pub(crate) fn commands(page: &str) -> Vec<String> {
    let mut is_block = false;
    let mut found = Vec::new();
    for line in page.lines() {
        if line.starts_with("```") {
            is_block = !is_block;
        } else if is_block {
            found.extend(of_code(line));
        } else {
            found.extend(line.split('`').skip(1).step_by(2).flat_map(of_code));
        }
    }
    found
}

fn of_code(code: &str) -> impl Iterator<Item = String> + '_ {
    let code = code.split(" #").next().unwrap_or_default();
    let parts = code.split(['|', ';', '&', '(']).map(str::trim);
    parts.filter(|part| *part == "caretaker" || part.starts_with("caretaker ")).map(str::to_owned)
}

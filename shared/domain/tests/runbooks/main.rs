//! The pages under `docs/runbooks`: whatever can reach a person has one, and each is what a person needs who was just woken.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use domain::paging::runbook::Runbook;

mod leads;
mod tool;

use leads::{Lead, SEED_ALARMS, SEED_TITLES, Sources};

/// The sections of a page, in their order.
const SECTIONS: [&str; 6] = [
    "First look",
    "Likely causes",
    "What Caretaker has done or will do",
    "What you do",
    "How you know it is over",
    "When to call somebody else",
];
/// Where it stands which page is for what.
const TABLE: &str = "PAGES in shared/domain/src/paging/runbook.rs";
/// The index of all pages.
const INDEX: &str = "README";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The files of `folder` with this ending, by name without it.
fn folder(folder: &str, ending: &str) -> BTreeMap<String, String> {
    let entries = fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
    let name = |file: String| file.strip_suffix(ending).map(str::to_owned);
    names.filter_map(name).map(|name| (name.clone(), read(&format!("{folder}/{name}{ending}")))).collect()
}

fn pages() -> BTreeMap<String, String> {
    folder("docs/runbooks", ".md")
}

/// What is wrong with the pages of `leads`.
fn missing(leads: &[Lead], pages: &BTreeMap<String, String>) -> Vec<String> {
    leads.iter().filter_map(|lead| lead.fault(pages)).collect()
}

#[test]
fn whatever_can_reach_a_person_has_its_page() {
    let leads = Sources::shipped().leads();
    assert!(leads.len() > 80, "{}", leads.len());
    let missing = missing(&leads, &pages());
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn a_new_alarm_or_diagnosis_without_a_page_is_named_with_what_to_write_where() {
    let mut sources = Sources::shipped();
    sources.template.push_str("\n  MoonIsFull:\n    Type: AWS::CloudWatch::Alarm\n");
    // Its ending has a page, which does not tell of it.
    sources.template.push_str("\n  LampErrors:\n    Type: AWS::CloudWatch::Alarm\n");
    sources.blueprints.push("[[tenant.resource]]\nid = \"moonlight\"\nkind = \"cloudwatch-alarm\"\n".to_owned());
    sources.causes.push("struck-by-lightning".to_owned());
    sources.faults = sources.faults.replace("pub enum Fault {", "pub enum Fault {\n    QueueOnFire,");
    sources.answers = sources.answers.replace("pub enum News {", "pub enum News {\n    Puzzled,");
    let missing = missing(&sources.leads(), &pages());
    let named = ["MoonIsFull", "LampErrors", "moonlight", "struck-by-lightning", "queue-on-fire", "tenant-puzzled", "environment-puzzled"];
    assert_eq!(missing.len(), named.len(), "{missing:#?}");
    for word in named {
        let said = missing.iter().find(|said| said.contains(&format!("`{word}`"))).unwrap_or_else(|| panic!("{word}: {missing:#?}"));
        assert!(said.contains("docs/runbooks/"), "{said}");
    }
}

#[test]
fn each_page_of_the_table_has_a_file_and_each_file_is_in_the_table() {
    let files: BTreeSet<_> = pages().into_keys().filter(|name| name != INDEX).collect();
    let table: BTreeSet<_> = Runbook::all().map(|page| page.slug().to_owned()).collect();
    let table_only = table.difference(&files);
    let unwritten: Vec<_> = table_only.map(|slug| format!("write docs/runbooks/{slug}.md, or take {slug} out of {TABLE}")).collect();
    assert!(unwritten.is_empty(), "{}", unwritten.join("\n"));
    let files_only = files.difference(&table);
    let say = |slug| format!("add {slug} to {TABLE} with the words that lead to it, or delete docs/runbooks/{slug}.md");
    let unled: Vec<_> = files_only.map(say).collect();
    assert!(unled.is_empty(), "{}", unled.join("\n"));
}

#[test]
fn something_leads_to_each_page_and_each_word_comes_from_somewhere() {
    let leads = Sources::shipped().leads();
    let led: BTreeSet<_> = leads.iter().map(|lead| lead.page).collect();
    let of_seeds = |page: Runbook| {
        SEED_TITLES.iter().any(|(_, link)| link.split('.').next() == Some(page.slug()))
            || SEED_ALARMS.iter().any(|alarm| page.words().contains(alarm))
    };
    for page in Runbook::all().filter(|page| *page != Runbook::UNKNOWN) {
        assert!(led.contains(&page) || of_seeds(page), "nothing leads to docs/runbooks/{page}.md: give it a word in {TABLE}, or delete it");
    }
    for alarm in SEED_ALARMS {
        assert_ne!(Runbook::of_alarm(alarm), Runbook::UNKNOWN, "{alarm}");
    }
    let known: BTreeSet<_> = leads.iter().map(|lead| lead.word.as_str()).chain(SEED_ALARMS).collect();
    for word in Runbook::all().flat_map(Runbook::words) {
        assert!(known.contains(word), "`{word}` in {TABLE} is no alarm, cause or fault any more");
    }
}

/// What a page lacks.
fn lacks(page: &str) -> Vec<String> {
    let mut lines = page.lines();
    let mut faults = Vec::new();
    if !lines.next().is_some_and(|line| line.starts_with("# ")) {
        faults.push("its first line is no `# Title`".to_owned());
    }
    if !lines.find(|line| !line.is_empty()).is_some_and(|line| line.to_lowercase().contains("customers") && line.ends_with('.')) {
        faults.push("its title is not followed by a sentence that says what it means for customers".to_owned());
    }
    let parts: Vec<_> = page.split("\n## ").skip(1).map(|part| part.split_once('\n').unwrap_or((part, ""))).collect();
    let heads: Vec<_> = parts.iter().map(|(head, _)| *head).collect();
    if heads != SECTIONS {
        faults.push(format!("its sections are {heads:?} instead of {SECTIONS:?}"));
    }
    faults.extend(parts.iter().filter(|(_, text)| text.trim().is_empty()).map(|(head, _)| format!("its section {head:?} is empty")));
    faults
}

#[test]
fn each_page_has_all_its_sections() {
    for (slug, page) in pages().iter().filter(|(slug, _)| *slug != INDEX) {
        assert!(lacks(page).is_empty(), "docs/runbooks/{slug}.md: {}", lacks(page).join("; "));
    }
    let whole = read("docs/runbooks/out-of-memory.md");
    for section in SECTIONS {
        assert!(!lacks(&whole.replace(&format!("## {section}"), "")).is_empty(), "{section} is not missed");
    }
    assert!(!lacks(&whole.replace("Customers", "People")).is_empty());
}

#[test]
fn each_link_between_pages_leads_to_one_that_there_is() {
    let pages = pages();
    for (slug, page) in &pages {
        for target in page.split("](").skip(1).filter_map(|rest| rest.split(')').next()).filter(|target| !target.contains("://")) {
            let (file, section) = target.split_once('#').unwrap_or((target, ""));
            let text = file.strip_suffix(".md").and_then(|name| pages.get(name));
            let text = text.unwrap_or_else(|| panic!("docs/runbooks/{slug}.md links to {target}, which is not there"));
            assert!(
                section.is_empty() || anchors(text).contains(section),
                "docs/runbooks/{slug}.md links to {target}, which has no such section"
            );
        }
    }
}

/// The anchors of headings, as GitHub makes them.
fn anchors(page: &str) -> BTreeSet<String> {
    let heads = page.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim().to_lowercase());
    heads
        .map(|head| head.chars().filter(|one| one.is_alphanumeric() || " -".contains(*one)).collect::<String>().replace(' ', "-"))
        .collect()
}

#[test]
fn the_index_leads_from_everything_to_its_page() {
    let index = read("docs/runbooks/README.md");
    let row = |word: &str, link: &str| index.lines().any(|line| line.contains(word) && line.contains(link));
    for lead in Sources::shipped().leads() {
        let (word, link) = (format!("`{}`", lead.word), format!("({}.md", lead.page));
        assert!(row(&word, &link), "docs/runbooks/README.md has no line with {word} and a link to {}.md: add it to its table", lead.page);
    }
    for page in Runbook::all() {
        assert!(index.contains(&format!("({page}.md")), "docs/runbooks/README.md has no link to {page}.md");
    }
    for (title, link) in SEED_TITLES {
        assert!(row(title, &format!("({link})")), "docs/runbooks/README.md has no line with {title:?} and a link to {link}");
    }
}

#[test]
fn the_tool_has_each_command_that_a_page_names() {
    let tool = tool::Tool::read(&format!(
        "{}{}",
        read("cli/src/arguments.rs"),
        folder("cli/src/arguments", ".rs").into_values().collect::<String>()
    ));
    let mut count = 0;
    for (slug, page) in pages() {
        for command in tool::commands(&page) {
            tool.check(&command).unwrap_or_else(|why| panic!("docs/runbooks/{slug}.md: `{command}`: {why}"));
            count += 1;
        }
    }
    assert!(count > 80, "{count}");
}

#[test]
fn a_command_that_the_tool_does_not_have_is_found() {
    let tool = tool::Tool::read(&format!(
        "{}{}",
        read("cli/src/arguments.rs"),
        folder("cli/src/arguments", ".rs").into_values().collect::<String>()
    ));
    let check = |page: &str, expected: Result<(), &str>| {
        let commands = tool::commands(page);
        assert_eq!(commands.len(), 1, "{page}");
        assert_eq!(tool.check(&commands[0]).map_err(|why| why.to_string()), expected.map_err(str::to_owned), "{page}");
    };
    check("`caretaker status demo`", Ok(()));
    check("```sh\ncaretaker dlq redrive --all   # all\n```", Ok(()));
    check("`aws logs tail x | caretaker replay -`", Ok(()));
    check("`caretaker heal demo`", Err("the tool has no `heal`; look at cli/src/arguments.rs"));
    check("`caretaker override drop demo`", Err("the tool has no `override drop`; look at cli/src/arguments.rs"));
    check("```sh\ncaretaker status --loud\n```", Err("the tool has no flag --loud; look at cli/src/arguments.rs"));
    assert!(tool::commands("`caretaker-ledger` and `aws lambda list --name caretaker x`").is_empty());
}

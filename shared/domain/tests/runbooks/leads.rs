//! All that leads to pages: read from where it is made, so that what is new is seen.

use std::collections::BTreeMap;

use domain::paging::runbook::Runbook;
use domain::paging::signal::Producer;
use domain::remediation::cause::Cause;

use crate::{folder, read};

/// Answers that nobody needs to act upon.
const GOOD_NEWS: [&str; 3] = ["planned", "ready", "removed"];

/// Producers that say what happened in words of their own, each with one that leads to a page.
const FEEDS: [(Producer, &str); 12] = [
    (Producer::Database, "failover"),
    (Producer::Database, "storage-full"),
    (Producer::Database, "restart-failed"),
    (Producer::Database, "deleted"),
    (Producer::Cache, "node-replaced"),
    (Producer::Cache, "failover"),
    (Producer::Health, "issue"),
    (Producer::Deployment, "failed"),
    (Producer::Scaling, "failed"),
    (Producer::Backup, "failed"),
    (Producer::Cost, "anomaly"),
    // Many have it alike.
    (Producer::Caretaker, "dev///registry-unreachable"),
];

/// Names of alarms in the seeds' documents (`[[alarms]]` of social-flow, mate and tiger-cheetah, `alarms` of prod-infra), as ids of a
/// blueprint: their pages stand before their blueprints do.
pub(crate) const SEED_ALARMS: [&str; 20] = [
    "all-ecs-tasks-stopped",
    "database-cpu",
    "redis-memory",
    "alb-all-targets-unhealthy",
    "application-errors",
    "ecs-cpu",
    "database-connections",
    "alb-latency",
    "memory",
    "alb-unhealthy-targets",
    "ecs-task-failures",
    "database-connection-pool-exhaustion",
    "alb-5xx",
    "cpu-utilization",
    "memory-utilization",
    "rds-cpu",
    "redis-cpu",
    "high-cpu/memory",
    "service-failures",
    "infrastructure-issues",
];

/// The titles of the seeds' runbooks and troubleshooting, each with its page or section.
pub(crate) const SEED_TITLES: [(&str, &str); 13] = [
    // social-flow
    ("High database CPU", "database-cpu.md"),
    ("High memory usage (ECS)", "out-of-memory.md"),
    ("Redis connection errors", "redis-connections.md"),
    ("Deployment failures", "deployment-failed.md"),
    // prod-infra
    ("Service failure", "task-failures.md"),
    ("AZ failure", "disaster-recovery.md#az-failure"),
    ("Region failure", "disaster-recovery.md#region-failure"),
    ("Data loss", "disaster-recovery.md#data-loss"),
    // tiger-cheetah
    ("Database recovery", "disaster-recovery.md#database-recovery"),
    ("Application recovery", "disaster-recovery.md#application-recovery"),
    ("Configuration recovery", "disaster-recovery.md#configuration-recovery"),
    // mate
    ("Common Terraform Commands", "unknown.md#common-terraform-commands"),
    ("AWS Resource Inspection", "unknown.md#aws-resource-inspection"),
];

/// Something that leads to a page.
pub(crate) struct Lead {
    /// What it is, for people.
    what: String,
    /// Where its word is said.
    pub(crate) word: String,
    /// The page.
    pub(crate) page: Runbook,
    /// Whether the page names it.
    is_named: bool,
}

impl Lead {
    fn new(what: &str, word: &str, page: Runbook) -> Self {
        Self { what: what.to_owned(), word: word.to_owned(), page, is_named: true }
    }

    fn of_feed(producer: Producer, word: &str) -> Self {
        let what = format!("what {producer:?} says in the word");
        let page = Runbook::of_feed(producer, word);
        Self { what, word: format!("{producer:?}: {word}"), page, is_named: false }
    }

    /// What is wrong with its page among `pages`, with what to write where.
    pub(crate) fn fault(&self, pages: &BTreeMap<String, String>) -> Option<String> {
        let Self { what, word, page, .. } = self;
        let text = pages.get(page.slug());
        if *page == Runbook::UNKNOWN {
            return Some(format!(
                "{what} `{word}` has no page: add it to PAGES in shared/domain/src/paging/runbook.rs beside the slug of a page whose actions \
                 are the same or of a new docs/runbooks/SLUG.md, name it there, and add it to docs/runbooks/README.md"
            ));
        }
        match text {
            None => Some(format!("{what} `{word}` leads to docs/runbooks/{page}.md: write it")),
            Some(text) if self.is_named && !text.contains(&format!("`{word}`")) => {
                Some(format!("docs/runbooks/{page}.md does not tell of {what} `{word}`: say there what it means"))
            }
            Some(_) => None,
        }
    }
}

/// The texts that leads are read from.
pub(crate) struct Sources {
    /// `template.yaml`.
    pub(crate) template: String,
    /// `blueprints/*.toml`.
    pub(crate) blueprints: Vec<String>,
    /// The ids of causes that can reach a person.
    pub(crate) causes: Vec<String>,
    /// `scaling/fault.rs`.
    pub(crate) faults: String,
    /// `answer.rs`.
    pub(crate) answers: String,
}

impl Sources {
    /// Those of the repository.
    pub(crate) fn shipped() -> Self {
        let causes = Cause::PLAIN.iter().filter(|cause| !cause.is_benign()).map(Cause::id).chain(["unrecognised"]);
        Self {
            template: read("template.yaml"),
            blueprints: folder("blueprints", ".toml").into_values().collect(),
            causes: causes.map(str::to_owned).collect(),
            faults: read("shared/domain/src/scaling/fault.rs"),
            answers: read("shared/domain/src/answer.rs"),
        }
    }

    /// All leads.
    pub(crate) fn leads(&self) -> Vec<Lead> {
        let incident = |fault: &str| Runbook::of_incident(&format!("dev/demo/mate-demo-dev-django/{fault}"));
        let causes = self.causes.iter().map(|id| Lead::new("the cause", id, incident(id)));
        let faults = variants(&self.faults, "pub enum Fault {").into_iter();
        let faults = faults.map(|word| Lead::new("the fault of worker pools", &word, incident(&word)));
        let answers = variants(&self.answers, "pub enum News {").into_iter().filter(|word| !GOOD_NEWS.contains(&word.as_str()));
        let answers = answers.flat_map(|word| [format!("tenant-{word}"), format!("environment-{word}")]);
        let answers = answers.map(|word| Lead::new("the answer", &word, Runbook::of_incident(&format!("dev/demo//{word}"))));
        let alarms = self.alarms().into_iter().map(|id| Lead::new("the alarm of a blueprint", &id, Runbook::of_alarm(&id)));
        let own = own_alarms(&self.template).into_iter();
        let own = own.map(|id| Lead::new("the alarm of template.yaml", &id, Runbook::of_own_alarm(&format!("caretaker-{id}-1ABC"))));
        let feeds = FEEDS.iter().map(|(producer, word)| Lead::of_feed(*producer, word));
        causes.chain(faults).chain(answers).chain(alarms).chain(own).chain(feeds).collect()
    }

    /// The ids of the blueprints' alarms.
    fn alarms(&self) -> Vec<String> {
        let tables = self.blueprints.iter().map(|text| text.parse::<toml::Table>().expect("a blueprint is TOML"));
        let resources = |table: toml::Table| {
            let lists = ["base", "tenant"]
                .map(|part| table.get(part).and_then(|part| part.get("resource")).and_then(toml::Value::as_array).cloned());
            lists.into_iter().flatten().flatten()
        };
        let text = |resource: &toml::Value, field: &str| resource.get(field).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        let mut ids: Vec<_> = tables
            .flat_map(resources)
            .filter(|resource| text(resource, "kind").contains("alarm"))
            .map(|resource| text(&resource, "id"))
            .collect();
        ids.sort();
        ids.dedup();
        ids
    }
}

/// The logical ids of the alarms of `template`.
fn own_alarms(template: &str) -> Vec<String> {
    let (mut id, mut found) = ("", Vec::new());
    for line in template.lines() {
        match (line.strip_prefix("  "), line.trim().strip_prefix("Type: AWS::CloudWatch::")) {
            (_, Some(kind)) if kind.ends_with("Alarm") => found.push(id.to_owned()),
            (Some(key), _) if !key.starts_with([' ', '#']) => id = key.trim_end_matches(':'),
            _ => {}
        }
    }
    found
}

/// The variants of the enum of `source` that begins with `head`, as serde and clap name them.
pub(crate) fn variants(source: &str, head: &str) -> Vec<String> {
    let body = source.split(head).nth(1).and_then(|rest| rest.split("\n}").next()).unwrap_or_else(|| panic!("there is no {head}"));
    let names =
        body.lines().filter_map(|line| line.strip_prefix("    ")).filter(|line| line.starts_with(|one: char| one.is_ascii_uppercase()));
    names.map(|line| kebab(line.split(|one: char| !one.is_ascii_alphanumeric()).next().unwrap_or_default())).collect()
}

/// `NothingCompletes` as `nothing-completes`.
fn kebab(name: &str) -> String {
    let mut word = String::new();
    for one in name.chars() {
        if one.is_ascii_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.push(one.to_ascii_lowercase());
    }
    word
}

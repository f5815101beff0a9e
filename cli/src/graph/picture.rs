//! What a picture shows: an owner's resources, how each stands, and what it is made after.

use std::collections::{BTreeMap, BTreeSet};

use domain::blueprint::{Blueprint, Outline};
use domain::needs::Needs;
use domain::order::Specification;
use domain::plan::{Standing, Wait};
use domain::tenant::Owner;
use provision_tenant::book::Book;
use serde::Serialize;

use super::Look;
use crate::paint::{count, usd, word};
use crate::view::{Overview, ResourceView, overview, resources, short};

/// A picture, before anything has a place in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Picture {
    /// Whose it is.
    pub title: String,
    /// Phase, tier, version, cost, moment.
    pub facts: Vec<String>,
    /// The resources of the present life, or of the last one if it shall end, by id.
    pub nodes: Vec<Node>,
}

/// A resource in a picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// Its id within the blueprint.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// How it stands, in a word.
    pub look: Look,
    /// Why, in a few words; empty if there is nothing to say.
    pub why: String,
    /// Everything about how it stands.
    pub sentence: String,
    /// What it is made after, by id.
    pub needs: BTreeSet<String>,
}

impl Picture {
    /// Who is made after whom.
    pub fn needs(&self) -> Needs {
        Needs::new(self.nodes.iter().map(|node| (node.id.clone(), node.needs.clone())))
    }
}

/// The picture of `owner`; none if the ledger has no intent of it. What has no record yet is known from its blueprint.
pub fn picture(owner: &Owner, book: &Book, blueprints: &[Blueprint]) -> Option<Picture> {
    let overview = overview(owner, book)?;
    let views = resources(book);
    let former = views.iter().filter(|view| !view.present).count();
    let outlines = overview.specification.as_ref().map(|wanted| outlines(owner, wanted, blueprints)).unwrap_or_default();
    let mut nodes: BTreeMap<String, Node> =
        views.iter().filter(|view| view.present).map(|view| (view.id.clone(), node(view, outlines.get(&view.id)))).collect();
    // A pass that has settled the intent has reported all there is.
    if book.is_unsettled() {
        for (id, outline) in outlines {
            nodes.entry(id).or_insert_with(|| planned(&outline));
        }
    }
    Some(Picture { title: title(owner), facts: facts(&overview, former), nodes: nodes.into_values().collect() })
}

fn outlines(owner: &Owner, wanted: &Specification, blueprints: &[Blueprint]) -> BTreeMap<String, Outline> {
    let blueprint = blueprints.iter().find(|blueprint| blueprint.name == wanted.blueprint);
    let outlines = blueprint.map(|blueprint| blueprint.outline(owner, wanted)).unwrap_or_default();
    outlines.into_iter().map(|outline| (outline.id.0.clone(), outline)).collect()
}

fn node(view: &ResourceView, outline: Option<&Outline>) -> Node {
    let kind = if view.kind.is_empty() { outline.map(|outline| outline.kind.clone()).unwrap_or_default() } else { view.kind.clone() };
    let recorded: BTreeSet<String> = view.needs.iter().cloned().collect();
    // A resource without a record needs what its blueprint says.
    let needs = if recorded.is_empty() { outline.map(after).unwrap_or_default() } else { recorded };
    let (look, why) = (Look::of(view.standing.as_ref()), view.standing.as_ref().map(why).unwrap_or_default());
    Node { id: view.id.clone(), kind, look, why, sentence: view.sentence.clone(), needs }
}

fn planned(outline: &Outline) -> Node {
    let sentence = "due: no pass has looked at it yet".to_owned();
    Node { id: outline.id.0.clone(), kind: outline.kind.clone(), look: Look::Due, why: String::new(), sentence, needs: after(outline) }
}

fn after(outline: &Outline) -> BTreeSet<String> {
    outline.after.iter().map(|id| id.0.clone()).collect()
}

fn why(standing: &Standing) -> String {
    match standing {
        Standing::Ready { note } => note.clone().unwrap_or_default(),
        Standing::Waiting(Wait::On(places)) => match &places[..] {
            [first, rest @ ..] if !rest.is_empty() => format!("on {} +{}", first.id, rest.len()),
            _ => short(standing),
        },
        Standing::Waiting(_) | Standing::Stuck(_) => short(standing),
        Standing::Kept(retention) => retention.what.to_string(),
        Standing::Due | Standing::Gone => String::new(),
    }
}

fn title(owner: &Owner) -> String {
    match owner.tenant_id() {
        Some(tenant) => format!("{tenant} in {}", owner.environment()),
        None => format!("the base {}", owner.environment()),
    }
}

fn facts(overview: &Overview, former: usize) -> Vec<String> {
    let mut facts = vec![word(overview.phase).to_owned()];
    if let Some(wanted) = &overview.specification {
        facts.push(format!("blueprint {}", wanted.blueprint));
        facts.extend(wanted.tier.as_ref().map(|tier| format!("tier {tier}")));
        facts.extend(wanted.options.iter().cloned());
    }
    facts.push(format!("version {}", overview.version));
    facts.push(format!("{} a month", usd(overview.monthly_usd)));
    facts.extend(overview.looked_at.map(|at| format!("as of {at:.0}")));
    if former > 0 {
        facts.push(format!("{} of former lives not shown", count(former as u64, "resource")));
    }
    facts
}

#[cfg(test)]
mod tests {
    use domain::settle::Phase;

    use super::*;
    use crate::samples::{book, busy_book, owner, state};

    fn drawn(book: &Book) -> Picture {
        picture(&owner(), book, &runtime::blueprints::load().unwrap()).unwrap()
    }

    #[test]
    fn a_tenant_that_no_pass_has_looked_at_is_drawn_from_its_blueprint() {
        let picture = drawn(&book(1, 1));
        let database = picture.nodes.iter().find(|node| node.id == "database").unwrap();
        assert_eq!((database.kind.as_str(), database.look), ("rds-instance", Look::Due));
        assert!(database.needs.contains("db-credentials"), "{:?}", database.needs);
    }

    #[test]
    fn a_settled_tenant_is_drawn_as_the_pass_has_left_it() {
        let nothing = Book { state: Some(state(1, 1, Phase::Ready)), ..book(1, 1) };
        assert_eq!(drawn(&nothing).nodes, []);
    }

    #[test]
    fn each_resource_tells_why_and_former_lives_are_counted() {
        let picture = drawn(&busy_book());
        let check = |id: &str, look: Look, why: &str| {
            let node = picture.nodes.iter().find(|node| node.id == id).unwrap();
            assert_eq!((node.look, node.why.as_str()), (look, why), "{id}");
        };
        check("database", Look::Waiting, "creating");
        check("django", Look::Waiting, "on database");
        check("django-secret", Look::Ready, "");
        check("tenant-data", Look::Stuck, "name conflict: fs-1 carries no tag caretaker:owner");
        assert!(picture.facts.last().unwrap().contains("of former lives"), "{:?}", picture.facts);
    }
}

//! Owners as the ledger has them, from MATE's own blueprint.

use jiff::Timestamp;

use super::*;
use crate::blueprint::Blueprint;
use crate::kind::output_names;
use crate::order::{Specification, Wish};
use crate::resolve::{Ground, Life, STACK, Site, resolve};
use crate::resource::Resource;
use crate::tenant::Incarnation;

const MATE: &str = include_str!("../../../../../../blueprints/mate.toml");
pub(super) const TENANT: &str = "tenant#dev#demo";
pub(super) const BASE: &str = "environment#dev";

/// What the ledger has of an owner.
pub(super) struct House {
    owner: Owner,
    pub(super) intent: Option<Intent>,
    pub(super) state: Option<State>,
    pub(super) records: Vec<Record>,
}

impl House {
    /// An owner at rest: everything stands, and has its [`arn`].
    pub(super) fn new(owner: &str) -> Self {
        let owner: Owner = owner.parse().expect("an owner");
        let tier = owner.tenant_id().map(|_| "trial".to_owned());
        let blueprint = "mate".to_owned();
        let specification = Specification { blueprint, tier, image: None, apply: None, options: BTreeSet::new(), observe_only: false };
        let records = records(&owner, &specification);
        let state = State { stood: true, ..State::new(Phase::Ready, 1, 1, Timestamp::UNIX_EPOCH) };
        Self { owner, intent: Some(intent(Wish::Stands(specification))), state: Some(state), records }
    }

    fn items(&self) -> Vec<Item> {
        let owner = self.owner.to_string();
        let records = self.records.iter().map(|record| Item::new(&owner, &record.key(), record));
        let intent = self.intent.iter().map(|intent| Item::new(&owner, INTENT, intent));
        let state = self.state.iter().map(|state| Item::new(&owner, STATE, state));
        records.chain(intent).chain(state).collect()
    }

    pub(super) fn read(&self) -> Household {
        Household::read(&self.owner, &self.items()).expect("the items are whole")
    }

    /// Whom a signal about the resource `id` is of.
    pub(super) fn subject(&self, id: &str) -> Subject {
        self.read().subject(&About::Arn(arn(id))).expect("it is known by its ARN")
    }

    /// Makes `wish` what is asked of it.
    pub(super) fn wish(&mut self, wish: Wish) {
        self.intent = Some(intent(wish));
    }

    pub(super) fn stand(&mut self, phase: Phase, stood: bool) {
        self.state = Some(State { stood, ..State::new(phase, 1, 1, Timestamp::UNIX_EPOCH) });
    }

    pub(super) fn record(&mut self, id: &str) -> &mut Record {
        self.records.iter_mut().find(|record| record.resource.id.0 == id).expect("there is one")
    }
}

pub(super) fn arn(id: &str) -> String {
    format!("arn:aws:x:us-east-1:123456789012:{id}")
}

pub(super) fn life(number: u128) -> Incarnation {
    Incarnation::mint(1, number)
}

fn intent(wish: Wish) -> Intent {
    Intent {
        version: 1,
        content_hash: wish.content_hash(),
        wish,
        incarnation: Some(life(1)),
        former: BTreeMap::new(),
        paused: false,
        adopted: Vec::new(),
        retries: 0,
        privileged_at: None,
        counted: true,
        revision: 1,
    }
}

fn records(owner: &Owner, specification: &Specification) -> Vec<Record> {
    let blueprint = Blueprint::load("mate.toml", MATE).expect("the blueprint is fit");
    let stack = STACK.map(|word| (word.to_owned(), arn(word))).into();
    let site = Site { account: "123456789012".into(), region: "us-east-1".into(), stack };
    let base = given(&blueprint);
    let (ground, life) = (Ground { site: &site, base: &base }, Life { owner, incarnation: life(1) });
    let graph = resolve(&blueprint, specification, ground, life, &BTreeMap::new()).expect("it is resolved");
    let record = |resource: &Resource| Record { stood: true, arn: Some(arn(&resource.id.0)), ..Record::new(resource.clone()) };
    graph.resources().iter().map(record).collect()
}

/// All that a base of `blueprint` gives.
fn given(blueprint: &Blueprint) -> BTreeMap<String, String> {
    let mut given = BTreeMap::new();
    for template in &blueprint.base.resources {
        for name in output_names(&template.kind).iter().chain(&["arn", "name"]) {
            given.insert(format!("{}.{name}", template.id), format!("{}-{name}", template.id));
        }
    }
    given
}

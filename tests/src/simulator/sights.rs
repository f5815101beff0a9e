//! What a test sees: the log, the census, the queue, the bus, the ledger.

use std::collections::BTreeMap;

use domain::kind::network::Ingress;
use domain::ledger::Item;
use domain::ports::Entry;
use jiff::Timestamp;

use super::Simulator;
use super::census::{self, Census};
use super::environment::Environment;
use super::log::Log;
use super::queue::DeadLetter;
use super::turn::Sampled;

impl Simulator {
    /// All calls so far.
    pub fn log(&self) -> Log {
        self.world().log.clone()
    }

    /// What stands on AWS.
    pub fn census(&self) -> Census {
        census::take(&self.world().aws, self.world().ledger.pools(), self.0.executor.now())
    }

    /// Lives of which anything stands, each with the words that stand for it in the census.
    pub fn lives(&self) -> BTreeMap<String, String> {
        census::lives(&self.world().aws, self.0.executor.now())
    }

    /// How many revisions of a family were ever registered.
    pub fn registrations(&self, family: &str) -> usize {
        self.world().aws.definitions.0.get(family).map_or(0, Vec::len)
    }

    /// How many revisions of each family were ever registered.
    pub fn all_registrations(&self) -> BTreeMap<String, usize> {
        self.world().aws.definitions.0.iter().map(|(family, revisions)| (family.clone(), revisions.len())).collect()
    }

    /// What was announced on our bus, with the moment.
    pub fn announced(&self) -> Vec<(Timestamp, Entry)> {
        self.world().bus.clone()
    }

    /// Messages on the tenant queue: from when each is visible, and its body. Those being worked on are among them.
    pub fn pending_messages(&self) -> Vec<(Timestamp, String)> {
        self.world().queue.pending()
    }

    /// Whether the tenant queue is empty, and nothing runs that may send to it.
    pub fn is_quiet(&self) -> bool {
        self.running() == 0 && self.world().queue.next().is_none()
    }

    /// Messages on the dead-letter queue.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.world().queue.dead.clone()
    }

    /// All ledger items of an owner.
    pub fn ledger(&self, owner: &str) -> Vec<Item> {
        self.world().ledger.read_owner(owner)
    }

    /// Security groups by what follows `prefix` in their names: id, and open ports with to whom.
    pub fn security_groups(&self, prefix: &str) -> BTreeMap<String, (String, Vec<(u16, String)>)> {
        let world = self.world();
        let groups = world.aws.network.groups.all().filter_map(|group| Some((group.name.strip_prefix(prefix)?.to_owned(), group)));
        let open = |ingress: &Ingress| (ingress.port, ingress.from.clone());
        groups.map(|(name, group)| (name, (group.shown.id.clone(), group.shown.properties.ingress.iter().map(open).collect()))).collect()
    }

    /// The durations that were sampled, for the critical path.
    pub fn sampled(&self) -> Vec<Sampled> {
        self.world().sampled.clone()
    }

    /// The environment that everything stands in.
    pub fn environment(&self) -> Environment {
        self.world().environment.clone()
    }
}

//! A KMS key with its alias. KMS takes neither a name nor a token at creation:
//! a key is known by its alias, and as long as it has none by its tags.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::policy::Policy;
use super::{Kind, compare};
use crate::name::NameRule;
use crate::plan::{Change, Departure, Difference, Fate, Judgement, Removal, Retained, Retention};
use crate::resource::Resource;

/// Days in which a deletion can be taken back (KMS allows 7 to 30): the fewest, since nothing that stays needs the key.
pub const PENDING_DAYS: u8 = 7;

/// USD a month of one key (AWS price list, us-east-1, 2026).
const MONTHLY_USD: f64 = 1.00;

/// What the name of an alias begins with.
const ALIAS: &str = "alias/";

/// A symmetric key as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// What it is for.
    pub description: String,
    /// Who may use it: the key policy. It must let Caretaker change it again, or KMS refuses it.
    pub policy: Policy,
    /// Whether KMS gives it new material every year.
    #[serde(default = "yes")]
    pub rotation: bool,
}

fn yes() -> bool {
    true
}

/// Where a key is in its life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyState {
    /// Usable.
    Enabled,
    /// Not usable until it is enabled again: so it is after its deletion was taken back.
    Disabled,
    /// To be deleted, unless that is taken back.
    PendingDeletion,
    /// Any other word of AWS.
    Other(String),
}

/// What we see of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySeen {
    /// Its id, a UUID.
    pub id: String,
    /// Our alias, if it leads to this key.
    pub alias: Option<String>,
    /// How far it is.
    pub state: KeyState,
    /// Its properties.
    pub properties: Key,
}

/// The alias of the key `name`.
pub fn alias(name: &str) -> String {
    format!("{ALIAS}{name}")
}

/// Whether `one` and `other` name the same key, each by id, ARN or alias. An alias is the same only as itself.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    let bare = |key: &str| key.rsplit(':').next().unwrap_or(key).trim_start_matches("key/").to_owned();
    bare(one) == bare(other)
}

impl Kind for Key {
    const KIND: &'static str = "kms-key";
    /// An alias has up to 256 characters of letters, digits and `/_-`, with its `alias/` (API reference, CreateAlias).
    const NAME: NameRule = NameRule { longest: 256 - ALIAS.len(), also: "/_", double_hyphen: true };
    const OUTPUTS: &'static [&'static str] = &["id", "alias"];
    type Seen = KeySeen;

    fn usual(&self, _: &Change) -> Duration {
        Duration::from_secs(2)
    }

    /// A key is made bare; its alias and its rotation come afterwards, as a change.
    fn judge(&self, resource: &Resource, seen: &KeySeen) -> Judgement {
        match &seen.state {
            KeyState::PendingDeletion => return Judgement::act(Change::Restore),
            KeyState::Other(word) if matches!(word.as_str(), "Creating" | "Updating") => {
                return Judgement::settling(format!("the key is {word}"));
            }
            KeyState::Other(word) => return Judgement::broken(format!("the key is {word}")),
            KeyState::Enabled | KeyState::Disabled => {}
        }
        match differences(self, &resource.name, seen) {
            found if found.is_empty() => Judgement::in_sync(),
            found => Judgement::act(Change::Update(found)),
        }
    }

    /// What is kept is encrypted with it, so with data kept it is kept as well. Otherwise KMS deletes it after its pending window.
    fn depart(&self, resource: &Resource, seen: &KeySeen, fate: Fate) -> Departure {
        let delete = Departure::Act(Removal::DeleteKey { pending_days: PENDING_DAYS });
        match (&seen.state, &seen.alias) {
            (KeyState::PendingDeletion, None) => Departure::Gone,
            (KeyState::PendingDeletion, Some(_)) => delete,
            (KeyState::Other(word), _) if word == "Creating" => Departure::Wait("the key is being created".into()),
            _ if fate == Fate::KeepData && resource.protects_data => {
                Departure::Kept(Retention { what: Retained::Key(seen.id.clone()), until: None, monthly_usd: MONTHLY_USD })
            }
            _ => delete,
        }
    }

    fn outputs(seen: &KeySeen) -> Vec<(&'static str, String)> {
        let alias = seen.alias.iter().map(|alias| ("alias", alias.clone()));
        std::iter::once(("id", seen.id.clone())).chain(alias).collect()
    }
}

fn differences(desired: &Key, name: &str, seen: &KeySeen) -> Vec<Difference> {
    let mut found = Vec::new();
    let has = &seen.properties;
    compare(&mut found, "enabled", &(seen.state == KeyState::Enabled), &true);
    compare(&mut found, "alias", &seen.alias.clone().unwrap_or_default(), &alias(name));
    compare(&mut found, "description", &has.description, &desired.description);
    compare(&mut found, "policy", &has.policy, &desired.policy);
    compare(&mut found, "rotation", &has.rotation, &desired.rotation);
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kind::Desired;
    use crate::kind::tests::resource;

    fn key() -> Key {
        Key { description: "of demo".into(), policy: json!({ "Statement": [] }).into(), rotation: true }
    }

    fn seen(state: KeyState, alias: Option<&str>) -> KeySeen {
        KeySeen { id: "k-1".into(), alias: alias.map(str::to_owned), state, properties: key() }
    }

    const ALIAS: Option<&str> = Some("alias/mate-demo");

    #[test]
    fn what_is_missing_is_a_difference_and_what_is_pending_comes_back() {
        let judge = |seen: &KeySeen| key().judge(&resource(Desired::KmsKey(key())), seen);
        let changed = |seen: &KeySeen| match judge(seen) {
            Judgement::Act(Change::Update(found)) => found.into_iter().map(|one| one.property).collect(),
            other => vec![format!("{other:?}")],
        };
        assert_eq!(judge(&seen(KeyState::Enabled, ALIAS)), Judgement::in_sync());
        assert_eq!(judge(&seen(KeyState::PendingDeletion, ALIAS)), Judgement::act(Change::Restore));
        assert_eq!(judge(&seen(KeyState::Other("Creating".into()), None)), Judgement::settling("the key is Creating"));
        assert_eq!(judge(&seen(KeyState::Other("Unavailable".into()), ALIAS)), Judgement::broken("the key is Unavailable"));
        assert_eq!(changed(&seen(KeyState::Enabled, None)), ["alias"]); // a create was cut off
        assert_eq!(changed(&seen(KeyState::Disabled, ALIAS)), ["enabled"]); // a restore was
        let bare = Key { rotation: false, description: String::new(), policy: Policy::default() };
        assert_eq!(changed(&KeySeen { properties: bare, ..seen(KeyState::Enabled, ALIAS) }), ["description", "policy", "rotation"]);
    }

    #[test]
    fn a_key_is_kept_with_the_data_and_otherwise_goes_after_its_window() {
        let depart =
            |protects_data, seen: &KeySeen, fate| key().depart(&Resource { protects_data, ..resource(Desired::KmsKey(key())) }, seen, fate);
        let delete = Departure::Act(Removal::DeleteKey { pending_days: 7 });
        let kept = Departure::Kept(Retention { what: Retained::Key("k-1".into()), until: None, monthly_usd: 1.0 });
        let standing = seen(KeyState::Enabled, ALIAS);
        assert_eq!(depart(true, &standing, Fate::KeepData), kept);
        assert_eq!(depart(true, &seen(KeyState::Disabled, ALIAS), Fate::KeepData), kept);
        assert_eq!(depart(true, &standing, Fate::DestroyData), delete);
        assert_eq!(depart(false, &standing, Fate::KeepData), delete);
        assert_eq!(depart(false, &seen(KeyState::Enabled, None), Fate::KeepData), delete); // its alias is gone already
        assert_eq!(depart(false, &seen(KeyState::PendingDeletion, ALIAS), Fate::KeepData), delete); // the name is not free yet
        assert_eq!(depart(false, &seen(KeyState::PendingDeletion, None), Fate::KeepData), Departure::Gone);
    }

    #[test]
    fn a_key_is_the_same_by_id_and_arn() {
        let check = |one, other, same| assert_eq!(is_same(one, other), same, "{one} {other}");
        check("arn:aws:kms:us-east-1:1:key/k-1", "arn:aws:kms:us-east-1:1:key/k-1", true);
        check("arn:aws:kms:us-east-1:1:key/k-1", "k-1", true);
        check("arn:aws:kms:us-east-1:1:alias/mate", "alias/mate", true);
        check("arn:aws:kms:us-east-1:1:key/k-1", "arn:aws:kms:us-east-1:1:key/k-2", false);
        check("alias/mate", "k-1", false); // who leads to what, nobody here knows
    }
}

//! KMS: keys and the aliases that lead to them.

use std::collections::BTreeMap;

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::key::{Key, KeySeen, KeyState};
use domain::kind::policy::Policy;
use domain::observed::Observed;
use domain::ports::{Call, CreateAlias, CreateKey, Reply};
use domain::resource::{RESOURCE_TAG, Tags};
use jiff::Timestamp;

use super::environment::Environment;
use super::turn::{Answer, Refused, Turn};

#[derive(Debug, Clone)]
struct Made {
    arn: String,
    tags: Tags,
    state: KeyState,
    properties: Key,
}

/// Keys by id, and the ids that aliases lead to.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    keys: BTreeMap<String, Made>,
    aliases: BTreeMap<String, String>,
}

fn missing(id: &str) -> Refused {
    Refused::new(Cause::NotFound, format!("NotFoundException: Key '{id}' does not exist"))
}

impl Keys {
    /// A line each, for the census.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |(id, key): (&String, &Made)| {
            let aliases: Vec<_> = self.aliases.iter().filter(|(_, target)| *target == id).map(|(alias, _)| alias).collect();
            let tags = key.tags.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ");
            format!("key {aliases:?} {:?} {:?} [{tags}]", key.state, key.properties)
        };
        self.keys.iter().map(line).collect()
    }

    /// Ids, each with the name that stands for it.
    pub(super) fn names(&self) -> impl Iterator<Item = (String, String)> {
        let name = |tags: &Tags| tags.get(RESOURCE_TAG).cloned().unwrap_or_default();
        self.keys.iter().map(move |(id, key)| (id.clone(), format!("<key {}>", name(&key.tags))))
    }

    /// The tags of all keys.
    pub(super) fn tags(&self) -> impl Iterator<Item = &Tags> {
        self.keys.values().map(|key| &key.tags)
    }

    /// By id, ARN or alias.
    fn resolve<'a>(&'a self, named: &'a str) -> Option<&'a str> {
        let bare = named.rsplit(':').next().unwrap_or(named).trim_start_matches("key/");
        let id = self.aliases.get(bare).map_or(bare, String::as_str);
        self.keys.contains_key(id).then_some(id)
    }

    fn find(&self, named: &str) -> Answer<&Made> {
        self.resolve(named).map(|id| &self.keys[id]).ok_or_else(|| missing(named))
    }

    fn find_mut(&mut self, named: &str) -> Answer<&mut Made> {
        let id = self.resolve(named).ok_or_else(|| missing(named))?.to_owned();
        self.keys.get_mut(&id).ok_or_else(|| missing(named))
    }

    /// One that KMS changes: none whose deletion is pending.
    fn standing(&mut self, named: &str) -> Answer<&mut Made> {
        let key = self.find_mut(named)?;
        if key.state == KeyState::PendingDeletion {
            return Err(Refused::fact("kms_key_pending_deletion", Cause::InvalidState, &[("arn", &key.arn)]));
        }
        Ok(key)
    }

    /// Metadata alone: policy, rotation, tags and aliases are other calls'.
    fn view(&self, named: &str, now: Timestamp) -> Option<Observed> {
        let id = self.resolve(named)?;
        let key = &self.keys[id];
        let properties = Key { policy: Policy::default(), rotation: false, ..key.properties.clone() };
        let detail = Detail::KmsKey(KeySeen { id: id.to_owned(), alias: None, state: key.state.clone(), properties });
        Some(Observed { arn: key.arn.clone(), tags: Tags::new(), at: now, detail })
    }

    /// Reads. None: the call is none of KMS's.
    pub(super) fn read(&self, call: &Call, turn: &Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::DescribeKey(request) => Ok(Reply::DescribeKey(self.view(&request.id, turn.now))),
            Call::ListKeys(_) => Ok(Reply::ListKeys(self.keys.keys().cloned().collect())),
            Call::ListKeyTags(request) => self.find(&request.id).map(|key| Reply::ListKeyTags(key.tags.clone())),
            Call::GetKeyPolicy(request) => self.find(&request.id).map(|key| Reply::GetKeyPolicy(key.properties.policy.clone())),
            Call::GetKeyRotationStatus(request) => self.find(&request.id).map(|key| {
                // "While a KMS key is pending deletion, its key rotation status is false" (API reference, GetKeyRotationStatus).
                Reply::GetKeyRotationStatus(key.properties.rotation && key.state != KeyState::PendingDeletion)
            }),
            _ => return None,
        })
    }

    /// Effects. None: the call is none of KMS's.
    pub(super) fn change(&mut self, call: &Call, environment: &Environment, turn: &mut Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::CreateKey(request) => Ok(Reply::CreateKey(self.create(request, environment, turn))),
            Call::CreateAlias(request) => self.create_alias(request, environment).map(Reply::CreateAlias),
            Call::DeleteAlias(request) => {
                let gone = self.aliases.remove(&request.alias);
                gone.map(|_| Reply::DeleteAlias(())).ok_or_else(|| missing(&request.alias))
            }
            Call::UpdateKeyDescription(request) => {
                let changed = self.standing(&request.id).map(|key| key.properties.description.clone_from(&request.description));
                changed.map(Reply::UpdateKeyDescription)
            }
            Call::PutKeyPolicy(request) => {
                self.find_mut(&request.id).map(|key| key.properties.policy.clone_from(&request.policy)).map(Reply::PutKeyPolicy)
            }
            Call::EnableKeyRotation(request) => self.rotate(&request.id, true).map(Reply::EnableKeyRotation),
            Call::DisableKeyRotation(request) => self.rotate(&request.id, false).map(Reply::DisableKeyRotation),
            Call::EnableKey(request) => self.standing(&request.id).map(|key| key.state = KeyState::Enabled).map(Reply::EnableKey),
            Call::ScheduleKeyDeletion(request) => {
                self.standing(&request.id).map(|key| key.state = KeyState::PendingDeletion).map(Reply::ScheduleKeyDeletion)
            }
            Call::CancelKeyDeletion(request) => self.cancel_deletion(&request.id).map(Reply::CancelKeyDeletion),
            Call::TagKey(request) => self.standing(&request.id).map(|key| key.tags.extend(request.tags.clone())).map(Reply::TagKey),
            _ => return None,
        })
    }

    /// Each call makes another key.
    fn create(&mut self, request: &CreateKey, environment: &Environment, turn: &mut Turn) -> Observed {
        let hex = turn.hex("", 32);
        let id = format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
        let properties = Key { rotation: false, ..request.desired.clone() };
        let arn = environment.arn("kms", &format!("key/{id}"));
        let key = Made { arn: arn.clone(), tags: request.tags.clone(), state: KeyState::Enabled, properties: properties.clone() };
        self.keys.insert(id.clone(), key);
        let detail = Detail::KmsKey(KeySeen { id, alias: None, state: KeyState::Enabled, properties });
        Observed { arn, tags: request.tags.clone(), at: turn.now, detail }
    }

    fn create_alias(&mut self, request: &CreateAlias, environment: &Environment) -> Answer<()> {
        if self.aliases.contains_key(&request.alias) {
            let arn = environment.arn("kms", &request.alias);
            return Err(Refused::fact("kms_alias_exists", Cause::AlreadyExists, &[("arn", &arn)]));
        }
        self.standing(&request.id)?;
        self.aliases.insert(request.alias.clone(), request.id.clone());
        Ok(())
    }

    fn rotate(&mut self, id: &str, on: bool) -> Answer<()> {
        let key = self.standing(id)?;
        if key.state == KeyState::Disabled {
            return Err(Refused::fact("kms_key_disabled", Cause::InvalidState, &[("arn", &key.arn)]));
        }
        key.properties.rotation = on;
        Ok(())
    }

    fn cancel_deletion(&mut self, id: &str) -> Answer<()> {
        let key = self.find_mut(id)?;
        if key.state != KeyState::PendingDeletion {
            return Err(Refused::fact("kms_key_not_pending_deletion", Cause::InvalidState, &[("arn", &key.arn)]));
        }
        key.state = KeyState::Disabled;
        Ok(())
    }
}

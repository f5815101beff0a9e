//! Secrets Manager.

use std::collections::BTreeMap;

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::secret::SecretSeen;
use domain::observed::Observed;
use domain::ports::{Confidential, CreateSecret, DeleteSecret};
use domain::resource::Tags;
use jiff::{Timestamp, ToSpan};

use super::environment::Environment;
use super::turn::{Answer, Refused, Turn};

#[derive(Debug, Clone)]
pub(super) struct Secret {
    pub(super) arn: String,
    pub(super) tags: Tags,
    /// By the token that made them; the token is the version's id.
    versions: BTreeMap<String, String>,
    current: String,
    key: Option<String>,
    /// When its value was replaced last.
    rotated_at: Option<Timestamp>,
    deletion: Option<Deletion>,
}

#[derive(Debug, Clone, Copy)]
struct Deletion {
    at: Timestamp,
    /// When the secret ends.
    purge: Timestamp,
}

/// By name.
#[derive(Debug, Clone, Default)]
pub(super) struct Secrets(BTreeMap<String, Secret>);

fn missing() -> Refused {
    Refused::new(Cause::NotFound, "ResourceNotFoundException: Secrets Manager can't find the specified secret.")
}

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>, `InvalidRequestException`.
fn in_recovery() -> Refused {
    let message = "InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion.";
    Refused::new(Cause::InvalidState, message)
}

impl Secret {
    pub(super) fn is_in_recovery(&self) -> bool {
        self.deletion.is_some()
    }
}

impl Secrets {
    /// By name or ARN, whatever its state, until its recovery window is over.
    pub(super) fn find(&self, id: &str, now: Timestamp) -> Option<&Secret> {
        let found = self.0.get(id).or_else(|| self.0.values().find(|secret| secret.arn == id))?;
        found.deletion.is_none_or(|deletion| deletion.purge > now).then_some(found)
    }

    fn find_mut(&mut self, id: &str, now: Timestamp) -> Answer<&mut Secret> {
        self.0.retain(|_, secret| secret.deletion.is_none_or(|deletion| deletion.purge > now));
        let name = match self.0.contains_key(id) {
            true => Some(id.to_owned()),
            false => self.0.iter().find(|(_, secret)| secret.arn == id).map(|(name, _)| name.clone()),
        };
        name.and_then(|name| self.0.get_mut(&name)).ok_or_else(missing)
    }

    pub(super) fn all(&self, now: Timestamp) -> impl Iterator<Item = (&String, &Secret)> {
        self.0.iter().filter(move |(_, secret)| secret.deletion.is_none_or(|deletion| deletion.purge > now))
    }

    pub(super) fn describe(&self, id: &str, now: Timestamp) -> Option<Observed> {
        let secret = self.find(id, now)?;
        let detail = Detail::Secret(SecretSeen { deleted_at: secret.deletion.map(|deletion| deletion.at), key: secret.key.clone() });
        Some(Observed { arn: secret.arn.clone(), tags: secret.tags.clone(), at: now, detail })
    }

    pub(super) fn rotated_at(&self, id: &str, now: Timestamp) -> Option<Timestamp> {
        self.find(id, now)?.rotated_at
    }

    /// Somebody puts another value in its place.
    pub(super) fn rotate(&mut self, id: &str, now: Timestamp) -> Answer<()> {
        self.find_mut(id, now)?.rotated_at = Some(now);
        Ok(())
    }

    pub(super) fn value(&self, id: &str, now: Timestamp) -> Answer<Confidential> {
        let secret = self.find(id, now).ok_or_else(missing)?;
        if secret.is_in_recovery() {
            return Err(in_recovery());
        }
        Ok(Confidential(secret.versions.get(&secret.current).cloned().unwrap_or_default()))
    }

    pub(super) fn create(&mut self, request: CreateSecret, environment: &Environment, turn: &mut Turn) -> Answer<String> {
        let CreateSecret { name, token, value, key, tags } = request;
        check(&name, &token)?;
        if let Ok(existing) = self.find_mut(&name, turn.now) {
            return repeated(existing, &name, &token, &value.0);
        }
        let arn = environment.arn("secretsmanager", &format!("secret:{name}-{}", turn.hex("", 6)));
        let versions = BTreeMap::from([(token.clone(), value.0)]);
        self.0.insert(name, Secret { arn: arn.clone(), tags, versions, current: token, key, rotated_at: None, deletion: None });
        Ok(arn)
    }

    pub(super) fn restore(&mut self, id: &str, now: Timestamp) -> Answer<()> {
        self.find_mut(id, now)?.deletion = None;
        Ok(())
    }

    pub(super) fn delete(&mut self, request: &DeleteSecret, now: Timestamp) -> Answer<()> {
        let Some(days) = request.recovery_days else {
            // "If you forcibly delete an already deleted or nonexistent secret, the operation does not return ResourceNotFoundException."
            // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
            if let Ok(secret) = self.find_mut(&request.id, now) {
                let arn = secret.arn.clone();
                self.0.retain(|_, secret| secret.arn != arn);
            }
            return Ok(());
        };
        if !(7..=30).contains(&days) {
            let message = "InvalidParameterException: RecoveryWindowInDays value must be between 7 and 30 days (inclusive).";
            return Err(Refused::new(Cause::InvalidRequest, message));
        }
        let secret = self.find_mut(&request.id, now)?;
        if secret.is_in_recovery() {
            return Err(in_recovery());
        }
        secret.deletion = Some(Deletion { at: now, purge: now + 24.hours() * i64::from(days) });
        Ok(())
    }

    /// Under another key; none: AWS's own.
    pub(super) fn update(&mut self, id: &str, key: Option<String>, now: Timestamp) -> Answer<()> {
        let secret = self.find_mut(id, now)?;
        if secret.is_in_recovery() {
            return Err(in_recovery());
        }
        secret.key = key;
        Ok(())
    }

    pub(super) fn tag(&mut self, id: &str, tags: Tags, now: Timestamp) -> Answer<()> {
        let secret = self.find_mut(id, now)?;
        if secret.is_in_recovery() {
            return Err(in_recovery());
        }
        secret.tags.extend(tags);
        Ok(())
    }
}

fn check(name: &str, token: &str) -> Answer<()> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+=.@-!".contains(&byte);
    if name.is_empty() || name.len() > 512 || !name.bytes().all(legal) {
        return Err(Refused::fact("secret_name_alphabet", Cause::InvalidRequest, &[]));
    }
    // The service model: ClientRequestToken has 32 to 64 characters.
    if !(32..=64).contains(&token.len()) {
        return Err(Refused::fact("request_outside_its_model", Cause::InvalidRequest, &[]));
    }
    Ok(())
}

/// A name that stands: the same token with the same value is a repeat, everything else is refused.
fn repeated(existing: &Secret, name: &str, token: &str, value: &str) -> Answer<String> {
    if existing.is_in_recovery() {
        return Err(Refused::fact("secret_name_in_recovery", Cause::InvalidState, &[]));
    }
    match existing.versions.get(token) {
        Some(version) if version == value => Ok(existing.arn.clone()),
        Some(_) => Err(Refused::fact("secret_token_other_value", Cause::AlreadyExists, &[("token", token), ("arn", &existing.arn)])),
        None => {
            let message = format!("ResourceExistsException: The operation failed because the secret {name} already exists.");
            Err(Refused::new(Cause::AlreadyExists, message))
        }
    }
}

//! Plain kinds: AWS shows their properties as they were asked for, so that the comparison and the way out are the same for all.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::plan::{Change, Departure, Difference, Judgement, Removal};

/// How far a thing is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// Usable.
    Done,
    /// AWS is at work on it; its own word for it.
    Working(String),
    /// On its way out.
    Leaving,
    /// AWS gave up on it, and why.
    Failed(String),
}

/// What AWS shows of a plain kind `T`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown<T> {
    /// AWS's own id, by which it is changed; the name or the ARN where there is none.
    pub id: String,
    /// How far it is.
    pub progress: Progress,
    /// Its properties, written as a blueprint writes them.
    pub properties: T,
    /// What others may refer to, beside its id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub gives: BTreeMap<String, String>,
}

impl<T> Shown<T> {
    /// One that is done.
    pub fn done(id: impl Into<String>, properties: T) -> Self {
        Self { id: id.into(), progress: Progress::Done, properties, gives: BTreeMap::new() }
    }

    /// Gives `value` as the output `name`.
    #[must_use]
    pub fn giving(mut self, name: &str, value: impl Into<String>) -> Self {
        self.gives.insert(name.to_owned(), value.into());
        self
    }

    /// Of `names`, those that are known; `id` always is.
    pub(crate) fn outputs(&self, names: &'static [&'static str]) -> Vec<(&'static str, String)> {
        let value = |name: &str| if name == "id" { Some(self.id.clone()) } else { self.gives.get(name).cloned() };
        names.iter().filter_map(|name| Some((*name, value(name)?))).collect()
    }
}

/// Where in its life it is, then property by property. `fixed` are those that AWS cannot change afterwards.
pub(crate) fn judge<T: Serialize>(desired: &T, seen: &Shown<T>, fixed: &[&str]) -> Judgement {
    judge_or_replace(desired, seen, fixed, false)
}

/// As [`judge`]; what can stand beside its successor is `replaceable`.
pub(crate) fn judge_or_replace<T: Serialize>(desired: &T, seen: &Shown<T>, fixed: &[&str], replaceable: bool) -> Judgement {
    match &seen.progress {
        Progress::Working(word) => return Judgement::settling(format!("it is {word}")),
        Progress::Leaving => return Judgement::settling("it is being deleted"),
        Progress::Failed(why) => return Judgement::broken(why.clone()),
        Progress::Done => {}
    }
    let found = differences(desired, &seen.properties);
    let immutable: Vec<_> = found.iter().filter(|difference| fixed.contains(&difference.property.as_str())).cloned().collect();
    match immutable.first() {
        Some(_) if replaceable => Judgement::Replace(immutable),
        Some(Difference { property, before, after }) => {
            Judgement::refused(format!("{property} is fixed at creation: it is {before:?}, wanted is {after:?}"))
        }
        None if found.is_empty() => Judgement::in_sync(),
        None => Judgement::act(Change::Update(found)),
    }
}

/// It is deleted, and gone once AWS does not show it any more.
pub(crate) fn depart<T>(seen: &Shown<T>) -> Departure {
    match &seen.progress {
        Progress::Leaving => Departure::Wait("it is being deleted".into()),
        Progress::Working(word) => Departure::Wait(format!("it is {word}")),
        Progress::Done | Progress::Failed(_) => Departure::Act(Removal::Delete),
    }
}

/// Property by property.
pub(crate) fn differences<T: Serialize>(desired: &T, seen: &T) -> Vec<Difference> {
    let (Ok(Value::Object(wanted)), Ok(Value::Object(shown))) = (serde_json::to_value(desired), serde_json::to_value(seen)) else {
        return Vec::new();
    };
    let text = |value: Option<&Value>| match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let differs = |(property, value): &(&String, &Value)| shown.get(*property) != Some(value);
    wanted.iter().filter(differs).map(|(property, value)| Difference::new(property, text(shown.get(property)), text(Some(value)))).collect()
}

/// The rules of a plain kind, from what tells it from others. `replaceable` after what is fixed: another can be made beside it.
macro_rules! plain {
    ($type:ident: $kind:literal, name: $name:expr, creates: $creates:literal s, changes: $changes:literal s,
     fixed: [$($fixed:literal),*] $($replaceable:ident)?, outputs: [$($output:literal),*]) => {
        impl $crate::kind::Kind for $type {
            const KIND: &'static str = $kind;
            const NAME: $crate::name::NameRule = $name;
            const OUTPUTS: &'static [&'static str] = &[$($output),*];
            type Seen = $crate::kind::plain::Shown<Self>;

            fn usual(&self, change: &$crate::plan::Change) -> ::std::time::Duration {
                ::std::time::Duration::from_secs(if *change == $crate::plan::Change::Create { $creates } else { $changes })
            }

            fn judge(&self, _: &$crate::resource::Resource, seen: &Self::Seen) -> $crate::plan::Judgement {
                let replaceable = &[$(stringify!($replaceable))?] as &[&str] == ["replaceable"];
                $crate::kind::plain::judge_or_replace(self, seen, &[$($fixed),*], replaceable)
            }

            fn depart(
                &self,
                _: &$crate::resource::Resource,
                seen: &Self::Seen,
                _: $crate::plan::Fate,
            ) -> $crate::plan::Departure {
                $crate::kind::plain::depart(seen)
            }

            fn outputs(seen: &Self::Seen) -> Vec<(&'static str, String)> {
                seen.outputs(<Self as $crate::kind::Kind>::OUTPUTS)
            }
        }
    };
}
pub(crate) use plain;

//! The adapter of a plain kind, from the operations that it is made of.

use domain::kind::plain::{Progress, Shown};
use domain::observed::Observed;
use domain::resource::{IDENTITY, Resource, Tags};

/// The tags by which what has no name is found.
pub(super) fn identity(resource: &Resource) -> Tags {
    resource.tags.iter().filter(|(key, _)| IDENTITY.contains(&key.as_str())).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Whether nothing is to be filled in any more in what a look needs.
pub(super) fn is_bound(text: &str) -> bool {
    !text.contains('{')
}

/// `observed`, leaving.
pub(super) fn leaving<T: Clone>(seen: &Shown<T>) -> Shown<T> {
    Shown { progress: Progress::Leaving, ..seen.clone() }
}

/// What was seen before, typed: a plain kind's detail of another kind is never seen.
macro_rules! seen {
    ($variant:ident, $observed:expr, $resource:expr) => {
        match $observed.map(|observed: &domain::observed::Observed| (observed, &observed.detail)) {
            Some((observed, domain::kind::Detail::$variant(seen))) => (observed, seen),
            _ => return Err($crate::kind::unseen($resource)),
        }
    };
}
pub(super) use seen;

/// `observed` with another detail.
pub(super) fn with(observed: &Observed, detail: domain::kind::Detail) -> Observed {
    Observed { detail, ..observed.clone() }
}

/// An adapter whose create and delete are one call each. `gone` says whether a deletion is over with its call (`now`), or takes time (`later`).
macro_rules! plain {
    ($type:ident($variant:ident), |$cloud:ident, $resource:ident, $desired:ident|
        observe: $observe:expr,
        create: $create:expr,
        update |$old:ident, $seen:ident|: $update:expr,
        delete |$id:ident|: $delete:expr,
        gone: $gone:ident,
        tag |$tag_id:ident|: $tag:expr $(,)?) => {
        impl $crate::kind::Adapter for $type {
            async fn observe(
                &self,
                $cloud: &impl domain::ports::Cloud,
                $resource: &domain::resource::Resource,
                _: bool,
            ) -> Result<domain::observed::Sighting, domain::failure::CallError> {
                let $desired = self;
                let _ = $desired;
                let seen: Option<domain::observed::Observed> = $observe;
                Ok(seen.map_or(domain::observed::Sighting::Absent, domain::observed::Sighting::Seen))
            }

            async fn ensure(
                &self,
                $cloud: &impl domain::ports::Cloud,
                $resource: &domain::resource::Resource,
                change: &domain::plan::Change,
                observed: Option<&domain::observed::Observed>,
            ) -> Result<domain::observed::Sighting, domain::failure::CallError> {
                use domain::observed::{Observed, Sighting};
                let $desired = self;
                let _ = $desired;
                match change {
                    domain::plan::Change::Create => {
                        let outcome: Result<Observed, domain::failure::CallError> = async { $create }.await;
                        match outcome {
                            Ok(observed) => Ok(Sighting::Seen(observed)),
                            Err(error) if error.cause == domain::failure::Cause::AlreadyExists => {
                                self.observe($cloud, $resource, false).await
                            }
                            Err(error) => Err(error),
                        }
                    }
                    domain::plan::Change::Update(_) => {
                        let ($old, $seen) = $crate::kind::plain::seen!($variant, observed, $resource);
                        let changed: Result<Observed, domain::failure::CallError> = async { $update }.await;
                        changed.map(Sighting::Seen)
                    }
                    domain::plan::Change::Adopt => {
                        let (observed, seen) = $crate::kind::plain::seen!($variant, observed, $resource);
                        let $tag_id = (&observed.arn, &seen.id);
                        $tag;
                        Ok(Sighting::Seen(Observed { tags: $resource.tags.clone(), ..observed.clone() }))
                    }
                    _ => Err($crate::kind::not_of_this_kind($resource, change)),
                }
            }

            async fn remove(
                &self,
                $cloud: &impl domain::ports::Cloud,
                $resource: &domain::resource::Resource,
                _: &domain::plan::Removal,
                observed: Option<&domain::observed::Observed>,
            ) -> Result<domain::observed::Sighting, domain::failure::CallError> {
                let (observed, seen) = $crate::kind::plain::seen!($variant, observed, $resource);
                let $id = seen;
                let outcome: Result<(), domain::failure::CallError> = async { $delete }.await;
                match outcome {
                    Ok(()) => Ok($crate::kind::plain::after!($gone, $variant, observed, seen)),
                    Err(error) if error.cause == domain::failure::Cause::NotFound => Ok(domain::observed::Sighting::Absent),
                    Err(error) => Err(error),
                }
            }
        }
    };
}
pub(super) use plain;

/// How a thing stands once its deletion was asked.
macro_rules! after {
    (now, $variant:ident, $observed:ident, $seen:ident) => {{
        let _ = ($observed, $seen);
        domain::observed::Sighting::Absent
    }};
    (later, $variant:ident, $observed:ident, $seen:ident) => {
        domain::observed::Sighting::Seen($crate::kind::plain::with(
            $observed,
            domain::kind::Detail::$variant($crate::kind::plain::leaving($seen)),
        ))
    };
}
pub(super) use after;

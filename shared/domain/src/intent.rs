//! The intent: what the newest accepted event asks for. Only forward.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ledger::{Condition, INTENT, Item, Write};
use crate::order::{Action, PrivilegedOrder, Specification, Wish, WishOrder};
use crate::plan::Fate;
use crate::tenant::{Incarnation, Owner};

/// What an owner should be, and the lives it has had. It stays for ever, so that a late event resurrects nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Of the newest accepted event.
    pub version: u64,
    /// Of its content.
    pub content_hash: String,
    /// Its content.
    pub wish: Wish,
    /// The present life, or the last one. None: deleted before it was ever created.
    pub incarnation: Option<Incarnation>,
    /// Lives before, each with what shall become of its data. Those of which nothing is left may be dropped.
    pub former: BTreeMap<Incarnation, Fate>,
    /// No change is made.
    pub paused: bool,
    /// ARNs and lives that may be taken over by order.
    pub adopted: Vec<String>,
    /// Counts the orders to try again; vanished data is made anew only by one.
    pub retries: u32,
    /// When the newest privileged order was sent.
    pub privileged_at: Option<Timestamp>,
    /// Whether the environment counts this tenant as standing on it.
    pub counted: bool,
    /// Rises with every write of this item, and every write is conditional on it.
    pub revision: u64,
}

/// What becomes of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acceptance {
    /// It is the intent from now on.
    Commit(Box<Intent>),
    /// It is the intent already.
    Repeat,
    /// It changes nothing.
    Dropped(Refusal),
}

/// Why an order changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// A newer one has been accepted.
    #[error("version {version} is stale: the intent is at {current}")]
    Stale {
        /// Of the order.
        version: u64,
        /// Of the intent.
        current: u64,
    },
    /// Two events of one version say different things.
    #[error("version {version} was accepted with another content: send the change with a higher version")]
    Contradiction {
        /// Of both.
        version: u64,
    },
    /// Nobody to act on.
    #[error("no such owner is known")]
    Unknown,
    /// The operator looked at another state than the present one.
    #[error("the order is for version {ordered} of life {life}, the intent is at version {current}: look again and repeat it")]
    NotWhatYouSaw {
        /// Of the order.
        ordered: u64,
        /// Of the order.
        life: String,
        /// Of the intent.
        current: u64,
    },
    /// An environment goes only once nobody stands on it.
    #[error("{tenants} tenants stand on it: delete them first")]
    StillUsed {
        /// So many.
        tenants: i64,
    },
    /// A newer privileged order has been accepted.
    #[error("a privileged order sent later has been accepted already")]
    Superseded,
}

impl Refusal {
    /// Whether the sender should hear of it: what is merely late needs no answer.
    pub fn is_reported(&self) -> bool {
        !matches!(self, Self::Stale { .. } | Self::Superseded)
    }
}

/// The value of the attribute `ownersIndex`, which lists all owners by a sparse index.
const LISTED: &str = "owners";

impl Intent {
    /// Whether what others change on AWS is left alone.
    pub fn observes_only(&self) -> bool {
        self.stands().is_some_and(|(specification, _)| specification.observe_only)
    }

    /// The write that makes this the intent if nothing was written since `before` was read.
    pub fn write(&self, owner: &Owner, before: Option<&Self>) -> Write {
        let mut item = Item::new(&owner.to_string(), INTENT, self);
        item.attributes.insert("ownersIndex".into(), LISTED.into());
        let condition = before.map_or(Condition::Absent, |before| Condition::is("revision", before.revision));
        Write::Put(item, condition)
    }

    /// The part of a transaction that makes it fail once the intent has moved.
    pub fn check(&self, owner: &Owner) -> Write {
        Write::Check { owner: owner.to_string(), key: INTENT.to_owned(), condition: Condition::is("revision", self.revision) }
    }

    /// What should stand, and in which life.
    pub fn stands(&self) -> Option<(&Specification, Incarnation)> {
        match (&self.wish, self.incarnation) {
            (Wish::Stands(specification), Some(incarnation)) => Some((specification, incarnation)),
            _ => None,
        }
    }

    /// The lives that shall end, each by a committed deletion.
    pub fn fates(&self) -> BTreeMap<Incarnation, Fate> {
        let mut fates = self.former.clone();
        if let (Wish::Gone(fate), Some(incarnation)) = (&self.wish, self.incarnation) {
            fates.insert(incarnation, *fate);
        }
        fates
    }
}

/// What becomes of `order`, given the intent so far. `mint` is the life that begins if one does.
pub fn accept(current: Option<&Intent>, order: &WishOrder, mint: Incarnation) -> Acceptance {
    let content_hash = order.wish.content_hash();
    if let Some(intent) = current {
        if order.version < intent.version {
            return Acceptance::Dropped(Refusal::Stale { version: order.version, current: intent.version });
        }
        if order.version == intent.version {
            return if content_hash == intent.content_hash {
                Acceptance::Repeat
            } else {
                Acceptance::Dropped(Refusal::Contradiction { version: order.version })
            };
        }
    }
    Acceptance::Commit(Box::new(next(current, order, content_hash, mint)))
}

fn next(current: Option<&Intent>, order: &WishOrder, content_hash: String, mint: Incarnation) -> Intent {
    let mut intent = current.cloned().unwrap_or(Intent {
        version: 0,
        content_hash: String::new(),
        wish: Wish::Gone(Fate::KeepData),
        incarnation: None,
        former: BTreeMap::new(),
        paused: false,
        adopted: Vec::new(),
        retries: 0,
        privileged_at: None,
        counted: false,
        revision: 0,
    });
    if let (Wish::Gone(fate), Wish::Stands(_)) = (&intent.wish, &order.wish) {
        if let Some(ended) = intent.incarnation {
            intent.former.insert(ended, *fate);
        }
        intent.incarnation = Some(mint);
        intent.adopted.clear();
    }
    intent.revision += 1;
    intent.version = order.version;
    intent.content_hash = content_hash;
    intent.wish = order.wish.clone();
    intent
}

/// What becomes of a privileged order.
pub fn accept_privileged(current: Option<&Intent>, order: &PrivilegedOrder) -> Acceptance {
    let Some(intent) = current else {
        return Acceptance::Dropped(Refusal::Unknown);
    };
    match intent.privileged_at {
        Some(at) if order.at == at => return Acceptance::Repeat,
        Some(at) if order.at < at => return Acceptance::Dropped(Refusal::Superseded),
        _ => {}
    }
    if !concerns(intent, order) {
        let life = order.incarnation.map_or_else(|| "(none)".to_owned(), |life| life.to_string());
        return Acceptance::Dropped(Refusal::NotWhatYouSaw { ordered: order.version, life, current: intent.version });
    }
    let mut next = intent.clone();
    next.revision += 1;
    next.privileged_at = Some(order.at);
    carry_out(&mut next, order);
    Acceptance::Commit(Box::new(next))
}

/// The operator must have seen what is there: the version, and a life that was or is this owner's.
fn concerns(intent: &Intent, order: &PrivilegedOrder) -> bool {
    let former = order.incarnation.is_some_and(|life| intent.former.contains_key(&life));
    let present = order.incarnation.is_some() && order.incarnation == intent.incarnation;
    match order.action {
        Action::DestroyData => former || (present && order.version > intent.version),
        Action::Adopt { .. } => (former || present) && order.version == intent.version,
        Action::Pause | Action::Resume | Action::Retry => present && order.version == intent.version,
    }
}

fn carry_out(intent: &mut Intent, order: &PrivilegedOrder) {
    match (&order.action, order.incarnation) {
        (Action::DestroyData, Some(life)) if intent.incarnation != Some(life) => {
            intent.former.insert(life, Fate::DestroyData);
        }
        (Action::DestroyData, _) => {
            intent.wish = Wish::Gone(Fate::DestroyData);
            intent.version = order.version;
            intent.content_hash = intent.wish.content_hash();
        }
        (Action::Adopt { resource: Some(arn) }, _) => intent.adopted.push(arn.clone()),
        (Action::Adopt { resource: None }, life) => intent.adopted.extend(life.map(|life| life.to_string())),
        (Action::Pause, _) => intent.paused = true,
        (Action::Resume, _) => intent.paused = false,
        (Action::Retry, _) => intent.retries += 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specification(tier: &str) -> Wish {
        Wish::Stands(Specification {
            blueprint: "mate".into(),
            tier: Some(tier.into()),
            image: None,
            apply: None,
            options: Default::default(),
            observe_only: false,
        })
    }

    fn order(version: u64, wish: Wish) -> WishOrder {
        WishOrder { owner: "tenant#dev#demo".parse().unwrap(), version, wish, dry_run: false, event_id: "e".into() }
    }

    fn life(n: u128) -> Incarnation {
        Incarnation::mint(1, n)
    }

    /// Commits each order that is accepted, minting life 0, 1, … in turn.
    fn after(orders: &[(u64, Wish)]) -> Option<Intent> {
        orders.iter().zip(0..).fold(None, |intent, ((version, wish), n)| {
            match accept(intent.as_ref(), &order(*version, wish.clone()), life(n)) {
                Acceptance::Commit(next) => Some(*next),
                _ => intent,
            }
        })
    }

    const GONE: Wish = Wish::Gone(Fate::KeepData);

    #[test]
    fn events_in_any_order_end_in_the_state_of_the_newest() {
        let check = |orders: &[(u64, Wish)], version: u64, stands: bool, lives: usize| {
            let intent = after(orders).unwrap();
            let seen = (intent.version, intent.stands().is_some(), usize::from(intent.incarnation.is_some()) + intent.former.len());
            assert_eq!(seen, (version, stands, lives), "{orders:?}");
        };
        let trial = || specification("trial");
        check(&[(1, trial())], 1, true, 1);
        check(&[(1, trial()), (1, trial())], 1, true, 1); // a repeat
        check(&[(2, specification("standard")), (1, trial())], 2, true, 1); // updated before created
        check(&[(1, trial()), (3, GONE), (2, specification("standard"))], 3, false, 1); // late update resurrects nobody
        check(&[(1, GONE)], 1, false, 0); // deleted, never created
        check(&[(1, trial()), (2, GONE), (3, GONE)], 3, false, 1); // deleted twice
        check(&[(1, trial()), (2, GONE), (3, trial())], 3, true, 2); // created again: a new life
    }

    #[test]
    fn one_version_with_two_contents_is_refused_and_reported() {
        let intent = after(&[(1, specification("trial"))]);
        let answer = accept(intent.as_ref(), &order(1, specification("standard")), life(9));
        assert!(matches!(&answer, Acceptance::Dropped(refusal @ Refusal::Contradiction { .. }) if refusal.is_reported()));
    }

    fn privileged(action: Action, version: u64, incarnation: u128, second: i64) -> PrivilegedOrder {
        let at = Timestamp::from_second(second).unwrap();
        PrivilegedOrder {
            owner: "tenant#dev#demo".parse().unwrap(),
            action,
            version,
            incarnation: Some(life(incarnation)),
            at,
            event_id: "e".into(),
        }
    }

    #[test]
    fn a_privileged_order_must_name_what_is_there() {
        let intent = after(&[(4, specification("trial"))]);
        let accepted = |order| matches!(accept_privileged(intent.as_ref(), &order), Acceptance::Commit(_));
        assert!(accepted(privileged(Action::Pause, 4, 0, 10)));
        assert!(!accepted(privileged(Action::Pause, 3, 0, 10))); // looked at an older version
        assert!(!accepted(privileged(Action::Pause, 4, 8, 10))); // another life
        assert!(accepted(privileged(Action::DestroyData, 5, 0, 10)));
        assert!(!accepted(privileged(Action::DestroyData, 4, 0, 10))); // it is a deletion: a new version
    }

    #[test]
    fn a_late_pause_does_not_undo_a_resume() {
        let intent = after(&[(4, specification("trial"))]);
        let Acceptance::Commit(resumed) = accept_privileged(intent.as_ref(), &privileged(Action::Resume, 4, 0, 20)) else {
            panic!("the resume is accepted")
        };
        let late = accept_privileged(Some(&resumed), &privileged(Action::Pause, 4, 0, 10));
        assert_eq!(late, Acceptance::Dropped(Refusal::Superseded));
    }

    #[test]
    fn destroying_a_former_life_leaves_the_present_one_alone() {
        let intent = after(&[(1, specification("trial")), (2, GONE), (3, specification("trial"))]);
        let Acceptance::Commit(next) = accept_privileged(intent.as_ref(), &privileged(Action::DestroyData, 3, 0, 10)) else {
            panic!("the order is accepted")
        };
        assert_eq!((next.fates().get(&life(0)), next.stands().is_some()), (Some(&Fate::DestroyData), true));
    }
}

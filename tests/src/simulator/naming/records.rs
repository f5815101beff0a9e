//! Record sets, changed a batch at a time.

use std::collections::BTreeMap;

use domain::failure::Cause;
use domain::kind::naming::{RecordAction, RecordChange, RecordSet};

use super::super::turn::{Answer, Refused};

/// By zone, name and type.
type Sets = BTreeMap<(String, String, String), RecordSet>;

#[derive(Debug, Clone)]
pub(super) struct Records {
    /// Domains by id.
    zones: BTreeMap<String, String>,
    sets: Sets,
}

fn refused(fact: &str, cause: Cause, set: &RecordSet, domain: &str) -> Refused {
    let (name, zone) = (format!("{}.", set.name), format!("{domain}."));
    Refused::fact(fact, cause, &[("name", &name), ("type", &set.record_type), ("zone", &zone)])
}

impl Records {
    pub(super) fn of(id: &str, domain: &str) -> Self {
        Self { zones: BTreeMap::from([(id.to_owned(), domain.to_owned())]), sets: Sets::new() }
    }

    pub(super) fn zones(&self, domain: &str) -> Vec<String> {
        self.zones.iter().filter(|(_, known)| *known == domain).map(|(id, _)| id.clone()).collect()
    }

    pub(super) fn of_name(&self, zone: &str, name: &str) -> Vec<RecordSet> {
        self.sets.iter().filter(|((of, named, _), _)| of == zone && named == name).map(|(_, set)| set.clone()).collect()
    }

    pub(super) fn has(&self, wanted: &RecordSet) -> bool {
        self.sets.values().any(|set| set.says_what(wanted))
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        self.sets.values().map(|set| format!("record {} {} {:?}", set.name, set.record_type, set.target))
    }

    /// All changes, one after the other, or none.
    pub(super) fn change(&mut self, zone: &str, changes: Vec<RecordChange>) -> Answer<()> {
        let domain = self.zones.get(zone).ok_or_else(|| Refused::fact("route53_zone_missing", Cause::NotFound, &[("id", zone)]))?;
        let mut sets = self.sets.clone();
        for RecordChange { action, set } in changes {
            if set.name != *domain && !set.name.ends_with(&format!(".{domain}")) {
                return Err(refused("route53_record_outside_its_zone", Cause::InvalidRequest, &set, domain));
            }
            one(&mut sets, (zone, domain), action, set)?;
        }
        self.sets = sets;
        Ok(())
    }
}

fn one(sets: &mut Sets, (zone, domain): (&str, &str), action: RecordAction, set: RecordSet) -> Answer<()> {
    let key = (zone.to_owned(), set.name.clone(), set.record_type.clone());
    match (action, sets.get(&key)) {
        (RecordAction::Create, Some(_)) => return Err(refused("route53_record_exists", Cause::AlreadyExists, &set, domain)),
        (RecordAction::Delete, None) => return Err(refused("route53_record_missing", Cause::NotFound, &set, domain)),
        (RecordAction::Delete, Some(standing)) if *standing != set => {
            return Err(refused("route53_record_differs", Cause::InvalidState, &set, domain));
        }
        (RecordAction::Delete, _) => {
            sets.remove(&key);
            return Ok(());
        }
        _ => {}
    }
    let alone = |record_type: &str| record_type == "CNAME";
    let conflicts = |(of, name, other): &(String, String, String)| {
        of == zone && *name == set.name && *other != set.record_type && (alone(other) || alone(&set.record_type))
    };
    if sets.keys().any(conflicts) {
        return Err(refused("route53_cname_beside_others", Cause::InvalidRequest, &set, domain));
    }
    sets.insert(key, set);
    Ok(())
}

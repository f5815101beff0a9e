//! RDS parameter groups, and what RDS refuses of an instance's settings.

use std::collections::{BTreeMap, BTreeSet};

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::database_settings::DbParameterGroup;
use domain::kind::identity::Role;
use domain::observed::Observed;
use domain::ports::{Call, CreateDbParameterGroup, Reply};
use jiff::Timestamp;

use super::databases::Databases;
use super::environment::Environment;
use super::grounds::{named, untagged};
use super::shelf::Shelf;
use super::turn::{Answer, Refused, Turn};

/// Of those that PostgreSQL reads only at its start (its documentation, "Resource Consumption"), one.
const STATIC: &str = "shared_buffers";

/// Who sends the figures of Enhanced Monitoring.
const MONITORING: &str = "monitoring.rds.amazonaws.com";

fn missing(name: &str) -> Refused {
    Refused::fact("rds_parameter_group_missing", Cause::NotFound, &[("name", name)])
}

/// By name.
#[derive(Debug, Clone)]
pub(super) struct ParameterGroups(pub(super) Shelf<DbParameterGroup>);

impl Default for ParameterGroups {
    fn default() -> Self {
        Self(Shelf::new(Detail::DbParameterGroup))
    }
}

impl ParameterGroups {
    /// Reads. None: the call is not about parameter groups.
    pub(super) fn read(&self, call: &Call, now: Timestamp) -> Option<Answer<Reply>> {
        let known = |name: &str| self.0.get(name).ok_or_else(|| missing(name));
        Some(match call {
            Call::DescribeDbParameterGroup(request) => Ok(Reply::DescribeDbParameterGroup(self.0.get(&request.name).map(|one| {
                let mut observed = untagged(self.0.view(one, now));
                if let Detail::DbParameterGroup(seen) = &mut observed.detail {
                    seen.properties.parameters = BTreeMap::new();
                }
                observed
            }))),
            Call::DescribeDbParameters(request) => {
                known(&request.name).map(|one| Reply::DescribeDbParameters(one.shown.properties.parameters.clone()))
            }
            Call::DescribeStaticParameters(request) => {
                known(&request.name).map(|_| Reply::DescribeStaticParameters(BTreeSet::from([STATIC.to_owned()])))
            }
            _ => return None,
        })
    }

    /// Effects. None: the call is not about parameter groups.
    pub(super) fn change(
        &mut self,
        call: Call,
        databases: &mut Databases,
        environment: &Environment,
        turn: &Turn,
    ) -> Option<Answer<Reply>> {
        Some(match call {
            Call::CreateDbParameterGroup(request) => self.create(request, environment, turn).map(Reply::CreateDbParameterGroup),
            Call::ModifyDbParameterGroup(request) => self
                .set(&request.name, request.parameters.keys(), &request.at_reboot, databases)
                .map(|set| set.extend(request.parameters.clone()))
                .map(Reply::ModifyDbParameterGroup),
            Call::ResetDbParameterGroup(request) => self
                .set(&request.name, request.parameters.iter(), &request.at_reboot, databases)
                .map(|set| set.retain(|name, _| !request.parameters.contains(name)))
                .map(Reply::ResetDbParameterGroup),
            Call::DeleteDbParameterGroup(request) => {
                self.delete(&request.name, databases.have_parameters(&request.name)).map(Reply::DeleteDbParameterGroup)
            }
            _ => return None,
        })
    }

    fn create(&mut self, request: CreateDbParameterGroup, environment: &Environment, turn: &Turn) -> Answer<Observed> {
        if self.0.get(&request.name).is_some() {
            return Err(Refused::fact("rds_parameter_group_exists", Cause::AlreadyExists, &[("name", &request.name)]));
        }
        let arn = environment.arn("rds", &format!("pg:{}", request.name));
        let properties = DbParameterGroup { parameters: BTreeMap::new(), ..request.desired };
        Ok(self.0.put(named(&request.name, arn, request.tags, properties), turn.now))
    }

    fn set<'a>(
        &mut self,
        name: &str,
        mut parameters: impl Iterator<Item = &'a String>,
        at_reboot: &BTreeSet<String>,
        databases: &mut Databases,
    ) -> Answer<&mut BTreeMap<String, String>> {
        let group = self.0.get_mut(name).ok_or_else(|| missing(name))?;
        if parameters.any(|parameter| parameter == STATIC && !at_reboot.contains(parameter)) {
            return Err(Refused::fact("rds_static_parameter", Cause::InvalidRequest, &[]));
        }
        if !at_reboot.is_empty() {
            databases.await_reboot(name);
        }
        Ok(&mut group.shown.properties.parameters)
    }

    fn delete(&mut self, name: &str, used: bool) -> Answer<()> {
        if used {
            return Err(Refused::fact("rds_parameter_group_in_use", Cause::InvalidState, &[("name", name)]));
        }
        self.0.take(name).map(|_| ()).ok_or_else(|| missing(name))
    }

    /// Whether an instance may be given this group; AWS's own always stand.
    pub(super) fn check_used(&self, name: Option<&str>) -> Answer<()> {
        match name.filter(|name| !name.starts_with("default.") && self.0.get(name).is_none()) {
            Some(name) => Err(missing(name)),
            None => Ok(()),
        }
    }
}

/// Whether an instance may be monitored so often by `role`.
pub(super) fn check_monitoring(seconds: u32, role: Option<&str>, roles: &Shelf<Role>) -> Answer<()> {
    if seconds == 0 {
        return Ok(());
    }
    let Some(arn) = role else {
        return Err(Refused::fact("rds_monitoring_without_role", Cause::InvalidRequest, &[]));
    };
    let may = |role: &Role| role.trust.to_string().contains(MONITORING);
    match roles.find(|role| role.arn == arn).is_some_and(|role| may(&role.shown.properties)) {
        true => Ok(()),
        // A role that is seconds old is refused alike.
        false => Err(Refused::fact("rds_monitoring_role", Cause::InvalidState, &[])),
    }
}

/// Whether the storage may grow up to `max` GiB from what it has.
pub(super) fn check_growth(max: Option<u32>, storage_gib: u32) -> Answer<()> {
    match max {
        Some(max) if max <= storage_gib => Err(Refused::fact("rds_max_storage", Cause::InvalidRequest, &[])),
        _ => Ok(()),
    }
}

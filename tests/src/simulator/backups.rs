//! AWS Backup: vaults with recovery points, plans with selections.

use std::collections::BTreeMap;

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::backup::{BackupPlan, RecoveryPoint, VaultSeen};
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{Call, CreateBackupPlan, CreateVault, Reply};
use domain::resource::Tags;
use jiff::Timestamp;

use super::environment::Environment;
use super::shelf::{Shelf, Thing};
use super::turn::{Answer, Refused, Transition, Turn};

#[derive(Debug, Clone)]
struct Vault {
    arn: String,
    key: String,
    tags: Tags,
    points: Vec<RecoveryPoint>,
}

#[derive(Debug, Clone)]
struct Selection {
    plan: String,
    role: String,
    tags: Tags,
}

#[derive(Debug, Clone)]
pub(super) struct Backups {
    vaults: BTreeMap<String, Vault>,
    plans: Shelf<BackupPlan>,
    selections: BTreeMap<String, Selection>,
}

impl Backups {
    pub(super) fn new() -> Self {
        Self { vaults: BTreeMap::new(), plans: Shelf::new(Detail::BackupPlan), selections: BTreeMap::new() }
    }

    /// A line each, for the census.
    pub(super) fn lines(&self) -> Vec<String> {
        let pairs = |tags: &Tags| tags.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ");
        let vaults = self.vaults.iter().map(|(name, vault)| {
            let leaving = vault.points.iter().filter(|point| point.leaving).count();
            format!("vault {name} {} recovery points, {leaving} leaving [{}]", vault.points.len(), pairs(&vault.tags))
        });
        let name = |plan: &str| self.plans.get(plan).map(|plan| plan.name.clone()).unwrap_or_default();
        let selections = self.selections.values().map(|one| format!("selection of {} {} {:?}", name(&one.plan), one.role, one.tags));
        vaults.chain(selections).chain(self.plans.lines("backup-plan")).collect()
    }

    pub(super) fn tags(&self) -> impl Iterator<Item = &Tags> {
        self.vaults.values().map(|one| &one.tags).chain(self.plans.all().map(|one| &one.tags))
    }

    /// A recovery point, as a job makes it.
    pub(super) fn back_up(&mut self, vault: &str, until: Option<Timestamp>, environment: &Environment, turn: &mut Turn) {
        let arn = environment.arn("backup", &format!("recovery-point:{}", turn.hex("", 32)));
        if let Some(until) = until {
            turn.later(until.duration_since(turn.now), Transition::RecoveryPointGone { arn: arn.clone() });
        }
        let vault = self.vaults.get_mut(vault).unwrap_or_else(|| panic!("there is no vault {vault}"));
        vault.points.push(RecoveryPoint { arn, leaving: false, bytes: 1 << 30, until });
    }

    fn vault(&self, name: &str) -> Answer<&Vault> {
        self.vaults.get(name).ok_or_else(|| Refused::fact("backup_vault_missing", Cause::Denied, &[]))
    }

    fn plan(&self, id: &str) -> Answer<&Thing<BackupPlan>> {
        self.plans.get(id).ok_or_else(|| Refused::fact("backup_plan_missing", Cause::NotFound, &[]))
    }

    /// Reads. None: the call is none of this service's.
    pub(super) fn read(&self, call: &Call, turn: &Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::DescribeVault(request) => self.vault(&request.name).map(|vault| {
                let seen = VaultSeen { name: request.name.clone(), key: Some(vault.key.clone()), points: Vec::new() };
                let detail = Detail::BackupVault(seen);
                Reply::DescribeVault(Some(Observed { arn: vault.arn.clone(), tags: Tags::new(), at: turn.now, detail }))
            }),
            Call::ListVaults(_) => Ok(Reply::ListVaults(self.vaults.keys().cloned().collect())),
            Call::ListRecoveryPoints(request) => self.vault(&request.vault).map(|vault| Reply::ListRecoveryPoints(vault.points.clone())),
            Call::ListBackupTags(request) => {
                let vault = self.vaults.values().find(|vault| vault.arn == request.arn).map(|vault| vault.tags.clone());
                let tags = vault.or_else(|| self.plans.find(|plan| plan.arn == request.arn).map(|plan| plan.tags.clone()));
                tags.map(Reply::ListBackupTags).ok_or_else(|| Refused::fact("backup_plan_missing", Cause::NotFound, &[]))
            }
            Call::ListBackupPlans(request) => {
                let ours = self.plans.find(|plan| plan.token.as_ref() == Some(&request.token));
                let found = ours.or_else(|| self.plans.find(|plan| plan.name == request.name));
                Ok(Reply::ListBackupPlans(found.map(|plan| plan.shown.id.clone())))
            }
            Call::GetBackupPlan(request) => {
                let untagged = |observed: Observed| Observed { tags: Tags::new(), ..observed };
                Ok(Reply::GetBackupPlan(self.plans.get(&request.id).map(|plan| untagged(self.plans.view(plan, turn.now)))))
            }
            Call::ListBackupSelections(request) => {
                let of_plan = self.selections.iter().filter(|(_, one)| one.plan == request.plan);
                Ok(Reply::ListBackupSelections(of_plan.map(|(id, _)| id.clone()).collect()))
            }
            Call::GetBackupSelection(request) => {
                let found = self.selections.get(&request.id).map(|one| (one.role.clone(), one.tags.clone()));
                found.map(Reply::GetBackupSelection).ok_or_else(|| Refused::fact("backup_plan_missing", Cause::NotFound, &[]))
            }
            _ => return None,
        })
    }

    /// Effects. None: the call is none of this service's.
    pub(super) fn change(&mut self, call: &Call, environment: &Environment, turn: &mut Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::CreateVault(request) => self.create_vault(request, environment).map(Reply::CreateVault),
            Call::DeleteRecoveryPoint(request) => self.delete_point(&request.vault, &request.arn, turn).map(Reply::DeleteRecoveryPoint),
            Call::DeleteVault(request) => self.delete_vault(&request.name).map(Reply::DeleteVault),
            Call::CreateBackupPlan(request) => Ok(Reply::CreateBackupPlan(self.create_plan(request, environment, turn))),
            Call::UpdateBackupPlan(request) => match self.plans.get_mut(&request.id) {
                Some(plan) => {
                    plan.shown.properties = unselected(&request.desired);
                    Ok(Reply::UpdateBackupPlan(()))
                }
                None => Err(Refused::fact("backup_plan_missing", Cause::NotFound, &[])),
            },
            Call::CreateBackupSelection(request) => self.plan(&request.plan).map(|_| ()).map(|()| {
                let id = turn.hex("", 32);
                let selection = Selection { plan: request.plan.clone(), role: request.role.clone(), tags: request.selection.clone() };
                self.selections.insert(id.clone(), selection);
                Reply::CreateBackupSelection(id)
            }),
            Call::DeleteBackupSelection(request) => {
                let gone = self.selections.remove(&request.id);
                gone.map(|_| Reply::DeleteBackupSelection(())).ok_or_else(|| Refused::fact("backup_plan_missing", Cause::NotFound, &[]))
            }
            Call::DeleteBackupPlan(request) => self.delete_plan(&request.id).map(Reply::DeleteBackupPlan),
            Call::TagBackup(request) => self.tag(&request.arn, &request.tags).map(Reply::TagBackup),
            _ => return None,
        })
    }

    fn create_vault(&mut self, request: &CreateVault, environment: &Environment) -> Answer<String> {
        if self.vaults.contains_key(&request.name) {
            return Err(Refused::fact("backup_vault_exists", Cause::AlreadyExists, &[("name", &request.name)]));
        }
        let arn = environment.arn("backup", &format!("backup-vault:{}", request.name));
        let key = request.key.clone().unwrap_or_else(|| environment.arn("kms", "key/of-backup"));
        self.vaults.insert(request.name.clone(), Vault { arn: arn.clone(), key, tags: request.tags.clone(), points: Vec::new() });
        Ok(arn)
    }

    fn delete_point(&mut self, vault: &str, arn: &str, turn: &mut Turn) -> Answer<()> {
        self.vault(vault)?;
        let points = self.vaults.get_mut(vault).into_iter().flat_map(|vault| &mut vault.points);
        let Some(point) = points.into_iter().find(|point| point.arn == arn) else {
            return Err(Refused::fact("backup_point_missing", Cause::NotFound, &[]));
        };
        if !point.leaving {
            point.leaving = true;
            let wait = turn.takes("backup-recovery-point", "delete", arn);
            turn.later(wait, Transition::RecoveryPointGone { arn: arn.to_owned() });
        }
        Ok(())
    }

    fn delete_vault(&mut self, name: &str) -> Answer<()> {
        if !self.vault(name)?.points.is_empty() {
            return Err(Refused::fact("backup_vault_in_use", Cause::InvalidState, &[]));
        }
        self.vaults.remove(name);
        Ok(())
    }

    fn create_plan(&mut self, request: &CreateBackupPlan, environment: &Environment, turn: &mut Turn) -> Observed {
        if let Some(known) = self.plans.find(|plan| plan.token.as_ref() == Some(&request.token)) {
            return self.plans.view(known, turn.now);
        }
        let id = turn.hex("", 32);
        let arn = environment.arn("backup", &format!("backup-plan:{id}"));
        let (name, token, tags) = (request.name.clone(), Some(request.token.clone()), request.tags.clone());
        self.plans.put(Thing { name, token, arn, tags, shown: Shown::done(id, unselected(&request.desired)) }, turn.now)
    }

    fn delete_plan(&mut self, id: &str) -> Answer<()> {
        self.plan(id)?;
        if self.selections.values().any(|one| one.plan == id) {
            return Err(Refused::fact("backup_plan_with_selections", Cause::InvalidState, &[]));
        }
        self.plans.take(id);
        Ok(())
    }

    fn tag(&mut self, arn: &str, tags: &Tags) -> Answer<()> {
        if let Some(vault) = self.vaults.values_mut().find(|vault| vault.arn == arn) {
            vault.tags.extend(tags.clone());
            return Ok(());
        }
        let id = self.plans.find(|plan| plan.arn == arn).map(|plan| plan.shown.id.clone());
        let tagged = id.is_some_and(|id| self.plans.tag(&id, tags));
        tagged.then_some(()).ok_or_else(|| Refused::fact("backup_plan_missing", Cause::NotFound, &[]))
    }

    /// What happens by itself.
    pub(super) fn becomes(&mut self, transition: &Transition) {
        if let Transition::RecoveryPointGone { arn } = transition {
            self.vaults.values_mut().for_each(|vault| vault.points.retain(|point| point.arn != *arn));
        }
    }
}

/// A plan does not show what it selects.
fn unselected(plan: &BackupPlan) -> BackupPlan {
    BackupPlan { role: String::new(), selection: Tags::new(), ..plan.clone() }
}

//! Vaults and plans of AWS Backup.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::backup::BackupPlan;
use domain::ports::{
    CreateBackupPlan, CreateBackupSelection, CreateVault, DeleteBackupPlan, DeleteBackupSelection, DeleteRecoveryPoint, DeleteVault,
    DescribeVault, GetBackupPlan, GetBackupSelection, ListBackupPlans, ListBackupSelections, ListBackupTags, ListRecoveryPoints,
    ListVaults, TagBackup, UpdateBackupPlan,
};
use domain::resource::Tags;

use super::ground::{Deed, Ground, does, passes, refuses, tags};

fn token(name: &str) -> String {
    format!("{:032x}", crate::random::hash(name))
}

fn other() -> Tags {
    [("a".to_owned(), "b".to_owned())].into()
}

pub(super) async fn a_vault_that_is_not_there_is_denied<G: Ground>(ground: &G) {
    let name = ground.name("vault");
    refuses(ground, DescribeVault { name: name.clone() }, Cause::Denied).await;
    assert!(!does(ground, ListVaults {}).await.contains(&name));
    let create = |token: String| CreateVault { name: name.clone(), key: None, token, tags: tags() };
    let arn = does(ground, create(token(&name))).await;
    refuses(ground, create(token("another")), Cause::AlreadyExists).await;
    assert_eq!(does(ground, DescribeVault { name: name.clone() }).await.map(|found| found.arn), Some(arn.clone()));
    assert!(does(ground, ListVaults {}).await.contains(&name));
    assert_eq!(does(ground, ListBackupTags { arn: arn.clone() }).await, tags());
    does(ground, TagBackup { arn: arn.clone(), tags: other() }).await;
    assert_eq!(does(ground, ListBackupTags { arn }).await.get("a").map(String::as_str), Some("b"));
    does(ground, DeleteVault { name: name.clone() }).await;
    refuses(ground, DescribeVault { name }, Cause::Denied).await;
}

pub(super) async fn a_vault_with_recovery_points_cannot_be_deleted<G: Ground>(ground: &G) {
    let name = ground.name("vault");
    does(ground, CreateVault { name: name.clone(), key: None, token: token(&name), tags: tags() }).await;
    ground.others(Deed::BackUp(&name)).await;
    let points = does(ground, ListRecoveryPoints { vault: name.clone() }).await;
    let [point] = &points[..] else { panic!("{points:?} is not one") };
    assert!(!point.leaving);
    refuses(ground, DeleteVault { name: name.clone() }, Cause::InvalidState).await;
    does(ground, DeleteRecoveryPoint { vault: name.clone(), arn: point.arn.clone() }).await;
    let seen = passes(ground, "[]", async || {
        let points = does(ground, ListRecoveryPoints { vault: name.clone() }).await;
        format!("{:?}", points.iter().map(|point| point.leaving).collect::<Vec<_>>())
    })
    .await;
    assert_eq!(seen, ["[true]", "[]"]);
    refuses(ground, DeleteRecoveryPoint { vault: name.clone(), arn: point.arn.clone() }, Cause::NotFound).await;
    does(ground, DeleteVault { name }).await;
}

/// A plan, and how it was made.
async fn plan<G: Ground>(ground: &G) -> (CreateBackupPlan, String) {
    let name = ground.name("plan");
    let desired = BackupPlan {
        vault: "Default".to_owned(),
        schedule: "cron(0 3 * * ? *)".to_owned(),
        keep_days: 35,
        role: String::new(),
        selection: Tags::new(),
    };
    let create = CreateBackupPlan { token: token(&name), name, desired, tags: tags() };
    let made = does(ground, create.clone()).await;
    let Detail::BackupPlan(seen) = made.detail else { panic!("it is no plan") };
    (create, seen.id)
}

async fn seen<G: Ground>(ground: &G, id: &str) -> Option<BackupPlan> {
    match does(ground, GetBackupPlan { id: id.to_owned() }).await?.detail {
        Detail::BackupPlan(seen) => Some(seen.properties),
        other => panic!("{other:?} is no plan"),
    }
}

pub(super) async fn a_backup_plan_with_the_same_token_is_the_same_plan<G: Ground>(ground: &G) {
    let (create, id) = plan(ground).await;
    let CreateBackupPlan { name, desired, token, .. } = create.clone();
    let arn = does(ground, create.clone()).await.arn;
    let found = async |name: &str, token: &str| does(ground, ListBackupPlans { name: name.to_owned(), token: token.to_owned() }).await;
    assert_eq!(found("no such name", &token).await, Some(id.clone()));
    assert_eq!(found(&name, "no such token").await, Some(id.clone()));
    assert_eq!(found("no such name", "no such token").await, None);
    assert_eq!(seen(ground, &id).await, Some(desired.clone()));
    assert_eq!(does(ground, ListBackupTags { arn: arn.clone() }).await, tags());
    does(ground, TagBackup { arn: arn.clone(), tags: other() }).await;
    assert_eq!(does(ground, ListBackupTags { arn }).await.get("a").map(String::as_str), Some("b"));
    let wanted = BackupPlan { keep_days: 7, ..desired };
    does(ground, UpdateBackupPlan { id: id.clone(), name: name.clone(), desired: wanted.clone() }).await;
    assert_eq!(seen(ground, &id).await, Some(wanted));
    does(ground, DeleteBackupPlan { id: id.clone() }).await;
    refuses(ground, DeleteBackupPlan { id }, Cause::NotFound).await;
    assert_eq!(found(&name, &token).await, None);
}

pub(super) async fn a_backup_plan_with_a_selection_cannot_be_deleted<G: Ground>(ground: &G) {
    let (_, plan) = plan(ground).await;
    assert_eq!(does(ground, ListBackupSelections { plan: plan.clone() }).await, Vec::<String>::new());
    let role = ground.environment().execution_role_arn();
    let create = CreateBackupSelection { plan: plan.clone(), role: role.clone(), selection: other() };
    let id = does(ground, create).await;
    assert_eq!(does(ground, ListBackupSelections { plan: plan.clone() }).await, std::slice::from_ref(&id));
    assert_eq!(does(ground, GetBackupSelection { plan: plan.clone(), id: id.clone() }).await, (role, other()));
    refuses(ground, DeleteBackupPlan { id: plan.clone() }, Cause::InvalidState).await;
    does(ground, DeleteBackupSelection { plan: plan.clone(), id: id.clone() }).await;
    refuses(ground, DeleteBackupSelection { plan: plan.clone(), id }, Cause::NotFound).await;
    does(ground, DeleteBackupPlan { id: plan }).await;
}

//! Vaults of AWS Backup, and what is in them.

mod plans;

use aws_sdk_backup::types::{RecoveryPointByBackupVault, RecoveryPointStatus};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::backup::{RecoveryPoint, VaultSeen};
use domain::observed::Observed;
use domain::ports::{
    Call, Cloud, CreateVault, DeleteRecoveryPoint, DeleteVault, DescribeVault, ListBackupTags, ListRecoveryPoints, Reply, TagBackup,
};
use domain::resource::Tags;
use jiff::Timestamp;

use super::AwsCloud;
use super::failure::failure;

/// Most recovery points of one answer (API reference, ListRecoveryPointsByBackupVault).
const PAGE: i32 = 1_000;

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.backup;
    match call {
        Call::DescribeVault(DescribeVault { name: vault }) => {
            match client.describe_backup_vault().backup_vault_name(vault).send().await.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::DescribeVault(None)),
                Err(error) => Err(error),
                Ok(output) => {
                    let name = output.backup_vault_name().unwrap_or_default().to_owned();
                    let seen = VaultSeen { name, key: output.encryption_key_arn().map(str::to_owned), points: Vec::new() };
                    let arn = output.backup_vault_arn().unwrap_or_default().to_owned();
                    let detail = Detail::BackupVault(seen);
                    Ok(Reply::DescribeVault(Some(Observed { arn, tags: Tags::new(), at: cloud.now(), detail })))
                }
            }
        }
        Call::ListVaults(_) => {
            let vaults = client.list_backup_vaults().into_paginator().items().send().collect::<Result<Vec<_>, _>>().await;
            let vaults = vaults.map_err(|error| failure(name, &error))?;
            Ok(Reply::ListVaults(vaults.iter().filter_map(|vault| vault.backup_vault_name().map(str::to_owned)).collect()))
        }
        Call::ListRecoveryPoints(ListRecoveryPoints { vault }) => {
            let request = client.list_recovery_points_by_backup_vault().backup_vault_name(vault).max_results(PAGE);
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::ListRecoveryPoints(output.recovery_points().iter().filter_map(point).collect()))
        }
        Call::ListBackupTags(ListBackupTags { arn }) => {
            let output = client.list_tags().resource_arn(arn).send().await.map_err(|error| failure(name, &error))?;
            let tags = output.tags().map(|tags| tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect());
            Ok(Reply::ListBackupTags(tags.unwrap_or_default()))
        }
        Call::CreateVault(CreateVault { name: vault, key, token, tags }) => {
            let request = client.create_backup_vault().backup_vault_name(vault).set_encryption_key_arn(key).creator_request_id(token);
            let output = request.set_backup_vault_tags(Some(tags.into_iter().collect())).send().await;
            let output = output.map_err(|error| failure(name, &error))?;
            Ok(Reply::CreateVault(output.backup_vault_arn().unwrap_or_default().to_owned()))
        }
        Call::DeleteRecoveryPoint(DeleteRecoveryPoint { vault, arn }) => {
            let outcome = client.delete_recovery_point().backup_vault_name(vault).recovery_point_arn(arn).send().await;
            outcome.map(|_| Reply::DeleteRecoveryPoint(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteVault(DeleteVault { name: vault }) => {
            let outcome = client.delete_backup_vault().backup_vault_name(vault).send().await;
            outcome.map(|_| Reply::DeleteVault(())).map_err(|error| failure(name, &error))
        }
        Call::TagBackup(TagBackup { arn, tags }) => {
            let outcome = client.tag_resource().resource_arn(arn).set_tags(Some(tags.into_iter().collect())).send().await;
            outcome.map(|_| Reply::TagBackup(())).map_err(|error| failure(name, &error))
        }
        call => plans::call(cloud, call).await,
    }
}

fn point(point: &RecoveryPointByBackupVault) -> Option<RecoveryPoint> {
    let ends = point.calculated_lifecycle().and_then(|lifecycle| lifecycle.delete_at());
    Some(RecoveryPoint {
        arn: point.recovery_point_arn()?.to_owned(),
        leaving: point.status() == Some(&RecoveryPointStatus::Deleting),
        bytes: point.backup_size_in_bytes().and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0),
        until: ends.and_then(|ends| Timestamp::from_second(ends.secs()).ok()),
    })
}

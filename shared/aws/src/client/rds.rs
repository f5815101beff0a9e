//! RDS instances and snapshots.

mod parameter_groups;
mod settings;
mod subnet_groups;

use aws_sdk_rds::types::{DbInstance, Filter, Tag};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::database::{DatabaseSeen, Endpoint, Pending, Snapshot};
use domain::observed::Observed;
use domain::ports::{
    Call, Cloud, CreateDatabase, DeleteDatabase, DeleteSnapshot, DescribeDatabase, DescribeDatabases, DescribeSnapshot, ModifyDatabase,
    Reply, TagDatabase,
};
use domain::resource::Tags;

use super::failure::{failure, without};
use super::{AwsCloud, once};

/// General purpose storage: its price and its size are independent of its speed.
const STORAGE_TYPE: &str = "gp3";

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.rds;
    match call {
        Call::DescribeDatabase(DescribeDatabase { name: id }) => {
            match client.describe_db_instances().db_instance_identifier(id).send().await.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::DescribeDatabase(None)),
                Err(error) => Err(error),
                Ok(output) => {
                    Ok(Reply::DescribeDatabase(output.db_instances.unwrap_or_default().into_iter().next().map(|one| observed(cloud, one))))
                }
            }
        }
        Call::DescribeDatabases(DescribeDatabases { names }) => {
            let these = Filter::builder().name("db-instance-id").set_values(Some(names)).build();
            let output = client.describe_db_instances().set_filters(Some(vec![these])).send().await;
            let found = output.map_err(|error| failure(name, &error))?.db_instances.unwrap_or_default().into_iter();
            let named = |one: DbInstance| (one.db_instance_identifier.clone().unwrap_or_default(), observed(cloud, one));
            Ok(Reply::DescribeDatabases(found.map(named).collect()))
        }
        Call::DescribeSnapshot(DescribeSnapshot { name: id }) => {
            match client.describe_db_snapshots().db_snapshot_identifier(id).send().await.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::DescribeSnapshot(None)),
                Err(error) => Err(error),
                Ok(output) => Ok(Reply::DescribeSnapshot(output.db_snapshots.unwrap_or_default().into_iter().next().map(snapshot))),
            }
        }
        Call::CreateDatabase(create) => create_database(cloud, name, create).await.map(Reply::CreateDatabase),
        Call::ModifyDatabase(ModifyDatabase { name: id, change }) => {
            let request = client.modify_db_instance().db_instance_identifier(id).apply_immediately(change.apply_immediately);
            let request = request.set_db_instance_class(change.class).set_allocated_storage(change.storage_gib.map(integer));
            let request = request.set_multi_az(change.multi_az).set_backup_retention_period(change.backup_days.map(i32::from));
            let request = request.set_deletion_protection(change.deletion_protection).set_db_parameter_group_name(change.parameter_group);
            let request = request.set_max_allocated_storage(change.max_storage_gib.map(integer));
            let request =
                request.set_monitoring_interval(change.monitoring_seconds.map(integer)).set_monitoring_role_arn(change.monitoring_role);
            let request = request.set_enable_performance_insights(change.performance_insights);
            let request = request.set_performance_insights_kms_key_id(change.performance_insights_key);
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            instance(cloud, name, output.db_instance).map(Reply::ModifyDatabase)
        }
        Call::DeleteDatabase(DeleteDatabase { name: id, final_snapshot }) => {
            let request = client.delete_db_instance().db_instance_identifier(id).skip_final_snapshot(final_snapshot.is_none());
            let request = request.delete_automated_backups(final_snapshot.is_none()).set_final_db_snapshot_identifier(final_snapshot);
            let output = request.customize().config_override(config()).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::DeleteDatabase(output.db_instance.map(|one| observed(cloud, one))))
        }
        Call::DeleteSnapshot(DeleteSnapshot { name: id }) => {
            client.delete_db_snapshot().db_snapshot_identifier(id).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::DeleteSnapshot(()))
        }
        Call::TagDatabase(TagDatabase { arn, tags: wanted }) => {
            client
                .add_tags_to_resource()
                .resource_name(arn)
                .set_tags(Some(tags(wanted)))
                .send()
                .await
                .map_err(|error| failure(name, &error))?;
            Ok(Reply::TagDatabase(()))
        }
        call => subnet_groups::call(cloud, call).await,
    }
}

async fn create_database(cloud: &AwsCloud, name: &str, create: CreateDatabase) -> Result<Observed, CallError> {
    let desired = create.desired;
    // What AWS has off by itself is not named.
    let is_monitored = desired.monitoring_seconds > 0;
    let insights = desired.performance_insights;
    let request = cloud
        .rds
        .create_db_instance()
        .db_instance_identifier(create.name)
        .engine(desired.engine)
        .engine_version(desired.engine_version)
        .db_instance_class(desired.class)
        .allocated_storage(integer(desired.storage_gib))
        .storage_type(STORAGE_TYPE)
        .storage_encrypted(true)
        .db_name(desired.database_name)
        .master_username(create.username)
        .master_user_password(&create.password.0)
        .db_subnet_group_name(desired.subnet_group)
        .vpc_security_group_ids(desired.security_group)
        .publicly_accessible(false)
        .multi_az(desired.multi_az)
        .deletion_protection(desired.deletion_protection)
        .backup_retention_period(i32::from(desired.backup_days))
        .copy_tags_to_snapshot(true)
        .auto_minor_version_upgrade(true)
        .set_db_parameter_group_name(desired.parameter_group)
        .set_max_allocated_storage(desired.max_storage_gib.map(integer))
        .set_monitoring_interval(is_monitored.then(|| integer(desired.monitoring_seconds)))
        .set_monitoring_role_arn(desired.monitoring_role.filter(|_| is_monitored))
        .set_enable_performance_insights(insights.then_some(true))
        .set_performance_insights_kms_key_id(desired.key.clone().filter(|_| insights))
        .set_kms_key_id(desired.key)
        .set_tags(Some(tags(create.tags)));
    let output = request.customize().config_override(config()).send().await;
    let output = output.map_err(|error| without(failure(name, &error), &create.password.0))?;
    instance(cloud, name, output.db_instance)
}

fn instance(cloud: &AwsCloud, name: &str, one: Option<DbInstance>) -> Result<Observed, CallError> {
    one.map(|one| observed(cloud, one)).ok_or_else(|| CallError::new(name, Cause::Unavailable, "the reply has no instance"))
}

fn observed(cloud: &AwsCloud, one: DbInstance) -> Observed {
    let settings = settings::of(&one);
    let owed = one.pending_modified_values;
    let pending = owed.map_or_else(Pending::default, |owed| Pending {
        class: owed.db_instance_class,
        storage_gib: owed.allocated_storage.map(unsigned),
        multi_az: owed.multi_az,
        backup_days: owed.backup_retention_period.map(days),
    });
    let endpoint = one.endpoint.and_then(|at| Some(Endpoint { host: at.address?, port: u16::try_from(at.port?).ok()? }));
    let seen = DatabaseSeen {
        status: one.db_instance_status.unwrap_or_default(),
        class: one.db_instance_class.unwrap_or_default(),
        storage_gib: unsigned(one.allocated_storage.unwrap_or_default()),
        multi_az: one.multi_az.unwrap_or_default(),
        deletion_protection: one.deletion_protection.unwrap_or_default(),
        backup_days: days(one.backup_retention_period.unwrap_or_default()),
        engine_version: one.engine_version.unwrap_or_default(),
        pending,
        endpoint,
        snapshot: None,
        settings,
    };
    let tags = one.tag_list.unwrap_or_default().into_iter().filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect();
    Observed { arn: one.db_instance_arn.unwrap_or_default(), tags, at: cloud.now(), detail: Detail::RdsInstance(seen) }
}

fn snapshot(one: aws_sdk_rds::types::DbSnapshot) -> Snapshot {
    Snapshot {
        name: one.db_snapshot_identifier.unwrap_or_default(),
        available: one.status.as_deref() == Some("available"),
        storage_gib: unsigned(one.allocated_storage.unwrap_or_default()),
    }
}

fn config() -> aws_sdk_rds::config::Builder {
    aws_sdk_rds::config::Builder::default().retry_config(once())
}

/// AWS's sizes are within both types.
fn integer(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

fn unsigned(value: i32) -> u32 {
    u32::try_from(value).unwrap_or(0)
}

fn days(value: i32) -> u8 {
    u8::try_from(value).unwrap_or(0)
}

fn tags(tags: Tags) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

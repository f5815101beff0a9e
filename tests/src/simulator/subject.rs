//! What a call is about, as text: never a value.

use domain::ledger::Write;
use domain::ports::Call;
use domain::resource::Tags;

/// The name, id, ARN or token that a call names; for the ledger the owner and the sort keys.
pub fn subject(call: &Call) -> String {
    match call {
        Call::ReadOwner(request) => request.owner.clone(),
        Call::ReadItem(request) => format!("{} {}", request.owner, request.key),
        Call::ReadItems(request) => format!("{} {}", request.owner, request.prefix),
        Call::WriteItems(request) => writes(&request.writes),
        Call::ListOwners(request) => request.after.clone().unwrap_or_default(),
        Call::FindOwners(request) => request.arn.clone(),
        Call::GetResources(request) => request.value.clone(),
        Call::SendMessage(_) | Call::SendMessages(_) | Call::SendDeadLetter(_) => String::new(),
        Call::ChangeVisibility(request) => request.receipt.clone(),
        Call::PutEvents(request) => request.entries.iter().map(|entry| entry.detail_type.as_str()).collect::<Vec<_>>().join(","),
        Call::GetRandomPassword(request) => request.length.to_string(),
        Call::DescribeSecret(request) => request.id.clone(),
        Call::GetSecretValue(request) => request.id.clone(),
        Call::CreateSecret(request) => request.name.clone(),
        Call::RestoreSecret(request) => request.id.clone(),
        Call::DeleteSecret(request) => request.id.clone(),
        Call::TagSecret(request) => request.id.clone(),
        Call::DescribeFileSystem(request) => request.token.clone(),
        Call::DescribeMountTargets(request) => request.file_system.clone(),
        Call::CreateFileSystem(request) => request.name.clone(),
        Call::CreateMountTarget(request) => request.subnet.clone(),
        Call::DeleteMountTarget(request) => request.id.clone(),
        Call::DeleteFileSystem(request) => request.id.clone(),
        Call::TagFileSystem(request) => request.id.clone(),
        Call::DescribeDatabase(request) => request.name.clone(),
        Call::DescribeSnapshot(request) => request.name.clone(),
        Call::CreateDatabase(request) => request.name.clone(),
        Call::ModifyDatabase(request) => request.name.clone(),
        Call::DeleteDatabase(request) => request.name.clone(),
        Call::DeleteSnapshot(request) => request.name.clone(),
        Call::TagDatabase(request) => request.arn.clone(),
        Call::DescribeService(request) => request.name.clone(),
        Call::RunTask(request) => request.task_definition.clone(),
        Call::ListTasks(request) => request.family.clone(),
        Call::DescribeTasks(request) => request.tasks.join(" "),
        Call::StopTask(request) => request.task.clone(),
        Call::HasImage(request) => format!("{}:{}", request.repository, request.tag),
        Call::DescribeTaskDefinition(request) => request.id.clone(),
        Call::ListTaskDefinitions(request) => request.family.clone(),
        Call::RegisterTaskDefinition(request) => request.content.family.clone(),
        Call::DeregisterTaskDefinition(request) => request.arn.clone(),
        Call::CreateService(request) => request.name.clone(),
        Call::UpdateService(request) => request.name.clone(),
        Call::SetDesiredCount(request) => request.name.clone(),
        Call::DeleteService(request) => request.name.clone(),
        Call::TagService(request) => request.arn.clone(),
        other => network(other),
    }
}

fn network(call: &Call) -> String {
    match call {
        Call::DescribeVpcs(request) => identity(&request.tags),
        Call::DescribeSubnets(request) => identity(&request.tags),
        Call::DescribeInternetGateways(request) => identity(&request.tags),
        Call::DescribeAddresses(request) => identity(&request.tags),
        Call::DescribeNatGateways(request) => identity(&request.tags),
        Call::DescribeRouteTables(request) => identity(&request.tags),
        Call::DescribeFlowLogs(request) => identity(&request.tags),
        Call::DescribeSecurityGroups(request) => request.name.clone(),
        Call::DescribeVpcAttribute(request) => request.id.clone(),
        Call::CreateVpc(request) => request.name.clone(),
        Call::ModifyVpcAttribute(request) => request.id.clone(),
        Call::DeleteVpc(request) => request.id.clone(),
        Call::CreateSubnet(request) => request.name.clone(),
        Call::DeleteSubnet(request) => request.id.clone(),
        Call::CreateInternetGateway(request) => request.name.clone(),
        Call::AttachInternetGateway(request) => request.id.clone(),
        Call::DetachInternetGateway(request) => request.id.clone(),
        Call::DeleteInternetGateway(request) => request.id.clone(),
        Call::AllocateAddress(request) => request.name.clone(),
        Call::ReleaseAddress(request) => request.id.clone(),
        Call::CreateNatGateway(request) => request.name.clone(),
        Call::DeleteNatGateway(request) => request.id.clone(),
        Call::CreateRouteTable(request) => request.name.clone(),
        Call::CreateRoute(request) => format!("{} {}", request.table, request.destination),
        Call::ReplaceRoute(request) => format!("{} {}", request.table, request.destination),
        Call::DeleteRoute(request) => format!("{} {}", request.table, request.destination),
        Call::AssociateRouteTable(request) => format!("{} {}", request.table, request.subnet),
        Call::DisassociateRouteTable(request) => request.association.clone(),
        Call::DeleteRouteTable(request) => request.id.clone(),
        Call::CreateFlowLogs(request) => request.name.clone(),
        Call::DeleteFlowLogs(request) => request.id.clone(),
        Call::CreateSecurityGroup(request) => request.name.clone(),
        Call::AuthorizeSecurityGroupIngress(request) => request.id.clone(),
        Call::RevokeSecurityGroupIngress(request) => request.id.clone(),
        Call::DeleteSecurityGroup(request) => request.id.clone(),
        Call::CreateTags(request) => request.id.clone(),
        other => grounds(other),
    }
}

fn grounds(call: &Call) -> String {
    match call {
        Call::GetRole(request) => request.name.clone(),
        Call::GetRolePolicy(request) => request.name.clone(),
        Call::CreateRole(request) => request.name.clone(),
        Call::UpdateAssumeRolePolicy(request) => request.name.clone(),
        Call::PutRolePolicy(request) => request.name.clone(),
        Call::DeleteRolePolicy(request) => request.name.clone(),
        Call::DeleteRole(request) => request.name.clone(),
        Call::TagRole(request) => request.name.clone(),
        Call::DescribeCluster(request) => request.name.clone(),
        Call::CreateCluster(request) => request.name.clone(),
        Call::UpdateCluster(request) => request.name.clone(),
        Call::DeleteCluster(request) => request.name.clone(),
        Call::DescribeSubnetGroup(request) => request.name.clone(),
        Call::ListTags(request) => request.arn.clone(),
        Call::CreateSubnetGroup(request) => request.name.clone(),
        Call::ModifySubnetGroup(request) => request.name.clone(),
        Call::DeleteSubnetGroup(request) => request.name.clone(),
        Call::DescribeLogGroup(request) => request.name.clone(),
        Call::ListLogGroupTags(request) => request.arn.clone(),
        Call::CreateLogGroup(request) => request.name.clone(),
        Call::PutRetentionPolicy(request) => request.name.clone(),
        Call::AssociateKey(request) => request.name.clone(),
        Call::DeleteLogGroup(request) => request.name.clone(),
        Call::TagLogGroup(request) => request.arn.clone(),
        Call::DescribeRepository(request) => request.name.clone(),
        Call::ListRepositoryTags(request) => request.arn.clone(),
        Call::GetLifecyclePolicy(request) => request.name.clone(),
        Call::CreateRepository(request) => request.name.clone(),
        Call::PutLifecyclePolicy(request) => request.name.clone(),
        Call::PutImageScanning(request) => request.name.clone(),
        Call::DeleteRepository(request) => request.name.clone(),
        Call::TagRepository(request) => request.arn.clone(),
        other => keys(other),
    }
}

fn keys(call: &Call) -> String {
    match call {
        Call::DescribeKey(request) => request.id.clone(),
        Call::ListKeyTags(request) => request.id.clone(),
        Call::GetKeyPolicy(request) => request.id.clone(),
        Call::GetKeyRotationStatus(request) => request.id.clone(),
        Call::CreateKey(request) => identity(&request.tags),
        Call::CreateAlias(request) => request.alias.clone(),
        Call::DeleteAlias(request) => request.alias.clone(),
        Call::UpdateKeyDescription(request) => request.id.clone(),
        Call::PutKeyPolicy(request) => request.id.clone(),
        Call::EnableKeyRotation(request) => request.id.clone(),
        Call::DisableKeyRotation(request) => request.id.clone(),
        Call::EnableKey(request) => request.id.clone(),
        Call::ScheduleKeyDeletion(request) => request.id.clone(),
        Call::CancelKeyDeletion(request) => request.id.clone(),
        Call::TagKey(request) => request.id.clone(),
        Call::FindTopic(request) => request.name.clone(),
        Call::GetTopicAttributes(request) => request.arn.clone(),
        Call::ListTopicTags(request) => request.arn.clone(),
        Call::CreateTopic(request) => request.name.clone(),
        Call::SetTopicKey(request) => request.arn.clone(),
        Call::SetTopicPolicy(request) => request.arn.clone(),
        Call::DeleteTopic(request) => request.arn.clone(),
        Call::TagTopic(request) => request.arn.clone(),
        Call::DescribeAccessPoint(request) => request.token.clone(),
        Call::CreateAccessPoint(request) => request.name.clone(),
        Call::DeleteAccessPoint(request) => request.id.clone(),
        Call::UpdateSecret(request) => request.id.clone(),
        other => scaling(other),
    }
}

fn scaling(call: &Call) -> String {
    match call {
        Call::DescribeScalableTarget(request) => request.service.clone(),
        Call::DescribeBounds(request) => request.service.clone(),
        Call::ListTargetTags(request) => request.arn.clone(),
        Call::DescribeScalingPolicies(request) => request.service.clone(),
        Call::RegisterScalableTarget(request) => request.desired.service.clone(),
        Call::PutScalingPolicy(request) => request.name.clone(),
        Call::DeleteScalingPolicy(request) => request.name.clone(),
        Call::DeregisterScalableTarget(request) => request.service.clone(),
        Call::TagScalableTarget(request) => request.arn.clone(),
        other => balancing(other),
    }
}

fn balancing(call: &Call) -> String {
    match call {
        Call::DescribeLoadBalancer(request) => request.name.clone(),
        Call::DescribeLoadBalancerAttributes(request) => request.arn.clone(),
        Call::DescribeBalancingTags(request) => request.arns.join(" "),
        Call::CreateLoadBalancer(request) => request.name.clone(),
        Call::SetSubnets(request) => request.arn.clone(),
        Call::SetSecurityGroups(request) => request.arn.clone(),
        Call::ModifyLoadBalancerAttributes(request) => request.arn.clone(),
        Call::DeleteLoadBalancer(request) => request.arn.clone(),
        Call::DescribeTargetGroup(request) => request.name.clone(),
        Call::DescribeTargetGroupAttributes(request) => request.arn.clone(),
        Call::CreateTargetGroup(request) => request.name.clone(),
        Call::ModifyTargetGroup(request) => request.arn.clone(),
        Call::ModifyTargetGroupAttributes(request) => request.arn.clone(),
        Call::DeleteTargetGroup(request) => request.arn.clone(),
        Call::DescribeListeners(request) => request.load_balancer.clone(),
        Call::CreateListener(request) => request.name.clone(),
        Call::ModifyListener(request) => request.arn.clone(),
        Call::DeleteListener(request) => request.arn.clone(),
        Call::TagBalancing(request) => request.arn.clone(),
        Call::ListWebAcls(request) => request.name.clone(),
        Call::GetWebAcl(request) => request.name.clone(),
        Call::ListWebAclTags(request) => request.arn.clone(),
        Call::CreateWebAcl(request) => request.name.clone(),
        Call::UpdateWebAcl(request) => request.name.clone(),
        Call::DeleteWebAcl(request) => request.name.clone(),
        Call::TagWebAcl(request) => request.arn.clone(),
        Call::GetWebAclForResource(request) => request.resource.clone(),
        Call::AssociateWebAcl(request) => request.resource.clone(),
        Call::DisassociateWebAcl(request) => request.resource.clone(),
        other => naming(other),
    }
}

fn naming(call: &Call) -> String {
    match call {
        Call::ListHostedZonesByName(request) => request.domain.clone(),
        Call::ListResourceRecordSets(request) => request.name.clone(),
        Call::ChangeResourceRecordSets(request) => request.changes.first().map(|change| change.set.name.clone()).unwrap_or_default(),
        Call::ListCertificates(request) => request.domain.clone(),
        Call::DescribeCertificate(request) => request.arn.clone(),
        Call::ListCertificateTags(request) => request.arn.clone(),
        Call::RequestCertificate(request) => request.desired.domain.clone(),
        Call::DeleteCertificate(request) => request.arn.clone(),
        Call::ListUserPools(request) => request.name.clone(),
        Call::DescribeUserPool(request) => request.id.clone(),
        Call::CreateUserPool(request) => request.name.clone(),
        Call::UpdateUserPool(request) => request.id.clone(),
        Call::SetUserPoolMfaConfig(request) => request.id.clone(),
        Call::DeleteUserPool(request) => request.id.clone(),
        other => caches(other),
    }
}

fn caches(call: &Call) -> String {
    match call {
        Call::DescribeServices(request) => request.names.join(","),
        Call::DescribeDatabases(request) => request.names.join(","),
        Call::DescribeReplicationGroups(_) | Call::DescribeCacheNodes(_) => String::new(),
        Call::DescribeReplicationGroup(request) => request.name.clone(),
        Call::DescribeCacheNode(request) => request.name.clone(),
        Call::DescribeCacheSnapshot(request) => request.name.clone(),
        Call::ListCacheTags(request) => request.arn.clone(),
        Call::CreateReplicationGroup(request) => request.name.clone(),
        Call::ModifyReplicationGroup(request) => request.name.clone(),
        Call::IncreaseReplicaCount(request) => request.name.clone(),
        Call::DecreaseReplicaCount(request) => request.name.clone(),
        Call::DeleteReplicationGroup(request) => request.name.clone(),
        Call::DeleteCacheSnapshot(request) => request.name.clone(),
        Call::TagCache(request) => request.arn.clone(),
        Call::DescribeCacheParameterGroup(request) => request.name.clone(),
        Call::DescribeCacheParameters(request) => request.name.clone(),
        Call::CreateCacheParameterGroup(request) => request.name.clone(),
        Call::ModifyCacheParameterGroup(request) => request.name.clone(),
        Call::ResetCacheParameterGroup(request) => request.name.clone(),
        Call::DeleteCacheParameterGroup(request) => request.name.clone(),
        Call::DescribeCacheSubnetGroup(request) => request.name.clone(),
        Call::CreateCacheSubnetGroup(request) => request.name.clone(),
        Call::ModifyCacheSubnetGroup(request) => request.name.clone(),
        Call::DeleteCacheSubnetGroup(request) => request.name.clone(),
        Call::DescribeDbParameterGroup(request) => request.name.clone(),
        Call::DescribeDbParameters(request) => request.name.clone(),
        Call::DescribeStaticParameters(request) => request.name.clone(),
        Call::CreateDbParameterGroup(request) => request.name.clone(),
        Call::ModifyDbParameterGroup(request) => request.name.clone(),
        Call::ResetDbParameterGroup(request) => request.name.clone(),
        Call::DeleteDbParameterGroup(request) => request.name.clone(),
        other => storage(other),
    }
}

fn storage(call: &Call) -> String {
    match call {
        Call::ListBuckets(request) => request.prefix.clone(),
        Call::GetBucketTagging(request) => request.name.clone(),
        Call::GetPublicAccessBlock(request) => request.name.clone(),
        Call::GetBucketEncryption(request) => request.name.clone(),
        Call::GetBucketVersioning(request) => request.name.clone(),
        Call::GetBucketPolicy(request) => request.name.clone(),
        Call::GetBucketLifecycle(request) => request.name.clone(),
        Call::GetObjectLock(request) => request.name.clone(),
        Call::ListObjectVersions(request) => request.name.clone(),
        Call::ListMultipartUploads(request) => request.name.clone(),
        Call::CreateBucket(request) => request.name.clone(),
        Call::PutPublicAccessBlock(request) => request.name.clone(),
        Call::PutBucketEncryption(request) => request.name.clone(),
        Call::PutBucketVersioning(request) => request.name.clone(),
        Call::PutBucketPolicy(request) => request.name.clone(),
        Call::DeleteBucketPolicy(request) => request.name.clone(),
        Call::PutBucketLifecycle(request) => request.name.clone(),
        Call::DeleteBucketLifecycle(request) => request.name.clone(),
        Call::PutObjectLock(request) => request.name.clone(),
        Call::PutBucketTagging(request) => request.name.clone(),
        Call::DeleteObjects(request) => request.name.clone(),
        Call::AbortMultipartUpload(request) => request.name.clone(),
        Call::DeleteBucket(request) => request.name.clone(),
        other => watching(other),
    }
}

fn watching(call: &Call) -> String {
    match call {
        Call::DescribeAlarm(request) => request.name.clone(),
        Call::GetDashboard(request) => request.name.clone(),
        Call::ListWatchTags(request) => request.arn.clone(),
        Call::PutMetricAlarm(request) => request.name.clone(),
        Call::DeleteAlarm(request) => request.name.clone(),
        Call::PutDashboard(request) => request.name.clone(),
        Call::DeleteDashboard(request) => request.name.clone(),
        Call::TagWatch(request) => request.arn.clone(),
        Call::DescribeVault(request) => request.name.clone(),
        Call::ListRecoveryPoints(request) => request.vault.clone(),
        Call::ListBackupTags(request) => request.arn.clone(),
        Call::ListBackupPlans(request) => request.name.clone(),
        Call::GetBackupPlan(request) => request.id.clone(),
        Call::ListBackupSelections(request) => request.plan.clone(),
        Call::GetBackupSelection(request) => request.plan.clone(),
        Call::CreateVault(request) => request.name.clone(),
        Call::DeleteRecoveryPoint(request) => request.arn.clone(),
        Call::DeleteVault(request) => request.name.clone(),
        Call::CreateBackupPlan(request) => request.name.clone(),
        Call::UpdateBackupPlan(request) => request.id.clone(),
        Call::CreateBackupSelection(request) => request.plan.clone(),
        Call::DeleteBackupSelection(request) => request.id.clone(),
        Call::DeleteBackupPlan(request) => request.id.clone(),
        Call::TagBackup(request) => request.arn.clone(),
        _ => String::new(),
    }
}

/// The owner and the resource that tags name.
fn identity(tags: &Tags) -> String {
    tags.values().cloned().collect::<Vec<_>>().join(" ")
}

fn writes(writes: &[Write]) -> String {
    let key = |write: &Write| match write {
        Write::Put(item, _) | Write::Set(item, _) => (item.owner.clone(), item.key.clone()),
        Write::Add { owner, key, .. } | Write::Delete { owner, key } => (owner.clone(), key.clone()),
        Write::Check { owner, key, .. } => (owner.clone(), format!("{key}?")),
    };
    let keys: Vec<_> = writes.iter().map(key).collect();
    let owner = keys.first().map_or("", |(owner, _)| owner);
    let keys = keys.iter().map(|(other, key)| if other == owner { key.clone() } else { format!("{other} {key}") });
    format!("{owner} {}", keys.collect::<Vec<_>>().join(","))
}

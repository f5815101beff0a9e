//! What a call is about, as text: never a value.

use domain::ledger::Write;
use domain::ports::Call;
use domain::resource::Tags;

/// The name, id, ARN or token that a call names; for the ledger the owner and the sort keys.
pub fn subject(call: &Call) -> String {
    match call {
        Call::ReadOwner(request) => request.owner.clone(),
        Call::ReadItem(request) => format!("{} {}", request.owner, request.key),
        Call::WriteItems(request) => writes(&request.writes),
        Call::ListOwners(request) => request.after.clone().unwrap_or_default(),
        Call::FindOwners(request) => request.arn.clone(),
        Call::SendMessage(_) | Call::SendDeadLetter(_) => String::new(),
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
        Call::DescribeTaskDefinition(request) => request.id.clone(),
        Call::ListTaskDefinitions(request) => request.family.clone(),
        Call::RegisterTaskDefinition(request) => request.content.family.clone(),
        Call::DeregisterTaskDefinition(request) => request.arn.clone(),
        Call::CreateService(request) => request.name.clone(),
        Call::UpdateService(request) => request.name.clone(),
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

//! The operations. One line of the table is one AWS operation: effect or read, request, reply.

use super::{Confidential, Operation};
use crate::kind::database::{Database, Snapshot};
use crate::kind::file_system::MountTarget;
use crate::kind::network::{FlowLog, Ingress, NatGateway, Subnet, Vpc};
use crate::kind::service::{Service, ServiceSeen, TaskDefinition};
use crate::ledger::{Item, Write};
use crate::observed::Observed;
use crate::resource::Tags;

/// Whether an operation changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It changes AWS or the ledger.
    Mutates,
    /// It only looks.
    Reads,
}

macro_rules! operations {
    ($($(#[$doc:meta])* $effect:ident $service:ident.$name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty),* $(,)? } -> $output:ty;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq)]
            #[allow(missing_docs, reason = "the table above names each field after AWS's own")]
            pub struct $name { $($(#[$fdoc])* pub $field: $type),* }

            impl From<$name> for Call {
                fn from(operation: $name) -> Self {
                    Self::$name(operation)
                }
            }

            impl Operation for $name {
                type Output = $output;
                const NAME: &'static str = concat!(stringify!($service), ".", stringify!($name));
                fn of(reply: Reply) -> Option<$output> {
                    match reply {
                        Reply::$name(output) => Some(output),
                        _ => None,
                    }
                }
            }
        )*

        /// Any operation's request.
        #[derive(Debug, Clone, PartialEq)]
        #[allow(missing_docs, reason = "each variant is the operation of its name, documented there")]
        pub enum Call { $($name($name)),* }

        /// Any operation's reply.
        #[derive(Debug, Clone, PartialEq)]
        #[allow(missing_docs, reason = "each variant is the reply of the operation of its name")]
        pub enum Reply { $($name($output)),* }

        impl Call {
            /// `service.Operation`
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $name::NAME),* }
            }

            /// Whether it changes anything.
            pub fn effect(&self) -> Effect {
                match self { $(Self::$name(_) => Effect::$effect),* }
            }
        }
    };
}

operations! {
    /// All items of an owner, consistently.
    Reads dynamodb.ReadOwner { owner: String } -> Vec<Item>;
    /// One item, consistently.
    Reads dynamodb.ReadItem { owner: String, key: String } -> Option<Item>;
    /// All writes or none. Fails as `ConditionFailed` if a condition does not hold.
    Mutates dynamodb.WriteItems { writes: Vec<Write> } -> ();
    /// A page of all owners, and where the next begins.
    Reads dynamodb.ListOwners { after: Option<String> } -> (Vec<String>, Option<String>);
    /// The owners of a resource, by its ARN.
    Reads dynamodb.FindOwners { arn: String } -> Vec<String>;

    /// Puts a message on the tenant queue, to be seen after `delay_seconds` (0 to 900).
    Mutates sqs.SendMessage { body: String, delay_seconds: u16 } -> ();
    /// Puts a message that can never succeed on the dead-letter queue, with why.
    Mutates sqs.SendDeadLetter { body: String, reason: String, cause: String } -> ();
    /// Has a message come back after so many seconds.
    Mutates sqs.ChangeVisibility { receipt: String, seconds: u16 } -> ();

    /// Announces on our bus; one outcome per entry.
    Mutates events.PutEvents { entries: Vec<Entry> } -> Vec<Result<(), String>>;

    /// Random characters, letters and digits.
    Reads secretsmanager.GetRandomPassword { length: u16 } -> Confidential;
    /// By name or ARN; none: there is no such secret.
    Reads secretsmanager.DescribeSecret { id: String } -> Option<Observed>;
    /// The value.
    Reads secretsmanager.GetSecretValue { id: String } -> Confidential;
    /// With its first value. The reply is the ARN.
    Mutates secretsmanager.CreateSecret { name: String, token: String, value: Confidential, tags: Tags } -> String;
    /// Out of its recovery window.
    Mutates secretsmanager.RestoreSecret { id: String } -> ();
    /// Into its recovery window of so many days, or at once.
    Mutates secretsmanager.DeleteSecret { id: String, recovery_days: Option<u8> } -> ();
    /// Adds or replaces tags.
    Mutates secretsmanager.TagSecret { id: String, tags: Tags } -> ();

    /// By creation token, with mount targets not filled in.
    Reads elasticfilesystem.DescribeFileSystem { token: String } -> Option<Observed>;
    /// Of a file system: id, subnet, life.
    Reads elasticfilesystem.DescribeMountTargets { file_system: String } -> Vec<MountTarget>;
    /// Encrypted.
    Mutates elasticfilesystem.CreateFileSystem { token: String, name: String, tags: Tags } -> Observed;
    /// In one subnet.
    Mutates elasticfilesystem.CreateMountTarget { file_system: String, subnet: String, security_group: String } -> MountTarget;
    /// By id.
    Mutates elasticfilesystem.DeleteMountTarget { id: String } -> ();
    /// By id.
    Mutates elasticfilesystem.DeleteFileSystem { id: String } -> ();
    /// Adds or replaces tags.
    Mutates elasticfilesystem.TagFileSystem { id: String, tags: Tags } -> ();

    /// By identifier.
    Reads rds.DescribeDatabase { name: String } -> Option<Observed>;
    /// By identifier.
    Reads rds.DescribeSnapshot { name: String } -> Option<Snapshot>;
    /// A new instance.
    Mutates rds.CreateDatabase { name: String, desired: Database, username: String, password: Confidential, tags: Tags } -> Observed;
    /// What differs, at once or in the window.
    Mutates rds.ModifyDatabase { name: String, change: DatabaseChange } -> Observed;
    /// With a final snapshot, or without one and with its automated backups.
    Mutates rds.DeleteDatabase { name: String, final_snapshot: Option<String> } -> Option<Observed>;
    /// By identifier.
    Mutates rds.DeleteSnapshot { name: String } -> ();
    /// Adds or replaces tags.
    Mutates rds.TagDatabase { arn: String, tags: Tags } -> ();

    /// By name, with the PRIMARY deployment's revision by ARN only.
    Reads ecs.DescribeService { cluster: String, name: String } -> Option<ServiceView>;
    /// By ARN, or the newest active one of a family.
    Reads ecs.DescribeTaskDefinition { id: String } -> Option<RevisionView>;
    /// The active revisions of a family, oldest first, by ARN.
    Reads ecs.ListTaskDefinitions { family: String } -> Vec<String>;
    /// A new revision. The reply is its ARN.
    Mutates ecs.RegisterTaskDefinition { content: TaskDefinition, tags: Tags } -> String;
    /// By ARN.
    Mutates ecs.DeregisterTaskDefinition { arn: String } -> ();
    /// A new service.
    Mutates ecs.CreateService { name: String, token: String, task_definition: String, desired: Service, tags: Tags } -> ServiceView;
    /// Onto another revision.
    Mutates ecs.UpdateService { cluster: String, name: String, task_definition: String } -> ServiceView;
    /// With its tasks.
    Mutates ecs.DeleteService { cluster: String, name: String } -> ServiceView;
    /// Adds or replaces tags.
    Mutates ecs.TagService { arn: String, tags: Tags } -> ();

    /// By the tags of its identity, with DNS hostnames not filled in.
    Reads ec2.DescribeVpcs { tags: Tags } -> Option<Observed>;
    /// Whether what stands in it gets DNS names.
    Reads ec2.DescribeVpcAttribute { id: String } -> bool;
    /// Without DNS hostnames.
    Mutates ec2.CreateVpc { name: String, desired: Vpc, tags: Tags } -> Observed;
    /// DNS hostnames.
    Mutates ec2.ModifyVpcAttribute { id: String, dns_hostnames: bool } -> ();
    /// By id.
    Mutates ec2.DeleteVpc { id: String } -> ();
    /// By the tags of its identity.
    Reads ec2.DescribeSubnets { tags: Tags } -> Option<Observed>;
    /// In one zone.
    Mutates ec2.CreateSubnet { name: String, desired: Subnet, tags: Tags } -> Observed;
    /// By id.
    Mutates ec2.DeleteSubnet { id: String } -> ();
    /// By the tags of its identity.
    Reads ec2.DescribeInternetGateways { tags: Tags } -> Option<Observed>;
    /// Attached to nothing.
    Mutates ec2.CreateInternetGateway { name: String, tags: Tags } -> Observed;
    /// To one VPC.
    Mutates ec2.AttachInternetGateway { id: String, vpc: String } -> ();
    /// From its VPC.
    Mutates ec2.DetachInternetGateway { id: String, vpc: String } -> ();
    /// By id.
    Mutates ec2.DeleteInternetGateway { id: String } -> ();
    /// By the tags of its identity.
    Reads ec2.DescribeAddresses { tags: Tags } -> Option<Observed>;
    /// A fixed public one.
    Mutates ec2.AllocateAddress { name: String, tags: Tags } -> Observed;
    /// By allocation id.
    Mutates ec2.ReleaseAddress { id: String } -> ();
    /// By the tags of its identity; one that is deleted is not shown.
    Reads ec2.DescribeNatGateways { tags: Tags } -> Option<Observed>;
    /// Public.
    Mutates ec2.CreateNatGateway { name: String, token: String, desired: NatGateway, tags: Tags } -> Observed;
    /// By id.
    Mutates ec2.DeleteNatGateway { id: String } -> ();
    /// By the tags of its identity.
    Reads ec2.DescribeRouteTables { tags: Tags } -> Option<Observed>;
    /// With the VPC's own route alone.
    Mutates ec2.CreateRouteTable { name: String, token: String, vpc: String, tags: Tags } -> Observed;
    /// To a gateway.
    Mutates ec2.CreateRoute { table: String, destination: String, target: String } -> ();
    /// To another gateway.
    Mutates ec2.ReplaceRoute { table: String, destination: String, target: String } -> ();
    /// By its destination.
    Mutates ec2.DeleteRoute { table: String, destination: String } -> ();
    /// From now on the subnet's own. The reply is the association's id.
    Mutates ec2.AssociateRouteTable { table: String, subnet: String } -> String;
    /// By the association's id.
    Mutates ec2.DisassociateRouteTable { association: String } -> ();
    /// By id.
    Mutates ec2.DeleteRouteTable { id: String } -> ();
    /// By the tags of its identity.
    Reads ec2.DescribeFlowLogs { tags: Tags } -> Option<Observed>;
    /// Of all connections.
    Mutates ec2.CreateFlowLogs { name: String, token: String, desired: FlowLog, tags: Tags } -> Observed;
    /// By id.
    Mutates ec2.DeleteFlowLogs { id: String } -> ();
    /// By its name in a VPC.
    Reads ec2.DescribeSecurityGroups { vpc: String, name: String } -> Option<Observed>;
    /// Nothing may come in, everything may go out.
    Mutates ec2.CreateSecurityGroup { vpc: String, name: String, tags: Tags } -> Observed;
    /// Opens ports.
    Mutates ec2.AuthorizeSecurityGroupIngress { id: String, ingress: Vec<Ingress> } -> ();
    /// Closes ports.
    Mutates ec2.RevokeSecurityGroupIngress { id: String, ingress: Vec<Ingress> } -> ();
    /// By id.
    Mutates ec2.DeleteSecurityGroup { id: String } -> ();
    /// Adds or replaces tags of anything of EC2.
    Mutates ec2.CreateTags { id: String, tags: Tags } -> ();
}

/// What is announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Such as `tenant-ready`.
    pub detail_type: String,
    /// JSON text.
    pub detail: String,
    /// ARNs or owners that it concerns.
    pub resources: Vec<String>,
}

/// Properties of a database that change; none: stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatabaseChange {
    /// The instance class.
    pub class: Option<String>,
    /// GiB.
    pub storage_gib: Option<u32>,
    /// A standby.
    pub multi_az: Option<bool>,
    /// Days of automated backups.
    pub backup_days: Option<u8>,
    /// AWS refuses its deletion.
    pub deletion_protection: Option<bool>,
    /// Now, or in the maintenance window.
    pub apply_immediately: bool,
}

/// A service as ECS shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceView {
    /// Its ARN.
    pub arn: String,
    /// Its tags.
    pub tags: Tags,
    /// Everything but the revision's content and the family's revisions.
    pub seen: ServiceSeen,
    /// The PRIMARY deployment's revision.
    pub primary: Option<String>,
}

/// A task definition as ECS shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionView {
    /// With its number.
    pub arn: String,
    /// Its tags.
    pub tags: Tags,
    /// What it says.
    pub content: TaskDefinition,
}

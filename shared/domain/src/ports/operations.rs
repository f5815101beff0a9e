//! The operations. One line of the table is one AWS operation: effect or read, request, reply.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Confidential, Operation};
use crate::kind::backup::{BackupPlan, RecoveryPoint};
use crate::kind::balancing::{BalancerAttributes, LoadBalancer};
use crate::kind::bucket::{Lifecycle, ObjectVersion, Upload};
use crate::kind::database::{Database, Snapshot};
use crate::kind::file_system::MountTarget;
use crate::kind::firewall::WebAcl;
use crate::kind::grounds::{Cluster, DbSubnetGroup, Repository};
use crate::kind::identity::Role;
use crate::kind::listeners::{Listener, TargetGroup};
use crate::kind::naming::{Certificate, RecordChange, RecordSet};
use crate::kind::network::{FlowLog, Ingress, NatGateway, Subnet, Vpc};
use crate::kind::scaling::{Policy as ScalingPolicy, ScalableTarget};
use crate::kind::service::{Service, ServiceSeen, Settings, TaskDefinition};
use crate::kind::users::{Mfa, UserPool};
use crate::kind::watching::{Alarm, Dashboard};
use crate::ledger::{Item, Write};
use crate::observed::Observed;
use crate::resource::Tags;

use crate::kind::access_point::AccessPoint;
use crate::kind::cache::{CacheChange, CacheNode, CacheSnapshot, ReplicationGroup};
use crate::kind::cache_settings::{RedisParameterGroup, RedisSubnetGroup};
use crate::kind::database_settings::DbParameterGroup;
use crate::kind::key::Key;
use crate::kind::messaging::Topic;
use crate::kind::policy::Policy;

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
    Mutates secretsmanager.CreateSecret { name: String, token: String, value: Confidential, key: Option<String>, tags: Tags } -> String;
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
    Mutates elasticfilesystem.CreateFileSystem { token: String, name: String, key: Option<String>, tags: Tags } -> Observed;
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
    Mutates ecs.UpdateService { cluster: String, name: String, task_definition: String, settings: Option<Settings> } -> ServiceView;
    /// With its tasks.
    Mutates ecs.DeleteService { cluster: String, name: String } -> ServiceView;
    /// Starts a task; the same token starts none again within a day. The reply is its ARN.
    Mutates ecs.RunTask {
        cluster: String,
        task_definition: String,
        token: String,
        subnets: Vec<String>,
        security_group: String,
        tags: Tags,
    } -> String;
    /// Tasks of a family by ARN: those that should run, or those that have stopped within about an hour.
    Reads ecs.ListTasks { cluster: String, family: String, stopped: bool } -> Vec<String>;
    /// By ARN, 100 at most.
    Reads ecs.DescribeTasks { cluster: String, tasks: Vec<String> } -> Vec<TaskView>;
    /// By ARN.
    Mutates ecs.StopTask { cluster: String, task: String, reason: String } -> ();
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
    /// By name, with its policy not filled in.
    Reads iam.GetRole { name: String } -> Option<Observed>;
    /// The one policy of its own that we write.
    Reads iam.GetRolePolicy { name: String } -> Option<Value>;
    /// Without a policy.
    Mutates iam.CreateRole { name: String, desired: Role, tags: Tags } -> Observed;
    /// Who may take it.
    Mutates iam.UpdateAssumeRolePolicy { name: String, trust: Value } -> ();
    /// The one policy of its own.
    Mutates iam.PutRolePolicy { name: String, policy: Value } -> ();
    /// The one policy of its own.
    Mutates iam.DeleteRolePolicy { name: String } -> ();
    /// By name; it must have no policy left.
    Mutates iam.DeleteRole { name: String } -> ();
    /// Adds or replaces tags.
    Mutates iam.TagRole { name: String, tags: Tags } -> ();

    /// By name; one that is deleted is not shown.
    Reads ecs.DescribeCluster { name: String } -> Option<Observed>;
    /// For Fargate and Fargate Spot.
    Mutates ecs.CreateCluster { name: String, desired: Cluster, tags: Tags } -> Observed;
    /// Its Container Insights.
    Mutates ecs.UpdateCluster { name: String, desired: Cluster } -> Observed;
    /// By name.
    Mutates ecs.DeleteCluster { name: String } -> ();

    /// By name, with tags not filled in.
    Reads rds.DescribeSubnetGroup { name: String } -> Option<Observed>;
    /// Of anything of RDS.
    Reads rds.ListTags { arn: String } -> Tags;
    /// In two zones at least.
    Mutates rds.CreateSubnetGroup { name: String, desired: DbSubnetGroup, tags: Tags } -> Observed;
    /// Other subnets.
    Mutates rds.ModifySubnetGroup { name: String, desired: DbSubnetGroup } -> ();
    /// By name.
    Mutates rds.DeleteSubnetGroup { name: String } -> ();

    /// By name, with tags not filled in.
    Reads logs.DescribeLogGroup { name: String } -> Option<Observed>;
    /// By ARN.
    Reads logs.ListLogGroupTags { arn: String } -> Tags;
    /// Whose events never expire.
    Mutates logs.CreateLogGroup { name: String, key: Option<String>, tags: Tags } -> ();
    /// Days until an event is dropped.
    Mutates logs.PutRetentionPolicy { name: String, days: u16 } -> ();
    /// Encrypts what comes from now on.
    Mutates logs.AssociateKey { name: String, key: String } -> ();
    /// With all its events.
    Mutates logs.DeleteLogGroup { name: String } -> ();
    /// Adds or replaces tags.
    Mutates logs.TagLogGroup { arn: String, tags: Tags } -> ();

    /// By name, with tags and the number of images that are kept not filled in.
    Reads ecr.DescribeRepository { name: String } -> Option<Observed>;
    /// By ARN.
    Reads ecr.ListRepositoryTags { arn: String } -> Tags;
    /// So many of the newest images are kept; none: all.
    Reads ecr.GetLifecyclePolicy { name: String } -> Option<u32>;
    /// That keeps all images.
    Mutates ecr.CreateRepository { name: String, desired: Repository, tags: Tags } -> Observed;
    /// So many of the newest images are kept.
    Mutates ecr.PutLifecyclePolicy { name: String, keep_images: u32 } -> ();
    /// Whether images are scanned as they are pushed.
    Mutates ecr.PutImageScanning { name: String, on: bool } -> ();
    /// By name; one with images only by force.
    Mutates ecr.DeleteRepository { name: String, force: bool } -> ();
    /// Whether the repository has an image of this tag.
    Reads ecr.HasImage { repository: String, tag: String } -> bool;
    /// Adds or replaces tags.
    Mutates ecr.TagRepository { arn: String, tags: Tags } -> ();

    /// Adds or replaces tags of anything of EC2.
    Mutates ec2.CreateTags { id: String, tags: Tags } -> ();

    /// By id, ARN or alias; with tags, alias, policy and rotation not filled in.
    Reads kms.DescribeKey { id: String } -> Option<Observed>;
    /// The ids of all keys of the account.
    Reads kms.ListKeys {} -> Vec<String>;
    /// By id.
    Reads kms.ListKeyTags { id: String } -> Tags;
    /// By id.
    Reads kms.GetKeyPolicy { id: String } -> Policy;
    /// By id.
    Reads kms.GetKeyRotationStatus { id: String } -> bool;
    /// Without alias and rotation.
    Mutates kms.CreateKey { desired: Key, tags: Tags } -> Observed;
    /// The alias leads to no key yet.
    Mutates kms.CreateAlias { alias: String, id: String } -> ();
    /// With its `alias/`.
    Mutates kms.DeleteAlias { alias: String } -> ();
    /// What it is for.
    Mutates kms.UpdateKeyDescription { id: String, description: String } -> ();
    /// Who may use it.
    Mutates kms.PutKeyPolicy { id: String, policy: Policy } -> ();
    /// Every year.
    Mutates kms.EnableKeyRotation { id: String } -> ();
    /// No more.
    Mutates kms.DisableKeyRotation { id: String } -> ();
    /// One that is disabled.
    Mutates kms.EnableKey { id: String } -> ();
    /// To be deleted after so many days.
    Mutates kms.ScheduleKeyDeletion { id: String, pending_days: u8 } -> ();
    /// It stays, disabled.
    Mutates kms.CancelKeyDeletion { id: String } -> ();
    /// Adds or replaces tags.
    Mutates kms.TagKey { id: String, tags: Tags } -> ();

    /// The ARN of a topic, by its name.
    Reads sns.FindTopic { name: String } -> Option<String>;
    /// By ARN, with tags not filled in.
    Reads sns.GetTopicAttributes { arn: String } -> Option<Observed>;
    /// By ARN.
    Reads sns.ListTopicTags { arn: String } -> Tags;
    /// One of that name with the same key, policy and tags is the reply, any other is in the way.
    Mutates sns.CreateTopic { name: String, desired: Topic, tags: Tags } -> Observed;
    /// None: not encrypted by a key of KMS.
    Mutates sns.SetTopicKey { arn: String, key: Option<String> } -> ();
    /// None: the account itself.
    Mutates sns.SetTopicPolicy { arn: String, policy: Option<Policy> } -> ();
    /// With its subscriptions. What is not there is deleted as well.
    Mutates sns.DeleteTopic { arn: String } -> ();
    /// Adds or replaces tags.
    Mutates sns.TagTopic { arn: String, tags: Tags } -> ();

    /// By its token, on one file system.
    Reads elasticfilesystem.DescribeAccessPoint { file_system: String, token: String } -> Option<Observed>;
    /// Its directory is made at the first mount.
    Mutates elasticfilesystem.CreateAccessPoint { token: String, name: String, desired: AccessPoint, tags: Tags } -> Observed;
    /// By id.
    Mutates elasticfilesystem.DeleteAccessPoint { id: String } -> ();

    /// The key for what is written from now on, and for the present value; none: AWS's own.
    Mutates secretsmanager.UpdateSecret { id: String, key: Option<String> } -> ();

    /// Of a service's count, with tags and policies not filled in.
    Reads autoscaling.DescribeScalableTarget { cluster: String, service: String } -> Option<Observed>;
    /// By ARN.
    Reads autoscaling.ListTargetTags { arn: String } -> Tags;
    /// By name, those of the sort that we make.
    Reads autoscaling.DescribeScalingPolicies { cluster: String, service: String } -> BTreeMap<String, ScalingPolicy>;
    /// Without its policies. With tags: a new one. Without: other bounds, and the rest stays. The reply is the ARN.
    Mutates autoscaling.RegisterScalableTarget { desired: ScalableTarget, tags: Tags } -> String;
    /// New, or in place of the one of that name.
    Mutates autoscaling.PutScalingPolicy { cluster: String, service: String, name: String, policy: ScalingPolicy } -> ();
    /// By name.
    Mutates autoscaling.DeleteScalingPolicy { cluster: String, service: String, name: String } -> ();
    /// With its policies.
    Mutates autoscaling.DeregisterScalableTarget { cluster: String, service: String } -> ();
    /// Adds or replaces tags.
    Mutates autoscaling.TagScalableTarget { arn: String, tags: Tags } -> ();
    /// By name, with tags, attributes and web ACL not filled in.
    Reads elasticloadbalancing.DescribeLoadBalancer { name: String } -> Option<Observed>;
    /// By ARN.
    Reads elasticloadbalancing.DescribeLoadBalancerAttributes { arn: String } -> BalancerAttributes;
    /// Of anything of the service, by ARN.
    Reads elasticloadbalancing.DescribeBalancingTags { arns: Vec<String> } -> BTreeMap<String, Tags>;
    /// With AWS's own attributes, and without a web ACL.
    Mutates elasticloadbalancing.CreateLoadBalancer { name: String, desired: LoadBalancer, tags: Tags } -> Observed;
    /// Other subnets.
    Mutates elasticloadbalancing.SetSubnets { arn: String, subnets: BTreeSet<String> } -> ();
    /// Other groups.
    Mutates elasticloadbalancing.SetSecurityGroups { arn: String, security_groups: BTreeSet<String> } -> ();
    /// All that we set.
    Mutates elasticloadbalancing.ModifyLoadBalancerAttributes { arn: String, attributes: BalancerAttributes } -> ();
    /// With its listeners. What is gone is deleted as well.
    Mutates elasticloadbalancing.DeleteLoadBalancer { arn: String } -> ();
    /// By name, with tags and attributes not filled in.
    Reads elasticloadbalancing.DescribeTargetGroup { name: String } -> Option<Observed>;
    /// Seconds that a target has for what is under way when it leaves.
    Reads elasticloadbalancing.DescribeTargetGroupAttributes { arn: String } -> u32;
    /// With AWS's own attributes.
    Mutates elasticloadbalancing.CreateTargetGroup { name: String, desired: TargetGroup, tags: Tags } -> Observed;
    /// How health is told.
    Mutates elasticloadbalancing.ModifyTargetGroup { arn: String, desired: TargetGroup } -> ();
    /// Seconds that a target has for what is under way when it leaves.
    Mutates elasticloadbalancing.ModifyTargetGroupAttributes { arn: String, deregistration_seconds: u32 } -> ();
    /// By ARN; no listener may forward to it.
    Mutates elasticloadbalancing.DeleteTargetGroup { arn: String } -> ();
    /// Of a load balancer, with tags not filled in; none if that is gone.
    Reads elasticloadbalancing.DescribeListeners { load_balancer: String } -> Vec<Observed>;
    /// On a port that has none.
    Mutates elasticloadbalancing.CreateListener { name: String, desired: Listener, tags: Tags } -> Observed;
    /// Port, protocol, certificate and action.
    Mutates elasticloadbalancing.ModifyListener { arn: String, desired: Listener } -> ();
    /// By ARN.
    Mutates elasticloadbalancing.DeleteListener { arn: String } -> ();
    /// Adds or replaces tags of anything of the service.
    Mutates elasticloadbalancing.TagBalancing { arn: String, tags: Tags } -> ();

    /// The id of the one of this name.
    Reads wafv2.ListWebAcls { name: String } -> Option<String>;
    /// With its lock, and with tags not filled in.
    Reads wafv2.GetWebAcl { name: String, id: String } -> Option<Observed>;
    /// By ARN.
    Reads wafv2.ListWebAclTags { arn: String } -> Tags;
    /// Of a name that none has.
    Mutates wafv2.CreateWebAcl { name: String, desired: WebAcl, tags: Tags } -> Observed;
    /// All its rules. The reply is the lock for the next change.
    Mutates wafv2.UpdateWebAcl { name: String, id: String, lock: String, desired: WebAcl } -> String;
    /// That filters nothing any more.
    Mutates wafv2.DeleteWebAcl { name: String, id: String, lock: String } -> ();
    /// Adds or replaces tags.
    Mutates wafv2.TagWebAcl { arn: String, tags: Tags } -> ();
    /// The ARN of the web ACL that filters what comes to `resource`.
    Reads wafv2.GetWebAclForResource { resource: String } -> Option<String>;
    /// Filters what comes to `resource`, in the place of any other.
    Mutates wafv2.AssociateWebAcl { acl: String, resource: String } -> ();
    /// Nothing filters what comes to `resource`.
    Mutates wafv2.DisassociateWebAcl { resource: String } -> ();
    /// The ids of the public hosted zones of exactly this name.
    Reads route53.ListHostedZonesByName { domain: String } -> Vec<String>;
    /// Those of exactly this name, of all types; none if there is no such zone.
    Reads route53.ListResourceRecordSets { zone: String, name: String } -> Vec<RecordSet>;
    /// All changes or none. Fails as `AlreadyExists` if what is to be created stands, as `NotFound` or `InvalidState`
    /// if what is to be deleted does not stand, or not exactly so.
    Mutates route53.ChangeResourceRecordSets { zone: String, changes: Vec<RecordChange> } -> ();

    /// By ARN, those for exactly this domain.
    Reads acm.ListCertificates { domain: String } -> Vec<String>;
    /// By ARN, with tags and what stands in a zone not filled in.
    Reads acm.DescribeCertificate { arn: String } -> Option<Observed>;
    /// By ARN.
    Reads acm.ListCertificateTags { arn: String } -> Tags;
    /// To be proven in DNS. The reply is the ARN.
    Mutates acm.RequestCertificate { name: String, token: String, desired: Certificate, tags: Tags } -> String;
    /// By ARN.
    Mutates acm.DeleteCertificate { arn: String } -> ();

    /// The ids of the pools of this name.
    Reads cognito.ListUserPools { name: String } -> Vec<String>;
    /// By id.
    Reads cognito.DescribeUserPool { id: String } -> Option<Observed>;
    /// Without a second factor.
    Mutates cognito.CreateUserPool { name: String, desired: UserPool, tags: Tags } -> Observed;
    /// These two properties, and nothing else.
    Mutates cognito.UpdateUserPool { id: String, password_length: u32, deletion_protection: bool } -> ();
    /// Who needs a second factor.
    Mutates cognito.SetUserPoolMfaConfig { id: String, mfa: Mfa } -> ();
    /// With all its users.
    Mutates cognito.DeleteUserPool { id: String } -> ();
    /// By id, with the tags that its description says, and what only its nodes show not filled in.
    Reads elasticache.DescribeReplicationGroup { name: String } -> Option<Observed>;
    /// A node of a replication group, by id.
    Reads elasticache.DescribeCacheNode { name: String } -> Option<CacheNode>;
    /// By name.
    Reads elasticache.DescribeCacheSnapshot { name: String } -> Option<CacheSnapshot>;
    /// Of anything of ElastiCache; of a replication group only while it is available.
    Reads elasticache.ListCacheTags { arn: String } -> Tags;
    /// A new group, encrypted on its way and where it lies.
    Mutates elasticache.CreateReplicationGroup { name: String, desired: ReplicationGroup, token: Confidential, tags: Tags } -> Observed;
    /// What differs, at once or in the window.
    Mutates elasticache.ModifyReplicationGroup { name: String, change: CacheChange } -> Observed;
    /// More copies, at once.
    Mutates elasticache.IncreaseReplicaCount { name: String, replicas: u8 } -> Observed;
    /// Fewer copies, at once.
    Mutates elasticache.DecreaseReplicaCount { name: String, replicas: u8 } -> Observed;
    /// With a final snapshot, or without one.
    Mutates elasticache.DeleteReplicationGroup { name: String, final_snapshot: Option<String> } -> Option<Observed>;
    /// By name.
    Mutates elasticache.DeleteCacheSnapshot { name: String } -> ();
    /// Adds or replaces tags of anything of ElastiCache.
    Mutates elasticache.TagCache { arn: String, tags: Tags } -> ();
    /// By name, with tags and parameters not filled in.
    Reads elasticache.DescribeCacheParameterGroup { name: String } -> Option<Observed>;
    /// Of a parameter group, those that somebody has set.
    Reads elasticache.DescribeCacheParameters { name: String } -> BTreeMap<String, String>;
    /// With the family's parameters.
    Mutates elasticache.CreateCacheParameterGroup { name: String, desired: RedisParameterGroup, tags: Tags } -> Observed;
    /// Up to twenty parameters.
    Mutates elasticache.ModifyCacheParameterGroup { name: String, parameters: BTreeMap<String, String> } -> ();
    /// Up to twenty parameters, back to the family's.
    Mutates elasticache.ResetCacheParameterGroup { name: String, parameters: BTreeSet<String> } -> ();
    /// By name.
    Mutates elasticache.DeleteCacheParameterGroup { name: String } -> ();
    /// By name, with tags not filled in.
    Reads elasticache.DescribeCacheSubnetGroup { name: String } -> Option<Observed>;
    /// Over some subnets of one VPC.
    Mutates elasticache.CreateCacheSubnetGroup { name: String, desired: RedisSubnetGroup, tags: Tags } -> Observed;
    /// Other subnets.
    Mutates elasticache.ModifyCacheSubnetGroup { name: String, desired: RedisSubnetGroup } -> ();
    /// By name.
    Mutates elasticache.DeleteCacheSubnetGroup { name: String } -> ();

    /// By name, with tags and parameters not filled in.
    Reads rds.DescribeDbParameterGroup { name: String } -> Option<Observed>;
    /// Of a parameter group, those that somebody has set.
    Reads rds.DescribeDbParameters { name: String } -> BTreeMap<String, String>;
    /// Of all parameters that a group has, those that the engine reads only at its start.
    Reads rds.DescribeStaticParameters { name: String } -> BTreeSet<String>;
    /// With the family's parameters.
    Mutates rds.CreateDbParameterGroup { name: String, desired: DbParameterGroup, tags: Tags } -> Observed;
    /// Up to twenty parameters; `at_reboot` are those that come in force only then.
    Mutates rds.ModifyDbParameterGroup { name: String, parameters: BTreeMap<String, String>, at_reboot: BTreeSet<String> } -> ();
    /// Up to twenty parameters, back to the family's.
    Mutates rds.ResetDbParameterGroup { name: String, parameters: BTreeSet<String>, at_reboot: BTreeSet<String> } -> ();
    /// By name.
    Mutates rds.DeleteDbParameterGroup { name: String } -> ();
    /// By name, with nothing but its tags filled in; none: there is no such bucket. Denied where it is another account's.
    Reads s3.GetBucketTagging { name: String, owner: String } -> Option<Observed>;
    /// Names of our own buckets that begin so.
    Reads s3.ListBuckets { prefix: String } -> Vec<String>;
    /// Whether all four of its settings are on.
    Reads s3.GetPublicAccessBlock { name: String, owner: String } -> bool;
    /// The key; none: S3's own.
    Reads s3.GetBucketEncryption { name: String, owner: String } -> Option<String>;
    /// Whether they are on.
    Reads s3.GetBucketVersioning { name: String, owner: String } -> bool;
    /// Its policy document.
    Reads s3.GetBucketPolicy { name: String, owner: String } -> Option<Value>;
    /// What our rule says; none: there is none of ours.
    Reads s3.GetBucketLifecycle { name: String, owner: String } -> Option<Lifecycle>;
    /// Days for which new objects are locked.
    Reads s3.GetObjectLock { name: String, owner: String } -> Option<u32>;
    /// The first thousand, marks of deletion among them.
    Reads s3.ListObjectVersions { name: String, owner: String } -> Vec<ObjectVersion>;
    /// The first thousand.
    Reads s3.ListMultipartUploads { name: String, owner: String } -> Vec<Upload>;
    /// Without access lists; `lock`: its objects can be locked. In us-east-1 a repeat for a bucket of one's own succeeds.
    Mutates s3.CreateBucket { name: String, owner: String, lock: bool, tags: Tags } -> Observed;
    /// All four settings on.
    Mutates s3.PutPublicAccessBlock { name: String, owner: String } -> ();
    /// With this key and a bucket key, or with S3's own.
    Mutates s3.PutBucketEncryption { name: String, owner: String, key: Option<String> } -> ();
    /// On, or suspended.
    Mutates s3.PutBucketVersioning { name: String, owner: String, on: bool } -> ();
    /// Instead of the one before.
    Mutates s3.PutBucketPolicy { name: String, owner: String, policy: Value } -> ();
    /// Success also where there is none.
    Mutates s3.DeleteBucketPolicy { name: String, owner: String } -> ();
    /// Instead of all rules before.
    Mutates s3.PutBucketLifecycle { name: String, owner: String, lifecycle: Lifecycle } -> ();
    /// All rules.
    Mutates s3.DeleteBucketLifecycle { name: String, owner: String } -> ();
    /// New objects are locked for so many days, for everybody.
    Mutates s3.PutObjectLock { name: String, owner: String, days: u32 } -> ();
    /// Instead of all tags before.
    Mutates s3.PutBucketTagging { name: String, owner: String, tags: Tags } -> ();
    /// At most a thousand, for good.
    Mutates s3.DeleteObjects { name: String, owner: String, versions: Vec<ObjectVersion> } -> ();
    /// With the parts that came.
    Mutates s3.AbortMultipartUpload { name: String, owner: String, upload: Upload } -> ();
    /// It must be empty.
    Mutates s3.DeleteBucket { name: String, owner: String } -> ();

    /// By name, with tags not filled in.
    Reads cloudwatch.DescribeAlarm { name: String } -> Option<Observed>;
    /// By name, with tags not filled in.
    Reads cloudwatch.GetDashboard { name: String } -> Option<Observed>;
    /// Of an alarm or a dashboard, by ARN.
    Reads cloudwatch.ListWatchTags { arn: String } -> Tags;
    /// Makes it, or replaces all of it but its tags.
    Mutates cloudwatch.PutMetricAlarm { name: String, desired: Alarm, tags: Tags } -> ();
    /// By name.
    Mutates cloudwatch.DeleteAlarm { name: String } -> ();
    /// Makes it, or replaces all of it but its tags.
    Mutates cloudwatch.PutDashboard { name: String, desired: Dashboard, tags: Tags } -> ();
    /// By name.
    Mutates cloudwatch.DeleteDashboard { name: String } -> ();
    /// Adds or replaces tags of an alarm or a dashboard.
    Mutates cloudwatch.TagWatch { arn: String, tags: Tags } -> ();

    /// By name, with tags and recovery points not filled in. Denied where there is no such vault.
    Reads backup.DescribeVault { name: String } -> Option<Observed>;
    /// The names of all vaults.
    Reads backup.ListVaults { } -> Vec<String>;
    /// The first thousand of a vault.
    Reads backup.ListRecoveryPoints { vault: String } -> Vec<RecoveryPoint>;
    /// Of anything of AWS Backup, by ARN.
    Reads backup.ListBackupTags { arn: String } -> Tags;
    /// The id of the plan that was made with the token, or else of one of that name.
    Reads backup.ListBackupPlans { name: String, token: String } -> Option<String>;
    /// By id, with its selection and tags not filled in.
    Reads backup.GetBackupPlan { id: String } -> Option<Observed>;
    /// The ids of a plan's selections.
    Reads backup.ListBackupSelections { plan: String } -> Vec<String>;
    /// The role, and the tags of what it selects.
    Reads backup.GetBackupSelection { plan: String, id: String } -> (String, Tags);
    /// The reply is the ARN.
    Mutates backup.CreateVault { name: String, key: Option<String>, token: String, tags: Tags } -> String;
    /// Over after minutes.
    Mutates backup.DeleteRecoveryPoint { vault: String, arn: String } -> ();
    /// It must be empty.
    Mutates backup.DeleteVault { name: String } -> ();
    /// Without a selection.
    Mutates backup.CreateBackupPlan { name: String, desired: BackupPlan, token: String, tags: Tags } -> Observed;
    /// All of it but its selection.
    Mutates backup.UpdateBackupPlan { id: String, name: String, desired: BackupPlan } -> ();
    /// Its role and what it selects. The reply is the id.
    Mutates backup.CreateBackupSelection { plan: String, role: String, selection: Tags } -> String;
    /// By id.
    Mutates backup.DeleteBackupSelection { plan: String, id: String } -> ();
    /// It must have no selection left.
    Mutates backup.DeleteBackupPlan { id: String } -> ();
    /// Adds or replaces tags of anything of AWS Backup.
    Mutates backup.TagBackup { arn: String, tags: Tags } -> ();
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
    /// The parameter group's name.
    pub parameter_group: Option<String>,
    /// GiB that the storage may grow to; as much as there is: it does not grow.
    pub max_storage_gib: Option<u32>,
    /// Seconds between two figures of Enhanced Monitoring; 0: off.
    pub monitoring_seconds: Option<u32>,
    /// The role that sends them.
    pub monitoring_role: Option<String>,
    /// Whether Performance Insights are on.
    pub performance_insights: Option<bool>,
    /// The key that Performance Insights are encrypted with.
    pub performance_insights_key: Option<String>,
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

/// A task as ECS shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskView {
    /// Its ARN.
    pub arn: String,
    /// Its revision's ARN.
    pub revision: String,
    /// Such as `RUNNING`.
    pub status: String,
    /// Of its container, once it has ended.
    pub exit_code: Option<i32>,
    /// Why it stopped, in ECS's words.
    pub reason: String,
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

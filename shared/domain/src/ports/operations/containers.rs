//! Clusters, services, tasks, images and scaling. The table of [`super`] goes on with these rows.

macro_rules! containers {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        /// By name, with the PRIMARY deployment's revision by ARN only.
        Reads ecs.DescribeService { cluster: String, name: String } -> Option<ServiceView>;
        /// Ten at most, of one cluster, as [`DescribeService`] shows each; those that are not there are left out. By name.
        Reads ecs.DescribeServices { cluster: String, names: Vec<String> } -> Vec<(String, ServiceView)>;
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
        /// How many tasks it is to have.
        Mutates ecs.SetDesiredCount { cluster: String, name: String, count: u32 } -> ();
        /// All its tasks are started anew, of the revision that it has.
        Mutates ecs.ForceDeployment { cluster: String, name: String } -> ();
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
        /// By name; one that is deleted is not shown.
        Reads ecs.DescribeCluster { name: String } -> Option<Observed>;
        /// For Fargate and Fargate Spot.
        Mutates ecs.CreateCluster { name: String, desired: Cluster, tags: Tags } -> Observed;
        /// Its Container Insights.
        Mutates ecs.UpdateCluster { name: String, desired: Cluster } -> Observed;
        /// By name.
        Mutates ecs.DeleteCluster { name: String } -> ();

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

        /// Of a service's count, with tags and policies not filled in.
        Reads autoscaling.DescribeScalableTarget { cluster: String, service: String } -> Option<Observed>;
        /// Of a service's count, with whether it may be moved.
        Reads autoscaling.DescribeBounds { cluster: String, service: String } -> Option<BoundsView>;
        /// By ARN.
        Reads autoscaling.ListTargetTags { arn: String } -> Tags;
        /// By name, those of the sort that we make.
        Reads autoscaling.DescribeScalingPolicies { cluster: String, service: String } -> BTreeMap<String, ScalingPolicy>;
        /// Without its policies. With tags: a new one. Without: other bounds, and the rest stays. The reply is the ARN.
        Mutates autoscaling.RegisterScalableTarget { desired: ScalableTarget, tags: Tags } -> String;
        /// Whether the count of a service stays where it is: all three sorts of activity are suspended, or go on.
        Mutates autoscaling.SuspendScaling { cluster: String, service: String, suspended: bool } -> ();
        /// New, or in place of the one of that name.
        Mutates autoscaling.PutScalingPolicy { cluster: String, service: String, name: String, policy: ScalingPolicy } -> ();
        /// By name.
        Mutates autoscaling.DeleteScalingPolicy { cluster: String, service: String, name: String } -> ();
        /// With its policies.
        Mutates autoscaling.DeregisterScalableTarget { cluster: String, service: String } -> ();
        /// Adds or replaces tags.
        Mutates autoscaling.TagScalableTarget { arn: String, tags: Tags } -> ();
    } };
}

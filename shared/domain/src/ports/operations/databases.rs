//! Databases and caches. The table of [`super`] goes on with these rows.

macro_rules! databases {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        /// By identifier.
        Reads rds.DescribeDatabase { name: String } -> Option<Observed>;
        /// Those of these names, a hundred at most, as [`DescribeDatabase`] shows each; those that are not there are left out. By name.
        Reads rds.DescribeDatabases { names: Vec<String> } -> Vec<(String, Observed)>;
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

        /// By id, with the tags that its description says, and what only its nodes show not filled in.
        Reads elasticache.DescribeReplicationGroup { name: String } -> Option<Observed>;
        /// All, a page at a time, as [`DescribeReplicationGroup`] shows each, by id; and where to go on.
        Reads elasticache.DescribeReplicationGroups { after: Option<String> } -> (Vec<(String, Observed)>, Option<String>);
        /// The nodes of all, a page at a time, by id; and where to go on.
        Reads elasticache.DescribeCacheNodes { after: Option<String> } -> (Vec<(String, CacheNode)>, Option<String>);
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
    } };
}

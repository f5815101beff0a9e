//! File systems, buckets and backups. The table of [`super`] goes on with these rows.

macro_rules! storage {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
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
        /// By its token, on one file system.
        Reads elasticfilesystem.DescribeAccessPoint { file_system: String, token: String } -> Option<Observed>;
        /// Its directory is made at the first mount.
        Mutates elasticfilesystem.CreateAccessPoint { token: String, name: String, desired: AccessPoint, tags: Tags } -> Observed;
        /// By id.
        Mutates elasticfilesystem.DeleteAccessPoint { id: String } -> ();

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
    } };
}

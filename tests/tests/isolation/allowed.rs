//! What calls that are made for one owner may name of another.

/// What a tenant's calls may name of the base, and why.
pub(crate) const SHARED: [(&str, &[&str]); 9] = [
    ("its groups, load balancer, databases and tasks are in the base's network", &["vpc", "public-a", "public-b", "public-c"]),
    ("so are its data", &["private-a", "private-b", "private-c", "database-subnets", "cache-subnets"]),
    ("what samples the queues of all tenants may connect to its broker", &["sampler"]),
    ("its services run in the base's cluster, from the base's images", &["cluster", "django-images", "celery-images", "beat-images"]),
    ("its data and logs are encrypted with the base's key", &["key"]),
    ("it reads the models that all tenants read, by an access point of its own", &["models"]),
    ("its address is in the base's zone, and has the base's certificate and firewall", &["zone", "certificate", "firewall"]),
    ("its load balancer writes its logs into the base's bucket, under a prefix of its own", &["access-logs"]),
    ("its alarms go to the base's topic, its database's figures by the base's role", &["alarms", "monitoring"]),
];

/// What is done to a thing of the base for a tenant, and why: all else may refer to what is shared, and changes none of it.
pub(crate) const DONE_TO_THE_BASE: [(&str, &str); 1] =
    [("elasticfilesystem.CreateMountTarget", "a mount target is told by its file system and by the subnet that it is made in")];

/// Patterns in the base's policies that fit things of its tenants, and why.
pub(crate) const PATTERNS: [(&str, &str); 6] = [
    ("arn:aws:ecs:us-east-1:123456789012:service/mate-dev/mate-*", "the pipeline deploys every tenant's services"),
    ("arn:aws:ecs:us-east-1:123456789012:task-definition/mate-*-dev-migrate:*", "and migrates every tenant's database"),
    ("arn:aws:iam::123456789012:role/caretaker/mate-*-dev-*", "and hands their roles to their tasks"),
    ("arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/*", "backups of all that carries the environment's tags"),
    ("arn:aws:secretsmanager:us-east-1:123456789012:secret:mate-*-dev/redis-auth-*", "the sampler looks at every tenant's broker"),
    ("arn:aws:logs:us-east-1:123456789012:log-group:*", "all log groups are encrypted with the base's key"),
];

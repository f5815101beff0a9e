//! What stands on AWS, as text without times and ids: two runs that came to the same end compare equal.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::kind::service::{Rollout, ServiceLife};
use domain::kind::task::ENDED_TAG;
use domain::resource::{INCARNATION_TAG, OWNER_TAG, Tags};
use jiff::Timestamp;

use super::aws::Aws;

/// All that exists, a line each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Census {
    /// Sorted. Each begins with its kind and its name, and names its owner.
    pub lines: Vec<String>,
}

impl fmt::Display for Census {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl Census {
    /// The lines that contain `text`, such as an owner's tag.
    pub fn of(&self, text: &str) -> Self {
        Self { lines: self.lines.iter().filter(|line| line.contains(text)).cloned().collect() }
    }

    /// Lines of this census that `other` has not, counted: what is doubled is one too many.
    pub fn beyond(&self, other: &Self) -> Vec<String> {
        let mut rest = other.lines.clone();
        let mut beyond = Vec::new();
        for line in &self.lines {
            match rest.iter().position(|known| known == line) {
                Some(index) => {
                    rest.swap_remove(index);
                }
                None => beyond.push(line.clone()),
            }
        }
        beyond
    }
}

/// `pools` are the lines of what our own ledger holds as resources.
pub(super) fn take(aws: &Aws, pools: Vec<String>, now: Timestamp) -> Census {
    let names = Names::of(aws, now);
    let named = [aws.naming.lines(), aws.users.lines(), caches(aws)].concat();
    let mut lines: Vec<_> = [secrets(aws, now), file_systems(aws), databases(aws), services(aws), network(aws), named, pools].concat();
    lines.iter_mut().for_each(|line| *line = in_order(&names.put_into(line)));
    lines.sort();
    Census { lines }
}

/// A set of ids is ordered by the ids; here by the names that stand for them.
fn in_order(line: &str) -> String {
    let lists = sorted(line, ("[", "\"<"), ",", ("\"", "]"));
    let sets = sorted(&lists, ("{", "\"<"), ", ", ("\"", "}"));
    sorted(&sets, ("[{", "\"port\""), "},{", ("", "}]"))
}

/// What stands between `open` and `close`, its parts sorted. The first part of what is meant begins with `first`, the last one ends with `last`.
fn sorted(line: &str, (open, first): (&str, &str), between: &str, (last, close): (&str, &str)) -> String {
    let (begin, end) = (format!("{open}{first}"), format!("{last}{close}"));
    let (mut ordered, mut rest) = (String::new(), line);
    while let Some(start) = rest.find(&begin).map(|at| at + open.len()) {
        let Some(length) = rest[start..].find(&end).map(|at| at + last.len()) else { break };
        let mut names: Vec<_> = rest[start..start + length].split(between).collect();
        names.sort_unstable();
        ordered = ordered + &rest[..start] + &names.join(between);
        rest = &rest[start + length..];
    }
    ordered + rest
}

fn tags(tags: &Tags) -> String {
    // When a one-off task has ended is a moment as any other.
    let shown = |key: &str, value: &str| if key == ENDED_TAG { format!("{key}=<moment>") } else { format!("{key}={value}") };
    let pairs: Vec<_> = tags.iter().map(|(key, value)| shown(key, value)).collect();
    format!("[{}]", pairs.join(" "))
}

fn secrets(aws: &Aws, now: Timestamp) -> Vec<String> {
    let state = |deleted| if deleted { "in recovery" } else { "stands" };
    aws.secrets.all(now).map(|(name, secret)| format!("secret {name} {} {}", state(secret.is_in_recovery()), tags(&secret.tags))).collect()
}

fn file_systems(aws: &Aws) -> Vec<String> {
    let line = |(id, system): (&String, &super::file_systems::FileSystem)| {
        let targets: BTreeSet<_> = system.mount_targets.iter().map(|target| format!("{} {:?}", target.subnet, target.life)).collect();
        format!("file-system {id} {:?} {targets:?} {}", system.life, tags(&system.tags))
    };
    aws.file_systems.0.iter().map(line).collect()
}

fn databases(aws: &Aws) -> Vec<String> {
    let instances = aws.databases.instances.iter().map(|(name, instance)| {
        let seen = &instance.seen;
        format!(
            "database {name} {} {} {} GiB multi-az {} protected {} backups {} d owed {:?} {}",
            seen.status,
            seen.class,
            seen.storage_gib,
            seen.multi_az,
            seen.deletion_protection,
            seen.backup_days,
            seen.pending,
            tags(&instance.tags)
        )
    });
    let snapshots = aws.databases.snapshots.iter().map(|(name, kept)| {
        format!("snapshot {name} available {} {} GiB {}", kept.snapshot.available, kept.snapshot.storage_gib, tags(&kept.tags))
    });
    instances.chain(snapshots).collect()
}

fn services(aws: &Aws) -> Vec<String> {
    let standing = aws.services.0.iter().filter(|(_, service)| service.life != ServiceLife::Inactive);
    let services = standing.map(|(name, service)| {
        let primary = service.primary().and_then(|primary| aws.definitions.find(&primary.revision));
        let content = primary.map(|revision| format!("{:?}", revision.content)).unwrap_or_default();
        let rollout = service.primary().map_or(Rollout::Completed, |primary| primary.rollout);
        format!("service {name} {:?} wants {} {rollout:?} {content} {}", service.life, service.desired_count, tags(&service.tags))
    });
    let active = aws.definitions.0.values().flatten().filter(|revision| revision.active);
    let revisions =
        active.map(|revision| format!("revision of {} {:?} {}", revision.content.family, revision.content, tags(&revision.tags)));
    services.chain(revisions).collect()
}

fn network(aws: &Aws) -> Vec<String> {
    let network = &aws.network;
    [
        network.vpcs.lines("vpc"),
        network.subnets.lines("subnet"),
        network.internet_gateways.lines("internet-gateway"),
        network.addresses.lines("elastic-ip"),
        network.nat_gateways.lines("nat-gateway"),
        network.route_tables.lines("route-table"),
        network.flow_logs.lines("flow-log"),
        network.groups.lines("security-group"),
        aws.grounds.lines(),
        aws.tasks.lines(),
        aws.keys.lines(),
        aws.topics.0.lines("topic"),
        aws.access_points.0.lines("access-point"),
        aws.scaling.0.lines("scalable-target"),
        aws.balancing.lines(),
        aws.firewall.lines(),
        aws.storage.lines(),
        aws.watching.lines(),
        aws.backups.lines(),
        aws.functions.lines(),
        aws.rules.lines(),
    ]
    .concat()
}

fn caches(aws: &Aws) -> Vec<String> {
    let groups = aws.caches.groups.iter().map(|(name, group)| {
        let seen = &group.seen;
        let settings = format!("{:?} {} snapshots {} d", seen.node, seen.multi_az, seen.snapshot_days);
        format!("cache {name} {} of {} {settings} {} {}", seen.status, seen.members.len(), seen.description, tags(&group.tags))
    });
    let snapshots = aws.caches.snapshots.iter().map(|(name, kept)| format!("cache-snapshot {name} available {}", kept.snapshot.available));
    let settings = aws.caches.settings.lines().into_iter().chain(aws.parameter_groups.0.lines("db-parameter-group"));
    groups.chain(snapshots).chain(settings).collect()
}

fn network_names(aws: &Aws) -> Vec<(String, String)> {
    let network = &aws.network;
    [
        network.vpcs.names("vpc"),
        network.subnets.names("subnet"),
        network.internet_gateways.names("internet-gateway"),
        network.addresses.names("elastic-ip"),
        network.nat_gateways.names("nat-gateway"),
        network.groups.names("security-group"),
        aws.balancing.names(),
        aws.firewall.names(),
    ]
    .concat()
}

/// Ids and lives, each with the name that stands for it.
struct Names(BTreeMap<String, String>);

impl Names {
    fn of(aws: &Aws, now: Timestamp) -> Self {
        let mut names = BTreeMap::new();
        for (id, system) in &aws.file_systems.0 {
            names.insert(id.clone(), system.tags.get("Name").cloned().unwrap_or_default());
        }
        for (name, secret) in aws.secrets.all(now) {
            names.insert(secret.arn.clone(), format!("<{name}>"));
        }
        names.extend(network_names(aws));
        names.extend(aws.keys.names());
        names.extend(aws.access_points.0.names("access-point"));
        names.extend(aws.users.names());
        names.extend(aws.naming.names());
        names.extend(lives(aws, now));
        Self(names)
    }

    fn put_into(&self, line: &str) -> String {
        // Longest first: an ARN contains a life.
        let mut ids: Vec<_> = self.0.iter().collect();
        ids.sort_by_key(|(id, _)| std::cmp::Reverse(id.len()));
        // Twice: a name may contain a life.
        let once = ids.iter().fold(line.to_owned(), |line, (id, name)| line.replace(id.as_str(), name));
        ids.iter().fold(once, |line, (id, name)| line.replace(id.as_str(), name))
    }
}

/// The lives of each owner, numbered in their order: they begin with the time of their birth.
pub(super) fn lives(aws: &Aws, now: Timestamp) -> BTreeMap<String, String> {
    let all = aws.secrets.all(now).map(|(_, secret)| &secret.tags);
    let all = all.chain(aws.file_systems.0.values().map(|system| &system.tags));
    let all = all.chain(aws.databases.instances.values().map(|instance| &instance.tags));
    let all = all.chain(aws.databases.snapshots.values().map(|kept| &kept.tags));
    let all = all.chain(aws.services.0.values().map(|service| &service.tags));
    let all = all.chain(aws.definitions.0.values().flatten().map(|revision| &revision.tags));
    let all = all.chain(aws.network.tags()).chain(aws.grounds.tags());
    let all = all.chain(aws.keys.tags()).chain(aws.topics.0.all().map(|topic| &topic.tags));
    let all = all.chain(aws.access_points.0.all().map(|point| &point.tags));
    let all = all.chain(aws.scaling.0.all().map(|target| &target.tags));
    let all = all.chain(aws.balancing.tags()).chain(aws.firewall.tags());
    let all = all.chain(aws.naming.tags()).chain(aws.users.tags());
    let all = all.chain(aws.caches.groups.values().map(|group| &group.tags)).chain(aws.caches.settings.tags());
    let all = all.chain(aws.parameter_groups.0.all().map(|one| &one.tags));
    let all = all.chain(aws.storage.tags()).chain(aws.watching.tags()).chain(aws.backups.tags());
    let all = all.chain(aws.functions.tags()).chain(aws.rules.tags());
    let mut owners: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for tags in all {
        if let (Some(owner), Some(life)) = (tags.get(OWNER_TAG), tags.get(INCARNATION_TAG)) {
            owners.entry(owner).or_default().insert(life);
        }
    }
    let numbered = owners
        .into_values()
        .flat_map(|lives| lives.into_iter().enumerate().map(|(index, life)| (life.to_owned(), format!("<life {}>", index + 1))));
    numbered.collect()
}

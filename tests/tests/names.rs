//! Names: legal for their kind, pairwise different, and none another owner's prefix followed by a separator.

use std::collections::{BTreeMap, BTreeSet};

use domain::blueprint::Blueprint;
use domain::kind::output_names;
use domain::order::Specification;
use domain::resolve::{Ground, Life, Site, admit, resolve};
use domain::resource::Resource;
use domain::tenant::{ENVIRONMENTS, Incarnation, Owner, TenantId};
use proptest::prelude::*;
use scenarios::driver::stack;
use scenarios::simulator::Environment;

/// What separates parts of a name on AWS, and so what a policy's `name-*` or a person's eye would take for one.
const SEPARATORS: [char; 4] = ['-', '_', '/', '.'];

/// Ids that look like parts of names, and the longest.
const TRICKY: [&str; 16] = [
    "acme",
    "acme-data",
    "acme-django",
    "acme-1",
    "acme-11",
    "data",
    "django-secret",
    "db-credentials",
    "mate",
    "mate-acme",
    "development",
    "prods",
    "a1b",
    "abcdefghijklmnopqrst",
    "a-b-c-d-e-f-g-h-i-j1",
    "abcdefghijklmnopqrs1",
];

/// All that a base of the blueprint gives, each value its own name.
fn given(blueprint: &Blueprint) -> BTreeMap<String, String> {
    let outputs = blueprint.base.resources.iter().flat_map(|template| {
        let names = output_names(&template.kind).iter().copied().chain(["arn", "name"]);
        names.map(|name| (format!("{}.{name}", template.id), format!("{}-{name}", template.id))).collect::<Vec<_>>()
    });
    outputs.collect()
}

/// The resources of `tenant` wherever it may stand: each blueprint, tier and environment.
fn resources(blueprint: &Blueprint, tenant: &TenantId, life: u128) -> Vec<Resource> {
    let tiers: Vec<Option<&String>> = if blueprint.tiers.is_empty() { vec![None] } else { blueprint.tiers.keys().map(Some).collect() };
    let mut all = Vec::new();
    for tier in tiers {
        let specification = Specification {
            blueprint: blueprint.name.clone(),
            tier: tier.cloned(),
            image: None,
            apply: None,
            options: BTreeSet::new(),
            observe_only: false,
        };
        for environment in ENVIRONMENTS {
            let owner = Owner::tenant(environment.parse().expect("it is one"), tenant.clone());
            if admit(blueprint, &specification, &owner).is_err() {
                continue;
            }
            let life = Life { owner: &owner, incarnation: Incarnation::mint(1_795_226_400_000, life) };
            let site = Site { account: "123456789012".into(), region: "us-east-1".into(), stack: stack(&Environment::dev()) };
            let base = given(blueprint);
            let graph = resolve(blueprint, &specification, Ground { site: &site, base: &base }, life, &BTreeMap::new());
            all.extend(graph.unwrap_or_else(|error| panic!("{tenant} in {environment}: {error}")).resources().to_vec());
        }
    }
    all
}

/// AWS's own rules, said anew: the product's may be wrong.
fn is_legal(kind: &str, name: &str) -> bool {
    let word = |also: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c));
    match kind {
        // CreateSecret, Name
        "secret" => (1..=512).contains(&name.len()) && word("/_+=.@-"),
        // CreateDBInstance, DBInstanceIdentifier; the final snapshot adds `-` and a ULID of 26 characters to it
        "rds-instance" => {
            (1..=63).contains(&name.len())
                && word("-")
                && name.starts_with(|c: char| c.is_ascii_alphabetic())
                && !name.contains("--")
                && !name.ends_with('-')
        }
        // CreateService, serviceName; RegisterTaskDefinition, family
        "ecs-service" | "ecs-task" => (1..=255).contains(&name.len()) && word("-_"),
        // TagResource, a tag's value
        "efs-file-system" | "efs-access-point" | "listener" => (1..=256).contains(&name.len()) && word("+-=._:/@ "),
        // CreateSecurityGroup, GroupName: not sg-…
        "security-group" => (1..=255).contains(&name.len()) && word("-._/@:") && !name.starts_with("sg-"),
        // CreateDBParameterGroup; CreateCacheParameterGroup: a letter first, no two hyphens, none at the end
        "db-parameter-group" | "redis-parameter-group" => {
            (1..=255).contains(&name.len())
                && word("-")
                && name.starts_with(|c: char| c.is_ascii_alphabetic())
                && !name.contains("--")
                && !name.ends_with('-')
        }
        // CreateReplicationGroup, ReplicationGroupId
        "redis-replication-group" => {
            (1..=40).contains(&name.len())
                && word("-")
                && name.starts_with(|c: char| c.is_ascii_alphabetic())
                && !name.contains("--")
                && !name.ends_with('-')
        }
        // CreateBucket: "Bucket naming rules"
        "s3-bucket" => {
            let edges = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
            (3..=63).contains(&name.len()) && name == name.to_lowercase() && word("-") && name.starts_with(edges) && name.ends_with(edges)
        }
        // CreateLogGroup, logGroupName
        "log-group" => (1..=512).contains(&name.len()) && word("-_/.#"),
        // CreateRole, RoleName
        "iam-role" => (1..=64).contains(&name.len()) && word("-_+=,.@"),
        // CreateLoadBalancer and CreateTargetGroup, Name
        "load-balancer" | "target-group" => {
            (1..=32).contains(&name.len())
                && word("-")
                && !name.starts_with(['-'])
                && !name.ends_with('-')
                && !name.starts_with("internal-")
        }
        // A host's name: 253, labels of 63; `_caretaker.` stands before it as well
        "dns-record" => name.len() <= 242 && name.split('.').all(|label| (1..=63).contains(&label.len())) && word("-."),
        // PutScalingPolicy, PolicyName, of which it is the beginning
        "scalable-target" => (1..=192).contains(&name.len()) && word("-_"),
        // PutMetricAlarm, AlarmName; PutDashboard, DashboardName
        "cloudwatch-alarm" => (1..=255).contains(&name.len()) && name.is_ascii(),
        "cloudwatch-dashboard" => (1..=255).contains(&name.len()) && word("-_"),
        // A part of a sort key of DynamoDB, 1,024 bytes
        "worker-pool" => (1..=255).contains(&name.len()) && word("-_"),
        other => panic!("the rule of kind {other} is not said here"),
    }
}

fn check(tenants: &[TenantId]) {
    // By kind, since names of two kinds live in two spaces: who has which name.
    let mut names: BTreeMap<&'static str, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for blueprint in runtime::blueprints::load().expect("the shipped blueprints are good") {
        for (tenant, life) in tenants.iter().zip(1..) {
            for resource in resources(&blueprint, tenant, life) {
                let kind = resource.desired.kind();
                assert!(is_legal(kind, &resource.name), "{kind} {:?}", resource.name);
                let whose = format!("{} {} {}", blueprint.name, resource.owner, resource.id);
                names.entry(kind).or_default().entry(resource.name).or_default().insert(whose);
            }
        }
    }
    let blueprints = runtime::blueprints::load().expect("the shipped blueprints are good");
    let kinds: BTreeSet<_> = blueprints.iter().flat_map(|blueprint| &blueprint.tenant.resources).map(|one| one.kind.as_str()).collect();
    assert_eq!(names.keys().copied().collect::<BTreeSet<_>>(), kinds, "all kinds are met");
    for (kind, names) in &names {
        for (name, whose) in names {
            assert_eq!(whose.len(), 1, "{kind} {name} is the name of {whose:?}");
        }
        apart(kind, names);
    }
}

/// Sorted, what begins with a name follows it, but for what sorts before a separator.
fn apart(kind: &str, names: &BTreeMap<String, BTreeSet<String>>) {
    let owner = |whose: &BTreeSet<String>| whose.iter().next().and_then(|text| text.rsplit_once(' ')).map(|(owner, _)| owner.to_owned());
    for (name, whose) in names {
        let begins = names.range(name.clone()..).skip(1).take_while(|(other, _)| other.starts_with(name.as_str()));
        for (other, others) in begins {
            let separated = other[name.len()..].starts_with(SEPARATORS);
            assert!(
                !separated || owner(whose) == owner(others),
                "{kind}: {other:?} of {others:?} looks like a part of {name:?} of {whose:?}"
            );
        }
    }
}

fn segment() -> impl Strategy<Value = String> {
    // Short alphabets meet each other often.
    prop_oneof!["[a-c][a-c1]{0,3}", "[a-z][a-z0-9]{0,8}", Just("data".to_owned()), Just("django".to_owned()), Just("secret".to_owned())]
}

fn tenant() -> impl Strategy<Value = TenantId> {
    let id = prop::collection::vec(segment(), 1..4).prop_map(|segments| segments.join("-"));
    prop_oneof![id, "[a-z][a-z0-9]{19}"].prop_filter_map("outside the rule", |id| id.parse().ok())
}

// Invariant: over all kinds, blueprints, environments and the longest ids, names are legal and apart.

#[test]
fn ids_that_look_like_parts_of_names_give_names_that_are_apart() {
    check(&TRICKY.map(|id| id.parse().unwrap_or_else(|error| panic!("{error}"))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_tenants_have_legal_names_that_are_apart(tenants in prop::collection::btree_set(tenant(), 2..12)) {
        check(&tenants.into_iter().collect::<Vec<_>>());
    }
}

// Invariant: a name is of one life where the blueprint does not fix it.

#[test]
fn no_secret_of_one_life_has_the_name_of_anothers() {
    let tenant: TenantId = "acme".parse().expect("it is one");
    let (mut names, mut tokens) = (BTreeSet::new(), BTreeSet::new());
    for blueprint in runtime::blueprints::load().expect("the shipped blueprints are good") {
        for life in 1..=3 {
            // One environment: a life is of one owner, and lives are what is told apart here.
            let secrets: BTreeSet<_> = resources(&blueprint, &tenant, life)
                .into_iter()
                .filter(|resource| resource.desired.kind() == "secret" && resource.owner.environment().as_str() == "dev")
                .map(|secret| (secret.name, secret.token))
                .collect();
            for (name, token) in secrets {
                assert!(names.insert(name.clone()) && tokens.insert(token), "{name} is of two lives");
            }
        }
    }
    assert!(names.len() >= 6);
}

/// The question must be able to fail.
#[test]
#[should_panic(expected = "looks like a part of")]
fn two_owners_of_which_one_begins_with_the_other_are_told() {
    let of = |owner: &str| BTreeSet::from([format!("mate tenant#dev#{owner} database")]);
    apart("rds-instance", &BTreeMap::from([("mate-a".to_owned(), of("a")), ("mate-a-b".to_owned(), of("a-b"))]));
}

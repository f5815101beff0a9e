//! Sizes, ports, names and costs are those of the documents.

use super::*;

// Invariant: sizes, ports, names and costs are those of the documents.

#[test]
fn sizes_are_those_of_the_tiers() {
    let facts = facts();
    for (tier, sizes) in facts["tiers"].as_table().expect("tiers") {
        let scenario = ready(tier);
        let Reply::DescribeDatabase(Some(database)) = look(&scenario, DescribeDatabase { name: "mate-demo-dev".into() }) else {
            panic!("a database")
        };
        let Detail::RdsInstance(seen) = &database.detail else { panic!("{database:?}") };
        assert_eq!(seen.class, sizes["rds"].as_str().expect("a class"));
        let Reply::DescribeCacheNode(Some(node)) = look(&scenario, DescribeCacheNode { name: "mate-demo-dev-001".into() }) else {
            panic!("a node")
        };
        assert_eq!(node.node_type, sizes["redis"].as_str().expect("a node type"));
        for service in ["django", "celery", "beat"] {
            let content = definition(&scenario, service);
            let expected = |key: &str| sizes[service][key].as_integer().and_then(|n| u32::try_from(n).ok());
            assert_eq!((Some(content.cpu), Some(content.memory_mib)), (expected("cpu"), expected("memory_mb")), "{tier} {service}");
        }
    }
}

#[test]
fn secrets_reach_those_that_read_them_and_nobody_else() {
    let scenario = ready("trial");
    let facts = facts();
    for (service, secrets) in facts["tenant"]["secret_readers"].as_table().expect("readers") {
        let expected: BTreeSet<_> = secrets.as_array().expect("a list").iter().filter_map(toml::Value::as_str).map(str::to_owned).collect();
        let content = definition(&scenario, service);
        // arn:…:secret:mate-demo-dev/NAME-LIFE-XXXXXX:KEY::
        let name = |from: &String| Some(from.split('/').nth(1)?.split(':').next()?.to_owned());
        let read: BTreeSet<String> = content.secrets.values().filter_map(name).collect();
        let covered = expected.iter().all(|one| read.iter().any(|name| name.starts_with(one.as_str())));
        assert!(covered && read.len() == expected.len(), "{service} reads {read:?}, not {expected:?}");
    }
    let mounts = |service: &str| definition(&scenario, service).mounts.len();
    assert_eq!(["django", "celery", "beat"].map(mounts), [2, 2, 0]);
    assert_eq!(definition(&scenario, "django").environment["DJANGO_ALLOWED_HOSTS"], "*");
}

#[test]
fn ports_are_open_to_those_that_the_documents_name() {
    let scenario = ready("trial");
    let groups: BTreeMap<String, (String, Vec<(u16, String)>)> = scenario.simulator.security_groups("mate-demo-dev-");
    let facts = facts();
    let id_of = |name: &str| groups.get(name).map(|(id, _)| id.clone());
    for group in facts["security_groups"].as_array().expect("groups") {
        let name = group["name"].as_str().expect("a name");
        let expected: BTreeSet<(u16, String)> = group["ingress"]
            .as_array()
            .expect("ports")
            .iter()
            .map(|rule| {
                let from = rule["from"].as_str().expect("from");
                let port = rule["port"].as_integer().and_then(|n| u16::try_from(n).ok()).expect("a port");
                (port, if from == "internet" { from.to_owned() } else { id_of(from).expect("it stands") })
            })
            .collect();
        let (_, open) = &groups[name];
        let mut open: BTreeSet<_> = open.iter().cloned().collect();
        if name == "redis" {
            // What samples the queues comes in as well.
            assert_eq!(open.len(), expected.len() + 1);
            open.retain(|rule| expected.contains(rule));
        }
        assert_eq!(open, expected, "{name}");
    }
}

#[test]
fn health_checks_and_services_are_those_of_the_documents() {
    let scenario = ready("trial");
    let facts = facts();
    let health = &facts["health_check"];
    let Reply::DescribeTargetGroup(Some(group)) = look(&scenario, DescribeTargetGroup { name: "mate-demo-dev-web".into() }) else {
        panic!("a group")
    };
    let Detail::TargetGroup(seen) = &group.detail else { panic!("{group:?}") };
    let shown = &seen.properties;
    let codes: Vec<String> = health["accepted_codes"].as_array().expect("codes").iter().map(ToString::to_string).collect();
    assert_eq!(
        (shown.path.as_str(), shown.codes.clone(), i64::from(shown.interval_seconds), i64::from(shown.healthy), i64::from(shown.port)),
        (
            health["path"].as_str().expect("a path"),
            codes.join(","),
            health["interval_s"].as_integer().expect("seconds"),
            health["healthy_threshold"].as_integer().expect("a count"),
            health["container_port"].as_integer().expect("a port"),
        )
    );
    for service in facts["tenant"]["services"].as_array().expect("services").iter().filter_map(toml::Value::as_str) {
        let describe = DescribeService { cluster: "mate-dev".into(), name: format!("mate-demo-dev-{service}") };
        let Reply::DescribeService(Some(view)) = look(&scenario, describe) else { panic!("{service}") };
        let expected = if service == "beat" { (0, 100, false) } else { (100, 200, service == "django") };
        let settings = view.seen.settings;
        assert_eq!((settings.minimum_percent, settings.maximum_percent, settings.rebalancing), expected, "{service}");
        assert_eq!(i64::from(view.seen.desired_count), facts["tenant"]["tasks_per_service"].as_integer().expect("a count"));
    }
}

#[test]
fn costs_are_announced_as_the_documents_have_them() {
    let facts = facts();
    for (tier, costs) in facts["cost_usd_month"].as_table().expect("costs") {
        let scenario = scenario();
        scenario.tell("tenant-created", json!({ "tier": tier, "version": 1, "dryRun": true }));
        scenario.rest();
        let said = scenario.said();
        let planned = said.iter().find(|said| said.kind == "tenant-planned").expect("a plan");
        assert_eq!(
            planned.detail["monthly_usd_after"],
            json!(costs["total"].as_integer().map(|usd| usd as f64)),
            "{tier} {}",
            planned.detail
        );
    }
}

#[test]
fn names_are_those_of_the_documents() {
    let scenario = ready("trial");
    let facts = facts();
    let names = &facts["names"];
    let filled = |pattern: &str| pattern.replace("{tenant}", "demo").replace("{environment}", "dev").replace("{service}", "django");
    let mut expected: Vec<String> =
        ["cluster", "service", "data_bucket", "dns_record"].iter().filter_map(|key| names[*key].as_str()).map(filled).collect();
    for key in ["ecr", "log_groups"] {
        expected.extend(names[key].as_array().expect("a list").iter().filter_map(toml::Value::as_str).map(filled));
    }
    let world = scenario.simulator.census().lines.join("\n");
    for name in expected {
        assert!(world.contains(&name), "{name} is not in\n{world}");
    }
}

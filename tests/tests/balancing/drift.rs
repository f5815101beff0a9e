//! What a person has changed is set back.

use super::*;

// Invariant: what a person has changed is set back.

fn repaired(change: impl FnOnce(&Scenario)) {
    ready("staging").assert_set_back(change, |scenario| sweep(scenario, "staging"));
}

#[test]
fn attributes_that_a_person_has_changed_are_set_back() {
    repaired(|scenario| {
        let (arn, _) = balancer(scenario);
        let attributes = BalancerAttributes { idle_seconds: 10, drops_invalid_headers: false, ..attributes(scenario, &arn) };
        by_hand(scenario, ModifyLoadBalancerAttributes { arn, attributes });
    });
}

#[test]
fn a_web_acl_that_a_person_has_taken_off_or_changed_is_set_back() {
    repaired(|scenario| {
        by_hand(scenario, DisassociateWebAcl { resource: balancer(scenario).0 });
    });
    repaired(|scenario| {
        let name = || "balancing-staging".to_owned();
        let Reply::ListWebAcls(Some(id)) = by_hand(scenario, ListWebAcls { name: name() }) else { panic!("it stands") };
        let Reply::GetWebAcl(Some(found)) = by_hand(scenario, GetWebAcl { name: name(), id: id.clone() }) else { panic!("it stands") };
        let Detail::WafWebAcl(seen) = found.detail else { panic!("no web ACL") };
        let desired = WebAcl { managed_rules: Vec::new(), rate_limit: None };
        by_hand(scenario, UpdateWebAcl { name: name(), id, lock: seen.gives[LOCK].clone(), desired });
    });
}

#[test]
fn a_listener_that_a_person_has_moved_is_found_by_its_tags_and_comes_back() {
    repaired(|scenario| {
        let (arn, http) = listeners(scenario).into_iter().find(|(_, one)| one.port == 80).expect("it stands");
        by_hand(scenario, ModifyListener { arn, desired: Listener { port: 81, action: ListenerAction::Redirect(443), ..http } });
    });
}

#[test]
fn a_listener_of_somebody_else_on_our_port_is_a_conflict() {
    let scenario = ready("staging");
    let (arn, http) = listeners(&scenario).into_iter().find(|(_, one)| one.port == 80).expect("it stands");
    by_hand(&scenario, domain::ports::DeleteListener { arn });
    by_hand(&scenario, CreateListener { name: "theirs".into(), desired: http, tags: BTreeMap::new() });
    sweep(&scenario, "staging");
    assert_eq!(listeners(&scenario).len(), 2, "it is left alone");
    let said = scenario.said().pop().expect("it was said");
    assert_eq!(said.kind, "environment-failed", "{}", said.detail);
    assert!(said.detail.to_string().contains("name conflict"), "{}", said.detail);
}

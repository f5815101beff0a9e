//! Overrides: what remediation lays over a blueprint is carried out like any wish, and ends when it is cleared.

use domain::kind::service::{Pin, TaskDefinition};
use domain::ledger::{Condition, Write};
use domain::ports::{DescribeService, DescribeTaskDefinition, Operation, RegisterTaskDefinition, UpdateService};
use domain::remediation::overlay::{Lays, Override};
use domain::remediation::size::Size;
use domain::resource::{ResourceId, Tags};
use scenarios::scenario::Scenario;

const CLUSTER: &str = "mate-dev";
const SERVICE: &str = "mate-demo-dev-django";

fn ready() -> Scenario {
    let scenario = Scenario::default();
    scenario.want("trial", 1);
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1"]);
    scenario
}

fn over(scenario: &Scenario, lays: Lays) -> Override {
    Override {
        resource: ResourceId("django".into()),
        incarnation: scenario.life().parse().expect("a life"),
        lays,
        until: None,
        attempt: "01J".into(),
        since: scenario.executor.now(),
        why: "a test".into(),
    }
}

/// Writes it, as `remediate-task` does, and lets the reconciler look.
fn lay(scenario: &Scenario, over: &Override) {
    let owner = "tenant#dev#demo".parse().expect("an owner");
    scenario.simulator.write_ledger(&[Write::Put(over.item(&owner), Condition::Always)]);
    scenario.sweep("demo");
    scenario.rest();
}

fn clear(scenario: &Scenario, over: &Override) {
    scenario.simulator.write_ledger(&[Write::Delete { owner: "tenant#dev#demo".into(), key: over.key() }]);
    scenario.sweep("demo");
    scenario.rest();
}

/// What the service runs.
fn runs(scenario: &Scenario) -> TaskDefinition {
    let describe = DescribeService { cluster: CLUSTER.into(), name: SERVICE.into() };
    let view = DescribeService::of(scenario.simulator.by_hand(describe).expect("it answers")).flatten().expect("it stands");
    let describe = DescribeTaskDefinition { id: view.primary.expect("it has a PRIMARY deployment") };
    DescribeTaskDefinition::of(scenario.simulator.by_hand(describe).expect("it answers")).flatten().expect("it stands").content
}

/// A release by CI/CD: the same with another image.
fn release(scenario: &Scenario, image: &str) {
    let content = TaskDefinition { image: image.into(), ..runs(scenario) };
    let register = RegisterTaskDefinition { content, tags: Tags::new() };
    let arn = RegisterTaskDefinition::of(scenario.simulator.by_hand(register).expect("it is taken")).expect("an ARN");
    let update = UpdateService { cluster: CLUSTER.into(), name: SERVICE.into(), task_definition: arn, settings: None };
    scenario.simulator.by_hand(update).expect("it is taken");
    scenario.wait(600);
}

#[test]
fn a_floor_of_memory_is_carried_out_once_and_goes_with_its_override() {
    let scenario = ready();
    let before = runs(&scenario);
    let floor = over(&scenario, Lays::Floor(Size { cpu: 512, memory_mib: 3_072 }));
    lay(&scenario, &floor);
    let raised = runs(&scenario);
    assert_eq!((raised.cpu, raised.memory_mib, &raised.image), (512, 3_072, &before.image));
    assert_eq!(scenario.phase("demo"), "Ready");
    let mark = scenario.simulator.log().mark();
    scenario.sweep("demo");
    scenario.rest();
    assert_eq!(scenario.simulator.log().changes_since(mark), Vec::<&_>::new(), "it is no drift that is set right for ever");
    clear(&scenario, &floor);
    assert_eq!((runs(&scenario).cpu, runs(&scenario).memory_mib), (before.cpu, before.memory_mib));
    let heard = scenario.heard("demo");
    assert!(
        heard.iter().all(|said| !said.starts_with("tenant-drifted")) && heard.last().is_some_and(|said| said == "tenant-ready 1"),
        "{heard:?}"
    );
}

#[test]
fn a_larger_tier_outgrows_the_floor() {
    let scenario = ready();
    lay(&scenario, &over(&scenario, Lays::Floor(Size { cpu: 256, memory_mib: 1_024 })));
    assert_eq!(runs(&scenario).memory_mib, 1_024);
    scenario.want("standard", 2);
    scenario.rest();
    let standing = runs(&scenario);
    assert!(standing.memory_mib >= 1_024 && standing.cpu >= 256, "{standing:?}");
}

#[test]
fn a_bad_image_is_replaced_and_a_release_that_mends_it_is_not_held_up() {
    let scenario = ready();
    let good = runs(&scenario).image;
    let bad = good.replace(":", ":broken-");
    release(&scenario, &bad);
    let pin = over(&scenario, Lays::Pin(Pin { bad: bad.clone(), good: good.clone() }));
    lay(&scenario, &pin);
    assert_eq!(runs(&scenario).image, good);
    let mended = good.replace(":", ":mended-");
    release(&scenario, &mended);
    scenario.sweep("demo");
    scenario.rest();
    assert_eq!(runs(&scenario).image, mended);
    // The bad one again, by mistake.
    release(&scenario, &bad);
    scenario.sweep("demo");
    scenario.rest();
    assert_eq!(runs(&scenario).image, good);
}

#[test]
fn the_next_life_begins_without_the_overrides_of_the_last() {
    let scenario = ready();
    lay(&scenario, &over(&scenario, Lays::Floor(Size { cpu: 512, memory_mib: 3_072 })));
    scenario.delete(2);
    scenario.rest();
    scenario.want("trial", 3);
    scenario.rest();
    assert_ne!(runs(&scenario).memory_mib, 3_072);
}

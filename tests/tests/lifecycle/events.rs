//! Events in any order, at any pace, with kills between them.

use super::*;

/// All orders of `items`.
fn orders<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let first = |index: usize| {
        let mut rest = items.to_vec();
        let first = rest.remove(index);
        orders(&rest).into_iter().map(move |mut order| {
            order.insert(0, first.clone());
            order
        })
    };
    (0..items.len()).flat_map(first).collect()
}

fn created(version: u64, tier: &str) -> String {
    event("tenant-created", json!({ "tier": tier, "version": version }))
}

fn updated(version: u64, tier: &str) -> String {
    event("tenant-updated", json!({ "tier": tier, "version": version }))
}

fn deleted(version: u64) -> String {
    event("tenant-deleted", json!({ "version": version }))
}

/// Tells `events` in every order, at every pace, each of them twice.
fn check_all_orders(events: &[String], check: impl Fn(&Scenario, &str)) {
    // At once; while the first is at work; while the database is being made; after each has come to rest.
    for pace in [Some(0), Some(1), Some(40), Some(300), None] {
        for order in orders(events) {
            let scenario = Scenario::default();
            for event in order.iter().chain(&order) {
                scenario.send(event);
                match pace {
                    Some(seconds) => scenario.wait(seconds),
                    None => scenario.rest(),
                }
            }
            scenario.rest();
            let told: Vec<_> = order.iter().map(|event| &event[event.find("detail").unwrap_or(0)..]).collect();
            let what = format!("pace {pace:?}, order {told:#?}");
            scenario.assert_tidy();
            check(&scenario, &what);
        }
    }
}

// Invariant: the newest event decides, in whatever order and how often events come.

#[test]
fn created_updated_deleted_in_any_order_end_deleted_and_keep_what_held_data() {
    check_all_orders(&[created(1, "trial"), updated(2, "standard"), deleted(3)], |scenario, what| {
        assert_eq!(scenario.phase("demo"), "Removed", "{what}");
        assert_eq!(scenario.counted(), 0, "{what}");
        for gone in ["database", "service", "revision"] {
            assert_eq!(scenario.standing(gone), [""; 0], "{what}");
        }
        let last = scenario.last();
        assert_eq!((last.kind.as_str(), last.version, &last.detail["leftovers"]), ("tenant-removed", 3, &json!([])), "{what}");
        assert_eq!(scenario.heard("demo").iter().filter(|said| said.starts_with("tenant-removed")).count(), 1, "{what}");
    });
}

#[test]
fn created_and_updated_in_any_order_end_ready_in_the_newest_size() {
    check_all_orders(&[created(1, "trial"), updated(2, "standard"), updated(3, "enterprise")], |scenario, what| {
        assert_eq!((scenario.phase("demo").as_str(), scenario.last().version, scenario.counted()), ("Ready", 3, 1), "{what}");
        let database = scenario.standing("database").join("");
        assert!(database.contains("db.r6g.xlarge") && database.contains("multi-az true"), "{what}: {database}");
        assert_eq!(scenario.done("rds.CreateDatabase").len(), 1, "{what}");
        assert!(scenario.simulator.registrations(SERVICE) <= 3, "{what}");
        assert_eq!(scenario.heard("demo").iter().filter(|said| *said == "tenant-ready 3").count(), 1, "{what}");
    });
}

#[test]
fn created_deleted_created_in_any_order_end_ready() {
    check_all_orders(&[created(1, "trial"), deleted(2), created(3, "standard")], |scenario, what| {
        assert_eq!((scenario.phase("demo").as_str(), scenario.last().version, scenario.counted()), ("Ready", 3, 1), "{what}");
        assert_eq!((scenario.standing("database").len(), scenario.standing("service").len()), (1, 1), "{what}");
        let of_life = format!("caretaker:incarnation=<life {}>", scenario.intent("demo").former.len() + 1);
        let revisions = scenario.standing("revision");
        assert!(!revisions.is_empty() && revisions.iter().all(|line| line.contains(&of_life)), "{what}: {revisions:#?}");
    });
}

#[test]
fn a_tenant_deleted_before_it_was_ever_created_is_removed_and_stays_so() {
    let scenario = Scenario::default();
    scenario.delete(5);
    scenario.rest();
    scenario.want("trial", 1);
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-removed 5"]);
    assert_eq!(scenario.simulator.census().lines, [""; 0]);
    assert_eq!(scenario.counted(), 0);
}

#[test]
fn one_version_with_two_contents_is_refused_and_its_sender_told() {
    let scenario = ready("trial");
    scenario.want("trial", 7);
    scenario.rest();
    let before = scenario.simulator.census();
    scenario.tell("tenant-updated", json!({ "tier": "standard", "version": 7 }));
    scenario.rest();
    assert_eq!(scenario.simulator.census(), before);
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1", "tenant-ready 7", "tenant-failed 7"]);
    assert!(scenario.last().detail["reason"].to_string().contains("accepted with another content"), "{:?}", scenario.last());
    assert_eq!(scenario.phase("demo"), "Ready");
}

// Invariant: a deletion during a creation stops it and unwinds what stands.

#[test]
fn deleted_at_any_moment_of_its_creation_it_ends_removed() {
    for seconds in (0..720).step_by(15) {
        let scenario = Scenario::default();
        scenario.want("trial", 1);
        scenario.wait(seconds);
        scenario.delete(2);
        scenario.rest();
        scenario.assert_tidy();
        assert_eq!((scenario.phase("demo").as_str(), scenario.counted()), ("Removed", 0), "after {seconds} s");
        let left: Vec<_> = ["database", "service", "revision"].iter().flat_map(|kind| scenario.standing(kind)).collect();
        assert_eq!(left, [""; 0], "after {seconds} s");
    }
}

// Invariant: a deletion that follows a kill, at whatever call of a change, ends removed.

fn check_deletion_after_kills(from: &str, to: &str) {
    let calm = ready(from);
    let skipped = calm.simulator.log().all().len();
    calm.want(to, 2);
    calm.rest();
    let calls = calm.simulator.log().all().len() - skipped;
    assert!(calls > 20, "{calls}");
    for nth in 1..=calls {
        let scenario = ready(from);
        scenario.simulator.strike(Aim::nth(nth), Strike::CrashBefore);
        scenario.want(to, 2);
        // The deletion comes before the record that was killed does.
        scenario.executor.run_until(|| scenario.simulator.unmet_strikes() == 0);
        scenario.delete(3);
        scenario.rest();
        let what = format!("{from} to {to}, killed before call {nth}: {:?}", scenario.last());
        assert_eq!((scenario.phase("demo").as_str(), scenario.counted()), ("Removed", 0), "{what}");
        scenario.assert_tidy();
    }
}

#[test]
fn deleted_after_a_kill_at_any_call_of_a_growth_it_ends_removed() {
    check_deletion_after_kills("trial", "standard");
}

#[test]
fn deleted_after_a_kill_at_any_call_of_a_reduction_it_ends_removed() {
    check_deletion_after_kills("standard", "trial");
}

//! Crashes and faults.

use super::*;

// Invariant: a crash cuts exactly where it is aimed, and only its own invocation

#[test]
fn a_crash_before_a_call_leaves_no_effect_and_one_after_it_leaves_it() {
    for (strike, effect, outcome) in [(Strike::CrashBefore, false, Outcome::NotDone), (Strike::CrashAfter, true, Outcome::DoneUnheard)] {
        for latency in [false, true] {
            let simulator = simulator();
            if latency {
                simulator.with_latency();
            }
            simulator.strike(Aim::at("secretsmanager.CreateSecret").of("b"), strike);
            let doomed = start(&simulator, |cloud| async move {
                for name in ["a", "b", "c"] {
                    send(&cloud, secret(name)).await.unwrap();
                }
            });
            simulator.executor().run();
            assert_eq!(doomed.end(), Some(End::Crashed));
            assert_eq!(simulator.log().all().last().map(|entry| (entry.resource.as_str(), entry.outcome)), Some(("b", outcome)));
            let seen =
                run(&simulator, |cloud| async move { (exists(&cloud, "a").await, exists(&cloud, "b").await, exists(&cloud, "c").await) });
            assert_eq!(seen, (Ok(true), Ok(effect), Ok(false)));
            assert_eq!(simulator.unmet_strikes(), 0);
        }
    }
}

#[test]
fn a_crash_in_one_branch_ends_the_other_branches_of_its_invocation_and_no_other_invocation() {
    let simulator = simulator();
    simulator.strike(Aim::nth(1), Strike::CrashAfter);
    let doomed = start(&simulator, |cloud| async move {
        let branch = |names: [&'static str; 2]| {
            let cloud = cloud.clone();
            async move {
                for name in names {
                    send(&cloud, secret(name)).await.unwrap();
                }
            }
        };
        join(branch(["a", "b"]), branch(["c", "d"])).await
    });
    let other = start(&simulator, |cloud| async move { send(&cloud, secret("other")).await });
    simulator.executor().run();
    assert_eq!((doomed.end(), other.end()), (Some(End::Crashed), Some(End::Finished)));
    let made: Vec<_> = simulator.log().all().iter().map(|entry| entry.resource.clone()).collect();
    assert_eq!(made, ["a", "other"]);
}

#[test]
fn a_paused_invocation_goes_on_after_its_deadline_with_the_time_that_it_is_then() {
    let simulator = simulator();
    simulator.strike(Aim::nth(2), Strike::Pause(seconds(120)));
    let late = run(&simulator, |cloud| async move {
        send(&cloud, secret("a")).await.unwrap();
        send(&cloud, secret("b")).await.unwrap();
        cloud.now().duration_since(cloud.deadline)
    });
    assert_eq!(late, seconds(60));
}

#[test]
fn points_name_each_call_of_a_run_and_a_crash_can_be_aimed_at_each() {
    let act = |cloud: Invocation| async move {
        for name in ["a", "b"] {
            send(&cloud, secret(name)).await.unwrap();
            exists(&cloud, "a").await.unwrap();
        }
    };
    let undisturbed = simulator();
    run(&undisturbed, act);
    let points = undisturbed.log().points();
    assert_eq!(points.len(), 4);
    assert_eq!(points[3], ("secretsmanager.DescribeSecret", "a".to_owned(), 2));
    for (number, (operation, resource, occurrence)) in points.into_iter().enumerate() {
        let simulator = simulator();
        simulator.strike(Aim::at(operation).of(&resource).occurrence(occurrence), Strike::CrashAfter);
        start(&simulator, act);
        simulator.executor().run();
        assert_eq!(simulator.log().all().len(), number + 1);
    }
}

// Invariant: faults do what they say

#[test]
fn a_dropped_reply_is_a_time_out_after_the_effect() {
    let simulator = simulator();
    simulator.strike(Aim::nth(1), Strike::DropReply);
    let (reply, seen) = run(&simulator, |cloud| async move { (send(&cloud, secret("a")).await, exists(&cloud, "a").await) });
    assert_eq!(reply.map_err(|error| error.cause), Err(Cause::TimedOut));
    assert_eq!(seen, Ok(true));
}

#[test]
fn an_error_comes_before_or_after_the_effect() {
    let check = |strike, effect| {
        let simulator = simulator();
        simulator.strike(Aim::nth(1), strike);
        let (reply, seen) = run(&simulator, |cloud| async move { (send(&cloud, secret("a")).await, exists(&cloud, "a").await) });
        assert_eq!(reply.map_err(|error| error.cause), Err(Cause::Unavailable));
        assert_eq!(seen, Ok(effect));
    };
    check(Strike::Fail(Cause::Unavailable), false);
    check(Strike::FailAfter, true);
}

#[test]
fn a_stale_read_shows_the_world_before_the_change_for_ten_seconds_at_most() {
    let check = |wait, expected| {
        let simulator = simulator();
        simulator.strike(Aim::at("secretsmanager.DescribeSecret"), Strike::Stale);
        let clock = simulator.executor().clone();
        let seen = run(&simulator, move |cloud| async move {
            send(&cloud, secret("a")).await.unwrap();
            clock.sleep(seconds(wait)).await;
            (exists(&cloud, "a").await, exists(&cloud, "a").await)
        });
        assert_eq!(seen, (Ok(expected), Ok(true)));
    };
    check(9, false);
    check(10, true);
}

#[test]
fn a_service_that_is_down_does_not_answer_and_the_others_do() {
    let simulator = simulator();
    let now = simulator.executor().now();
    let outage = Outage { prefix: "secretsmanager.".into(), from: now, until: now + seconds(600) };
    simulator.set_faults(Faults { outages: vec![outage], ..Faults::default() });
    let clock = simulator.executor().clone();
    let seen = run(&simulator, move |cloud| async move {
        let down = send(&cloud, secret("a")).await.map_err(|error| error.cause);
        let other = send(&cloud, file_system("t")).await.is_ok();
        clock.sleep(seconds(600)).await;
        (down, other, send(&cloud, secret("a")).await.is_ok())
    });
    assert_eq!(seen, (Err(Cause::Unavailable), true, true));
}

#[test]
fn random_faults_follow_from_the_seed_alone() {
    let outcomes = |seed| {
        let simulator = Simulator::new(&Executor::new(InOrder), seed);
        simulator.set_faults(Faults::rough(0.2));
        run(&simulator, |cloud| async move {
            for number in 0..50 {
                let _any = send(&cloud, secret(&format!("s{number}"))).await;
                let _any = exists(&cloud, &format!("s{number}")).await;
            }
        });
        simulator.log().all().iter().map(|entry| entry.outcome).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(5), outcomes(5));
    assert_ne!(outcomes(5), outcomes(6));
    let all = outcomes(5);
    assert!(all.contains(&Outcome::NotDone) && all.contains(&Outcome::DoneUnheard) && all.contains(&Outcome::Done));
}

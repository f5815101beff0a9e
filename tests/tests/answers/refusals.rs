//! What is not asked for as it should be, not believed, or over.

use super::*;

// Invariant: every no has a reason, changes nothing, and tells the token to no log.

#[test]
fn what_is_not_asked_for_as_it_should_be_is_refused() {
    let desk = desk();
    let query = format!("t={}", desk.token());
    let check = |event: Value, status: u16, expected: &str| {
        let (response, decision) = desk.ask(event, &desk.token());
        assert_eq!((response.status_code, decision.decision), (status, "refused"), "{decision:?}");
        assert!(decision.reason.contains(expected), "{decision:?}");
    };
    for method in ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        check(request(method, &query, Some(&query)), 405, "neither GET nor POST");
    }
    check(request("GET", "", None), 400, "no token");
    check(request("GET", "", Some(&query)), 400, "no token");
    // The token of the link is not that of the button.
    check(request("POST", &query, None), 400, "no token");
    check(request("POST", "", Some(&"t".repeat(9_000))), 413, "more than 4096 bytes");
    check(request("GET", &format!("t={}", "a".repeat(3_000)), None), 400, "more than 2048 bytes");
    check(json!({ "Records": [] }), 400, "no request of a function URL");
    assert_eq!(desk.changes(), [""; 0]);
}

#[test]
fn what_is_not_believed_is_refused() {
    let desk = desk();
    let forged = |change: Claims| format!("{}.{}", sign(&change, &keys("a")).split('.').next().expect("a part"), code(&desk.token()));
    let check = |token: String, status: u16, expected: &str| {
        for (response, decision) in [desk.get(&token), desk.post(&token)] {
            assert_eq!((response.status_code, decision.decision), (status, "refused"), "{decision:?}");
            assert!(decision.reason.contains(expected), "{decision:?}");
            assert!(!response.body.contains("<form"), "{}", response.body);
        }
    };
    check("a.b".to_owned(), 400, "it is no token");
    check(desk.token()[..99].to_owned(), 400, "it is no token");
    check(forged(Claims { recipient: "eve@example.com".to_owned(), ..desk.claims() }), 403, "signature is wrong");
    check(forged(Claims { expires: desk.proposal.expires + SignedDuration::from_hours(1), ..desk.claims() }), 403, "signature is wrong");
    check(sign(&desk.claims(), &keys("b")), 403, "a key that is not known");
    let past = sign(&Claims { expires: desk.simulator.executor().now(), ..desk.claims() }, &keys("a"));
    check(past, 410, "the token expired at 2026-11-21T02:00:00Z");
    assert_eq!(desk.changes(), [""; 0]);
}

/// The part of a token after its dot.

#[test]
fn what_is_over_is_said_to_be() {
    let check = |change: &dyn Fn(&mut Memory), claims: &dyn Fn(&mut Claims), expected: &str| {
        let desk = desk();
        let mut memory = Memory { proposal: Some(desk.proposal.clone()), ..Memory::default() };
        change(&mut memory);
        desk.remember(&memory);
        let mut said = desk.claims();
        claims(&mut said);
        let token = sign(&said, &keys("a"));
        for (response, decision) in [desk.get(&token), desk.post(&token)] {
            assert_eq!((response.status_code, decision.decision), (410, "over"), "{decision:?}");
            assert!(decision.reason.contains(expected) && response.body.contains("This is over"), "{decision:?}");
        }
        assert_eq!(desk.changes(), [""; 0]);
    };
    check(&|memory| memory.proposal = None, &|_| {}, "not proposed any more");
    check(&|memory| memory.proposal.as_mut().expect("one").id = "01K".to_owned(), &|_| {}, "not proposed any more");
    check(&|memory| memory.proposal.as_mut().expect("one").remedy = Remedy::WakeReconciler, &|_| {}, "has changed since");
    check(&|_| {}, &|claims| claims.digest = "0".repeat(64), "has changed since");
    // A right to approve is none to acknowledge.
    check(&|_| {}, &|claims| claims.purpose = Purpose::Acknowledge, "has changed since");
    // A subject of which nothing is known, and an owner.
    check(&|_| {}, &|claims| claims.subject = "mate-demo-dev-celery".to_owned(), "not proposed any more");
    check(&|_| {}, &|claims| claims.owner = "tenant#dev#other".parse().expect("an owner"), "not proposed any more");
    let ended = |memory: &mut Memory| {
        let proposal = memory.proposal.as_mut().expect("one");
        proposal.expires = proposal.at;
    };
    check(&ended, &|_| {}, "could be approved of until 2026-11-21T02:00:00Z");
    let approved = |memory: &mut Memory| {
        let Proposal { id, remedy, fault, at, .. } = memory.proposal.take().expect("one");
        let attempt = Attempt::claim(&id, remedy, fault, Pace::AWS, at);
        memory.attempts.push(Attempt { by: Some("bob@example.com".to_owned()), ..attempt });
    };
    check(&approved, &|_| {}, "by bob@example.com");
}

#[test]
fn a_link_is_of_no_use_after_its_proposal() {
    let desk = desk();
    desk.wait(4 * 3_600 - 1);
    assert_eq!(desk.get(&desk.token()).0.status_code, 200);
    desk.wait(1);
    assert_eq!(desk.post(&desk.token()).0.status_code, 410);
    assert_eq!(desk.changes(), [""; 0]);
}

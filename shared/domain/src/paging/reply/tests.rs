use super::*;

fn now() -> Timestamp {
    "2026-11-21T02:00:00Z".parse().expect("a moment")
}

/// `+` delivered, `.` again, `-` never.
fn short(outcome: &Outcome) -> char {
    match outcome {
        Outcome::Delivered => '+',
        Outcome::Again { .. } => '.',
        Outcome::Never { .. } => '-',
    }
}

#[test]
fn every_status_is_taken_as_done_as_passing_or_as_final() {
    let check = |status, body, expected: &str| {
        let channels = [Channel::PagerDuty, Channel::Slack, Channel::Webhook];
        let found: String = channels.iter().map(|channel| short(&of(*channel, Reply { status, retry_after: None, body }, now()))).collect();
        assert_eq!(found, expected, "{status} {body}");
    };
    check(200, "ok", "+++");
    check(200, "ok\n", "+++");
    check(200, "<html>captive</html>", "+.+");
    check(200, "", "+.+");
    check(202, r#"{"status":"success","message":"Event processed","dedup_key":"k"}"#, "+.+");
    check(204, "", "+.+");
    for status in [301, 302, 303, 307, 308] {
        check(status, "ok", "---");
    }
    for status in [400, 401, 403, 404, 405, 409, 410, 413, 415, 422] {
        check(status, "no_service", "---");
    }
    for status in [408, 425, 429, 500, 502, 503, 504, 599] {
        check(status, "", "...");
    }
    // None that HTTP knows.
    for status in [0, 100, 600, 999] {
        check(status, "ok", "...");
    }
}

#[test]
fn every_status_is_one_of_the_three() {
    for status in 0..=999 {
        for body in ["ok", "", "{"] {
            short(&of(Channel::Slack, Reply { status, retry_after: Some("x"), body }, now()));
        }
    }
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let check = |text, expected: Option<i64>| {
        let reply = Reply { status: 429, retry_after: Some(text), body: "rate_limited" };
        let after = expected.map(SignedDuration::from_secs);
        assert_eq!(of(Channel::Slack, reply, now()), Outcome::Again { after, why: Why::Busy }, "{text}");
    };
    check("30", Some(30));
    check(" 0 ", Some(0));
    check("Sat, 21 Nov 2026 02:01:30 GMT", Some(90));
    check("Sat, 21 Nov 2026 01:00:00 GMT", Some(0));
    check("99999999999999999999", None);
    check("18446744073709551615", Some(86_400));
    check("-5", None);
    check("1.5", None);
    check("soon", None);
    check("", None);
}

#[test]
fn what_a_receiver_says_is_told_unless_it_might_say_the_message() {
    let check = |channel, body, expected: &str| {
        let outcome = of(channel, Reply { status: 400, retry_after: None, body }, now());
        assert_eq!(outcome, Outcome::Never { why: Why::Refused { status: 400, said: expected.into() } });
    };
    check(Channel::Slack, "invalid_payload", "invalid_payload");
    check(Channel::Slack, "channel_is_archived\n", "channel_is_archived");
    check(Channel::Slack, "<html>", "");
    let body = r#"{"status":"invalid event","message":"Event object is invalid","errors":["Length of 'routing_key' is incorrect"]}"#;
    check(Channel::PagerDuty, body, "Event object is invalid Length of 'routing_key' is incorrect");
    let body = r#"{"message":"Invalid routing key 0123456789abcdef0123456789abcdef","errors":["\u0000"]}"#;
    check(Channel::PagerDuty, body, "Invalid routing key");
    check(Channel::PagerDuty, "not JSON", "");
    check(Channel::Webhook, "https://answer.example/?t=token", "");
}

#[test]
fn what_is_not_answered_may_be_taken_later() {
    for fault in [Fault::NoAddress, Fault::Unreachable, Fault::Untrusted, Fault::TimedOut] {
        assert_eq!(silence(fault), Outcome::Again { after: None, why: Why::Silent(fault) });
    }
    assert_eq!(silence(Fault::Forbidden), Outcome::Never { why: Why::Silent(Fault::Forbidden) });
}

#[test]
fn what_sns_does_not_take_is_sorted_by_its_cause() {
    let check = |cause, expected| assert_eq!(short(&published(Err(&CallError::new("sns.Publish", cause, "x")))), expected, "{cause:?}");
    assert_eq!(published(Ok(())), Outcome::Delivered);
    check(Cause::Throttled, '.');
    check(Cause::Unavailable, '.');
    check(Cause::TimedOut, '.');
    check(Cause::NotSent, '.');
    check(Cause::NotFound, '-');
    check(Cause::Denied, '-');
    check(Cause::InvalidRequest, '-');
    check(Cause::Quota, '-');
}

#[test]
fn what_is_not_known_to_have_failed_may_have_arrived() {
    let check = |outcome: Outcome, expected: bool| assert_eq!(outcome.may_have_arrived(), expected, "{outcome:?}");
    let again = |why| Outcome::Again { after: None, why };
    check(again(Why::Silent(Fault::TimedOut)), true);
    // The connection may have broken after the last byte.
    check(again(Why::Silent(Fault::Unreachable)), true);
    check(again(Why::Failing(503)), true);
    // It never got there, or its receiver says that it has not taken it.
    check(again(Why::Silent(Fault::NoAddress)), false);
    check(again(Why::Silent(Fault::Untrusted)), false);
    check(again(Why::Busy), false);
    check(again(Why::Unexpected(200)), false);
    check(again(Why::NotPublished(Cause::TimedOut)), false);
    check(Outcome::Delivered, false);
    check(Outcome::Never { why: Why::Failing(503) }, false);
}

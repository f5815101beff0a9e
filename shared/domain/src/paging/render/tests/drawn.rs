//! Notices that are drawn at random.

use proptest::prelude::*;

use super::super::super::notice::{Concerned, DedupKey, LikelyCause, Links, Members, Notice, What};
use super::super::testing::{TOKEN, notice, tenant};
use super::{HOSTILE, KEY, rendered};
use crate::incident::Severity;
use crate::ports::Confidential;

fn foreign() -> impl Strategy<Value = String> {
    let hostile = proptest::sample::select(HOSTILE.as_slice());
    prop_oneof![".{0,40}", (hostile, 0..60usize).prop_map(|(text, times)| text.repeat(times)), "[&<>\"\\\\🔥é]{0,2000}"]
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(foreign(), 0..12)
}

fn turns() -> impl Strategy<Value = What> {
    prop_oneof![
        Just(What::Opened),
        Just(What::Updated),
        Just(What::Repeated),
        (1..9u32).prop_map(|level| What::Escalated { level }),
        foreign().prop_map(|ended| What::SilenceEnded { ended }),
        foreign().prop_map(|by| What::Acknowledged { by }),
        Just(What::Resolved),
        Just(What::Noted),
    ]
}

prop_compose! {
    fn notices()(
        (what, title, incident, key) in (turns(), foreign(), foreign(), foreign()),
        severity in proptest::sample::select([Severity::Info, Severity::Warning, Severity::Critical].as_slice()),
        (since, now) in (0..4_000_000_000i64, 0..4_000_000_000i64),
        tiers in proptest::collection::vec(proptest::option::of(foreign()), 0..30),
        (services, evidence, tried, notes, first) in (texts(), texts(), texts(), texts(), texts()),
        (count, cause) in (0..2000usize, proptest::option::of((foreign(), foreign()))),
        (runbook, others, padding) in (proptest::option::of(foreign()), proptest::collection::btree_map(foreign(), foreign(), 0..4), 0..3000usize),
        (is_repeat, recipient) in (any::<bool>(), foreign()),
    ) -> Notice {
        let moment = |second| jiff::Timestamp::from_second(second).expect("a moment");
        let tenants = tiers.into_iter().enumerate();
        let tenants = tenants.map(|(number, tier)| Concerned { tier, ..tenant(number, None) }).collect();
        let answer = Some(Confidential(format!("https://answer.example/{}?t={TOKEN}", "x".repeat(padding))));
        Notice {
            delivery: incident.clone(), what, incident, key: DedupKey::of(&key), severity, title, since: moment(since), now: moment(now),
            environment: notice().environment, tenants, services, cause: cause.map(|(what, explains)| LikelyCause { what, explains }),
            members: Members { count, first }, evidence, tried, notes,
            proposal: None,
            links: Links { runbook, others, acknowledge: answer.clone(), approve: answer, ..notice().links }, is_repeat, recipient,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_notice_keeps_within_every_limit_and_tells_no_token_but_to_whom_it_is_for(notice in notices()) {
        let told = rendered(&notice);
        prop_assert!(told.is_ok(), "{:?}", told);
        let [event, text, message, mail, post] = told.expect("just looked at");
        prop_assert!(!event.contains(TOKEN) && !text.contains(TOKEN));
        prop_assert!(!text.contains(KEY) && !message.contains(KEY) && !mail.contains(KEY) && !post.contains(KEY));
        if !notice.what.is_asking() {
            prop_assert!(!message.contains(TOKEN) && !mail.contains(TOKEN) && !post.contains(TOKEN));
        }
    }
}

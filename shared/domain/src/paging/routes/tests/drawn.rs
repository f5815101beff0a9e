//! Labels and texts that are drawn at random.

use jiff::Timestamp;
use proptest::prelude::*;

use super::{FULL, SHIPPED};
use crate::incident::Severity;
use crate::paging::channel::Channel;
use crate::paging::labels::{Label, Labels};
use crate::paging::routes::Routes;

fn labels() -> impl Strategy<Value = Labels> {
    let text = prop_oneof![
        Just(String::new()),
        prop::sample::select(vec!["dev", "DEV", "staging", "prod", "prod-infra", "mate", "social-flow", "demo", "critical", "alarm"])
            .prop_map(str::to_owned),
        ".{0,20}",
    ];
    prop::collection::vec(text, Label::ALL.len())
        .prop_map(|texts| Label::ALL.into_iter().zip(texts).fold(Labels::default(), |labels, (label, text)| labels.with(label, &text)))
}

proptest! {
    // Invariant: nothing is dropped, and dev calls no PagerDuty.
    #[test]
    fn every_incident_is_told_to_somebody_for_certain(
        labels in labels(),
        severity in prop::sample::select(vec![Severity::Info, Severity::Warning, Severity::Critical]),
        second in 0_i64..4_000_000_000,
        is_full in any::<bool>(),
    ) {
        let routes = Routes::load("f", if is_full { FULL } else { SHIPPED }).expect("a file");
        let decision = routes.decide(&labels, severity, Timestamp::from_second(second).expect("a moment"));
        prop_assert!(!decision.taken.is_empty() && !decision.levels.is_empty());
        prop_assert_eq!(decision.levels[0].wait, jiff::SignedDuration::ZERO);
        prop_assert!(decision.levels.windows(2).all(|two| two[0].wait < two[1].wait));
        for level in &decision.levels {
            let is_told = |channel: Channel| channel.is_enough() || (severity == Severity::Info && channel == Channel::Dashboard);
            prop_assert!(level.to.iter().any(|recipient| is_told(recipient.channel)), "{}", decision.why);
            for recipient in level.to.iter().filter(|_| labels.is_dev()) {
                let all = recipient.fallbacks.iter().chain([&recipient.receiver]);
                let is_paged = all.filter_map(|id| routes.receiver(id)).any(|receiver| receiver.channel() == Channel::PagerDuty);
                prop_assert!(!is_paged, "{}", decision.why);
            }
        }
    }

    #[test]
    fn no_text_makes_a_load_panic(text in ".{0,200}", from in 0_usize..2_000, more in ".{0,5}") {
        let _ = Routes::load("f", &text);
        let at = FULL.char_indices().map(|(at, _)| at).nth(from).unwrap_or(0);
        let _ = Routes::load("f", &format!("{}{more}{}", &FULL[..at], &FULL[at..]));
    }
}

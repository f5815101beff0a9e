//! Against flapping: small differences are none, and the most careful of the late recommendations counts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::policy::Policy;
use super::recommend::Recommendation;

/// What was recommended at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recommended {
    /// When.
    pub at: Timestamp,
    /// Workers.
    pub workers: u32,
}

/// The count nearest to `desired` that `recommendation` allows: at least what is needed, at most what is worth keeping, both as far as the
/// tolerance sees a difference from `base`, the workers that run.
pub fn settle(recommendation: &Recommendation, base: u32, desired: u32, tolerance: f64) -> u32 {
    let least = tolerate(recommendation.workers, base, tolerance);
    desired.clamp(least, tolerate(recommendation.worth_keeping, base, tolerance).max(least))
}

/// The whole number of workers that `wanted` asks for; `current` if that is within the tolerance.
pub fn tolerate(wanted: f64, current: u32, tolerance: f64) -> u32 {
    let ratio = wanted / f64::from(current);
    if current > 0 && (ratio - 1.0).abs() <= tolerance {
        return current;
    }
    // A hair more than a whole number is that number: the sum of a hundred floats is not exact.
    const HAIR: f64 = 1e-6;
    (wanted - HAIR).ceil().clamp(0.0, f64::from(u32::MAX)) as u32
}

/// What is left of `wanted` in the light of what was recommended within the windows: a count rises to the least of them, and falls to
/// the most of them (Kubernetes, `stabilizeRecommendationWithBehaviors`).
pub fn stabilize(policy: &Policy, earlier: &[Recommended], wanted: u32, current: u32, now: Timestamp) -> u32 {
    let within = |window| earlier.iter().filter(move |one| now.duration_since(one.at) < window).map(|one| one.workers);
    let least = within(policy.window_out()).chain([wanted]).min().unwrap_or(wanted);
    let most = within(policy.window_in()).chain([wanted]).max().unwrap_or(wanted);
    current.max(least).min(most)
}

#[cfg(test)]
mod tests {
    use super::super::recommend::By;
    use super::*;

    fn policy(out: u32, inwards: u32) -> Policy {
        let mut policy: Policy = serde_json::from_value(serde_json::json!({})).expect("all has a default");
        (policy.out.window_seconds, policy.r#in.window_seconds) = (Some(out), Some(inwards));
        policy
    }

    #[test]
    fn small_differences_are_none() {
        let check = |wanted, current, expected| assert_eq!(tolerate(wanted, current, 0.1), expected, "{wanted} of {current}");
        // 20,166 at 5,000 per task.
        check(4.0332, 4, 4);
        // 8,600 at 2,900.
        check(2.9655, 3, 3);
        check(4.5, 4, 5);
        check(3.5, 4, 4);
        check(3.0, 5, 3);
        // From nothing there is no ratio.
        check(0.2, 0, 1);
        check(0.0, 0, 0);
        check(5.000_000_001, 3, 5);
    }

    #[test]
    fn a_count_between_what_is_needed_and_what_is_worth_keeping_stays() {
        let check = |workers, worth_keeping, base, desired, expected| {
            let recommendation = Recommendation { workers, worth_keeping, by: By::Drain };
            assert_eq!(settle(&recommendation, base, desired, 0.1), expected, "{recommendation:?} from {desired}");
        };
        check(2.0, 12.0, 9, 9, 9);
        check(2.0, 12.0, 15, 15, 12);
        check(11.5, 12.0, 9, 9, 12);
        // Of five three run: those that start are worth keeping too.
        check(3.2, 9.0, 3, 5, 5);
        // Without a band between them it is the recommendation.
        check(3.0, 3.0, 5, 5, 3);
        check(2.97, 2.97, 3, 5, 3);
    }

    #[test]
    fn the_most_careful_recommendation_of_the_window_counts() {
        let now = Timestamp::from_second(10_000).expect("a moment");
        let check = |out, inwards, earlier: &[(i64, u32)], wanted, current, expected| {
            let earlier: Vec<_> = earlier
                .iter()
                .map(|(ago, workers)| Recommended { at: now - jiff::SignedDuration::from_secs(*ago), workers: *workers })
                .collect();
            assert_eq!(stabilize(&policy(out, inwards), &earlier, wanted, current, now), expected);
        };
        // Kubernetes' own cases: a window of five minutes, scaling in.
        check(0, 300, &[(120, 4), (60, 5)], 3, 5, 5);
        check(0, 300, &[(120, 1), (60, 2)], 3, 5, 3);
        check(0, 300, &[(600, 10), (540, 9)], 3, 5, 3);
        // Out at once by default, and with a window by the least.
        check(0, 300, &[(60, 2)], 9, 2, 9);
        check(60, 300, &[(30, 4)], 9, 2, 4);
        check(60, 300, &[(90, 4)], 9, 2, 9);
    }
}

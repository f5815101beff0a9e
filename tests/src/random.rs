//! Seeded randomness: the same seed gives the same run, on any machine.

use sha2::{Digest, Sha256};

/// `SplitMix64` (Steele, Lea, Flood 2014): small, and good enough to choose schedules and faults.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A stream of its own for each `purpose`, so that one draw more for faults does not change a schedule.
    pub fn of(seed: u64, purpose: &str) -> Self {
        Self(hash(&format!("{seed}:{purpose}")))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in [0, 1).
    pub fn unit(&mut self) -> f64 {
        // 53 bits are what an f64 holds exactly.
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.unit() < probability
    }

    /// A number below `end`, which must not be 0.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.bits() % end.max(1) as u64).unwrap_or(0)
    }

    /// Puts `all` into another order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            all.swap(last, self.below(last + 1));
        }
    }
}

/// A number in [0, 1) that follows from a text, and that the local cloud computes alike:
/// the first 8 bytes of SHA-256, big-endian, over 2^64.
pub fn unit(text: &str) -> f64 {
    hash(text) as f64 / 2_f64.powi(64)
}

/// The first 8 bytes of SHA-256, big-endian.
pub fn hash(text: &str) -> u64 {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_gives_the_number_that_the_local_cloud_computes() {
        // python: int.from_bytes(hashlib.sha256(b"mate-demo-dev:rds-instance:create").digest()[:8]) / 2**64
        let number = unit("mate-demo-dev:rds-instance:create");
        assert!((number - PYTHON).abs() < 1e-15, "{number}");
    }

    const PYTHON: f64 = 0.7700507534324568;

    #[test]
    fn streams_of_one_seed_are_independent_and_repeatable() {
        let draw = |purpose| Random::of(7, purpose).bits();
        assert_eq!(draw("faults"), draw("faults"));
        assert_ne!(draw("faults"), draw("schedule"));
    }
}

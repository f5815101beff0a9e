//! Sizes that Fargate takes, and the next one with more memory.

use serde::{Deserialize, Serialize};

/// CPU units and memory of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Size {
    /// 1,024 are one vCPU.
    pub cpu: u32,
    /// MiB.
    pub memory_mib: u32,
}

/// CPU units; the least and the most memory that go with them, and the step between, in MiB (ECS developer guide, "Task definition
/// parameters for Fargate", task size). 256 units go with 512 MiB as well.
const FARGATE: [(u32, u32, u32, u32); 7] = [
    (256, 1_024, 2_048, 1_024),
    (512, 1_024, 4_096, 1_024),
    (1_024, 2_048, 8_192, 1_024),
    (2_048, 4_096, 16_384, 1_024),
    (4_096, 8_192, 30_720, 1_024),
    (8_192, 16_384, 61_440, 4_096),
    (16_384, 32_768, 122_880, 8_192),
];
/// See [`FARGATE`].
const SMALLEST: Size = Size { cpu: 256, memory_mib: 512 };

impl Size {
    /// All that Fargate takes.
    fn all() -> impl Iterator<Item = Self> {
        let of = |(cpu, least, most, step): (u32, u32, u32, u32)| {
            (least..=most).step_by(step as usize).map(move |memory_mib| Self { cpu, memory_mib })
        };
        std::iter::once(SMALLEST).chain(FARGATE.into_iter().flat_map(of))
    }

    /// The next one with more memory, and no less CPU; none: there is none.
    pub fn with_more_memory(self) -> Option<Self> {
        let more = Self::all().filter(|size| size.memory_mib > self.memory_mib && size.cpu >= self.cpu);
        more.min_by_key(|size| (size.memory_mib, size.cpu))
    }

    /// USD of a task of this size that runs for a month of 730 hours: 0.04048 an hour for a vCPU, 0.004445 for a GB (AWS Fargate pricing,
    /// us-east-1, Linux on x86, 2026).
    pub fn monthly_usd(self) -> f64 {
        730.0 * (0.04048 * f64::from(self.cpu) + 0.004445 * f64::from(self.memory_mib)) / 1_024.0
    }

    /// The smallest that is no smaller than either in memory and in CPU; `self` if Fargate has none.
    pub fn or_more(self, other: Self) -> Self {
        let (cpu, memory_mib) = (self.cpu.max(other.cpu), self.memory_mib.max(other.memory_mib));
        let enough = Self::all().filter(|size| size.cpu >= cpu && size.memory_mib >= memory_mib);
        enough.min_by_key(|size| (size.memory_mib, size.cpu)).unwrap_or(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_size_has_more_memory_and_is_one_that_fargate_takes() {
        let check = |cpu, memory_mib, expected: Option<(u32, u32)>| {
            let next = Size { cpu, memory_mib }.with_more_memory();
            assert_eq!(next.map(|size| (size.cpu, size.memory_mib)), expected, "after {cpu}/{memory_mib}");
        };
        check(256, 512, Some((256, 1_024)));
        // Never 256/3072.
        check(256, 2_048, Some((512, 3_072)));
        check(512, 4_096, Some((1_024, 5_120)));
        check(4_096, 30_720, Some((8_192, 32_768)));
        check(8_192, 61_440, Some((16_384, 65_536)));
        check(16_384, 122_880, None);
        // One that EC2 takes and Fargate does not.
        check(300, 700, Some((512, 1_024)));
    }

    #[test]
    fn a_floor_is_one_for_both() {
        let size = |cpu, memory_mib| Size { cpu, memory_mib };
        assert_eq!(size(1_024, 2_048).or_more(size(256, 2_048)), size(1_024, 2_048));
        assert_eq!(size(256, 512).or_more(size(512, 3_072)), size(512, 3_072));
        // A tier with more CPU does not go with so little memory.
        assert_eq!(size(2_048, 1_024).or_more(size(512, 3_072)), size(2_048, 4_096));
        assert_eq!(size(256, 512).or_more(size(16_384, 500_000)), size(256, 512));
    }
}

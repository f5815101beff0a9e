//! A count that changes at moments: workers that serve, workers that are paid for, demand.

/// A step function of time, 0 before its first step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steps(Vec<(u64, u32)>);

impl Steps {
    /// From `at` on, in milliseconds, it is `count`. Moments may not go back.
    pub fn set(&mut self, at: u64, count: u32) {
        match self.0.last_mut() {
            Some((_, last)) if *last == count => {}
            Some((moment, last)) if *moment == at => *last = count,
            _ => self.0.push((at, count)),
        }
    }

    /// The count at a moment, in milliseconds.
    pub fn at(&self, moment: u64) -> u32 {
        let after = self.0.partition_point(|(at, _)| *at <= moment);
        after.checked_sub(1).map_or(0, |last| self.0[last].1)
    }

    /// The sum over `from` to `to`, both in milliseconds, in units × milliseconds.
    pub fn sum(&self, from: u64, to: u64) -> u64 {
        let ends = self.0.iter().skip(1).map(|(at, _)| *at).chain([u64::MAX]);
        let parts = self.0.iter().zip(ends);
        parts.map(|((at, count), end)| u64::from(*count) * end.min(to).saturating_sub((*at).max(from))).sum()
    }

    /// The most within `from` to `to`, both in milliseconds.
    pub fn most(&self, from: u64, to: u64) -> u32 {
        let within = self.0.iter().filter(|(at, _)| (from..to).contains(at)).map(|(_, count)| *count);
        within.chain([self.at(from)]).max().unwrap_or(0)
    }

    /// The moments, in milliseconds, from which on it has each count.
    pub fn points(&self) -> &[(u64, u32)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_function_is_read_and_summed_over_any_time() {
        let mut steps = Steps::default();
        for (at, count) in [(10, 2), (20, 2), (30, 5), (30, 4), (40, 0)] {
            steps.set(at, count);
        }
        assert_eq!(steps.points(), [(10, 2), (30, 4), (40, 0)]);
        assert_eq!([0, 10, 29, 30, 99].map(|at| steps.at(at)), [0, 2, 2, 4, 0]);
        assert_eq!((steps.sum(0, 100), steps.sum(20, 35), steps.sum(50, 60)), (80, 40, 0));
        assert_eq!((steps.most(0, 100), steps.most(11, 30), steps.most(40, 90)), (4, 2, 0));
    }
}

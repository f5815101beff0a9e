//! Takes workers away from a schedule as long as it keeps its wait.

use super::Rehearsal;

/// Lengths of the parts that are tried, in slots, the longest first.
const LENGTHS: [usize; 6] = [24, 12, 6, 3, 2, 1];
/// Tasks that are replayed at most: some seconds of work.
const EFFORT: usize = 5_000_000;

/// `counts` per slot, with less here and there, for less than `cost` worker-milliseconds.
pub(super) fn refine(rehearsal: &Rehearsal<'_>, mut cost: u64, mut counts: Vec<u32>) -> Vec<u32> {
    let mut tries = EFFORT / rehearsal.half.arrivals.len().max(1);
    for length in LENGTHS {
        for from in (0..counts.len()).step_by(length) {
            let part = from..(from + length).min(counts.len());
            while tries > 0 && counts[part.clone()].iter().any(|count| *count > 0) {
                tries -= 1;
                let mut fewer = counts.clone();
                fewer[part.clone()].iter_mut().for_each(|count| *count = count.saturating_sub(1));
                match rehearsal.cost(&fewer) {
                    Some(less) if less < cost => (cost, counts) = (less, fewer),
                    _ => break,
                }
            }
        }
    }
    counts
}

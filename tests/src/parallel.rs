//! Many runs side by side, a thread for each core: a run is single-threaded and shares nothing with another.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What `work` makes of each item, in the order of the items. `prepare` is called once by each thread, for what threads cannot share.
///
/// # Panics
/// If `work` does; the others of its thread are not done then.
pub fn each<T: Sync, S, R: Send>(items: &[T], prepare: impl Fn() -> S + Sync, work: impl Fn(&S, &T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let shared = prepare();
                while let Some((index, item)) = claim(&next, items) {
                    let result = work(&shared, item);
                    done.lock().expect("no thread panics while it holds the lock").push((index, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no thread panics while it holds the lock");
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

fn claim<'a, T>(next: &AtomicUsize, items: &'a [T]) -> Option<(usize, &'a T)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    items.get(index).map(|item| (index, item))
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_come_in_the_order_of_their_items() {
        let items: Vec<_> = (0..100).collect();
        let doubled: Vec<_> = items.iter().map(|item| item * 2).collect();
        assert_eq!(super::each(&items, || 2, |two, item| item * two), doubled);
    }
}

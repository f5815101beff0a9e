//! What a process has read and keeps for some time: secrets, which change seldom and are wanted for every event.

use std::cell::RefCell;

use jiff::{SignedDuration, Timestamp};

/// The value that was read last, for as long as it is fresh, and after that until the next read succeeds.
#[derive(Debug)]
pub struct Kept<T> {
    fresh: SignedDuration,
    last: RefCell<Option<(Timestamp, T)>>,
}

impl<T: Clone> Kept<T> {
    /// With nothing read yet. What is read stays fresh for so long.
    pub const fn fresh_for(fresh: SignedDuration) -> Self {
        Self { fresh, last: RefCell::new(None) }
    }

    /// What was read last, fresh or not.
    pub fn last(&self) -> Option<T> {
        self.last.borrow().as_ref().map(|(_, value)| value.clone())
    }

    /// Whether what was read last is fresh at `now`.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.last.borrow().as_ref().is_some_and(|(at, _)| now.duration_since(*at) < self.fresh)
    }

    /// What was read last counts as read at `now`, so that it is fresh again.
    pub fn put_off(&self, now: Timestamp) {
        if let Some((at, _)) = &mut *self.last.borrow_mut() {
            *at = now;
        }
    }

    /// What was read last if it is fresh at `now`, else what `read` finds.
    ///
    /// # Errors
    /// That of `read`. What was read before is still kept, and no fresher.
    pub async fn get<E>(&self, now: Timestamp, read: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        match self.last().filter(|_| self.is_fresh(now)) {
            Some(value) => Ok(value),
            None => self.renew(now, read).await,
        }
    }

    /// What `read` finds, which is kept as read at `now`.
    ///
    /// # Errors
    /// As of [`Self::get`].
    pub async fn renew<E>(&self, now: Timestamp, read: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let value = read.await?;
        self.last.replace(Some((now, value.clone())));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;

    const FRESH: SignedDuration = SignedDuration::from_secs(60);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    fn get(kept: &Kept<&'static str>, second: i64, read: Result<&'static str, &'static str>) -> Result<&'static str, &'static str> {
        block_on(kept.get(at(second), async { read }))
    }

    #[test]
    fn a_value_is_read_again_once_it_is_no_longer_fresh() {
        let kept = Kept::fresh_for(FRESH);
        let check = |second, there, expected| {
            assert_eq!((get(&kept, second, Ok(there)), kept.last()), (Ok(expected), Some(expected)), "{second}");
        };
        check(0, "first", "first");
        check(59, "second", "first");
        check(60, "second", "second");
        check(119, "third", "second");
    }

    #[test]
    fn a_read_that_fails_keeps_what_there_was_and_makes_it_no_fresher() {
        let kept = Kept::fresh_for(FRESH);
        assert_eq!((get(&kept, 0, Err("denied")), kept.last()), (Err("denied"), None));
        assert_eq!(get(&kept, 1, Ok("first")), Ok("first"));
        assert_eq!((get(&kept, 61, Err("denied")), kept.last()), (Err("denied"), Some("first")));
        assert_eq!(get(&kept, 62, Ok("second")), Ok("second"));
    }

    #[test]
    fn what_is_put_off_is_fresh_again_and_what_is_renewed_is_new() {
        let kept = Kept::fresh_for(FRESH);
        kept.put_off(at(0));
        assert_eq!((kept.last(), kept.is_fresh(at(0))), (None, false));
        assert_eq!(get(&kept, 0, Ok("first")), Ok("first"));
        kept.put_off(at(100));
        assert_eq!(get(&kept, 159, Ok("second")), Ok("first"));
        assert_eq!(block_on(kept.renew(at(159), async { Ok::<_, ()>("second") })), Ok("second"));
        assert_eq!((kept.last(), kept.is_fresh(at(218))), (Some("second"), true));
    }
}

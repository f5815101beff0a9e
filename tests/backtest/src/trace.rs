//! Arrivals: when each task came, and how long a worker has to do with it.

pub mod read;
pub mod synthetic;

/// One task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// When it came, in milliseconds since the first one.
    pub at: u64,
    /// How long one place of a worker is taken by it, in milliseconds; at least 1.
    pub service: u64,
}

/// Arrivals in order, at least two moments of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// What it is called in tables and charts.
    pub name: String,
    /// Ordered by `at`; the first one came at 0.
    pub arrivals: Vec<Arrival>,
}

/// Why a trace can not be replayed.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum Unfit {
    /// Nothing arrives.
    #[error("trace {0} is empty: at least two arrivals at different times are needed")]
    Empty(String),
    /// All arrives at once.
    #[error("trace {0} has all of its arrivals at one moment: there is no first half to tune on")]
    Momentary(String),
    /// One of the halves has nothing.
    #[error("the {half} half of trace {name} has no arrivals: tuning needs the first one, judging the second; cut the file")]
    HalfEmpty {
        /// Of the trace.
        name: String,
        /// Which.
        half: &'static str,
    },
}

impl Trace {
    /// `arrivals`, in order, with the first one moved to 0.
    ///
    /// # Errors
    /// If there is nothing to tune on or to judge by.
    pub fn new(name: &str, mut arrivals: Vec<Arrival>) -> Result<Self, Unfit> {
        let first = arrivals.first().ok_or_else(|| Unfit::Empty(name.to_owned()))?.at;
        for arrival in &mut arrivals {
            arrival.at -= first;
            arrival.service = arrival.service.max(1);
        }
        let trace = Self { name: name.to_owned(), arrivals };
        if trace.span() == 0 {
            return Err(Unfit::Momentary(trace.name));
        }
        if trace.halves().1.is_empty() {
            return Err(Unfit::HalfEmpty { name: trace.name, half: "second" });
        }
        Ok(trace)
    }

    /// From the first to the last arrival, in milliseconds.
    pub fn span(&self) -> u64 {
        self.arrivals.last().map_or(0, |arrival| arrival.at)
    }

    /// The moment in the middle, in milliseconds. What comes then belongs to the second half.
    pub fn middle(&self) -> u64 {
        self.span() / 2
    }

    /// The arrivals before and from the middle on.
    pub fn halves(&self) -> (&[Arrival], &[Arrival]) {
        self.arrivals.split_at(self.arrivals.partition_point(|arrival| arrival.at < self.middle()))
    }

    /// The first half as a trace of its own: what is known when parameters are chosen.
    pub fn first_half(&self) -> Self {
        Self { name: self.name.clone(), arrivals: self.halves().0.to_vec() }
    }

    /// Mean service time, in seconds.
    pub fn mean_service_seconds(&self) -> f64 {
        self.arrivals.iter().map(|arrival| arrival.service as f64).sum::<f64>() / self.arrivals.len() as f64 / 1e3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrivals(at: &[u64]) -> Vec<Arrival> {
        at.iter().map(|at| Arrival { at: *at, service: 0 }).collect()
    }

    #[test]
    fn a_trace_begins_at_nought_and_is_cut_in_its_middle() {
        let trace = Trace::new("t", arrivals(&[100, 140, 150, 200])).expect("a trace");
        assert_eq!((trace.span(), trace.middle(), trace.arrivals[0]), (100, 50, Arrival { at: 0, service: 1 }));
        assert_eq!((trace.halves().0.len(), trace.halves().1.len()), (2, 2));
    }

    #[test]
    fn what_can_not_be_judged_is_refused() {
        assert_eq!(Trace::new("t", Vec::new()), Err(Unfit::Empty("t".into())));
        assert_eq!(Trace::new("t", arrivals(&[5, 5])), Err(Unfit::Momentary("t".into())));
    }
}

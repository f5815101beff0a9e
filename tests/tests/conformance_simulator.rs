//! The simulator shows what we rely on of AWS, and the facts name what shows them.

use std::cell::Cell;
use std::collections::BTreeSet;

use jiff::SignedDuration;
use scenarios::conformance::{Deed, ELSEWHERE, Ground, NAMES, show};
use scenarios::executor::Executor;
use scenarios::executor::schedule::InOrder;
use scenarios::facts::tests as named_tests;
use scenarios::simulator::{Environment, Faults, Invocation, Simulator};

struct OnSimulator {
    simulator: Simulator,
    invocation: Invocation,
    environment: Environment,
    names: Cell<usize>,
}

impl Ground for OnSimulator {
    type Aws = Invocation;

    fn aws(&self) -> &Invocation {
        &self.invocation
    }

    fn environment(&self) -> &Environment {
        &self.environment
    }

    fn name(&self, stem: &str) -> String {
        self.names.set(self.names.get() + 1);
        format!("{stem}-{}", self.names.get())
    }

    async fn elapse(&self, seconds: u32) {
        self.simulator.executor().sleep(SignedDuration::from_secs(i64::from(seconds))).await;
    }

    async fn throttle(&self, on: bool) {
        self.simulator.set_faults(Faults { throttles: on, ..Faults::default() });
    }

    async fn exhaust(&self, operation: &str, on: bool) {
        self.simulator.set_quota(operation, on.then_some(0));
    }

    async fn open_maintenance_window(&self, database: &str) {
        assert!(self.simulator.open_maintenance_window(database), "nothing was owed to the window");
    }

    async fn open_cache_window(&self, group: &str) {
        assert!(self.simulator.open_cache_window(group), "nothing was owed to the window");
    }

    async fn others(&self, deed: Deed<'_>) {
        match deed {
            Deed::WriteObject { bucket, key } => self.simulator.write_object(bucket, key, 5),
            Deed::TakeBucketName(name) => self.simulator.take_bucket_name(name),
            Deed::BackUp(vault) => self.simulator.back_up(vault, None),
        }
    }
}

fn run(name: &'static str) {
    let executor = Executor::new(InOrder);
    let simulator = Simulator::new(&executor, 0);
    let invocation = simulator.invoke(SignedDuration::from_hours(24));
    let environment = simulator.environment();
    let ground = OnSimulator { simulator, invocation, environment, names: Cell::new(0) };
    let task = executor.spawn(async move { show(name, &ground).await });
    assert!(executor.run_until(|| task.end().is_some()), "it never came to its end");
    executor.clear();
}

macro_rules! tests {
    ($($module:ident: $($name:ident),* $(,)?;)*) => {
        $($(
            #[test]
            fn $name() {
                run(stringify!($name));
            }
        )*)*
    };
}
scenarios::conformance_functions!(tests);

// Invariant: every fact is shown

#[test]
fn every_row_of_the_facts_names_a_function_or_says_why_there_is_none() {
    let shown: BTreeSet<_> = NAMES.iter().copied().collect();
    let elsewhere: BTreeSet<_> = ELSEWHERE.iter().map(|(name, _)| *name).collect();
    assert!(shown.is_disjoint(&elsewhere), "what is shown here is not shown elsewhere");
    let tests = named_tests();
    let named: BTreeSet<_> = tests.iter().map(|(_, test)| test.strip_prefix("conformance::").unwrap_or(test)).collect();
    let missing: Vec<_> = named.iter().filter(|name| !shown.contains(*name) && !elsewhere.contains(*name)).collect();
    assert!(missing.is_empty(), "facts name {missing:?}: write them, or say in ELSEWHERE why the port cannot show them");
    let idle: Vec<_> = elsewhere.difference(&named).collect();
    assert!(idle.is_empty(), "no fact names {idle:?} any more");
}

//! MATE on its way, on the simulator, for whoever wants to look at it as the tool does.

use domain::failure::CallError;
use domain::ports::{Call, Cloud, Reply};
use jiff::Timestamp;

use crate::driver::{OWNER, shipped};
use crate::scenario::Scenario;

/// The base of MATE in dev, and a tenant `demo` of `tier` whose event has just been accepted.
pub fn asked(tier: &str) -> Scenario {
    let scenario = Scenario::on_mate(0, &shipped());
    scenario.want(tier, 1);
    scenario.executor.run_until(|| !scenario.simulator.ledger(OWNER).is_empty());
    scenario
}

/// Reads the ledger of a scenario, in no time.
#[derive(Clone, Copy)]
pub struct Reader<'a>(pub &'a Scenario);

impl Cloud for Reader<'_> {
    fn now(&self) -> Timestamp {
        self.0.executor.now()
    }

    fn entropy(&self) -> u128 {
        0
    }

    async fn call(&self, call: Call) -> Result<Reply, CallError> {
        self.0.simulator.by_hand(call)
    }
}

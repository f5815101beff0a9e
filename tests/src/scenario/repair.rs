//! What a person has changed by hand is set back.

use super::Scenario;

impl Scenario {
    /// Has a person `change` something, and lets `look` come by: the world is as it was before.
    ///
    /// # Panics
    /// If `change` changes nothing, or not all of it is set back.
    pub fn assert_set_back(&self, change: impl FnOnce(&Self), look: impl FnOnce(&Self)) {
        let before = self.simulator.census();
        change(self);
        assert_ne!(self.simulator.census(), before, "it was changed by hand");
        look(self);
        assert_eq!(self.simulator.census().to_string(), before.to_string());
    }

    /// The same of the tenant `demo`, whose daily look comes by and leaves it ready.
    ///
    /// # Panics
    /// If `change` changes nothing, or not all of it is set back, or `demo` is not ready.
    pub fn assert_mended(&self, change: impl FnOnce(&Self)) {
        self.assert_set_back(change, |scenario| {
            scenario.look_over("demo");
            scenario.rest();
        });
        assert_eq!(self.phase("demo"), "Ready");
    }
}

//! Decisions are visible: one structured log line each, and the answer of a bare invocation.

use domain::tenant::Owner;
use serde::Serialize;
use serde_json::{Value, json};

/// What was decided, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decision {
    /// The function.
    pub function: &'static str,
    /// The tenant, if one is concerned.
    pub tenant: Option<String>,
    /// The environment, if one is concerned.
    pub environment: Option<String>,
    /// What was decided about.
    pub subject: String,
    /// In a word.
    pub decision: &'static str,
    /// In a sentence.
    pub reason: String,
    /// What it follows from.
    pub inputs: Value,
}

impl Decision {
    /// Of `function` about nobody, as far as is known: `word`, because of `reason`.
    pub fn of_none(function: &'static str, word: &'static str, reason: String) -> Self {
        let (tenant, environment, subject) = (None, None, String::new());
        Self { function, tenant, environment, subject, decision: word, reason, inputs: json!({}) }
    }

    /// About `subject` of `owner`.
    #[must_use]
    pub fn about(self, owner: &Owner, subject: &str) -> Self {
        let (tenant, environment) = (owner.tenant_id().map(ToString::to_string), Some(owner.environment().to_string()));
        Self { tenant, environment, subject: subject.to_owned(), ..self }
    }

    /// Writes the log line.
    pub fn log(&self) {
        tracing::info!(
            function = self.function,
            tenant = self.tenant.as_deref().unwrap_or(""),
            environment = self.environment.as_deref().unwrap_or(""),
            subject = self.subject,
            decision = self.decision,
            reason = self.reason,
            inputs = %self.inputs,
            "decision"
        );
    }
}

//! What is wrong with a subject: a cause with what speaks for it.

use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::diagnosis::{Confidence, Diagnosis};

/// A fault of a subject, as far as its remedy and those who read of it need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// What is behind it.
    pub cause: Cause,
    /// How well that is known.
    pub confidence: Confidence,
    /// What was seen, in sentences.
    pub evidence: Vec<String>,
}

impl From<Diagnosis> for Fault {
    fn from(diagnosis: Diagnosis) -> Self {
        Self { cause: diagnosis.cause, confidence: diagnosis.confidence, evidence: diagnosis.evidence }
    }
}

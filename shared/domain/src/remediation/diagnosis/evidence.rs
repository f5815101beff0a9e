//! What was seen, in sentences.

use super::super::facts::{Facts, Rollout, TargetHealth};
use super::super::stop::{Container, TaskStopped};

/// So much of a text is quoted.
const QUOTED: usize = 200;
/// Where ECS cuts: `StopTask` takes 255 characters, and reasons of tasks have come with 255 and with 1,024.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html>
const CUT_AT: [usize; 2] = [255, 1_024];

/// `text` in quotes, on one line, cut.
pub(super) fn quote(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let kept: String = line.chars().take(QUOTED).collect();
    let mark = if kept.len() < line.len() { "…" } else { "" };
    format!("\"{kept}{mark}\"")
}

/// What a text is quoted as: `stoppedReason is "…"`.
pub(super) fn said(who: &str, text: &str) -> String {
    let cut = if CUT_AT.contains(&text.chars().count()) { ", and may be cut" } else { "" };
    format!("{who} is {}{cut}.", quote(text))
}

/// How a container is named.
pub(super) fn name(container: &Container) -> &str {
    container.name.as_deref().unwrap_or("(unnamed)")
}

/// What is true whatever the cause.
pub(super) fn around(stop: &TaskStopped, facts: &Facts) -> Vec<String> {
    let revision = stop.revision.as_ref().map(|revision| format!("{}:{}", revision.family, revision.number));
    let release = revision.zip(facts.began_with_revision()).map(|(revision, began)| match began {
        true => format!("Revision {revision} is new, and the one before it was clean."),
        false => format!("It did not begin with revision {revision}."),
    });
    let rollout = facts.rollout.and_then(|rollout| match rollout {
        Rollout::Settled => None,
        Rollout::Deploying => Some("A deployment of the service runs.".to_owned()),
        Rollout::RollingBack => Some("ECS is rolling the service back.".to_owned()),
    });
    let alike = facts.tenants_alike.filter(|count| *count > 0).map(|count| format!("{count} other tenants failed alike lately."));
    let target = match &facts.target_health {
        Some(TargetHealth::Failing(reason)) => Some(format!("Its target is unhealthy: {}.", quote(reason))),
        _ => None,
    };
    [release, rollout, alike, target].into_iter().flatten().collect()
}

//! What is to be said after a pass.

use std::collections::BTreeMap;

use super::{Pass, Phase};
use crate::answer::{Answer, News, sentences};
use crate::plan::{Plan, Retention, Standing, Stuck};
use crate::resource::Place;

/// What is to be said of `phase`, unless it was the last thing said of this version.
pub(super) fn announce(pass: Pass<'_>, phase: Phase) -> Option<Answer> {
    if pass.before.and_then(|before| before.announced) == Some((pass.intent.version, phase)) {
        return None;
    }
    let stuck = || sentences(pass.plan, |standing| matches!(standing, Standing::Stuck(_)));
    let news = match phase {
        Phase::Ready => News::Ready { outputs: pass.outputs.clone() },
        Phase::Degraded => {
            News::Degraded { waiting: sentences(pass.plan, |standing| matches!(standing, Standing::Waiting(_) | Standing::Stuck(_))) }
        }
        Phase::Failed if stuck().is_empty() => News::Failed {
            reason: "gave up: it has not come to rest within a day".into(),
            stuck: sentences(pass.plan, |standing| matches!(standing, Standing::Waiting(_))),
        },
        Phase::Failed => News::Failed { reason: headline(pass.plan), stuck: stuck() },
        Phase::Removed => News::Removed { retained: retained(pass.plan), leftovers: leftovers(pass.plan) },
        Phase::AwaitingEnvironment | Phase::Working | Phase::Removing | Phase::Paused => return None,
    };
    Some(Answer {
        id: format!("{}/{:016}", pass.owner.tag(), pass.epoch),
        owner: pass.owner.clone(),
        version: pass.intent.version,
        incarnation: pass.intent.incarnation,
        at: pass.now,
        news,
    })
}

fn headline(plan: &Plan) -> String {
    let first = plan.report.iter().find_map(|(place, standing)| match standing {
        Standing::Stuck(stuck @ Stuck::Failed(_)) | Standing::Stuck(stuck) => Some(format!("{}: {stuck}", place.id)),
        _ => None,
    });
    first.unwrap_or_else(|| "nothing is stuck".to_owned())
}

fn retained(plan: &Plan) -> BTreeMap<String, Retention> {
    let kept = |(place, standing): (&Place, &Standing)| match standing {
        Standing::Kept(retention) => Some((place.to_string(), retention.clone())),
        _ => None,
    };
    plan.report.iter().filter_map(kept).collect()
}

/// What neither went nor is kept. `Removed` is reached only without any; the list is the proof.
fn leftovers(plan: &Plan) -> Vec<String> {
    let left = |standing: &Standing| !matches!(standing, Standing::Gone | Standing::Kept(_));
    plan.report.iter().filter(|(_, standing)| left(standing)).map(|(place, _)| place.to_string()).collect()
}

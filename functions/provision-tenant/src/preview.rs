//! dryRun: what an order would do, without doing it. It uses up no version and takes no lease.

use std::collections::BTreeMap;

use domain::answer::{News, sentences};
use domain::intent::{Acceptance, Intent};
use domain::look::Look;
use domain::order::{Order, WishOrder};
use domain::plan::{Plan, Standing};
use domain::ports::Cloud;
use domain::resolve::{Base, Ground, Site, Wanted, resolve_intent};
use domain::tenant::Incarnation;
use runtime::start::chain;

use crate::announce::say;
use crate::book::{Book, open};
use crate::event::milliseconds;
use crate::handler::{Context, Problem};
use crate::intend::{acceptance, possible};
use crate::observe::observe;
use crate::pass::base;

/// Answers `order` with the plan that it would lead to; the answer's sentence is returned as well.
///
/// # Errors
/// The ledger or the bus did not answer.
pub async fn preview(cloud: &impl Cloud, context: &Context, site: &Site, order: &WishOrder) -> Result<String, Problem> {
    let news = match possible(&context.blueprints, &Order::Wish(order.clone())) {
        Err(reason) => failed(reason),
        Ok(()) => planned(cloud, context, site, order).await?,
    };
    let summary = match &news {
        News::Planned { steps, .. } => format!("{} steps would be taken", steps.len()),
        News::Failed { reason, .. } => reason.clone(),
        _ => String::new(),
    };
    say(cloud, &order.owner, order.version, &order.event_id, news).await.map_err(Problem::Call)?;
    Ok(summary)
}

async fn planned(cloud: &impl Cloud, context: &Context, site: &Site, order: &WishOrder) -> Result<News, Problem> {
    let book = open(cloud, &order.owner).await?;
    let mint = Incarnation::mint(milliseconds(cloud.now()), cloud.entropy());
    let intent = match acceptance(&book, &Order::Wish(order.clone()), mint) {
        Acceptance::Commit(intent) => *intent,
        Acceptance::Repeat => match &book.intent {
            Some(intent) => intent.clone(),
            None => return Ok(failed("nothing is known of it".to_owned())),
        },
        Acceptance::Dropped(refusal) => return Ok(failed(refusal.to_string())),
    };
    plan(cloud, context, site, order, &book, &intent).await
}

async fn plan(
    cloud: &impl Cloud,
    context: &Context,
    site: &Site,
    order: &WishOrder,
    book: &Book,
    intent: &Intent,
) -> Result<News, Problem> {
    let base = match intent.stands() {
        Some(_) => base(cloud, &order.owner).await?,
        None => Some(Base::new()),
    };
    let Some(base) = base else {
        return Ok(failed(format!("environment {} is not ready", order.owner.environment())));
    };
    let ground = Ground { site, base: &base };
    let Wanted { aim, monthly_usd } =
        match resolve_intent(&context.blueprints, intent, &order.owner, ground, &book.records, &book.overrides) {
            Ok(wanted) => wanted,
            Err(error) => return Ok(failed(chain(&error))),
        };
    let sightings = observe(cloud, &aim, &book.records, Look::Whole).await.sightings;
    let plan = Plan::untried(&aim, &book.records, &sightings, cloud.now());
    Ok(News::Planned {
        waiting: sentences(&plan, |standing| matches!(standing, Standing::Waiting(_) | Standing::Stuck(_))),
        drift: plan.drift.into_iter().map(|(place, what)| (place.id.0, what)).collect(),
        steps: plan.steps,
        monthly_usd_before: book.state.as_ref().map_or(0.0, |state| state.monthly_usd),
        monthly_usd_after: monthly_usd,
    })
}

fn failed(reason: String) -> News {
    News::Failed { reason, stuck: BTreeMap::new() }
}

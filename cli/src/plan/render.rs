//! A plan in the form that people know from `terraform plan`.

use std::collections::BTreeMap;

use domain::answer::{Answer, News};
use domain::plan::{Change, Interruption, Step};

use crate::paint::{Paint, Tone, usd};

/// Steps, what waits and why, the monthly cost, and a line that sums it up; or why there is no plan.
pub fn render(answer: &Answer, paint: Paint) -> String {
    let owner = &answer.owner;
    let whose = owner.tenant_id().map_or_else(|| "environment".to_owned(), |tenant| format!("{tenant} in"));
    let title = format!("{whose} {}, version {}", owner.environment(), answer.version);
    let title = paint.tone(Tone::Strong, &title);
    match &answer.news {
        News::Planned { steps, waiting, drift, monthly_usd_before, monthly_usd_after } => {
            let cost = cost(*monthly_usd_before, *monthly_usd_after);
            format!(
                "Plan for {title}\n{}{}{}\n{cost}\n{}\n",
                self::drift(drift, paint),
                self::steps(steps, paint),
                waits(steps, waiting, paint),
                summary(steps, waiting)
            )
        }
        News::Failed { reason, stuck } => {
            let stuck: String = stuck.iter().map(|(resource, why)| format!("  {resource}: {why}\n")).collect();
            format!("{} for {title}: {reason}\n{stuck}", paint.tone(Tone::Bad, "No plan"))
        }
        _ => format!("{title}: {}\n", answer.detail_type()),
    }
}

/// What a plan sets right, or leaves alone, of what was not our doing.
fn drift(drift: &BTreeMap<String, String>, paint: Paint) -> String {
    if drift.is_empty() {
        return String::new();
    }
    let lines: String = drift.iter().map(|(resource, what)| format!("  {resource}: {what}\n")).collect();
    format!("\n{}\n{lines}", paint.tone(Tone::Strong, "Changed by others"))
}

fn sign(change: &Change) -> (Tone, &'static str) {
    match change {
        Change::Create | Change::Restore => (Tone::Good, "+"),
        Change::Update(_) | Change::Adopt => (Tone::Moving, "~"),
        Change::Replace(_) => (Tone::Bad, "±"),
        Change::Remove(_) => (Tone::Bad, "-"),
    }
}

fn steps(steps: &[Step], paint: Paint) -> String {
    let widest = |of: fn(&Step) -> &str| steps.iter().map(|step| of(step).chars().count()).max().unwrap_or(0);
    let (ids, kinds) = (widest(|step| &step.place.id.0), widest(|step| &step.kind));
    steps.iter().map(|step| self::step(step, ids, kinds, paint)).collect()
}

fn step(step: &Step, ids: usize, kinds: usize, paint: Paint) -> String {
    let (tone, sign) = sign(&step.change);
    let (id, kind, name) = (&step.place.id.0, &step.kind, &step.name);
    let mut text = format!("\n  {} {id:ids$}  {kind:kinds$}  {name}\n", paint.tone(tone, sign));
    for detail in details(step) {
        text += &format!("      {detail}\n");
    }
    text
}

/// What is worth a line under a step.
fn details(step: &Step) -> Vec<String> {
    let mut lines = match &step.change {
        Change::Create => Vec::new(),
        Change::Update(differences) | Change::Replace(differences) => differences
            .iter()
            .map(|d| {
                let (before, after) = (or_none(&d.before), or_none(&d.after));
                format!("{}: {before} -> {after}", d.property)
            })
            .collect(),
        other => vec![other.to_string()],
    };
    if !step.after.is_empty() {
        let ids: Vec<_> = step.after.iter().map(|place| place.id.0.as_str()).collect();
        lines.push(format!("after {}", ids.join(", ")));
    }
    if step.interruption != Interruption::None {
        lines.push(step.interruption.to_string());
    }
    lines
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "(none)" } else { text }
}

/// What waits beside the steps: a step says itself what it comes after.
fn waits(steps: &[Step], waiting: &BTreeMap<String, String>, paint: Paint) -> String {
    let rest: String = others(steps, waiting).map(|(resource, why)| format!("  {resource}: {why}\n")).collect();
    if rest.is_empty() { String::new() } else { format!("\n{}\n{rest}", paint.tone(Tone::Strong, "Waits")) }
}

fn others<'a>(steps: &'a [Step], waiting: &'a BTreeMap<String, String>) -> impl Iterator<Item = (&'a String, &'a String)> {
    waiting.iter().filter(|(resource, _)| !steps.iter().any(|step| &step.place.id.0 == *resource))
}

fn cost(before: f64, after: f64) -> String {
    let difference = after - before;
    // A tenth of a cent is no difference.
    if difference.abs() < 0.001 {
        return format!("Cost: {} a month, as before.", usd(after));
    }
    format!("Cost: {} -> {} a month ({difference:+.2}).", usd(before), usd(after))
}

fn summary(steps: &[Step], waiting: &BTreeMap<String, String>) -> String {
    let others = others(steps, waiting).count();
    let waits = if others > 0 { format!(" {others} waiting.") } else { String::new() };
    if steps.is_empty() {
        return format!("No changes: it is as it should be, or on its way.{waits}");
    }
    let count = |wanted: &str| steps.iter().filter(|step| sign(&step.change).1 == wanted).count();
    format!("Plan: {} to create, {} to change, {} to replace, {} to remove.{waits}", count("+"), count("~"), count("±"), count("-"))
}

#[cfg(test)]
mod tests {
    use domain::plan::{Difference, Removal};
    use domain::resource::Place;

    use super::*;
    use crate::samples::{moment, owner, place};

    fn step(id: &str, kind: &str, change: Change, after: Vec<Place>, interruption: Interruption) -> Step {
        Step { place: place(1, id), kind: kind.into(), name: format!("mate-demo-dev-{id}"), change, after, interruption }
    }

    fn shown(news: News) -> String {
        let answer = Answer { id: "a".into(), owner: owner(), version: 2, incarnation: None, at: moment(0), news };
        render(&answer, Paint::PLAIN)
    }

    #[test]
    fn a_plan_shows_every_step_with_its_differences_interruption_and_order() {
        let class = vec![Difference::new("class", "db.t4g.micro", "db.t4g.medium"), Difference::new("window", "", "sun:03:00")];
        let snapshot = Removal::DeleteDatabase { final_snapshot: Some("mate-old-1".into()) };
        let steps = vec![
            step("django-secret", "secret", Change::Create, vec![], Interruption::None),
            step("database", "rds-instance", Change::Update(class), vec![], Interruption::Minutes(5)),
            step("old-database", "rds-instance", Change::Remove(snapshot), vec![], Interruption::ForGood),
            step("django", "ecs-service", Change::Create, vec![place(1, "database")], Interruption::None),
        ];
        let waiting = [("django", "waiting: on database"), ("tenant-data", "stuck: name conflict: fs-1 carries no tag")];
        let waiting = waiting.map(|(id, why)| (id.to_owned(), why.to_owned())).into();
        let drift = BTreeMap::from([("django-secret".to_owned(), "it is gone".to_owned())]);
        insta::assert_snapshot!(shown(News::Planned { steps, waiting, drift, monthly_usd_before: 35.0, monthly_usd_after: 80.0 }));
    }

    #[test]
    fn a_plan_without_steps_says_so() {
        let news = News::Planned {
            steps: vec![],
            waiting: BTreeMap::new(),
            drift: BTreeMap::new(),
            monthly_usd_before: 35.0,
            monthly_usd_after: 35.0,
        };
        insta::assert_snapshot!(shown(news));
    }

    #[test]
    fn a_refused_plan_says_why() {
        let stuck = BTreeMap::from([("database".to_owned(), "refused: storage cannot shrink".to_owned())]);
        insta::assert_snapshot!(shown(News::Failed { reason: "tier \"gold\" is unknown".into(), stuck }));
    }
}

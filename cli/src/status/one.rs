//! Everything about one tenant.

use domain::orphan::Orphan;
use domain::plan::{Fate, Standing};
use domain::settle::Drift;
use jiff::Timestamp;

use crate::paint::{Cell, Paint, Tone, cell, relative, table, tone, usd, word};
use crate::view::{FormerLife, Full, ResourceView};

/// The head, the resources, former lives, outputs and what is unsent.
pub fn render(view: &Full, now: Timestamp, paint: Paint) -> String {
    let overview = &view.overview;
    let title = format!("{} in {}", overview.tenant, overview.environment);
    let mut text = format!("{}  {}\n", paint.tone(Tone::Strong, &title), paint.tone(tone(overview.phase), word(overview.phase)));
    text += &table(paint, "  ", &["", ""], &head(view, now));
    text += &section(paint, "Resources", &resources(view, paint));
    text += &section(paint, "Former lives", &view.former_lives.iter().map(former_life).collect::<String>());
    text += &section(paint, "Changed by others", &view.drift.iter().map(|(id, drift)| self::drift(id, drift, now)).collect::<String>());
    let orphan = |(arn, orphan): (&String, &Orphan)| format!("  {arn}: {}, since {}\n", orphan.of, relative(orphan.since, now));
    text += &section(paint, "Its tags, and no record", &view.orphans.iter().map(orphan).collect::<String>());
    let outputs: Vec<_> = view.outputs.iter().map(|(name, value)| vec![cell(name), cell(value)]).collect();
    text += &section(paint, "Outputs", &table(paint, "  ", &["", ""], &outputs));
    let unsent = view.unsent.iter().map(|answer| format!("  {} of {:.0}\n", answer.detail_type(), answer.at));
    text + &section(paint, "Not taken by the bus yet", &unsent.collect::<String>())
}

fn section(paint: Paint, title: &str, body: &str) -> String {
    if body.is_empty() { String::new() } else { format!("\n{}\n{body}", paint.tone(Tone::Strong, title)) }
}

fn head(view: &Full, now: Timestamp) -> Vec<Vec<Cell>> {
    let overview = &view.overview;
    let mut rows = Vec::new();
    let mut row = |name: &str, text: String| rows.push(vec![(Tone::Faint, name.to_owned()), cell(text)]);
    row("wanted", wanted(view));
    row("life", overview.incarnation.map_or_else(|| "never created".to_owned(), |life| life.to_string()));
    if let Some(why) = &overview.why {
        row("why", why.clone());
    }
    if view.paused {
        row("paused", "nothing is changed until caretaker resume".to_owned());
    }
    let failures = if view.failures > 0 { format!(", passes in a row not finished: {}", view.failures) } else { String::new() };
    row("last look", overview.looked_at.map_or_else(|| "none yet".to_owned(), |at| format!("{}{failures}", relative(at, now))));
    row("next look", next_look(view, now));
    row(
        "lease",
        view.lease.as_ref().map_or_else(|| "free".to_owned(), |lease| format!("held by {} until {:.0}", lease.holder, lease.until)),
    );
    if !view.adopted.is_empty() {
        row("may adopt", view.adopted.join(", "));
    }
    row("cost", format!("{} a month{}", usd(overview.monthly_usd), kept_cost(view)));
    rows
}

fn kept_cost(view: &Full) -> String {
    let retained = view.former_lives.iter().flat_map(|life| life.retained.values());
    let sum: f64 = retained.map(|retention| retention.monthly_usd).sum();
    if sum > 0.0 { format!(", and {} for what is kept of former lives", usd(sum)) } else { String::new() }
}

fn wanted(view: &Full) -> String {
    let version = view.overview.version;
    let Some(specification) = &view.overview.specification else {
        return format!("gone, version {version}");
    };
    let tier = specification.tier.as_ref().map_or_else(String::new, |tier| format!(", tier {tier}"));
    let image = specification.image.as_ref().map_or_else(String::new, |image| format!(", first image {image}"));
    let options: String = specification.options.iter().map(|option| format!(", {option}")).collect();
    let observe_only = if specification.observe_only { ", observe-only" } else { "" };
    format!("blueprint {}{tier}{image}{options}{observe_only}, version {version}", specification.blueprint)
}

fn next_look(view: &Full, now: Timestamp) -> String {
    view.wake_up.as_ref().map_or_else(
        || "at the next event or sweep".to_owned(),
        |wake| {
            format!("{} (wake-up {}, hop {}, on its way since {})", relative(wake.at, now), wake.id, wake.hops, relative(wake.since, now))
        },
    )
}

fn resources(view: &Full, paint: Paint) -> String {
    let rows: Vec<_> = view.resources.iter().filter(|resource| !is_told_with_its_life(view, resource)).map(resource).collect();
    if rows.is_empty() { String::new() } else { table(paint, "  ", &["RESOURCE", "KIND", "NAME", "STANDING"], &rows) }
}

/// What is kept of a life that has ended is listed there, with its end and its cost.
fn is_told_with_its_life(view: &Full, resource: &ResourceView) -> bool {
    let life = view.former_lives.iter().find(|life| life.incarnation == resource.incarnation);
    life.is_some_and(|life| life.retained.contains_key(&resource.id))
}

fn resource(view: &ResourceView) -> Vec<Cell> {
    let id = if view.present { view.id.clone() } else { format!("{} (life {})", view.id, view.incarnation) };
    vec![cell(id), cell(&*view.kind), cell(&*view.name), (standing_tone(view.standing.as_ref()), view.sentence.clone())]
}

/// The tone of a standing.
pub(crate) fn standing_tone(standing: Option<&Standing>) -> Tone {
    match standing {
        Some(Standing::Ready { .. }) => Tone::Good,
        Some(Standing::Stuck(_)) => Tone::Bad,
        Some(Standing::Kept(_) | Standing::Gone) => Tone::Faint,
        Some(Standing::Due | Standing::Waiting(_)) | None => Tone::Moving,
    }
}

fn drift(id: &str, drift: &Drift, now: Timestamp) -> String {
    let since = if drift.repaired { "set right" } else { "left alone" };
    format!("  {id}: {}; found {}, {since}\n", drift.what, relative(drift.found_at, now))
}

fn former_life(life: &FormerLife) -> String {
    let fate = match life.fate {
        Fate::KeepData => "data kept",
        Fate::DestroyData => "data destroyed",
    };
    let kept = |(id, retention): (&String, &domain::plan::Retention)| {
        format!("    {id}: {}, {} a month\n", Standing::Kept(retention.clone()), usd(retention.monthly_usd))
    };
    format!("  {}: {fate}\n{}", life.incarnation, life.retained.iter().map(kept).collect::<String>())
}

#[cfg(test)]
mod tests {
    use domain::answer::{Answer, News};
    use domain::lease::Lease;

    use super::*;
    use crate::samples::{book, busy_book, life, moment, owner};
    use crate::view::full;

    #[test]
    fn everything_about_a_tenant_on_its_way() {
        let mut book = busy_book();
        book.lease = Some(Lease { holder: "8f1c".into(), epoch: 8, expires: moment(120).as_millisecond() });
        let news = News::Ready { outputs: Default::default() };
        let unsent = Answer { id: "a".into(), owner: owner(), version: 1, incarnation: Some(life(1)), at: moment(0), news };
        book.outbox.insert("out#a".into(), unsent);
        insta::assert_snapshot!(render(&full(&owner(), &book, moment(90)).unwrap(), moment(90), Paint::PLAIN));
    }

    #[test]
    fn a_tenant_that_no_pass_has_looked_at() {
        insta::assert_snapshot!(render(&full(&owner(), &book(1, 1), moment(90)).unwrap(), moment(90), Paint::PLAIN));
    }

    #[test]
    fn scripts_find_the_same_in_the_json() {
        let json = serde_json::to_value(full(&owner(), &busy_book(), moment(90)).unwrap()).unwrap();
        insta::assert_json_snapshot!(json);
    }
}

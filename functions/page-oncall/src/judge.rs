//! What an incident is judged by: its labels, the routes, what mutes it, and how its owner stands.

use domain::incident::Severity;
use domain::paging::desk::{Desk, Judgement, Standing};
use domain::paging::heard::Heard;
use domain::paging::incident::{Course, Level, What};
use domain::paging::labels::Labels;
use domain::paging::routes::Decision;
use domain::paging::routes::Source;
use domain::paging::silence::Silence;
use domain::ports::Cloud;
use domain::tenant::Owner;
use jiff::{SignedDuration, Timestamp};

use crate::Problem;
use crate::office::Office;
use crate::whose::Households;

/// A page is put off for so long at most while Caretaker repairs what it is about: two looks at the effect of an act, five minutes each.
const DEFER: SignedDuration = SignedDuration::from_mins(10);

/// What the routes say of the incident `id` now; none: it has no source. What nobody is needed for goes where information goes.
pub(crate) fn decision(office: &Office, desk: &Desk, id: &str, what: Option<What>, now: Timestamp) -> Option<(Labels, Decision)> {
    let severity = if what == Some(What::Saved) { Severity::Info } else { desk.incidents.get(id)?.severity };
    let labels = desk.root(id)?.1.labels(severity);
    let decision = office.routes.decide(&labels, severity, now);
    Some((labels, decision))
}

/// What the incident `id` is judged by now; none: it has no source.
pub(crate) async fn judge(
    cloud: &impl Cloud,
    office: &Office,
    known: &Households,
    desk: &Desk,
    silences: &[Silence],
    id: &str,
) -> Result<Option<Judgement>, Problem> {
    let now = cloud.now();
    let (Some((labels, decision)), Some((_, root)), Some(incident)) =
        (decision(office, desk, id, None, now), desk.root(id), desk.incidents.get(id))
    else {
        return Ok(None);
    };
    let others: Vec<(String, Labels)> = desk
        .incidents
        .values()
        .filter(|other| office.routes.has_rules() && other.is_open() && other.id != id)
        .filter_map(|other| Some((other.id.clone(), desk.root(&other.id)?.1.labels(other.severity))))
        .collect();
    let sources: Vec<Source<'_>> = others.iter().map(|(key, labels)| Source { key, labels, fires: true }).collect();
    let muted = office.routes.muted(&labels, silences, &sources, now);
    // Each has to end.
    let until = muted.iter().map(|muted| muted.until()).collect::<Option<Vec<_>>>().and_then(|ends| ends.into_iter().max());
    let is_production = root.subject.owner.as_ref().is_some_and(|owner| owner.environment().is_production());
    let defer = if is_production && incident.severity == Severity::Critical { SignedDuration::ZERO } else { DEFER };
    Ok(Some(Judgement {
        course: course(&decision, defer),
        muted: muted.first().map(|muted| (muted.to_string(), until)),
        standing: standing(cloud, known, desk, root).await?,
    }))
}

fn course(decision: &Decision, defer: SignedDuration) -> Course {
    let level = |level: &domain::paging::routes::Level| Level {
        after: level.wait,
        to: level.to.iter().map(|recipient| recipient.receiver.clone()).collect(),
    };
    Course {
        levels: decision.levels.iter().map(level).collect(),
        group_wait: decision.group_wait,
        group_interval: decision.group_interval,
        repeat: decision.repeat,
        resolved: decision.wants_resolved(),
        defer,
    }
}

async fn standing(cloud: &impl Cloud, known: &Households, desk: &Desk, root: &Heard) -> Result<Standing, Problem> {
    let Some(owner) = &root.subject.owner else { return Ok(Standing::default()) };
    let expected = known.get(cloud, owner).await?.expected(&root.subject);
    let base = Owner::Environment(owner.environment().clone());
    let is_tenant = owner.tenant_id().is_some();
    // Only while the base has an incident of its own: else nobody would hear of it.
    let is_told = || desk.heard.values().any(|heard| heard.firing && heard.subject.owner.as_ref() == Some(&base));
    let base_down = is_tenant && is_told() && known.get(cloud, &base).await?.is_down();
    Ok(Standing { expected, base_down })
}

//! What an incident is judged by, with how its owner stands by the ledger.

use domain::paging::desk::{Desk, Judgement, Standing};
use domain::paging::heard::Heard;
use domain::paging::silence::Silence;
use domain::ports::Cloud;

use crate::Problem;
use crate::office::Office;
use crate::whose::Households;

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
    let Some((_, root)) = desk.root(id) else { return Ok(None) };
    let standing = standing(cloud, known, desk, root).await?;
    Ok(Judgement::of(desk, id, &office.routes, silences, standing, now))
}

async fn standing(cloud: &impl Cloud, known: &Households, desk: &Desk, root: &Heard) -> Result<Standing, Problem> {
    let Some(owner) = &root.subject.owner else { return Ok(Standing::default()) };
    let expected = known.get(cloud, owner).await?.expected(&root.subject);
    let base_down = match desk.base_at_fault(owner) {
        Some(base) => known.get(cloud, &base).await?.is_down(),
        None => false,
    };
    Ok(Standing { expected, base_down })
}

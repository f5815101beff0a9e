//! What leads neither to a desk nor to a receiver: what is to be heard later, and the schedule.

use domain::paging::desk::partition;
use domain::paging::signal::Signal;
use domain::ports::{Cloud, ListOwners, SendReminder, send};
use domain::tenant::Owner;
use jiff::SignedDuration;
use runtime::own::{Deliver, Later, Look, Pulse};

use crate::Problem;
use crate::desk::remind;
use crate::office::Office;
use crate::order::Done;

/// Has `signal` come again after `wait`; at its desk it is dropped if the same was heard by then.
pub(crate) async fn postpone(cloud: &impl Cloud, signal: &Signal, wait: SignedDuration) -> Result<Done, Problem> {
    let now = cloud.now();
    remind(cloud, Later { signal: signal.clone() }.body(), now + wait, now).await?;
    let why = format!("{} is a copy, and heeded in {} min if nothing else has come", signal.name, wait.as_mins());
    Ok(Done::new("postponed", why).by(signal, None))
}

/// Has all desks and receivers looked at, and sends a beat by the queue: whatever was lost on its way is found again.
pub(crate) async fn beat(cloud: &impl Cloud, office: &Office) -> Result<Done, Problem> {
    let (mut desks, mut after) = (vec![partition(None)], None);
    loop {
        let (owners, next) = send(cloud, ListOwners { after }).await?;
        let environments = owners.iter().filter_map(|key| key.parse::<Owner>().ok()).filter(|owner| owner.tenant_id().is_none());
        desks.extend(environments.map(|owner| partition(Some(owner.environment()))));
        after = next;
        if after.is_none() {
            break;
        }
    }
    for desk in &desks {
        send(cloud, SendReminder { body: Look { desk: desk.clone() }.body(), delay_seconds: 0 }).await?;
    }
    for receiver in office.routes.receivers() {
        send(cloud, SendReminder { body: Deliver { receiver: receiver.id.clone() }.body(), delay_seconds: 0 }).await?;
    }
    send(cloud, SendReminder { body: Pulse {}.body(), delay_seconds: 0 }).await?;
    Ok(Done::new("beaten", format!("{} desks are looked at", desks.len())))
}

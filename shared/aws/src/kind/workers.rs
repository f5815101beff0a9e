//! Pools of workers, items of our own ledger.

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::plain::Shown;
use domain::kind::workers::{Registered, WorkerPool, key, partition};
use domain::ledger::{Condition, Item, Write};
use domain::observed::Observed;
use domain::ports::{Cloud, ReadItem, WriteItems, send};
use domain::resource::Resource;

use super::plain::{plain, with};

plain!(WorkerPool(WorkerPool), |cloud, resource, desired|
    observe: match send(cloud, ReadItem { owner: partition(resource.owner.environment()), key: key(resource) }).await? {
        Some(item) => Some(observed(cloud, &item)?),
        None => None,
    },
    create: {
        write(cloud, resource, desired, Condition::Absent).await.map_err(|error| match error.cause {
            Cause::ConditionFailed => CallError { cause: Cause::AlreadyExists, ..error },
            _ => error,
        })?;
        let detail = Detail::WorkerPool(Shown::done(&resource.name, desired.clone()));
        Ok(Observed { arn: String::new(), tags: resource.tags.clone(), at: cloud.now(), detail })
    },
    update |old, seen|: {
        write(cloud, resource, desired, Condition::Always).await?;
        Ok(with(old, Detail::WorkerPool(Shown { properties: desired.clone(), ..seen.clone() })))
    },
    delete |_seen|: {
        let delete = Write::Delete { owner: partition(resource.owner.environment()), key: key(resource) };
        send(cloud, WriteItems { writes: vec![delete] }).await
    },
    gone: now,
    tag |_of|: write(cloud, resource, desired, Condition::Always).await?,
);

async fn write(cloud: &impl Cloud, resource: &Resource, pool: &WorkerPool, condition: Condition) -> Result<(), CallError> {
    let registered =
        Registered { name: resource.name.clone(), owner: resource.owner.clone(), pool: pool.clone(), tags: resource.tags.clone() };
    let item = Item::new(&partition(resource.owner.environment()), &key(resource), &registered);
    send(cloud, WriteItems { writes: vec![Write::Put(item, condition)] }).await
}

fn observed(cloud: &impl Cloud, item: &Item) -> Result<Observed, CallError> {
    let registered: Registered =
        item.read().map_err(|error| CallError::new("dynamodb.ReadItem", Cause::InvalidRequest, error.to_string()))?;
    let detail = Detail::WorkerPool(Shown::done(registered.name, registered.pool));
    Ok(Observed { arn: String::new(), tags: registered.tags, at: cloud.now(), detail })
}

//! Web ACLs: each change names the lock that the last look has shown.

use domain::failure::CallError;
use domain::kind::Detail;
use domain::kind::firewall::{LOCK, WebAcl};
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{Cloud, CreateWebAcl, DeleteWebAcl, GetWebAcl, ListWebAclTags, ListWebAcls, TagWebAcl, UpdateWebAcl, send};
use domain::resource::Resource;

use super::plain::{plain, with};

plain!(WebAcl(WafWebAcl), |cloud, resource, desired|
    observe: find(cloud, resource).await?,
    create: {
        let create = CreateWebAcl { name: resource.name.clone(), desired: desired.clone(), tags: resource.tags.clone() };
        send(cloud, create).await
    },
    update |old, seen|: {
        let (name, id) = (resource.name.clone(), seen.id.clone());
        let lock = send(cloud, UpdateWebAcl { name, id, lock: lock(seen), desired: desired.clone() }).await?;
        let changed = Shown { properties: desired.clone(), ..seen.clone() }.giving(LOCK, lock);
        Ok(with(old, Detail::WafWebAcl(changed)))
    },
    delete |seen|: send(cloud, DeleteWebAcl { name: resource.name.clone(), id: seen.id.clone(), lock: lock(seen) }).await,
    gone: now,
    tag |of|: send(cloud, TagWebAcl { arn: of.0.clone(), tags: resource.tags.clone() }).await?,
);

fn lock(seen: &Shown<WebAcl>) -> String {
    seen.gives.get(LOCK).cloned().unwrap_or_default()
}

async fn find(cloud: &impl Cloud, resource: &Resource) -> Result<Option<Observed>, CallError> {
    let Some(id) = send(cloud, ListWebAcls { name: resource.name.clone() }).await? else { return Ok(None) };
    match send(cloud, GetWebAcl { name: resource.name.clone(), id }).await? {
        Some(observed) => {
            let tags = send(cloud, ListWebAclTags { arn: observed.arn.clone() }).await?;
            Ok(Some(Observed { tags, ..observed }))
        }
        None => Ok(None),
    }
}

//! WAF: web ACLs, and what they filter.

use std::collections::BTreeMap;

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::firewall::{LOCK, WebAcl};
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{AssociateWebAcl, Call, CreateWebAcl, Reply, UpdateWebAcl};
use domain::resource::Tags;

use super::aws::Aws;
use super::environment::Environment;
use super::shelf::{Shelf, Thing};
use super::turn::{Answer, Refused, Turn};

#[derive(Debug, Clone)]
pub(super) struct Firewall {
    /// By id.
    acls: Shelf<WebAcl>,
    /// The ARN of the web ACL, by the ARN of what it filters.
    associations: BTreeMap<String, String>,
}

fn missing(what: &str) -> Refused {
    Refused::new(Cause::NotFound, format!("WAFNonexistentItemException: {what} doesn\u{2019}t exist"))
}

impl Firewall {
    pub(super) fn new() -> Self {
        Self { acls: Shelf::new(Detail::WafWebAcl), associations: BTreeMap::new() }
    }

    /// A line each, for the census.
    pub(super) fn lines(&self) -> Vec<String> {
        let filters = self.associations.iter().map(|(resource, acl)| format!("web-acl {acl} filters {resource}")).collect();
        [self.acls.lines("web-acl"), filters].concat()
    }

    /// ARNs and ids, each with the name that stands for it.
    pub(super) fn names(&self) -> Vec<(String, String)> {
        let arns = self.acls.all().map(|one| (one.arn.clone(), format!("<web-acl {}>", one.name))).collect();
        [self.acls.names("web-acl"), arns].concat()
    }

    /// The tags of all that stands.
    pub(super) fn tags(&self) -> impl Iterator<Item = &Tags> {
        self.acls.all().map(|one| &one.tags)
    }

    /// What is gone is filtered by nothing.
    pub(super) fn forget(&mut self, resource: &str) {
        self.associations.remove(resource);
    }

    fn create(&mut self, request: CreateWebAcl, environment: &Environment, turn: &mut Turn) -> Answer<Observed> {
        let CreateWebAcl { name, desired, tags } = request;
        if self.acls.find(|one| one.name == name).is_some() {
            return Err(Refused::fact("waf_acl_exists", Cause::AlreadyExists, &[]));
        }
        let id = turn.hex("", 32);
        let arn = environment.arn("wafv2", &format!("regional/webacl/{name}/{id}"));
        let shown = Shown::done(id, desired).giving("name", name.clone()).giving(LOCK, turn.hex("lock-", 16));
        Ok(self.acls.put(Thing { name, token: None, arn, tags, shown }, turn.now))
    }

    fn unlocked(&mut self, id: &str, lock: &str) -> Answer<&mut Thing<WebAcl>> {
        let acl = self.acls.get_mut(id).ok_or_else(|| missing(id))?;
        if acl.shown.gives.get(LOCK).is_none_or(|known| known != lock) {
            return Err(Refused::fact("waf_acl_lock", Cause::InvalidState, &[]));
        }
        Ok(acl)
    }

    fn update(&mut self, request: UpdateWebAcl, turn: &mut Turn) -> Answer<String> {
        let acl = self.unlocked(&request.id, &request.lock)?;
        let lock = turn.hex("lock-", 16);
        acl.shown.properties = request.desired;
        acl.shown.gives.insert(LOCK.to_owned(), lock.clone());
        Ok(lock)
    }

    fn delete(&mut self, id: &str, lock: &str) -> Answer<()> {
        let arn = self.unlocked(id, lock)?.arn.clone();
        if self.associations.values().any(|acl| *acl == arn) {
            return Err(Refused::fact("waf_acl_associated", Cause::InvalidState, &[]));
        }
        self.acls.take(id);
        Ok(())
    }

    /// `is_active`: whether what is to be filtered takes requests already; none: it is not there.
    fn associate(&mut self, request: AssociateWebAcl, is_active: Option<bool>) -> Answer<()> {
        self.acls.find(|one| one.arn == request.acl).ok_or_else(|| missing(&request.acl))?;
        match is_active {
            None => return Err(missing(&request.resource)),
            Some(false) => return Err(Refused::fact("waf_resource_unavailable", Cause::InvalidState, &[])),
            Some(true) => {}
        }
        self.associations.insert(request.resource, request.acl);
        Ok(())
    }

    fn tag(&mut self, arn: &str, tags: &Tags) -> Answer<()> {
        let id = self.acls.find(|one| one.arn == arn).map(|one| one.shown.id.clone());
        let tagged = id.is_some_and(|id| self.acls.tag(&id, tags));
        if tagged { Ok(()) } else { Err(missing(arn)) }
    }
}

impl Aws {
    /// What web ACLs show. None: the call is not a look at one.
    pub(super) fn read_firewall(&self, call: &Call, turn: &Turn) -> Option<Answer<Reply>> {
        let firewall = &self.firewall;
        Some(Ok(match call {
            Call::ListWebAcls(request) => {
                let found = firewall.acls.find(|one| one.name == request.name);
                Reply::ListWebAcls(found.map(|one| one.shown.id.clone()))
            }
            Call::GetWebAcl(request) => {
                let view = |one| Observed { tags: Tags::new(), ..firewall.acls.view(one, turn.now) };
                Reply::GetWebAcl(firewall.acls.get(&request.id).map(view))
            }
            Call::ListWebAclTags(request) => match firewall.acls.find(|one| one.arn == request.arn) {
                Some(acl) => Reply::ListWebAclTags(acl.tags.clone()),
                None => return Some(Err(missing(&request.arn))),
            },
            Call::GetWebAclForResource(request) => Reply::GetWebAclForResource(firewall.associations.get(&request.resource).cloned()),
            _ => return None,
        }))
    }

    /// Does what a call asks. None: the call is none of WAF's effects.
    pub(super) fn change_firewall(&mut self, call: Call, environment: &Environment, turn: &mut Turn) -> Option<Answer<Reply>> {
        let firewall = &mut self.firewall;
        Some(match call {
            Call::CreateWebAcl(request) => firewall.create(request, environment, turn).map(Reply::CreateWebAcl),
            Call::UpdateWebAcl(request) => firewall.update(request, turn).map(Reply::UpdateWebAcl),
            Call::DeleteWebAcl(request) => firewall.delete(&request.id, &request.lock).map(Reply::DeleteWebAcl),
            Call::TagWebAcl(request) => firewall.tag(&request.arn, &request.tags).map(Reply::TagWebAcl),
            Call::AssociateWebAcl(request) => {
                let is_active = self.balancing.is_active(&request.resource);
                firewall.associate(request, is_active).map(Reply::AssociateWebAcl)
            }
            Call::DisassociateWebAcl(request) => {
                firewall.forget(&request.resource);
                Ok(Reply::DisassociateWebAcl(()))
            }
            _ => return None,
        })
    }
}

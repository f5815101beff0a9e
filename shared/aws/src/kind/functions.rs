//! Functions and the rules that call them.
//!
//! A function's name is unique and its tags are in the create call. A rule is put, which replaces whatever stands under
//! the name, so the first put is preceded by a look of its own.

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::functions::{Function, Rule, STATEMENT, TARGET};
use domain::kind::plain::{Progress, Shown};
use domain::observed::{Observed, Sighting};
use domain::plan::{Change, Removal};
use domain::ports::{
    AddPermission, Cloud, CreateFunction, DeleteFunction, DeleteFunctionConcurrency, DeleteRule, DescribeFunctionInterfaces, DescribeRule,
    GetFunction, GetFunctionPolicy, ListRuleTags, ListTargetsByRule, PutFunctionConcurrency, PutRule, PutTarget, RemovePermission,
    RemoveTargets, TagFunction, TagRule, UpdateFunctionCode, UpdateFunctionConfiguration, send,
};
use domain::resource::Resource;

use super::plain::{is_bound, leaving, plain, seen, with};
use super::{Adapter, not_of_this_kind, ours};

impl Adapter for Function {
    async fn observe(&self, cloud: &impl Cloud, resource: &Resource, leaving: bool) -> Result<Sighting, CallError> {
        match send(cloud, GetFunction { name: resource.name.clone() }).await? {
            Some(observed) if leaving => Ok(Sighting::Seen(observed)),
            Some(observed) => whole(cloud, resource, self, observed).await.map(Sighting::Seen),
            None if leaving => left_behind(cloud, resource, self).await,
            None => Ok(Sighting::Absent),
        }
    }

    async fn ensure(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        change: &Change,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        match change {
            Change::Create => {
                let create = CreateFunction { name: resource.name.clone(), desired: self.clone(), tags: resource.tags.clone() };
                match send(cloud, create).await {
                    Err(error) if error.cause == Cause::AlreadyExists => self.observe(cloud, resource, false).await,
                    made => made.map(Sighting::Seen),
                }
            }
            Change::Update(_) => {
                let (old, seen) = seen!(LambdaFunction, observed, resource);
                let progress = update(cloud, resource, self, &seen.properties).await?;
                let shown = Shown { progress, properties: self.clone(), ..seen.clone() };
                Ok(Sighting::Seen(with(old, Detail::LambdaFunction(shown))))
            }
            Change::Adopt => {
                let (old, _) = seen!(LambdaFunction, observed, resource);
                send(cloud, TagFunction { arn: old.arn.clone(), tags: resource.tags.clone() }).await?;
                Ok(Sighting::Seen(Observed { tags: resource.tags.clone(), ..old.clone() }))
            }
            _ => Err(not_of_this_kind(resource, change)),
        }
    }

    async fn remove(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        _: &Removal,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        let (old, seen) = seen!(LambdaFunction, observed, resource);
        match send(cloud, DeleteFunction { name: resource.name.clone() }).await {
            Err(error) if error.cause != Cause::NotFound => Err(error),
            _ => Ok(Sighting::Seen(with(old, Detail::LambdaFunction(leaving(seen))))),
        }
    }
}

/// With who may call it; and if it runs the build that `code_of` has now, it says so.
async fn whole(cloud: &impl Cloud, resource: &Resource, desired: &Function, mut observed: Observed) -> Result<Observed, CallError> {
    let Detail::LambdaFunction(seen) = &mut observed.detail else { return Ok(observed) };
    let policy = send(cloud, GetFunctionPolicy { name: resource.name.clone() }).await?;
    seen.properties.invoked_by = policy.as_ref().and_then(Function::invoker);
    if is_bound(&desired.code_of)
        && let Some(source) = send(cloud, GetFunction { name: desired.code_of.clone() }).await?
        && let Detail::LambdaFunction(source) = source.detail
        && source.properties.code_of == seen.properties.code_of
    {
        seen.properties.code_of.clone_from(&desired.code_of);
    }
    Ok(observed)
}

/// Lambda deletes a function's network interfaces later, by the function's role: as long as one is there, that role, the
/// security group and the subnets must stay, so the function counts as leaving.
async fn left_behind(cloud: &impl Cloud, resource: &Resource, desired: &Function) -> Result<Sighting, CallError> {
    if !is_bound(&desired.security_group) {
        return Ok(Sighting::Absent);
    }
    let interfaces = send(cloud, DescribeFunctionInterfaces { security_group: desired.security_group.clone() }).await?;
    if interfaces.is_empty() {
        return Ok(Sighting::Absent);
    }
    let gone = Shown::done(&resource.name, desired.clone());
    Ok(ours(cloud, resource, String::new(), Detail::LambdaFunction(leaving(&gone))))
}

/// Lambda takes one update of settings or code at a time. New code may need the new settings: it comes last, in a later pass.
async fn update(cloud: &impl Cloud, resource: &Resource, desired: &Function, seen: &Function) -> Result<Progress, CallError> {
    let name = || resource.name.clone();
    set_invoker(cloud, resource, desired, seen).await?;
    set_concurrency(cloud, resource, desired, seen).await?;
    if !desired.has_settings_of(seen) {
        send(cloud, UpdateFunctionConfiguration { name: name(), desired: desired.clone() }).await?;
    } else if desired.code_of != seen.code_of {
        send(cloud, UpdateFunctionCode { name: name(), code_of: desired.code_of.clone() }).await?;
    } else {
        return Ok(Progress::Done);
    }
    Ok(Progress::Working("being updated".into()))
}

async fn set_invoker(cloud: &impl Cloud, resource: &Resource, desired: &Function, seen: &Function) -> Result<(), CallError> {
    if desired.invoked_by == seen.invoked_by {
        return Ok(());
    }
    let (name, statement) = (|| resource.name.clone(), || STATEMENT.to_owned());
    if seen.invoked_by.is_some() {
        match send(cloud, RemovePermission { name: name(), statement: statement() }).await {
            Err(error) if error.cause == Cause::NotFound => {}
            outcome => outcome?,
        }
    }
    match desired.invoked_by.clone() {
        Some(rule) => send(cloud, AddPermission { name: name(), statement: statement(), rule }).await,
        None => Ok(()),
    }
}

async fn set_concurrency(cloud: &impl Cloud, resource: &Resource, desired: &Function, seen: &Function) -> Result<(), CallError> {
    let name = resource.name.clone();
    match desired.concurrency {
        wanted if wanted == seen.concurrency => Ok(()),
        Some(concurrency) => send(cloud, PutFunctionConcurrency { name, concurrency }).await,
        None => send(cloud, DeleteFunctionConcurrency { name }).await,
    }
}

plain!(Rule(EventRule), |cloud, resource, desired|
    observe: look(cloud, resource).await?,
    create: match look(cloud, resource).await? {
        Some(standing) => Ok(standing),
        None => {
            let arn = send(cloud, put_rule(resource, desired)).await?;
            send(cloud, PutTarget { name: resource.name.clone(), target: desired.target() }).await?;
            let detail = Detail::EventRule(Shown::done(&resource.name, desired.clone()).giving("name", &resource.name));
            Ok(Observed { arn, tags: resource.tags.clone(), at: cloud.now(), detail })
        }
    },
    update |old, seen|: {
        if desired.schedule != seen.properties.schedule {
            send(cloud, put_rule(resource, desired)).await?;
        }
        if desired.function != seen.properties.function {
            send(cloud, PutTarget { name: resource.name.clone(), target: desired.target() }).await?;
            remove_targets(cloud, resource, |id| id != TARGET).await?;
        }
        Ok(with(old, Detail::EventRule(Shown { properties: desired.clone(), ..seen.clone() })))
    },
    delete |_seen|: {
        remove_targets(cloud, resource, |_| true).await?;
        send(cloud, DeleteRule { name: resource.name.clone() }).await
    },
    gone: now,
    tag |of|: send(cloud, TagRule { arn: of.0.clone(), tags: resource.tags.clone() }).await?,
);

fn put_rule(resource: &Resource, desired: &Rule) -> PutRule {
    PutRule { name: resource.name.clone(), schedule: desired.schedule.clone(), tags: resource.tags.clone() }
}

/// With its tags and what it calls. One that goes between two looks is gone.
async fn look(cloud: &impl Cloud, resource: &Resource) -> Result<Option<Observed>, CallError> {
    let Some(mut observed) = send(cloud, DescribeRule { name: resource.name.clone() }).await? else {
        return Ok(None);
    };
    let parts = async {
        let tags = send(cloud, ListRuleTags { arn: observed.arn.clone() }).await?;
        Ok((tags, send(cloud, ListTargetsByRule { name: resource.name.clone() }).await?))
    };
    let (tags, targets) = match parts.await {
        Err(CallError { cause: Cause::NotFound, .. }) => return Ok(None),
        parts => parts?,
    };
    observed.tags = tags;
    if let Detail::EventRule(seen) = &mut observed.detail {
        seen.properties.function = Rule::function_of(&targets);
    }
    Ok(Some(observed))
}

/// Those that are meant of all that the rule has by now.
async fn remove_targets(cloud: &impl Cloud, resource: &Resource, is_meant: impl Fn(&str) -> bool) -> Result<(), CallError> {
    let name = || resource.name.clone();
    let targets = send(cloud, ListTargetsByRule { name: name() }).await?;
    let ids: Vec<_> = targets.into_iter().map(|target| target.id).filter(|id| is_meant(id)).collect();
    if ids.is_empty() {
        return Ok(());
    }
    send(cloud, RemoveTargets { name: name(), ids }).await
}

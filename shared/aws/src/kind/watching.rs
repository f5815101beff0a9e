//! Alarms and dashboards. A put replaces whatever stands under the name, so each first one is preceded by a look of its own.

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::plain::Shown;
use domain::kind::watching::{Alarm, Dashboard, SEVERITY_TAG};
use domain::observed::Observed;
use domain::ports::{
    Cloud, DeleteAlarm, DeleteDashboard, DescribeAlarm, GetDashboard, ListWatchTags, PutDashboard, PutMetricAlarm, TagWatch, send,
};
use domain::resource::{Resource, Tags};

use super::plain::{plain, with};

plain!(Alarm(CloudwatchAlarm), |cloud, resource, desired|
    observe: alarm(cloud, resource).await?,
    create: match alarm(cloud, resource).await? {
        Some(standing) => Ok(standing),
        None => {
            send(cloud, put_alarm(resource, desired)).await?;
            // The reply is empty: AWS alone knows the ARN.
            alarm(cloud, resource).await?.ok_or_else(|| not_yet_shown(resource))
        }
    },
    update |old, seen|: {
        let severity = &desired.severity;
        let rest = Alarm { severity: severity.clone(), ..seen.properties.clone() };
        if rest != *desired {
            send(cloud, put_alarm(resource, desired)).await?;
        }
        let mut tags = old.tags.clone();
        if seen.properties.severity != *severity {
            // A put leaves the tags of what stands as they are.
            let changed = Tags::from([(SEVERITY_TAG.to_owned(), severity.clone())]);
            send(cloud, TagWatch { arn: old.arn.clone(), tags: changed.clone() }).await?;
            tags.extend(changed);
        }
        Ok(Observed { tags, ..with(old, Detail::CloudwatchAlarm(Shown { properties: desired.clone(), ..seen.clone() })) })
    },
    delete |_seen|: send(cloud, DeleteAlarm { name: resource.name.clone() }).await,
    gone: now,
    tag |of|: send(cloud, TagWatch { arn: of.0.clone(), tags: resource.tags.clone() }).await?,
);

fn put_alarm(resource: &Resource, desired: &Alarm) -> PutMetricAlarm {
    PutMetricAlarm { name: resource.name.clone(), desired: desired.clone(), tags: desired.tags(&resource.tags) }
}

async fn alarm(cloud: &impl Cloud, resource: &Resource) -> Result<Option<Observed>, CallError> {
    let Some(mut observed) = send(cloud, DescribeAlarm { name: resource.name.clone() }).await? else {
        return Ok(None);
    };
    observed.tags = send(cloud, ListWatchTags { arn: observed.arn.clone() }).await?;
    if let Detail::CloudwatchAlarm(seen) = &mut observed.detail {
        seen.properties.severity = observed.tags.get(SEVERITY_TAG).cloned().unwrap_or_default();
    }
    Ok(Some(observed))
}

plain!(Dashboard(CloudwatchDashboard), |cloud, resource, desired|
    observe: dashboard(cloud, resource).await?,
    create: match dashboard(cloud, resource).await? {
        Some(standing) => Ok(standing),
        None => {
            send(cloud, put_dashboard(resource, desired)).await?;
            dashboard(cloud, resource).await?.ok_or_else(|| not_yet_shown(resource))
        }
    },
    update |old, seen|: {
        send(cloud, put_dashboard(resource, desired)).await?;
        Ok(with(old, Detail::CloudwatchDashboard(Shown { properties: desired.clone(), ..seen.clone() })))
    },
    delete |_seen|: send(cloud, DeleteDashboard { name: resource.name.clone() }).await,
    gone: now,
    tag |of|: send(cloud, TagWatch { arn: of.0.clone(), tags: resource.tags.clone() }).await?,
);

fn put_dashboard(resource: &Resource, desired: &Dashboard) -> PutDashboard {
    PutDashboard { name: resource.name.clone(), desired: desired.clone(), tags: resource.tags.clone() }
}

async fn dashboard(cloud: &impl Cloud, resource: &Resource) -> Result<Option<Observed>, CallError> {
    match send(cloud, GetDashboard { name: resource.name.clone() }).await? {
        Some(observed) => {
            let tags = send(cloud, ListWatchTags { arn: observed.arn.clone() }).await?;
            Ok(Some(Observed { tags, ..observed }))
        }
        None => Ok(None),
    }
}

/// It was just put: the next pass sees it.
fn not_yet_shown(resource: &Resource) -> CallError {
    CallError::new("cloudwatch.Put", Cause::Unavailable, format!("resource {} is not shown yet", resource.id))
}

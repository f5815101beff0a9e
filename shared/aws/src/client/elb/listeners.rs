//! Listeners.

use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, Certificate, Listener as Described, ProtocolEnum, RedirectActionConfig, RedirectActionStatusCodeEnum, Tag,
};
use domain::failure::CallError;
use domain::kind::Detail;
use domain::kind::listeners::{Listener, ListenerAction};
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{Call, CreateListener, DeleteListener, DescribeListeners, ModifyListener, Reply};
use domain::resource::Tags;

use super::{made, observed, there, write_tags};
use crate::client::failure::failure;
use crate::client::{AwsCloud, unknown};

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.elb;
    match call {
        Call::DescribeListeners(DescribeListeners { load_balancer }) => {
            let mut found = Vec::new();
            let mut pages = client.describe_listeners().load_balancer_arn(load_balancer).into_paginator().send();
            while let Some(page) = pages.next().await {
                let Some(page) = there(page.map_err(|error| failure(name, &error)))? else { break };
                found.extend(page.listeners().iter().map(|one| view(cloud, one, Tags::new())));
            }
            Ok(Reply::DescribeListeners(found))
        }
        // Sent again by the SDK: with the same settings it is the same listener.
        Call::CreateListener(CreateListener { name: own, desired, tags }) => {
            let request = client.create_listener().load_balancer_arn(&desired.load_balancer).port(i32::from(desired.port));
            let request = request.protocol(ProtocolEnum::from(desired.protocol.as_str())).set_ssl_policy(desired.ssl_policy.clone());
            let request = request.set_certificates(certificates(&desired)).default_actions(action(&desired.action));
            let mut all = write_tags(tags.clone());
            all.push(Tag::builder().key("Name").value(own).build());
            let output = request.set_tags(Some(all)).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::CreateListener(view(cloud, made(name, output.listeners().first())?, tags)))
        }
        Call::ModifyListener(ModifyListener { arn, desired }) => {
            let request = client.modify_listener().listener_arn(arn).port(i32::from(desired.port));
            let request = request.protocol(ProtocolEnum::from(desired.protocol.as_str())).set_ssl_policy(desired.ssl_policy.clone());
            let request = request.set_certificates(certificates(&desired)).default_actions(action(&desired.action));
            request.send().await.map(|_| Reply::ModifyListener(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteListener(DeleteListener { arn }) => {
            let outcome = client.delete_listener().listener_arn(arn).send().await;
            outcome.map(|_| Reply::DeleteListener(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

fn certificates(desired: &Listener) -> Option<Vec<Certificate>> {
    let certificate = |arn: &String| vec![Certificate::builder().certificate_arn(arn).build()];
    desired.certificate.as_ref().map(certificate)
}

fn action(desired: &ListenerAction) -> Action {
    match desired {
        ListenerAction::Forward(group) => Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn(group).build(),
        ListenerAction::Redirect(port) => {
            let redirect = RedirectActionConfig::builder().protocol("HTTPS").port(port.to_string());
            let redirect = redirect.status_code(RedirectActionStatusCodeEnum::Http301).build();
            Action::builder().r#type(ActionTypeEnum::Redirect).redirect_config(redirect).build()
        }
    }
}

/// What becomes of a request. An action that we never set shows as a group without a name, and is replaced.
fn action_seen(action: Option<&Action>) -> ListenerAction {
    let redirect = action.and_then(Action::redirect_config).filter(|redirect| redirect.protocol() == Some("HTTPS"));
    match redirect.and_then(|redirect| redirect.port()?.parse().ok()) {
        Some(port) => ListenerAction::Redirect(port),
        None => ListenerAction::Forward(action.and_then(Action::target_group_arn).unwrap_or_default().to_owned()),
    }
}

fn view(cloud: &AwsCloud, listener: &Described, tags: Tags) -> Observed {
    let properties = Listener {
        load_balancer: listener.load_balancer_arn().unwrap_or_default().to_owned(),
        port: listener.port().and_then(|port| u16::try_from(port).ok()).unwrap_or(0),
        protocol: listener.protocol().map(ProtocolEnum::as_str).unwrap_or_default().to_owned(),
        certificate: listener.certificates().first().and_then(|certificate| certificate.certificate_arn()).map(str::to_owned),
        ssl_policy: listener.ssl_policy().map(str::to_owned),
        action: action_seen(listener.default_actions().first()),
    };
    let arn = listener.listener_arn();
    observed(cloud, arn, tags, Detail::Listener(Shown::done(arn.unwrap_or_default(), properties)))
}

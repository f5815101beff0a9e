//! Pools of users.

mod update;

use aws_sdk_cognitoidentityprovider::types::{
    DeletionProtectionType, PasswordPolicyType, SoftwareTokenMfaConfigType, UserPoolMfaType, UserPoolPolicyType, UserPoolType,
};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::plain::Shown;
use domain::kind::users::{Mfa, UserPool};
use domain::observed::Observed;
use domain::ports::{Call, Cloud, CreateUserPool, DeleteUserPool, DescribeUserPool, ListUserPools, Reply, SetUserPoolMfaConfig};

use super::failure::failure;
use super::{AwsCloud, once, unknown};

/// Cognito gives so many at most.
const PAGE: i32 = 60;

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.cognito;
    match call {
        Call::ListUserPools(ListUserPools { name: pool }) => {
            let mut pages = client.list_user_pools().max_results(PAGE).into_paginator().send();
            let mut found = Vec::new();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| failure(name, &error))?;
                let of_name = page.user_pools().iter().filter(|one| one.name() == Some(&pool));
                found.extend(of_name.filter_map(|one| one.id().map(str::to_owned)));
            }
            Ok(Reply::ListUserPools(found))
        }
        Call::DescribeUserPool(DescribeUserPool { id }) => {
            match client.describe_user_pool().user_pool_id(id).send().await.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::DescribeUserPool(None)),
                Err(error) => Err(error),
                Ok(output) => Ok(Reply::DescribeUserPool(output.user_pool().map(|pool| observed(cloud, pool)))),
            }
        }
        Call::CreateUserPool(CreateUserPool { name: pool, desired, tags }) => {
            let request = client.create_user_pool().pool_name(pool).policies(policies(desired.password_length));
            let request = request.deletion_protection(protection(desired.deletion_protection)).mfa_configuration(UserPoolMfaType::Off);
            let request = request
                .set_user_pool_tags(Some(tags.into_iter().collect()))
                .customize()
                .config_override(aws_sdk_cognitoidentityprovider::config::Builder::new().retry_config(once()));
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            let made = output.user_pool().ok_or_else(|| CallError::new(name, Cause::Unavailable, "the reply has no pool"))?;
            Ok(Reply::CreateUserPool(observed(cloud, made)))
        }
        Call::UpdateUserPool(request) => update::update(cloud, request).await.map(Reply::UpdateUserPool),
        Call::SetUserPoolMfaConfig(SetUserPoolMfaConfig { id, mfa }) => {
            // Nobody can have a second factor while one is configured to be had.
            let token = (mfa != Mfa::Off).then(|| SoftwareTokenMfaConfigType::builder().enabled(true).build());
            let request = client.set_user_pool_mfa_config().user_pool_id(id).set_software_token_mfa_configuration(token);
            let outcome = request.mfa_configuration(written(mfa)).send().await;
            outcome.map(|_| Reply::SetUserPoolMfaConfig(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteUserPool(DeleteUserPool { id }) => {
            let outcome = client.delete_user_pool().user_pool_id(id).send().await;
            outcome.map(|_| Reply::DeleteUserPool(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

/// Letters of both cases and digits: length, and not signs, makes a password strong.
fn policies(password_length: u32) -> UserPoolPolicyType {
    let policy = PasswordPolicyType::builder().minimum_length(length(password_length));
    let policy = policy.require_lowercase(true).require_uppercase(true).require_numbers(true).require_symbols(false);
    UserPoolPolicyType::builder().password_policy(policy.build()).build()
}

fn length(password_length: u32) -> i32 {
    i32::try_from(password_length).unwrap_or(i32::MAX)
}

fn protection(on: bool) -> DeletionProtectionType {
    if on { DeletionProtectionType::Active } else { DeletionProtectionType::Inactive }
}

fn written(mfa: Mfa) -> UserPoolMfaType {
    match mfa {
        Mfa::Off => UserPoolMfaType::Off,
        Mfa::Optional => UserPoolMfaType::Optional,
        Mfa::On => UserPoolMfaType::On,
    }
}

fn observed(cloud: &AwsCloud, pool: &UserPoolType) -> Observed {
    let policy = pool.policies().and_then(UserPoolPolicyType::password_policy);
    let properties = UserPool {
        mfa: match pool.mfa_configuration() {
            Some(UserPoolMfaType::On) => Mfa::On,
            Some(UserPoolMfaType::Optional) => Mfa::Optional,
            _ => Mfa::Off,
        },
        password_length: policy.and_then(PasswordPolicyType::minimum_length).and_then(|least| u32::try_from(least).ok()).unwrap_or(0),
        deletion_protection: pool.deletion_protection() == Some(&DeletionProtectionType::Active),
    };
    let tags = pool.user_pool_tags().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect();
    let detail = Detail::CognitoUserPool(Shown::done(pool.id().unwrap_or_default(), properties));
    Observed { arn: pool.arn().unwrap_or_default().to_owned(), tags, at: cloud.now(), detail }
}

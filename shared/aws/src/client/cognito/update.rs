//! A change of a pool: Cognito sets what a request leaves out to its default, so all that stands is sent back.

use aws_sdk_cognitoidentityprovider::operation::update_user_pool::builders::UpdateUserPoolFluentBuilder;
use aws_sdk_cognitoidentityprovider::types::{AdminCreateUserConfigType, PasswordPolicyType, UserPoolPolicyType, UserPoolType};
use domain::failure::{CallError, Cause};
use domain::ports::{Operation, UpdateUserPool};

use super::super::AwsCloud;
use super::super::failure::failure;
use super::{length, protection};

/// Reads the pool, and sends it back with two properties changed. What others change between the two is lost, as with any client.
pub(super) async fn update(cloud: &AwsCloud, request: UpdateUserPool) -> Result<(), CallError> {
    let name = UpdateUserPool::NAME;
    let output = cloud.cognito.describe_user_pool().user_pool_id(&request.id).send().await.map_err(|error| failure(name, &error))?;
    let pool = output.user_pool.ok_or_else(|| CallError::new(name, Cause::Unavailable, "the reply has no pool"))?;
    let policies = policies(pool.policies.clone(), request.password_length);
    let update = as_it_stands(cloud.cognito.update_user_pool().user_pool_id(request.id), pool);
    let update = update.policies(policies).deletion_protection(protection(request.deletion_protection));
    update.send().await.map(|_| ()).map_err(|error| failure(name, &error))
}

fn policies(before: Option<UserPoolPolicyType>, password_length: u32) -> UserPoolPolicyType {
    let mut policies = before.unwrap_or_else(|| UserPoolPolicyType::builder().build());
    let mut policy = policies.password_policy.unwrap_or_else(|| PasswordPolicyType::builder().build());
    policy.minimum_length = Some(length(password_length));
    policies.password_policy = Some(policy);
    policies
}

fn as_it_stands(update: UpdateUserPoolFluentBuilder, pool: UserPoolType) -> UpdateUserPoolFluentBuilder {
    let update = update
        .set_lambda_config(pool.lambda_config)
        .set_auto_verified_attributes(pool.auto_verified_attributes)
        .set_user_attribute_update_settings(pool.user_attribute_update_settings)
        .set_mfa_configuration(pool.mfa_configuration)
        .set_device_configuration(pool.device_configuration)
        .set_email_configuration(pool.email_configuration)
        .set_sms_configuration(pool.sms_configuration)
        .set_user_pool_tags(pool.user_pool_tags)
        .set_admin_create_user_config(pool.admin_create_user_config.map(without_former_validity))
        .set_user_pool_add_ons(pool.user_pool_add_ons)
        .set_account_recovery_setting(pool.account_recovery_setting)
        .set_user_pool_tier(pool.user_pool_tier);
    update
        .set_sms_verification_message(text(pool.sms_verification_message))
        .set_sms_authentication_message(text(pool.sms_authentication_message))
        .set_email_verification_message(text(pool.email_verification_message))
        .set_email_verification_subject(text(pool.email_verification_subject))
        .set_verification_message_template(pool.verification_message_template)
}

/// A message that is not set may be shown as empty, which is no message that can be set.
fn text(message: Option<String>) -> Option<String> {
    message.filter(|message| !message.is_empty())
}

/// How long an invitation is valid is part of the password policy by now ("Please use TemporaryPasswordValidityDays in PasswordPolicy
/// instead of UnusedAccountValidityDays"); the former place is still shown, and refused beside it. To Cognito 0 days are none.
fn without_former_validity(mut config: AdminCreateUserConfigType) -> AdminCreateUserConfigType {
    config.unused_account_validity_days = 0;
    config
}

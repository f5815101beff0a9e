//! Pools of users.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::users::{Mfa, UserPool};
use domain::observed::Observed;
use domain::ports::{CreateUserPool, DeleteUserPool, DescribeUserPool, ListUserPools, SetUserPoolMfaConfig, UpdateUserPool};

use super::ground::{Ground, does, refuses, tags};

fn create(ground: &impl Ground, deletion_protection: bool) -> CreateUserPool {
    let desired = UserPool { mfa: Mfa::Optional, password_length: 12, deletion_protection };
    CreateUserPool { name: ground.name("pool"), desired, tags: tags() }
}

fn properties(observed: Observed) -> (String, UserPool) {
    match observed.detail {
        Detail::CognitoUserPool(seen) => (seen.id, seen.properties),
        other => panic!("{other:?} is no user pool"),
    }
}

async fn shown<G: Ground>(ground: &G, id: &str) -> UserPool {
    properties(does(ground, DescribeUserPool { id: id.to_owned() }).await.expect("it stands")).1
}

pub(super) async fn a_user_pool_has_no_second_factor_until_it_is_told<G: Ground>(ground: &G) {
    let request = create(ground, false);
    let made = does(ground, request.clone()).await;
    assert_eq!(made.tags, tags());
    let (id, properties) = properties(made);
    assert_eq!(properties, UserPool { mfa: Mfa::Off, ..request.desired.clone() });
    for mfa in [Mfa::Optional, Mfa::On, Mfa::Off, Mfa::Optional] {
        does(ground, SetUserPoolMfaConfig { id: id.clone(), mfa }).await;
        assert_eq!(shown(ground, &id).await, UserPool { mfa, ..request.desired.clone() });
    }
    does(ground, UpdateUserPool { id: id.clone(), password_length: 16, deletion_protection: false }).await;
    assert_eq!(shown(ground, &id).await, UserPool { password_length: 16, ..request.desired }, "and nothing else");
    assert_eq!(does(ground, DescribeUserPool { id }).await.map(|observed| observed.tags), Some(tags()));
}

pub(super) async fn two_user_pools_may_have_one_name<G: Ground>(ground: &G) {
    let request = create(ground, false);
    let ids = [properties(does(ground, request.clone()).await).0, properties(does(ground, request.clone()).await).0];
    let mut listed = does(ground, ListUserPools { name: request.name }).await;
    listed.sort();
    let mut made = ids.to_vec();
    made.sort();
    assert_eq!(listed, made);
    assert!(does(ground, ListUserPools { name: ground.name("other") }).await.is_empty());
}

pub(super) async fn a_protected_user_pool_cannot_be_deleted<G: Ground>(ground: &G) {
    let (id, _) = properties(does(ground, create(ground, true)).await);
    refuses(ground, DeleteUserPool { id: id.clone() }, Cause::InvalidRequest).await;
    does(ground, UpdateUserPool { id: id.clone(), password_length: 12, deletion_protection: false }).await;
    does(ground, DeleteUserPool { id: id.clone() }).await;
    assert_eq!(does(ground, DescribeUserPool { id: id.clone() }).await, None);
    refuses(ground, DeleteUserPool { id: id.clone() }, Cause::NotFound).await;
    refuses(ground, UpdateUserPool { id, password_length: 12, deletion_protection: false }, Cause::NotFound).await;
}

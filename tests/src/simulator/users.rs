//! Cognito: pools of users.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::plain::Shown;
use domain::kind::users::{Mfa, UserPool};
use domain::ports::{Call, CreateUserPool, Reply};
use domain::resource::Tags;

use super::environment::Environment;
use super::shelf::{Shelf, Thing};
use super::turn::{Answer, Refused, Turn};

#[derive(Debug, Clone)]
pub(super) struct Users {
    pools: Shelf<UserPool>,
}

impl Default for Users {
    fn default() -> Self {
        Self { pools: Shelf::new(Detail::CognitoUserPool) }
    }
}

fn missing(id: &str) -> Refused {
    Refused::fact("cognito_pool_missing", Cause::NotFound, &[("id", id)])
}

impl Users {
    /// A line each, for the census.
    pub(super) fn lines(&self) -> Vec<String> {
        self.pools.lines("user-pool")
    }

    /// Ids, each with the name that stands for it.
    pub(super) fn names(&self) -> Vec<(String, String)> {
        self.pools.names("user-pool")
    }

    /// The tags of all that stands.
    pub(super) fn tags(&self) -> impl Iterator<Item = &Tags> {
        self.pools.all().map(|pool| &pool.tags)
    }

    /// Reads. None: the call is none of this service's.
    pub(super) fn read(&self, call: &Call, turn: &Turn) -> Option<Answer<Reply>> {
        Some(Ok(match call {
            Call::ListUserPools(request) => {
                let of_name = self.pools.all().filter(|pool| pool.name == request.name);
                Reply::ListUserPools(of_name.map(|pool| pool.shown.id.clone()).collect())
            }
            Call::DescribeUserPool(request) => {
                Reply::DescribeUserPool(self.pools.get(&request.id).map(|pool| self.pools.view(pool, turn.now)))
            }
            _ => return None,
        }))
    }

    /// Effects. None: the call is none of this service's.
    pub(super) fn change(&mut self, call: Call, environment: &Environment, turn: &mut Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::CreateUserPool(request) => Ok(Reply::CreateUserPool(self.create(request, environment, turn))),
            Call::UpdateUserPool(request) => self.pool(&request.id).map(|pool| {
                (pool.password_length, pool.deletion_protection) = (request.password_length, request.deletion_protection);
                Reply::UpdateUserPool(())
            }),
            Call::SetUserPoolMfaConfig(request) => {
                self.pool(&request.id).map(|pool| pool.mfa = request.mfa).map(Reply::SetUserPoolMfaConfig)
            }
            Call::DeleteUserPool(request) => self.delete(&request.id).map(Reply::DeleteUserPool),
            _ => return None,
        })
    }

    fn create(&mut self, request: CreateUserPool, environment: &Environment, turn: &mut Turn) -> domain::observed::Observed {
        let id = turn.hex(&format!("{}_", environment.region), 9);
        let arn = environment.arn("cognito-idp", &format!("userpool/{id}"));
        let properties = UserPool { mfa: Mfa::Off, ..request.desired };
        let thing = Thing { name: request.name, token: None, arn, tags: request.tags, shown: Shown::done(id, properties) };
        self.pools.put(thing, turn.now)
    }

    fn delete(&mut self, id: &str) -> Answer<()> {
        if self.pool(id)?.deletion_protection {
            return Err(Refused::fact("cognito_pool_protected", Cause::InvalidRequest, &[]));
        }
        self.pools.take(id);
        Ok(())
    }

    fn pool(&mut self, id: &str) -> Answer<&mut UserPool> {
        self.pools.get_mut(id).map(|pool| &mut pool.shown.properties).ok_or_else(|| missing(id))
    }
}

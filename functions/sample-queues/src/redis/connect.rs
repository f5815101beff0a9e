//! The way to a broker. Auth tokens are read once and kept in memory, until a broker refuses one.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use domain::kind::workers::Redis;
use domain::ports::{Cloud, Confidential, GetSecretValue, send};
use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ErrorKind, IntoConnectionInfo, RedisConnectionInfo, RedisError, ServerErrorKind,
};
use serde_json::Value;

use super::BrokerError;

/// A connection, and one reply.
const PATIENCE: Duration = Duration::from_secs(2);

/// Auth tokens by the ARN of their secret. Never printed.
#[derive(Default)]
pub struct Tokens(RefCell<HashMap<String, Confidential>>);

/// A connection to `redis`. A token that is refused is read anew, once: it may have been rotated.
pub(super) async fn connect(cloud: &impl Cloud, tokens: &Tokens, redis: &Redis) -> Result<MultiplexedConnection, BrokerError> {
    let known = redis.auth.as_ref().is_some_and(|arn| tokens.0.borrow().contains_key(arn));
    let token = token(cloud, tokens, redis).await?;
    match open(redis, token).await {
        Err(BrokerError::Redis(error)) if is_auth(&error) => {
            // What was read a moment ago is not worth a second look in the same run, but in the next.
            redis.auth.as_ref().and_then(|arn| tokens.0.borrow_mut().remove(arn));
            if !known {
                return Err(error.into());
            }
            let fresh = self::token(cloud, tokens, redis).await?;
            open(redis, fresh).await
        }
        outcome => outcome,
    }
}

async fn token(cloud: &impl Cloud, tokens: &Tokens, redis: &Redis) -> Result<Option<Confidential>, BrokerError> {
    let Some(arn) = &redis.auth else { return Ok(None) };
    if let Some(token) = tokens.0.borrow().get(arn) {
        return Ok(Some(token.clone()));
    }
    let Confidential(text) = send(cloud, GetSecretValue { id: arn.clone() }).await?;
    let token = match &redis.auth_field {
        None => text,
        Some(field) => {
            let value: Value = serde_json::from_str(&text).unwrap_or_default();
            value[field].as_str().ok_or_else(|| BrokerError::Field(field.clone()))?.to_owned()
        }
    };
    tokens.0.borrow_mut().insert(arn.clone(), Confidential(token.clone()));
    Ok(Some(Confidential(token)))
}

async fn open(redis: &Redis, token: Option<Confidential>) -> Result<MultiplexedConnection, BrokerError> {
    let port = redis.port.parse().map_err(|_| BrokerError::Port(redis.port.clone()))?;
    let host = redis.host.clone();
    let address = match redis.tls {
        true => ConnectionAddr::TcpTls { host, port, insecure: false, tls_params: None },
        false => ConnectionAddr::Tcp(host, port),
    };
    let mut settings = RedisConnectionInfo::default().set_db(redis.db.into()).set_skip_set_lib_name();
    if let Some(Confidential(token)) = token {
        settings = settings.set_password(token);
    }
    let client = Client::open(address.into_connection_info()?.set_redis_settings(settings))?;
    let config = AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE)).set_response_timeout(Some(PATIENCE));
    Ok(client.get_multiplexed_async_connection_with_config(&config).await?)
}

/// Whether the broker has refused the token: NOAUTH or WRONGPASS.
fn is_auth(error: &RedisError) -> bool {
    let code = error.code().unwrap_or_default();
    error.kind() == ErrorKind::AuthenticationFailed
        || matches!(code, "NOAUTH" | "WRONGPASS")
        || matches!(error.kind(), ErrorKind::Server(ServerErrorKind::NoPerm))
}

//! What a broker says of itself.

use redis::aio::MultiplexedConnection;
use redis::{RedisError, pipe};

/// A broker's life and habits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct About {
    /// Another one after each start.
    pub(super) run_id: String,
    /// Its `maxmemory-policy`, if it may evict a list. Those of `volatile-` touch only what expires, and queues do not.
    pub(super) evicts: Option<String>,
}

/// INFO, since ElastiCache knows no CONFIG.
pub(super) async fn about(connection: &mut MultiplexedConnection) -> Result<About, RedisError> {
    let (server, memory): (String, String) = pipe().cmd("INFO").arg("server").cmd("INFO").arg("memory").query_async(connection).await?;
    Ok(read(&server, &memory))
}

fn read(server: &str, memory: &str) -> About {
    let field = |text: &str, name: &str| {
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(|value| value.trim().to_owned()))
    };
    let evicts = field(memory, "maxmemory_policy").filter(|policy| policy.starts_with("allkeys-"));
    About { run_id: field(server, "run_id").unwrap_or_default(), evicts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_policy_that_may_evict_a_queue_counts() {
        let check = |policy: &str, expected: Option<&str>| {
            let about = read("# Server\r\nredis_version:7.1.0\r\nrun_id:abc\r\n", &format!("# Memory\r\nmaxmemory_policy:{policy}\r\n"));
            assert_eq!((about.run_id.as_str(), about.evicts.as_deref()), ("abc", expected));
        };
        check("noeviction", None);
        check("volatile-lru", None);
        check("allkeys-lru", Some("allkeys-lru"));
    }
}

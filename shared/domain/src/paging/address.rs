//! Which addresses a webhook may be sent to: those of the public Internet, and none within.
//!
//! A name says little of where it leads, so it is looked up once, each address that is found is held against [`allowed`], and the
//! connection is made to that address and no other.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use thiserror::Error;
use url::{Host, Position, Url};

use crate::ports::Confidential;

/// Ports below this belong to other protocols, but 443.
const FIRST_FREE_PORT: u16 = 1024;
/// Names that lead inwards, and what stands below them.
const INNER: [&str; 6] = ["localhost", "local", "internal", "intranet", "lan", "home.arpa"];

/// Why nothing is sent there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Forbidden {
    /// It is no URL.
    #[error("it is no URL")]
    Malformed,
    /// Whoever is on the way could read it.
    #[error("its scheme is {0}, not https")]
    Scheme(String),
    /// A name or password before the host.
    #[error("it has a user's name in it")]
    User,
    /// Of another protocol.
    #[error("its port is {0}; 443 and those from {FIRST_FREE_PORT} on are allowed")]
    Port(u16),
    /// A name of a network's own.
    #[error("the name {0} leads inwards")]
    Inner(String),
    /// Not of the public Internet.
    #[error("the address {address} is {range}")]
    Address {
        /// Which.
        address: IpAddr,
        /// What it is.
        range: &'static str,
    },
}

/// Where a webhook is sent, as it was understood: what is connected to and asked for is what was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Scheme, host, and the port if it is not the scheme's own. A name is to be looked up once, and each address to be held against
    /// [`allowed`]; an address was.
    pub origin: String,
    /// The path and the query, which may hold a secret of the receiver's.
    pub path: Confidential,
}

/// Where `text`, a URL, leads, if anything may be sent there. `is_local_demo` lets this machine itself through, also without TLS.
///
/// # Errors
/// See [`Forbidden`].
pub fn target(text: &str, is_local_demo: bool) -> Result<Target, Forbidden> {
    let url = Url::parse(text).map_err(|_| Forbidden::Malformed)?;
    let host = place(url.host().ok_or(Forbidden::Malformed)?, is_local_demo)?;
    let is_plain = is_local_demo && url.scheme() == "http" && is_this_machine(&host);
    if url.scheme() != "https" && !is_plain {
        return Err(Forbidden::Scheme(url.scheme().chars().take(20).collect()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Forbidden::User);
    }
    match url.port_or_known_default() {
        Some(port) if port == 443 || port >= FIRST_FREE_PORT => Ok(Target::of(&url, &host)),
        port => Err(Forbidden::Port(port.unwrap_or_default())),
    }
}

impl Target {
    fn of(url: &Url, host: &Host) -> Self {
        let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
        let path = &url[Position::BeforePath..Position::AfterQuery];
        Self { origin: format!("{}://{host}{port}", url.scheme()), path: Confidential(path.to_owned()) }
    }
}

fn place(host: Host<&str>, is_local_demo: bool) -> Result<Host, Forbidden> {
    let address = match host {
        Host::Ipv4(address) => IpAddr::V4(address),
        Host::Ipv6(address) => IpAddr::V6(address),
        Host::Domain(name) => return named(name, is_local_demo).map(Host::Domain),
    };
    allowed(address, is_local_demo).map(|()| host.to_owned())
}

/// A name without a dot is completed by the network it is asked in.
fn named(name: &str, is_local_demo: bool) -> Result<String, Forbidden> {
    let plain = name.trim_end_matches('.').to_lowercase();
    let is_inner = |end: &&str| plain.strip_suffix(*end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let is_refused = !plain.contains('.') || INNER.iter().any(is_inner);
    if is_refused && !(is_local_demo && plain == "localhost") {
        return Err(Forbidden::Inner(plain.chars().take(100).collect()));
    }
    Ok(plain)
}

fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Whether anything may be sent to `address`.
///
/// # Errors
/// [`Forbidden::Address`].
pub fn allowed(address: IpAddr, is_local_demo: bool) -> Result<(), Forbidden> {
    if is_local_demo && address.is_loopback() {
        return Ok(());
    }
    let range = match address {
        IpAddr::V4(address) => inner(address),
        IpAddr::V6(address) => inner_six(address),
    };
    range.map_or(Ok(()), |range| Err(Forbidden::Address { address, range }))
}

/// IANA's registry of special-purpose addresses, and AWS's own: first address, length of the prefix, what it is.
const INNER_FOUR: [(Ipv4Addr, u32, &str); 18] = [
    (Ipv4Addr::new(169, 254, 169, 254), 32, "AWS's instance metadata"),
    (Ipv4Addr::new(169, 254, 170, 2), 32, "AWS's task credentials"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "link-local"),
    (Ipv4Addr::new(0, 0, 0, 0), 8, "unspecified"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "private"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "a carrier's own"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "loopback"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "private"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "of protocols"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "of documentation"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "a relay's"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "private"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "of benchmarks"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "of documentation"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "of documentation"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "multicast"),
    (Ipv4Addr::new(255, 255, 255, 255), 32, "broadcast"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "reserved"),
];

fn inner(address: Ipv4Addr) -> Option<&'static str> {
    let is_in = |first: Ipv4Addr, prefix: u32| (address.to_bits() ^ first.to_bits()) >> (32 - prefix) == 0;
    INNER_FOUR.iter().find(|(first, prefix, _)| is_in(*first, *prefix)).map(|(_, _, range)| *range)
}

/// The same of IPv6. Only 2000::/3 is the public Internet.
const INNER_SIX: [(Ipv6Addr, u32, &str); 10] = [
    (Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), 128, "AWS's instance metadata"),
    (Ipv6Addr::UNSPECIFIED, 128, "unspecified"),
    (Ipv6Addr::LOCALHOST, 128, "loopback"),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, "link-local"),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, "private"),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, "multicast"),
    // Teredo, benchmarks, ORCHID.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, "of protocols"),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, "of documentation"),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, "of documentation"),
    (Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 0), 16, "of segment routing"),
];

/// Where the address of IPv4 stands in one of IPv6: first address, length of the prefix, bits behind it.
const CARRIERS: [(Ipv6Addr, u32, u32); 4] = [
    // Mapped, compatible, NAT64, 6to4.
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96, 0),
    (Ipv6Addr::UNSPECIFIED, 96, 0),
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96, 0),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, 80),
];

fn inner_six(address: Ipv6Addr) -> Option<&'static str> {
    let is_in = |first: Ipv6Addr, prefix: u32| (address.to_bits() ^ first.to_bits()) >> (128 - prefix) == 0;
    if let Some((_, _, range)) = INNER_SIX.iter().find(|(first, prefix, _)| is_in(*first, *prefix)) {
        return Some(range);
    }
    match CARRIERS.iter().find(|(first, prefix, _)| is_in(*first, *prefix)) {
        Some((_, _, behind)) => inner(Ipv4Addr::from_bits((address.to_bits() >> behind) as u32)),
        None => (!is_in(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3)).then_some("reserved"),
    }
}

#[cfg(test)]
mod tests;

use proptest::prelude::*;

use super::*;

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

#[test]
fn nothing_is_sent_inwards() {
    let check = |address: &str, range: &'static str| {
        let expected = Err(Forbidden::Address { address: ip(address), range });
        assert_eq!(allowed(ip(address), false), expected, "{address}");
    };
    check("169.254.169.254", "AWS's instance metadata");
    check("169.254.170.2", "AWS's task credentials");
    for address in ["169.254.0.0", "169.254.255.255", "fe80::1", "febf::1"] {
        check(address, "link-local");
    }
    for address in ["10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.1", "fc00::1", "fdff::1"] {
        check(address, "private");
    }
    check("100.64.0.0", "a carrier's own");
    check("100.127.255.255", "a carrier's own");
    for address in ["127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"] {
        check(address, "loopback");
    }
    check("0.0.0.0", "unspecified");
    check("0.255.255.255", "unspecified");
    check("::", "unspecified");
    check("::2", "unspecified");
    check("224.0.0.1", "multicast");
    check("239.255.255.255", "multicast");
    check("ff02::1", "multicast");
    check("240.0.0.1", "reserved");
    check("255.255.255.255", "broadcast");
    for address in ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"] {
        check(address, "of documentation");
    }
    check("198.18.0.1", "of benchmarks");
    check("198.19.255.255", "of benchmarks");
    check("192.0.0.192", "of protocols");
    check("192.88.99.1", "a relay's");
    check("fd00:ec2::254", "AWS's instance metadata");
    check("::ffff:169.254.169.254", "AWS's instance metadata");
    check("2002:a9fe:a9fe::1", "AWS's instance metadata");
    check("64:ff9b::a9fe:a9fe", "AWS's instance metadata");
    check("64:ff9b:1::1", "reserved");
    check("2001:0:7f00:1::", "of protocols");
    check("2001:2::1", "of protocols");
    check("5f00::1", "of segment routing");
    check("fec0::1", "reserved");
    check("100::1", "reserved");
    check("4000::1", "reserved");
}

#[test]
fn the_public_internet_is_allowed_up_to_its_bounds() {
    for address in [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2600:1f18::1",
        "2001:4860:4860::8888",
        "3ffe::1",
        "::ffff:1.1.1.1",
        "2002:101:101::1",
        "64:ff9b::101:101",
    ] {
        assert_eq!(allowed(ip(address), false), Ok(()), "{address}");
    }
}

#[test]
fn the_local_demo_may_tell_this_machine_and_nobody_else_within() {
    for address in ["127.0.0.1", "127.8.9.1", "::1"] {
        assert_eq!(allowed(ip(address), true), Ok(()), "{address}");
    }
    for address in ["10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "0.0.0.0", "fd00:ec2::254"] {
        assert!(allowed(ip(address), true).is_err(), "{address}");
    }
}

#[test]
fn an_address_is_found_in_whatever_way_it_is_written() {
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "①②⑦.0.0.1",
        "127。0。0。1",
        "%31%32%37.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:ffff:7f00:1]",
        "[::ffff:7f00:1]",
    ] {
        let found = target(&format!("https://{host}/hook"), false);
        assert!(matches!(found, Err(Forbidden::Address { range: "loopback", .. })), "{host}: {found:?}");
    }
    for host in ["169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "[::ffff:a9fe:a9fe]", "[fd00:ec2::254]"] {
        let found = target(&format!("https://{host}/latest"), false);
        assert!(matches!(found, Err(Forbidden::Address { range: "AWS's instance metadata", .. })), "{host}: {found:?}");
    }
}

#[test]
fn a_target_is_a_public_host_by_https() {
    let check = |url: &str, expected: Result<&str, Forbidden>| {
        assert_eq!(target(url, false).map(|target| target.origin), expected.map(str::to_owned), "{url}");
    };
    let inner = |name: &str| Err(Forbidden::Inner(name.to_owned()));
    check("https://hooks.example.com/x?y=1", Ok("https://hooks.example.com"));
    check("HTTPS://Hooks.Example.COM./x", Ok("https://hooks.example.com"));
    check("https://münchen.example/", Ok("https://xn--mnchen-3ya.example"));
    check("https://1.1.1.1:8443/", Ok("https://1.1.1.1:8443"));
    check("https://hooks.example.com:1024/", Ok("https://hooks.example.com:1024"));
    check("https://hooks.example.com:1023/", Err(Forbidden::Port(1023)));
    check("https://hooks.example.com:22/", Err(Forbidden::Port(22)));
    check("https://hooks.example.com:0/", Err(Forbidden::Port(0)));
    check("http://hooks.example.com/", Err(Forbidden::Scheme("http".into())));
    check("ftp://hooks.example.com/", Err(Forbidden::Scheme("ftp".into())));
    check("file:///etc/passwd", Err(Forbidden::Malformed));
    check("gopher://hooks.example.com/", Err(Forbidden::Scheme("gopher".into())));
    check("https://localhost/", inner("localhost"));
    check("https://LOCALHOST./", inner("localhost"));
    check("https://a.localhost/", inner("a.localhost"));
    check("https://metadata.google.internal/", inner("metadata.google.internal"));
    check("https://ip-10-0-0-1.ec2.internal/", inner("ip-10-0-0-1.ec2.internal"));
    check("https://redis/", inner("redis"));
    check("https://printer.local/", inner("printer.local"));
    // Only ends like one.
    check("https://notlocalhost.example/", Ok("https://notlocalhost.example"));
    check("https://my-internal.example/", Ok("https://my-internal.example"));
    for none in [
        "",
        "hooks.example.com",
        "https://",
        "//hooks.example.com",
        "https://a b/",
        "https://[::1",
        "https://1.2.3.4.5.256/",
        "javascript:alert(1)",
    ] {
        check(none, Err(Forbidden::Malformed));
    }
}

#[test]
fn the_local_demo_needs_no_tls_on_this_machine() {
    let check = |url: &str, expected: bool| assert_eq!(target(url, true).is_ok(), expected, "{url}");
    check("http://127.0.0.1:4566/hook", true);
    check("http://LOCALHOST.:4566/hook", true);
    check("http://localhost:4566/hook", true);
    check("http://[::1]:4566/hook", true);
    check("https://127.0.0.1:4566/hook", true);
    check("http://127.0.0.1/hook", false);
    check("http://hooks.example.com:8080/", false);
    check("http://10.0.0.1:8080/", false);
    check("http://169.254.169.254:8080/", false);
}

#[test]
fn what_is_called_is_what_was_checked_however_the_url_is_written() {
    let check = |url: &str, expected: Result<(&str, &str), Forbidden>| {
        let found = target(url, false).map(|target| (target.origin, target.path.0));
        assert_eq!(found, expected.map(|(origin, path)| (origin.to_owned(), path.to_owned())), "{url}");
    };
    let loopback = || Err(Forbidden::Address { address: ip("127.0.0.1"), range: "loopback" });
    let hooks = |path| Ok(("https://hooks.example.com", path));
    check("https://hooks.example.com/services/T/B/x", hooks("/services/T/B/x"));
    check("https://hooks.example.com", hooks("/"));
    check("https://hooks.example.com?a=1", hooks("/?a=1"));
    // A fragment is the caller's own.
    check("https://hooks.example.com/x?a=1#https://127.0.0.1/", hooks("/x?a=1"));
    check("https://hooks.example.com#@127.0.0.1/", hooks("/"));
    check("https://user@hooks.example.com/", Err(Forbidden::User));
    check("https://:secret@hooks.example.com/", Err(Forbidden::User));
    check("https://1.1.1.1@127.0.0.1/", loopback());
    // What follows a backslash is the path, not the host.
    check(r"https://127.0.0.1\@hooks.example.com/", loopback());
    check(r"https://hooks.example.com\@127.0.0.1/", hooks("/@127.0.0.1/"));
    check(r"https:\\hooks.example.com\x", hooks("/x"));
    // Tabs and line breaks do not count, nor do blanks around it.
    check(" ht\ttps://hooks.exam\tple.com/x\ty\r\n", hooks("/xy"));
    check("https://127.0.\t0.1/", loopback());
    check("https:///hooks.example.com/x", hooks("/x"));
    check("HTTPS://HOOKS.Example.COM/X", hooks("/X"));
    check("https://hooks.example.com:443/x", hooks("/x"));
    check("https://hooks.example.com:08443/x", Ok(("https://hooks.example.com:8443", "/x")));
    check("https://[2600:1F18:0::1]:8443/x", Ok(("https://[2600:1f18::1]:8443", "/x")));
    check("https://0x01010101/x", Ok(("https://1.1.1.1", "/x")));
    check("https://hooks.example.com./x", hooks("/x"));
    check("https://%68ooks.example.com/x", hooks("/x"));
    check("https://hooks.example.com%2f.evil.example/", Err(Forbidden::Malformed));
    check("https://hooks.example.com/a/../b c", hooks("/b%20c"));
}

#[test]
fn a_target_does_not_show_its_path() {
    let target = target("https://hooks.example.com/services/T0/B0/secret?key=secret", false).expect("a target");
    assert!(!format!("{target:?}").contains("secret"));
}

proptest! {
    #[test]
    fn no_text_makes_it_fail_and_no_inner_address_passes(text in ".{0,80}", bits in any::<u32>()) {
        let _ = target(&text, false);
        let address = Ipv4Addr::from_bits(bits);
        let literal = target(&format!("https://{address}/"), false).is_ok();
        prop_assert_eq!(literal, allowed(IpAddr::V4(address), false).is_ok());
        prop_assert_eq!(literal, allowed(IpAddr::V6(address.to_ipv6_mapped()), false).is_ok());
        if address.is_private() || address.is_loopback() || address.is_link_local() || address.is_multicast() || address.is_documentation() {
            prop_assert!(!literal);
        }
    }
}

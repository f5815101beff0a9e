//! Listeners.

use super::*;

fn listener(port: u16, rest: &str) -> String {
    format!("<member><ListenerArn>{LISTENER}</ListenerArn><LoadBalancerArn>{ARN}</LoadBalancerArn><Port>{port}</Port>{rest}</member>")
}

#[test]
fn a_listener_is_written_and_read_alike() {
    let secure = format!(
        "<Protocol>HTTPS</Protocol><Certificates><member><CertificateArn>arn:cert</CertificateArn></member></Certificates>\
         <SslPolicy>policy</SslPolicy><DefaultActions><member><Type>forward</Type><TargetGroupArn>{GROUP}</TargetGroupArn></member></DefaultActions>"
    );
    let plain = "<Protocol>HTTP</Protocol><DefaultActions><member><Type>redirect</Type><RedirectConfig><Protocol>HTTPS</Protocol>\
        <Port>443</Port><Path>/#{path}</Path><StatusCode>HTTP_301</StatusCode></RedirectConfig></member></DefaultActions>";
    let made = xml("CreateListener", &format!("<Listeners>{}</Listeners>", listener(443, &secure)));
    let sent = request(CreateListener { name: "front".into(), desired: https(), tags: tags(&[("a", "b")]) }, made);
    let expected = json!({
        "LoadBalancerArn": ARN, "Port": "443", "Protocol": "HTTPS", "SslPolicy": "policy", "Certificates.member.1.CertificateArn": "arn:cert",
        "DefaultActions.member.1.Type": "forward", "DefaultActions.member.1.TargetGroupArn": GROUP,
        "Tags.member.1.Key": "a", "Tags.member.1.Value": "b", "Tags.member.2.Key": "Name", "Tags.member.2.Value": "front",
    });
    assert_eq!((sent.action.as_str(), sent.body), ("CreateListener", expected));
    let open = Listener {
        port: 80,
        protocol: "HTTP".into(),
        certificate: None,
        ssl_policy: None,
        action: ListenerAction::Redirect(443),
        ..https()
    };
    let sent = request(ModifyListener { arn: LISTENER.into(), desired: open.clone() }, xml("ModifyListener", "")).body;
    let expected = json!({
        "ListenerArn": LISTENER, "Port": "80", "Protocol": "HTTP", "DefaultActions.member.1.Type": "redirect",
        "DefaultActions.member.1.RedirectConfig.Protocol": "HTTPS", "DefaultActions.member.1.RedirectConfig.Port": "443",
        "DefaultActions.member.1.RedirectConfig.StatusCode": "HTTP_301",
    });
    assert_eq!(sent, expected);
    let both = format!("<Listeners>{}{}</Listeners>", listener(443, &secure), listener(80, plain));
    let seen = exchange(DescribeListeners { load_balancer: ARN.into() }, &[xml("DescribeListeners", &both)]).reply();
    let details: Vec<_> = seen.into_iter().map(|seen| seen.detail).collect();
    assert_eq!(details, [https(), open].map(|properties| Detail::Listener(Shown::done(LISTENER, properties))));
}

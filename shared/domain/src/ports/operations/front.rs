//! The way in: load balancers, firewalls, names. The table of [`super`] goes on with these rows.

macro_rules! front {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        /// By name, with tags, attributes and web ACL not filled in.
        Reads elasticloadbalancing.DescribeLoadBalancer { name: String } -> Option<Observed>;
        /// By ARN.
        Reads elasticloadbalancing.DescribeLoadBalancerAttributes { arn: String } -> BalancerAttributes;
        /// Of anything of the service, by ARN.
        Reads elasticloadbalancing.DescribeBalancingTags { arns: Vec<String> } -> BTreeMap<String, Tags>;
        /// With AWS's own attributes, and without a web ACL.
        Mutates elasticloadbalancing.CreateLoadBalancer { name: String, desired: LoadBalancer, tags: Tags } -> Observed;
        /// Other subnets.
        Mutates elasticloadbalancing.SetSubnets { arn: String, subnets: BTreeSet<String> } -> ();
        /// Other groups.
        Mutates elasticloadbalancing.SetSecurityGroups { arn: String, security_groups: BTreeSet<String> } -> ();
        /// All that we set.
        Mutates elasticloadbalancing.ModifyLoadBalancerAttributes { arn: String, attributes: BalancerAttributes } -> ();
        /// With its listeners. What is gone is deleted as well.
        Mutates elasticloadbalancing.DeleteLoadBalancer { arn: String } -> ();
        /// By name, with tags and attributes not filled in.
        Reads elasticloadbalancing.DescribeTargetGroup { name: String } -> Option<Observed>;
        /// Seconds that a target has for what is under way when it leaves.
        Reads elasticloadbalancing.DescribeTargetGroupAttributes { arn: String } -> u32;
        /// What is registered with a target group, by the group's ARN.
        Reads elasticloadbalancing.DescribeTargetHealth { group: String } -> Vec<TargetView>;
        /// With AWS's own attributes.
        Mutates elasticloadbalancing.CreateTargetGroup { name: String, desired: TargetGroup, tags: Tags } -> Observed;
        /// How health is told.
        Mutates elasticloadbalancing.ModifyTargetGroup { arn: String, desired: TargetGroup } -> ();
        /// Seconds that a target has for what is under way when it leaves.
        Mutates elasticloadbalancing.ModifyTargetGroupAttributes { arn: String, deregistration_seconds: u32 } -> ();
        /// By ARN; no listener may forward to it.
        Mutates elasticloadbalancing.DeleteTargetGroup { arn: String } -> ();
        /// Of a load balancer, with tags not filled in; none if that is gone.
        Reads elasticloadbalancing.DescribeListeners { load_balancer: String } -> Vec<Observed>;
        /// On a port that has none.
        Mutates elasticloadbalancing.CreateListener { name: String, desired: Listener, tags: Tags } -> Observed;
        /// Port, protocol, certificate and action.
        Mutates elasticloadbalancing.ModifyListener { arn: String, desired: Listener } -> ();
        /// By ARN.
        Mutates elasticloadbalancing.DeleteListener { arn: String } -> ();
        /// Adds or replaces tags of anything of the service.
        Mutates elasticloadbalancing.TagBalancing { arn: String, tags: Tags } -> ();

        /// The id of the one of this name.
        Reads wafv2.ListWebAcls { name: String } -> Option<String>;
        /// With its lock, and with tags not filled in.
        Reads wafv2.GetWebAcl { name: String, id: String } -> Option<Observed>;
        /// By ARN.
        Reads wafv2.ListWebAclTags { arn: String } -> Tags;
        /// Of a name that none has.
        Mutates wafv2.CreateWebAcl { name: String, desired: WebAcl, tags: Tags } -> Observed;
        /// All its rules. The reply is the lock for the next change.
        Mutates wafv2.UpdateWebAcl { name: String, id: String, lock: String, desired: WebAcl } -> String;
        /// That filters nothing any more.
        Mutates wafv2.DeleteWebAcl { name: String, id: String, lock: String } -> ();
        /// Adds or replaces tags.
        Mutates wafv2.TagWebAcl { arn: String, tags: Tags } -> ();
        /// The ARN of the web ACL that filters what comes to `resource`.
        Reads wafv2.GetWebAclForResource { resource: String } -> Option<String>;
        /// Filters what comes to `resource`, in the place of any other.
        Mutates wafv2.AssociateWebAcl { acl: String, resource: String } -> ();
        /// Nothing filters what comes to `resource`.
        Mutates wafv2.DisassociateWebAcl { resource: String } -> ();

        /// The ids of the public hosted zones of exactly this name.
        Reads route53.ListHostedZonesByName { domain: String } -> Vec<String>;
        /// Those of exactly this name, of all types; none if there is no such zone.
        Reads route53.ListResourceRecordSets { zone: String, name: String } -> Vec<RecordSet>;
        /// All changes or none. Fails as `AlreadyExists` if what is to be created stands, as `NotFound` or `InvalidState`
        /// if what is to be deleted does not stand, or not exactly so.
        Mutates route53.ChangeResourceRecordSets { zone: String, changes: Vec<RecordChange> } -> ();

        /// By ARN, those for exactly this domain.
        Reads acm.ListCertificates { domain: String } -> Vec<String>;
        /// By ARN, with tags and what stands in a zone not filled in.
        Reads acm.DescribeCertificate { arn: String } -> Option<Observed>;
        /// By ARN.
        Reads acm.ListCertificateTags { arn: String } -> Tags;
        /// To be proven in DNS. The reply is the ARN.
        Mutates acm.RequestCertificate { name: String, token: String, desired: Certificate, tags: Tags } -> String;
        /// By ARN.
        Mutates acm.DeleteCertificate { arn: String } -> ();
    } };
}

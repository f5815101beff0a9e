//! Networks. The table of [`super`] goes on with these rows.

macro_rules! network {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        /// By the tags of its identity, with DNS hostnames not filled in.
        Reads ec2.DescribeVpcs { tags: Tags } -> Option<Observed>;
        /// Whether what stands in it gets DNS names.
        Reads ec2.DescribeVpcAttribute { id: String } -> bool;
        /// Without DNS hostnames.
        Mutates ec2.CreateVpc { name: String, desired: Vpc, tags: Tags } -> Observed;
        /// DNS hostnames.
        Mutates ec2.ModifyVpcAttribute { id: String, dns_hostnames: bool } -> ();
        /// By id.
        Mutates ec2.DeleteVpc { id: String } -> ();
        /// By the tags of its identity.
        Reads ec2.DescribeSubnets { tags: Tags } -> Option<Observed>;
        /// In one zone.
        Mutates ec2.CreateSubnet { name: String, desired: Subnet, tags: Tags } -> Observed;
        /// By id.
        Mutates ec2.DeleteSubnet { id: String } -> ();
        /// By the tags of its identity.
        Reads ec2.DescribeInternetGateways { tags: Tags } -> Option<Observed>;
        /// Attached to nothing.
        Mutates ec2.CreateInternetGateway { name: String, tags: Tags } -> Observed;
        /// To one VPC.
        Mutates ec2.AttachInternetGateway { id: String, vpc: String } -> ();
        /// From its VPC.
        Mutates ec2.DetachInternetGateway { id: String, vpc: String } -> ();
        /// By id.
        Mutates ec2.DeleteInternetGateway { id: String } -> ();
        /// By the tags of its identity.
        Reads ec2.DescribeAddresses { tags: Tags } -> Option<Observed>;
        /// A fixed public one.
        Mutates ec2.AllocateAddress { name: String, tags: Tags } -> Observed;
        /// By allocation id.
        Mutates ec2.ReleaseAddress { id: String } -> ();
        /// By the tags of its identity; one that is deleted is not shown.
        Reads ec2.DescribeNatGateways { tags: Tags } -> Option<Observed>;
        /// Public.
        Mutates ec2.CreateNatGateway { name: String, token: String, desired: NatGateway, tags: Tags } -> Observed;
        /// By id.
        Mutates ec2.DeleteNatGateway { id: String } -> ();
        /// By the tags of its identity.
        Reads ec2.DescribeRouteTables { tags: Tags } -> Option<Observed>;
        /// With the VPC's own route alone.
        Mutates ec2.CreateRouteTable { name: String, token: String, vpc: String, tags: Tags } -> Observed;
        /// To a gateway.
        Mutates ec2.CreateRoute { table: String, destination: String, target: String } -> ();
        /// To another gateway.
        Mutates ec2.ReplaceRoute { table: String, destination: String, target: String } -> ();
        /// By its destination.
        Mutates ec2.DeleteRoute { table: String, destination: String } -> ();
        /// From now on the subnet's own. The reply is the association's id.
        Mutates ec2.AssociateRouteTable { table: String, subnet: String } -> String;
        /// By the association's id.
        Mutates ec2.DisassociateRouteTable { association: String } -> ();
        /// By id.
        Mutates ec2.DeleteRouteTable { id: String } -> ();
        /// By the tags of its identity.
        Reads ec2.DescribeFlowLogs { tags: Tags } -> Option<Observed>;
        /// Of all connections.
        Mutates ec2.CreateFlowLogs { name: String, token: String, desired: FlowLog, tags: Tags } -> Observed;
        /// By id.
        Mutates ec2.DeleteFlowLogs { id: String } -> ();
        /// By its name in a VPC.
        Reads ec2.DescribeSecurityGroups { vpc: String, name: String } -> Option<Observed>;
        /// Nothing may come in, everything may go out.
        Mutates ec2.CreateSecurityGroup { vpc: String, name: String, tags: Tags } -> Observed;
        /// Opens ports.
        Mutates ec2.AuthorizeSecurityGroupIngress { id: String, ingress: Vec<Ingress> } -> ();
        /// Closes ports.
        Mutates ec2.RevokeSecurityGroupIngress { id: String, ingress: Vec<Ingress> } -> ();
        /// By id.
        Mutates ec2.DeleteSecurityGroup { id: String } -> ();
        /// Adds or replaces tags of anything of EC2.
        Mutates ec2.CreateTags { id: String, tags: Tags } -> ();
    } };
}

//! Roles, and pools of users. The table of [`super`] goes on with these rows.

macro_rules! identity {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        /// By name, with its policy not filled in.
        Reads iam.GetRole { name: String } -> Option<Observed>;
        /// The one policy of its own that we write.
        Reads iam.GetRolePolicy { name: String } -> Option<Value>;
        /// Without a policy.
        Mutates iam.CreateRole { name: String, desired: Role, tags: Tags } -> Observed;
        /// Who may take it.
        Mutates iam.UpdateAssumeRolePolicy { name: String, trust: Value } -> ();
        /// The one policy of its own.
        Mutates iam.PutRolePolicy { name: String, policy: Value } -> ();
        /// The one policy of its own.
        Mutates iam.DeleteRolePolicy { name: String } -> ();
        /// By name; it must have no policy left.
        Mutates iam.DeleteRole { name: String } -> ();
        /// Adds or replaces tags.
        Mutates iam.TagRole { name: String, tags: Tags } -> ();

        /// The ids of the pools of this name.
        Reads cognito.ListUserPools { name: String } -> Vec<String>;
        /// By id.
        Reads cognito.DescribeUserPool { id: String } -> Option<Observed>;
        /// Without a second factor.
        Mutates cognito.CreateUserPool { name: String, desired: UserPool, tags: Tags } -> Observed;
        /// These two properties, and nothing else.
        Mutates cognito.UpdateUserPool { id: String, password_length: u32, deletion_protection: bool } -> ();
        /// Who needs a second factor.
        Mutates cognito.SetUserPoolMfaConfig { id: String, mfa: Mfa } -> ();
        /// With all its users.
        Mutates cognito.DeleteUserPool { id: String } -> ();
    } };
}

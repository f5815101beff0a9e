//! Functions, and the rules that call them. The table of [`super`] goes on with these rows.

macro_rules! functions {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        /// By name, with tags and concurrency. `code_of` is the hash of its code, and who may call it is not filled in.
        Reads lambda.GetFunction { name: String } -> Option<Observed>;
        /// Its policy, the document; none: no statement, or no such function.
        Reads lambda.GetFunctionPolicy { name: String } -> Option<Value>;
        /// The ids of the network interfaces that Lambda has in a security group, also those of functions that are gone.
        Reads ec2.DescribeFunctionInterfaces { security_group: String } -> Vec<String>;
        /// With the code of `desired.code_of`, which is looked up and fetched first; without concurrency and permissions.
        Mutates lambda.CreateFunction { name: String, desired: Function, tags: Tags } -> Observed;
        /// The code of the function `code_of`, which is looked up and fetched first.
        Mutates lambda.UpdateFunctionCode { name: String, code_of: String } -> ();
        /// All but code, concurrency and permissions.
        Mutates lambda.UpdateFunctionConfiguration { name: String, desired: Function } -> ();
        /// Reserves so many runs at once.
        Mutates lambda.PutFunctionConcurrency { name: String, concurrency: u32 } -> ();
        /// Reserves none any more.
        Mutates lambda.DeleteFunctionConcurrency { name: String } -> ();
        /// Lets EventBridge call it for one rule, given by its ARN.
        Mutates lambda.AddPermission { name: String, statement: String, rule: String } -> ();
        /// By the statement's id.
        Mutates lambda.RemovePermission { name: String, statement: String } -> ();
        /// With its policy. Its network interfaces go later.
        Mutates lambda.DeleteFunction { name: String } -> ();
        /// Adds or replaces tags.
        Mutates lambda.TagFunction { arn: String, tags: Tags } -> ();

        /// Of the default bus, by name, with tags and function not filled in.
        Reads events.DescribeRule { name: String } -> Option<Observed>;
        /// All of a rule's.
        Reads events.ListTargetsByRule { name: String } -> Vec<RuleTarget>;
        /// By the rule's ARN.
        Reads events.ListRuleTags { arn: String } -> Tags;
        /// Makes it, or replaces all of it but its tags and targets; it is enabled. Its ARN.
        Mutates events.PutRule { name: String, schedule: String, tags: Tags } -> String;
        /// Adds a target, or replaces the one of that id.
        Mutates events.PutTarget { name: String, target: RuleTarget } -> ();
        /// By their ids.
        Mutates events.RemoveTargets { name: String, ids: Vec<String> } -> ();
        /// It must have no target. What is not there is deleted as well.
        Mutates events.DeleteRule { name: String } -> ();
        /// Adds or replaces tags.
        Mutates events.TagRule { arn: String, tags: Tags } -> ();
    } };
}

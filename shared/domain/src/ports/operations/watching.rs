//! Logs, alarms and topics; and what has which tags. The table of [`super`] goes on with these rows.

macro_rules! watching {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        /// What has a tag of this key and value, 100 at most, and where to go on. What was deleted a while ago may still be shown.
        Reads tagging.GetResources { key: String, value: String, after: Option<String> } -> (Vec<Tagged>, Option<String>);

        /// By name, with tags not filled in.
        Reads logs.DescribeLogGroup { name: String } -> Option<Observed>;
        /// By ARN.
        Reads logs.ListLogGroupTags { arn: String } -> Tags;
        /// Whose events never expire.
        Mutates logs.CreateLogGroup { name: String, key: Option<String>, tags: Tags } -> ();
        /// Days until an event is dropped.
        Mutates logs.PutRetentionPolicy { name: String, days: u16 } -> ();
        /// Encrypts what comes from now on.
        Mutates logs.AssociateKey { name: String, key: String } -> ();
        /// With all its events.
        Mutates logs.DeleteLogGroup { name: String } -> ();
        /// Adds or replaces tags.
        Mutates logs.TagLogGroup { arn: String, tags: Tags } -> ();

        /// By name, with tags not filled in.
        Reads cloudwatch.DescribeAlarm { name: String } -> Option<Observed>;
        /// By name, with tags not filled in.
        Reads cloudwatch.GetDashboard { name: String } -> Option<Observed>;
        /// Of an alarm or a dashboard, by ARN.
        Reads cloudwatch.ListWatchTags { arn: String } -> Tags;
        /// Makes it, or replaces all of it but its tags.
        Mutates cloudwatch.PutMetricAlarm { name: String, desired: Alarm, tags: Tags } -> ();
        /// By name.
        Mutates cloudwatch.DeleteAlarm { name: String } -> ();
        /// Makes it, or replaces all of it but its tags.
        Mutates cloudwatch.PutDashboard { name: String, desired: Dashboard, tags: Tags } -> ();
        /// By name.
        Mutates cloudwatch.DeleteDashboard { name: String } -> ();
        /// Adds or replaces tags of an alarm or a dashboard.
        Mutates cloudwatch.TagWatch { arn: String, tags: Tags } -> ();

        /// The age of the oldest message of a queue of SQS, in seconds; none where the metric has had no value for five minutes.
        Reads cloudwatch.OldestMessageAge { queue: String } -> Option<f64>;

        /// The ARN of a topic, by its name.
        Reads sns.FindTopic { name: String } -> Option<String>;
        /// By ARN, with tags not filled in.
        Reads sns.GetTopicAttributes { arn: String } -> Option<Observed>;
        /// By ARN.
        Reads sns.ListTopicTags { arn: String } -> Tags;
        /// One of that name with the same key, policy and tags is the reply, any other is in the way.
        Mutates sns.CreateTopic { name: String, desired: Topic, tags: Tags } -> Observed;
        /// None: not encrypted by a key of KMS.
        Mutates sns.SetTopicKey { arn: String, key: Option<String> } -> ();
        /// None: the account itself.
        Mutates sns.SetTopicPolicy { arn: String, policy: Option<Policy> } -> ();
        /// With its subscriptions. What is not there is deleted as well.
        Mutates sns.DeleteTopic { arn: String } -> ();
        /// Adds or replaces tags.
        Mutates sns.TagTopic { arn: String, tags: Tags } -> ();
    } };
}

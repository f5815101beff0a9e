//! Secrets and keys. The table of [`super`] goes on with these rows.

macro_rules! secrets {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        /// Random characters, letters and digits.
        Reads secretsmanager.GetRandomPassword { length: u16 } -> Confidential;
        /// By name or ARN; none: there is no such secret.
        Reads secretsmanager.DescribeSecret { id: String } -> Option<Observed>;
        /// When its value was replaced last; none: it has its first one, or there is no such secret.
        Reads secretsmanager.RotatedAt { id: String } -> Option<Timestamp>;
        /// The value.
        Reads secretsmanager.GetSecretValue { id: String } -> Confidential;
        /// With its first value. The reply is the ARN.
        Mutates secretsmanager.CreateSecret { name: String, token: String, value: Confidential, key: Option<String>, tags: Tags } -> String;
        /// Out of its recovery window.
        Mutates secretsmanager.RestoreSecret { id: String } -> ();
        /// Into its recovery window of so many days, or at once.
        Mutates secretsmanager.DeleteSecret { id: String, recovery_days: Option<u8> } -> ();
        /// Adds or replaces tags.
        Mutates secretsmanager.TagSecret { id: String, tags: Tags } -> ();
        /// The key for what is written from now on, and for the present value; none: AWS's own.
        Mutates secretsmanager.UpdateSecret { id: String, key: Option<String> } -> ();

        /// By id, ARN or alias; with tags, alias, policy and rotation not filled in.
        Reads kms.DescribeKey { id: String } -> Option<Observed>;
        /// The ids of all keys of the account.
        Reads kms.ListKeys {} -> Vec<String>;
        /// By id.
        Reads kms.ListKeyTags { id: String } -> Tags;
        /// By id.
        Reads kms.GetKeyPolicy { id: String } -> Policy;
        /// By id.
        Reads kms.GetKeyRotationStatus { id: String } -> bool;
        /// Without alias and rotation.
        Mutates kms.CreateKey { desired: Key, tags: Tags } -> Observed;
        /// The alias leads to no key yet.
        Mutates kms.CreateAlias { alias: String, id: String } -> ();
        /// With its `alias/`.
        Mutates kms.DeleteAlias { alias: String } -> ();
        /// What it is for.
        Mutates kms.UpdateKeyDescription { id: String, description: String } -> ();
        /// Who may use it.
        Mutates kms.PutKeyPolicy { id: String, policy: Policy } -> ();
        /// Every year.
        Mutates kms.EnableKeyRotation { id: String } -> ();
        /// No more.
        Mutates kms.DisableKeyRotation { id: String } -> ();
        /// One that is disabled.
        Mutates kms.EnableKey { id: String } -> ();
        /// To be deleted after so many days.
        Mutates kms.ScheduleKeyDeletion { id: String, pending_days: u8 } -> ();
        /// It stays, disabled.
        Mutates kms.CancelKeyDeletion { id: String } -> ();
        /// Adds or replaces tags.
        Mutates kms.TagKey { id: String, tags: Tags } -> ();
    } };
}

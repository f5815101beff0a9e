//! What is our own: ledger, queue, bus; and queues of tenants, which are only counted. The table of [`super`] goes on with these rows.

macro_rules! own {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        /// All items of an owner, consistently.
        Reads dynamodb.ReadOwner { owner: String } -> Vec<Item>;
        /// Those items of a partition whose sort key begins with `prefix`, consistently.
        Reads dynamodb.ReadItems { owner: String, prefix: String } -> Vec<Item>;
        /// One item, consistently.
        Reads dynamodb.ReadItem { owner: String, key: String } -> Option<Item>;
        /// All writes or none. Fails as `ConditionFailed` if a condition does not hold.
        Mutates dynamodb.WriteItems { writes: Vec<Write> } -> ();
        /// A page of all owners, and where the next begins.
        Reads dynamodb.ListOwners { after: Option<String> } -> (Vec<String>, Option<String>);
        /// The owners of a resource, by its ARN.
        Reads dynamodb.FindOwners { arn: String } -> Vec<String>;

        /// Puts a message on the queue that this function works on or for, to be seen after `delay_seconds` (0 to 900).
        Mutates sqs.SendMessage { body: String, delay_seconds: u16 } -> ();
        /// Puts ten messages at most on that queue; one outcome each.
        Mutates sqs.SendMessages { bodies: Vec<String> } -> Vec<Result<(), String>>;
        /// Puts a message on the queue of the reconciler, by a function that does not work on it.
        Mutates sqs.WakeOwner { body: String } -> ();
        /// Puts a message on the queue of remediation or paging, whichever this function works on or for, to be seen after `delay_seconds` (0 to 900).
        Mutates sqs.SendReminder { body: String, delay_seconds: u16 } -> ();
        /// Puts a message on the queue of paging, by a function that does not work on it.
        Mutates sqs.SendAcknowledgement { body: String } -> ();
        /// Puts a message that can never succeed on the dead-letter queue, with why.
        Mutates sqs.SendDeadLetter { body: String, reason: String, cause: String } -> ();
        /// Has a message come back after so many seconds.
        Mutates sqs.ChangeVisibility { receipt: String, seconds: u16 } -> ();

        /// The URL of any queue of the account, by its name.
        Reads sqs.FindQueue { name: String } -> Option<String>;
        /// How many messages the queue of this URL has.
        Reads sqs.CountMessages { url: String } -> MessageCounts;

        /// Announces on our bus; one outcome per entry.
        Mutates events.PutEvents { entries: Vec<Entry> } -> Vec<Result<(), String>>;

        /// Publishes to the topic of this ARN, for people.
        Mutates sns.Publish { topic: String, subject: String, message: Confidential } -> ();
        /// Sends a text message to a phone.
        Mutates sns.PublishText { phone: Confidential, message: Confidential } -> ();
        /// Posts to a receiver outside AWS. Redirects are not followed, and no address within a network is connected to.
        Mutates web.Post { url: Confidential, headers: Vec<(String, String)>, body: Confidential } -> Answered;
    } };
}

//! An S3 bucket. Public access is always blocked, access lists are always off; what is asked beside is compared property by property.

use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Kind;
use super::plain::differences;
use crate::name::NameRule;
use crate::plan::{Change, Departure, Difference, Fate, Judgement, Removal, Retained, Retention};
use crate::resource::Resource;

/// Days for which the objects of a closed bucket are kept, unless its lock keeps them for another time.
const KEPT_DAYS: u32 = 90;

/// USD per GiB and month of S3 Standard (AWS price list, us-east-1, 2026).
const USD_PER_GIB: f64 = 0.023;

/// A bucket as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// The account that owns it, twelve digits: S3 refuses each call on a bucket of that name in another account.
    pub owner: String,
    /// The ARN of the key that objects are encrypted with; none: S3's own.
    #[serde(default)]
    pub key: Option<String>,
    /// Whether what is overwritten or deleted stays as an older version; with `lock_days` it always does.
    #[serde(default = "yes")]
    pub versioning: bool,
    /// The bucket policy; none: whoever has rights of their own.
    #[serde(default)]
    pub policy: Option<Value>,
    /// Days after which an object expires, and an older version after it was replaced; none: never.
    #[serde(default)]
    pub expire_days: Option<u32>,
    /// Days for which nobody at all can delete or change an object (Object Lock, mode COMPLIANCE). It is never taken off again.
    #[serde(default)]
    pub lock_days: Option<u32>,
}

fn yes() -> bool {
    true
}

/// The one lifecycle rule of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lifecycle {
    /// Objects expire so many days after they were written.
    Expires {
        /// Days.
        days: u32,
    },
    /// The bucket is closed: all that is in it expires at one moment.
    Closed {
        /// Midnight, UTC.
        until: Timestamp,
        /// Days for which an older version is kept after it was replaced.
        days: u32,
    },
}

/// What is in a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// It was not looked for.
    Unseen,
    /// No version of any object.
    Empty,
    /// Something.
    Holds {
        /// Of the first thousand versions.
        bytes: u64,
    },
}

/// What we see of a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketSeen {
    /// Its name.
    pub name: String,
    /// Where its objects are fetched.
    pub domain: String,
    /// Its properties, as a blueprint writes them.
    pub properties: Bucket,
    /// Whether all public access is blocked.
    pub blocked: bool,
    /// The end of a bucket that is closed.
    pub closed_until: Option<Timestamp>,
    /// Whether that end has come.
    pub over: bool,
    /// What is in it.
    pub content: Content,
}

/// A version of an object, or the mark of its deletion.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectVersion {
    /// The object's name.
    pub key: String,
    /// `null` where the bucket had no versions yet.
    pub version: String,
    /// Its size.
    pub bytes: u64,
}

/// An upload in parts that was not completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The object's name.
    pub key: String,
    /// Its id.
    pub id: String,
}

impl Bucket {
    /// What its lifecycle rule should say.
    pub fn lifecycle(&self) -> Option<Lifecycle> {
        self.expire_days.map(|days| Lifecycle::Expires { days })
    }

    /// Days for which its objects are kept once it is closed.
    fn kept_days(&self) -> u32 {
        self.lock_days.unwrap_or(KEPT_DAYS)
    }

    fn as_compared(&self, lock_days: Option<u32>) -> Self {
        let versioning = self.versioning || lock_days.is_some();
        Self { policy: self.policy.as_ref().map(canonical), versioning, lock_days, ..self.clone() }
    }
}

impl Kind for Bucket {
    const KIND: &'static str = "s3-bucket";
    /// S3: 3 to 63 lower-case letters, digits and hyphens (user guide, "General purpose bucket naming rules");
    /// dots break TLS, and what ends with `--` and a word is reserved.
    const NAME: NameRule = NameRule { longest: 63, also: "", double_hyphen: false };
    const OUTPUTS: &'static [&'static str] = &["name", "domain"];
    type Seen = BucketSeen;

    fn usual(&self, _: &Change) -> Duration {
        Duration::from_secs(2)
    }

    fn judge(&self, _: &Resource, seen: &BucketSeen) -> Judgement {
        // A lock that is not asked for is not looked at, and stays.
        let shown_lock = self.lock_days.and(seen.properties.lock_days);
        let mut found = differences(&self.as_compared(self.lock_days), &seen.properties.as_compared(shown_lock));
        if !seen.blocked {
            found.push(Difference::new("public_access", "open", "blocked"));
        }
        if let Some(until) = seen.closed_until {
            found.retain(|difference| difference.property != "expire_days");
            let after = self.expire_days.map(|days| days.to_string()).unwrap_or_default();
            found.push(Difference::new("expire_days", format!("closed until {until:.0}"), after));
        }
        if found.is_empty() { Judgement::in_sync() } else { Judgement::act(Change::Update(found)) }
    }

    /// What must be kept is closed, and what is closed is kept until its end. What is locked cannot go before, whatever the order.
    fn depart(&self, resource: &Resource, seen: &BucketSeen, fate: Fate) -> Departure {
        let bytes = match seen.content {
            Content::Empty => return Departure::Act(Removal::Delete),
            Content::Holds { bytes } => bytes,
            Content::Unseen => return Departure::Wait("it is not known yet what is in it".into()),
        };
        let must_stay = self.lock_days.is_some() || (fate == Fate::KeepData && resource.protects_data);
        match seen.closed_until {
            _ if !must_stay || seen.over => Departure::Act(Removal::EmptyBucket),
            None => Departure::Act(Removal::CloseBucket { days: self.kept_days() }),
            Some(until) => Departure::Kept(Retention {
                what: Retained::Bucket(resource.name.clone()),
                until: Some(until),
                monthly_usd: super::monthly_usd(bytes, USD_PER_GIB),
            }),
        }
    }

    fn outputs(seen: &BucketSeen) -> Vec<(&'static str, String)> {
        vec![("name", seen.name.clone()), ("domain", seen.domain.clone())]
    }
}

/// S3 writes a list of one as that one, and keeps no order within a statement.
fn canonical(policy: &Value) -> Value {
    match policy {
        Value::Array(values) => {
            let mut values: Vec<_> = values.iter().map(canonical).collect();
            values.sort_by_key(ToString::to_string);
            if values.len() == 1 { values.remove(0) } else { Value::Array(values) }
        }
        Value::Object(fields) => Value::Object(fields.iter().map(|(key, value)| (key.clone(), canonical(value))).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bucket() -> Bucket {
        Bucket { owner: "1".into(), key: None, versioning: true, policy: None, expire_days: None, lock_days: None }
    }

    fn seen(content: Content) -> BucketSeen {
        BucketSeen { name: "b".into(), domain: "d".into(), properties: bucket(), blocked: true, closed_until: None, over: false, content }
    }

    fn resource(desired: &Bucket, protects_data: bool) -> Resource {
        crate::kind::testing::resource(crate::kind::Desired::S3Bucket(desired.clone()), protects_data)
    }

    fn changes(desired: &Bucket, seen: &BucketSeen) -> Vec<String> {
        match desired.judge(&resource(desired, true), seen) {
            Judgement::InSync(_) => Vec::new(),
            Judgement::Act(Change::Update(found)) => found.into_iter().map(|difference| difference.property).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_bucket_is_compared_property_by_property() {
        let check = |desired: Bucket, seen: BucketSeen, expected: &[&str]| assert_eq!(changes(&desired, &seen), expected);
        let fresh = || BucketSeen { properties: Bucket { versioning: false, ..bucket() }, ..seen(Content::Unseen) };
        check(bucket(), seen(Content::Unseen), &[]);
        check(bucket(), fresh(), &["versioning"]);
        let locked = || Bucket { versioning: false, lock_days: Some(365), ..bucket() };
        check(locked(), fresh(), &["lock_days", "versioning"]); // a lock needs versions
        check(locked(), BucketSeen { properties: locked(), ..seen(Content::Unseen) }, &[]);
        check(bucket(), BucketSeen { properties: locked(), ..seen(Content::Unseen) }, &["versioning"]); // a lock is never taken off
        check(bucket(), BucketSeen { blocked: false, ..seen(Content::Unseen) }, &["public_access"]);
        let closed = BucketSeen { closed_until: Some(Timestamp::UNIX_EPOCH), ..seen(Content::Unseen) };
        check(bucket(), closed.clone(), &["expire_days"]); // it was taken over, and opens
        check(Bucket { expire_days: Some(30), ..bucket() }, closed, &["expire_days"]);
    }

    #[test]
    fn a_policy_is_the_same_however_s3_writes_it() {
        let with = |policy: Value| Bucket { policy: Some(policy), ..bucket() };
        let wrote = with(json!({ "Statement": [{ "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["b", "a"] }] }));
        let shown = with(json!({ "Statement": { "Action": "s3:GetObject", "Resource": ["a", "b"], "Effect": "Allow" } }));
        assert_eq!(changes(&wrote, &BucketSeen { properties: shown, ..seen(Content::Unseen) }), Vec::<String>::new());
        let other = with(json!({ "Statement": [{ "Effect": "Deny", "Action": ["s3:GetObject"], "Resource": ["b", "a"] }] }));
        assert_eq!(changes(&wrote, &BucketSeen { properties: other, ..seen(Content::Unseen) }), ["policy"]);
    }

    #[test]
    fn what_is_kept_is_closed_first_and_emptied_at_its_end() {
        let until = Some(Timestamp::UNIX_EPOCH);
        let holds = || seen(Content::Holds { bytes: 1 << 30 });
        let closed = |over| BucketSeen { closed_until: until, over, ..holds() };
        let check = |desired: &Bucket, protects_data, seen: &BucketSeen, fate, expected: Departure| {
            assert_eq!(desired.depart(&resource(desired, protects_data), seen, fate), expected);
        };
        let (keep, destroy) = (Fate::KeepData, Fate::DestroyData);
        let act = Departure::Act;
        let kept = Departure::Kept(Retention { what: Retained::Bucket("thing".into()), until, monthly_usd: 0.02 });
        check(&bucket(), true, &seen(Content::Empty), keep, act(Removal::Delete)); // nothing is lost
        check(&bucket(), true, &holds(), keep, act(Removal::CloseBucket { days: 90 }));
        check(&bucket(), true, &closed(false), keep, kept.clone());
        check(&bucket(), true, &closed(true), keep, act(Removal::EmptyBucket));
        check(&bucket(), true, &closed(false), destroy, act(Removal::EmptyBucket));
        check(&bucket(), false, &holds(), keep, act(Removal::EmptyBucket)); // it holds no customer's data
        let locked = Bucket { lock_days: Some(365), ..bucket() };
        check(&locked, false, &holds(), destroy, act(Removal::CloseBucket { days: 365 }));
        check(&locked, true, &closed(false), destroy, kept);
        check(&locked, true, &closed(true), destroy, act(Removal::EmptyBucket));
        check(&locked, true, &seen(Content::Empty), destroy, act(Removal::Delete));
    }
}

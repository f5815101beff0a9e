//! Access points of EFS: a directory of a file system as one user's own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plain::plain;
use crate::name::NameRule;

/// The `Name` tag: up to 256 characters (EFS user guide, "Tag restrictions").
const TAG: NameRule = NameRule { longest: 256, also: "/_+=.@:", double_hyphen: true };

/// The permissions of the directory: its owner does everything, its group reads.
pub const PERMISSIONS: &str = "0750";

/// An access point. Whoever mounts it is the user `uid`, and sees the directory as the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessPoint {
    /// `fs-…`
    pub file_system: String,
    /// The directory, such as `/uploads`. EFS makes it at the first mount, owned by `uid` and `gid`, with the permissions 0750.
    pub path: String,
    /// The POSIX user.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
}
// An estimate: no set of measured times was found.
plain!(AccessPoint: "efs-access-point", name: TAG, creates: 5 s, changes: 5 s, fixed: ["file_system", "path", "uid", "gid"] replaceable, outputs: ["id"]);

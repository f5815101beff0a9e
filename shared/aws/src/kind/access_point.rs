//! Access points, found by their token on their file system.

use domain::kind::access_point::AccessPoint;
use domain::ports::{CreateAccessPoint, DeleteAccessPoint, DescribeAccessPoint, TagFileSystem, send};

use super::plain::{is_bound, plain};

plain!(AccessPoint(EfsAccessPoint), |cloud, resource, desired|
    observe: {
        let look = DescribeAccessPoint { file_system: desired.file_system.clone(), token: resource.token.clone() };
        if is_bound(&desired.file_system) { send(cloud, look).await? } else { None }
    },
    create: {
        let (token, name) = (resource.token.clone(), resource.name.clone());
        send(cloud, CreateAccessPoint { token, name, desired: desired.clone(), tags: resource.tags.clone() }).await
    },
    update |old, _seen|: Ok(old.clone()),
    delete |seen|: send(cloud, DeleteAccessPoint { id: seen.id.clone() }).await,
    gone: later,
    tag |of|: send(cloud, TagFileSystem { id: of.1.clone(), tags: resource.tags.clone() }).await?,
);

//! The tagging API.

use domain::kind::grounds::Repository;
use domain::ports::{CreateRepository, GetResources, Tagged};

use super::ground::{Ground, does, secret};

pub(super) async fn what_has_a_tag_is_found_by_it_whatever_it_is<G: Ground>(ground: &G) {
    let (owner, repository) = (ground.name("owner"), ground.name("repository"));
    let of = |owner: &str| [("caretaker:owner".to_owned(), owner.to_owned())].into();
    let all = |value: &str| GetResources { key: "caretaker:owner".to_owned(), value: value.to_owned(), after: None };
    assert_eq!(does(ground, all(&owner)).await, (Vec::new(), None));
    let desired = Repository { scan_on_push: true, keep_images: 10, key: None };
    let made = does(ground, CreateRepository { name: repository, desired, tags: of(&owner) }).await;
    does(ground, secret(&ground.name("secret"), "value")).await;
    assert_eq!(does(ground, all(&owner)).await, (vec![Tagged { arn: made.arn, tags: of(&owner) }], None), "what has another value is not");
}

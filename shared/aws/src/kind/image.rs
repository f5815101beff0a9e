//! Images in ECR: without one, a task can only fail to start.

use domain::failure::CallError;
use domain::ports::{Cloud, HasImage, send};

/// Whether `image` is known not to be there. Only images of ECR are looked up: `ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG`.
pub(super) async fn is_missing(cloud: &impl Cloud, image: &str) -> Result<bool, CallError> {
    let Some((repository, tag)) = of_ecr(image) else { return Ok(false) };
    let has = send(cloud, HasImage { repository: repository.to_owned(), tag: tag.to_owned() }).await?;
    Ok(!has)
}

/// Repository and tag of an image of ECR; none: it is elsewhere, or named by its digest.
fn of_ecr(image: &str) -> Option<(&str, &str)> {
    let (registry, rest) = image.split_once('/')?;
    let (repository, tag) = rest.rsplit_once(':')?;
    (registry.contains(".dkr.ecr.") && !rest.contains('@')).then_some((repository, tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_of_ecr_has_a_repository_and_a_tag() {
        let check = |image, expected| assert_eq!(of_ecr(image), expected, "{image}");
        check("1.dkr.ecr.us-east-1.amazonaws.com/mate-django-dev:dev-1", Some(("mate-django-dev", "dev-1")));
        check("1.dkr.ecr.us-east-1.amazonaws.com/team/web:1", Some(("team/web", "1")));
        check("1.dkr.ecr.us-east-1.amazonaws.com/web@sha256:0a", None);
        check("public.ecr.aws/docker/library/nginx:stable", None);
        check("nginx", None);
    }
}

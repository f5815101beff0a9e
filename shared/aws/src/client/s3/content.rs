//! What is in a bucket: versions, marks of deletion, uploads that were never completed.

use aws_sdk_s3::types::{Delete, Error as Refused, ObjectIdentifier};
use domain::failure::{CallError, Cause};
use domain::kind::bucket::{ObjectVersion, Upload};
use domain::ports::{AbortMultipartUpload, Call, DeleteObjects, ListMultipartUploads, ListObjectVersions, Reply};

use super::unwritable;
use crate::client::failure::{failure, of_code};
use crate::client::{AwsCloud, unknown};

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.s3;
    match call {
        Call::ListObjectVersions(ListObjectVersions { name: bucket, owner }) => {
            let output = client.list_object_versions().bucket(bucket).expected_bucket_owner(owner).send().await;
            let output = output.map_err(|error| failure(name, &error))?;
            let bytes = |size: Option<i64>| size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
            let versions = output.versions().iter().map(|one| version(one.key(), one.version_id(), bytes(one.size())));
            let marks = output.delete_markers().iter().map(|one| version(one.key(), one.version_id(), 0));
            Ok(Reply::ListObjectVersions(versions.chain(marks).flatten().collect()))
        }
        Call::ListMultipartUploads(ListMultipartUploads { name: bucket, owner }) => {
            let output = client.list_multipart_uploads().bucket(bucket).expected_bucket_owner(owner).send().await;
            let output = output.map_err(|error| failure(name, &error))?;
            let upload = |key: Option<&str>, id: Option<&str>| Some(Upload { key: key?.to_owned(), id: id?.to_owned() });
            Ok(Reply::ListMultipartUploads(output.uploads().iter().filter_map(|one| upload(one.key(), one.upload_id())).collect()))
        }
        Call::DeleteObjects(DeleteObjects { name: bucket, owner, versions }) => {
            let request = client.delete_objects().bucket(bucket).expected_bucket_owner(owner).delete(delete(versions)?);
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            // The reply is a success even where some were refused, such as what is locked.
            output.errors().first().map_or(Ok(Reply::DeleteObjects(())), |refused| Err(refusal(name, refused)))
        }
        Call::AbortMultipartUpload(AbortMultipartUpload { name: bucket, owner, upload }) => {
            let request = client.abort_multipart_upload().bucket(bucket).expected_bucket_owner(owner);
            let outcome = request.key(upload.key).upload_id(upload.id).send().await;
            outcome.map(|_| Reply::AbortMultipartUpload(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

fn version(key: Option<&str>, version: Option<&str>, bytes: u64) -> Option<ObjectVersion> {
    Some(ObjectVersion { key: key?.to_owned(), version: version.unwrap_or("null").to_owned(), bytes })
}

fn delete(versions: Vec<ObjectVersion>) -> Result<Delete, CallError> {
    let one = |version: ObjectVersion| ObjectIdentifier::builder().key(version.key).version_id(version.version).build();
    let objects = versions.into_iter().map(one).collect::<Result<Vec<_>, _>>().map_err(|error| unwritable(&error))?;
    Delete::builder().set_objects(Some(objects)).quiet(true).build().map_err(|error| unwritable(&error))
}

fn refusal(operation: &str, refused: &Refused) -> CallError {
    let (code, message) = (refused.code().unwrap_or_default(), refused.message().unwrap_or_default());
    let cause = if code == "InternalError" { Cause::Unavailable } else { of_code(code, message, 400) };
    CallError::new(operation, cause, format!("{code}: {message} ({})", refused.key().unwrap_or_default()))
}

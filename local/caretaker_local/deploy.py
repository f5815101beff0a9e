"""`deploy`: the shipped template, by the real `sam deploy`, with binaries that cargo built.

`sam build` would compile the release again; here the built binaries are put where its
output would be, and nothing else of the template changes. They are zipped here too: sam
zips one after the other and for size, and these were not built to be small."""

import os
import shutil
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from caretaker_local import template as cfn
from caretaker_local.client import LocalCloudError, boto_client
from caretaker_local.settings import client_environment

ARTEFACT_BUCKET = "caretaker-artefacts"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
SAM = ".tools/sam/bin/sam"


def deploy(endpoint: str, template: Path, binaries: Path, stack: str,
           parameters: list[str], build_dir: Path | None) -> dict[str, str]:
    """Deploys and returns the stack's outputs by name."""
    build = (build_dir or Path(".local") / f"deploy-{stack}-{urlsplit(endpoint).port}").resolve()
    packages = zip_functions(prepare_build(template, binaries, build), build)
    boto_client("s3", endpoint).create_bucket(Bucket=ARTEFACT_BUCKET)
    run_sam(endpoint, packages, stack, [f"AwsEndpointUrl={endpoint}", *parameters], template)
    return stack_outputs(endpoint, stack)


def prepare_build(template: Path, binaries: Path, build: Path) -> dict:
    """A folder as `sam build` leaves it: the template, which is returned, and per function a folder with its bootstrap."""
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir(parents=True)
    document = cfn.load(template.read_text())
    for name, resource in document["Resources"].items():
        if resource.get("Type") != "AWS::Serverless::Function":
            continue
        binary = (resource.get("Metadata") or {}).get("BuildProperties", {}).get("Binary")
        if not binary:
            raise LocalCloudError(f"{template}: function {name} names no Metadata.BuildProperties.Binary")
        (build / name).mkdir()
        put_bootstrap(find_binary(binaries, binary), build / name / "bootstrap")
        resource["Properties"]["CodeUri"] = name
    (build / "template.yaml").write_text(cfn.dump(document))
    return document


def zip_functions(document: dict, build: Path) -> Path:
    """Each function's folder in `build` as a package beside it; a template as `document` that names those."""
    folders = [bootstrap.parent for bootstrap in build.glob("*/bootstrap")]
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda folder: zip_bootstrap(folder / "bootstrap", folder.with_suffix(".zip")), folders))
    for folder in folders:
        document["Resources"][folder.name]["Properties"]["CodeUri"] = f"{folder.name}.zip"
    packages = build / "packages.yaml"
    packages.write_text(cfn.dump(document))
    return packages


def zip_bootstrap(bootstrap: Path, package: Path) -> None:
    """Fast rather than small, and the same for the same binary, so that sam uploads it once."""
    entry = zipfile.ZipInfo("bootstrap")
    entry.external_attr = 0o755 << 16
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr(entry, bootstrap.read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=3)


def find_binary(binaries: Path, name: str) -> Path:
    """cargo's layout (DIR/NAME) or cargo-lambda's (DIR/NAME/bootstrap)."""
    for candidate in (binaries / name / "bootstrap", binaries / name):
        if candidate.is_file():
            return candidate
    raise LocalCloudError(f"no binary {name} in {binaries}: neither {name} nor {name}/bootstrap; build it first")


def put_bootstrap(source: Path, target: Path) -> None:
    """A copy without symbols, as it ships: they would be most of what is zipped, uploaded and unpacked."""
    stripped = shutil.which("strip") is not None and subprocess.run(
        ["strip", "--strip-all", "-o", target, source], stderr=subprocess.DEVNULL, check=False,
    ).returncode == 0
    if not stripped:  # no binutils, or no ELF (a script as bootstrap)
        shutil.copyfile(source, target)
    target.chmod(0o755)


def run_sam(endpoint: str, built_template: Path, stack: str, parameters: list[str], template: Path) -> None:
    """`sam deploy`; its output goes to stderr, so that stdout stays the outputs' JSON."""
    command = [
        find_sam(template), "deploy", "--template-file", str(built_template), "--stack-name", stack,
        "--s3-bucket", ARTEFACT_BUCKET, "--s3-prefix", stack, "--capabilities", *CAPABILITIES,
        "--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar",
        "--parameter-overrides", *parameters,
    ]
    environment = {**os.environ, **client_environment(endpoint), "SAM_CLI_TELEMETRY": "0",
                   "AWS_EC2_METADATA_DISABLED": "true"}
    environment.pop("AWS_PROFILE", None)
    result = subprocess.run(command, env=environment, stdout=sys.stderr, cwd=built_template.parent, check=False)
    if result.returncode != 0:
        raise LocalCloudError(f"sam deploy of stack {stack} failed with exit code {result.returncode}")


def find_sam(template: Path) -> str:
    """$CARETAKER_SAM, or the repository's own."""
    sam = Path(os.environ.get("CARETAKER_SAM") or template.resolve().parent / SAM)
    if not sam.is_file():
        raise LocalCloudError(f"no sam at {sam}: run `make tools`, or set CARETAKER_SAM")
    return str(sam)


def stack_outputs(endpoint: str, stack: str) -> dict[str, str]:
    stacks = boto_client("cloudformation", endpoint).describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stacks[0].get("Outputs", [])}

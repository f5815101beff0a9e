"""An image to run a `provided.al2023` function in, where AWS's own cannot be pulled.

It holds what SAM and the function need and no more: the shell, `mv` and `chmod` with which SAM
installs AWS's runtime interface emulator, the C library, and the CA bundle, all of this machine."""

import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

AWS_IMAGE = "public.ecr.aws/lambda/provided:al2023-x86_64"
STAND_IN = "caretaker-stand-in:al2023"

# SAM tags what it builds on top so (samcli/local/docker/lambda_image.py).
STAND_IN_WITH_EMULATOR = "caretaker-stand-in:rapid-x86_64"

# Some seconds of a pull that gets nowhere are enough to know that it will not.
PULL_SECONDS = 120

TOOLS = ["sh", "mv", "chmod"]
# A Rust binary's own libraries, beside those of the tools.
# The last three are empty since glibc 2.34, and still asked for by what is linked for an older one.
LIBRARIES = ["libc.so.6", "libm.so.6", "libgcc_s.so.1", "libpthread.so.0", "libdl.so.2", "librt.so.1"]
CA_BUNDLES = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]


def aws_image_is_at_hand() -> bool:
    """Whether AWS's image is here or can be pulled."""
    if subprocess.run(["docker", "image", "inspect", AWS_IMAGE], capture_output=True).returncode == 0:
        return True
    try:
        return subprocess.run(["docker", "pull", "--quiet", AWS_IMAGE], capture_output=True, timeout=PULL_SECONDS).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def make() -> None:
    """Builds the stand-in from this machine's files."""
    with tempfile.NamedTemporaryFile(suffix=".tar") as archive:
        with tarfile.open(archive.name, "w") as rootfs:
            for inside, source in contents().items():
                rootfs.add(source, arcname=inside.lstrip("/"))
            for folder in ("tmp", "var/task", "var/rapid", "opt"):
                entry = tarfile.TarInfo(folder)
                entry.type, entry.mode = tarfile.DIRTYPE, 0o1777
                rootfs.addfile(entry)
        subprocess.run(["docker", "import", archive.name, STAND_IN], check=True, capture_output=True)


def remove() -> None:
    """Takes the stand-in away again, with what SAM built on it."""
    subprocess.run(["docker", "image", "rm", "--force", STAND_IN_WITH_EMULATOR, STAND_IN], capture_output=True)


def contents() -> dict[str, Path]:
    """Path in the image → real file on this machine."""
    files: dict[str, Path] = {}
    for tool in TOOLS:
        path = Path(shutil.which(tool, path="/usr/bin:/bin")).resolve()
        files[f"/bin/{tool}"] = path
        files.update(libraries_of(path))
    folders = {Path(inside).parent for inside in files if ".so" in inside}
    for name in LIBRARIES:
        found = next((folder / name for folder in folders if (folder / name).exists()), None)
        if found:
            files[str(found)] = found.resolve()
    bundle = next(Path(path) for path in CA_BUNDLES if Path(path).exists())
    files["/etc/ssl/certs/ca-certificates.crt"] = files["/etc/pki/tls/certs/ca-bundle.crt"] = bundle.resolve()
    return files


def libraries_of(binary: Path) -> dict[str, Path]:
    """What the dynamic linker would load, under the paths at which it looks."""
    listing = subprocess.run(["ldd", str(binary)], check=True, capture_output=True, text=True).stdout
    words = (word for line in listing.splitlines() for word in line.split())
    return {word: Path(word).resolve() for word in words if word.startswith("/")}

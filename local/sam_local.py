"""`make sam-local`: `sam local invoke ProvisionTenant` in a container, against a local cloud of its own.

    python local/sam_local.py BINARIES

BINARIES is cargo-lambda's output folder. Judged by stdout (the decision that the function
returns) and by the ledger (that the container really reached the cloud); SAM's log lines are
sometimes cut. Everything it starts or makes is gone afterwards."""

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import sam_stand_in
from caretaker_local.client import boto_client
from caretaker_local.settings import client_environment
from sam_relay import container_network

ROOT = Path(__file__).resolve().parent.parent
SAM = ROOT / ".tools/sam/bin/sam"
EVENT = ROOT / "events/tenant-created.json"
FUNCTION = "ProvisionTenant"

# Until a local cloud answers, and for one invocation with its image to build.
START_SECONDS, INVOKE_SECONDS = 60, 300


def main() -> int:
    """Runs it; the exit code."""
    binaries = Path(sys.argv[1])
    if subprocess.run(["docker", "info"], capture_output=True).returncode != 0:
        print("sam-local needs a container engine: `docker info` fails", file=sys.stderr)
        return 1
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="caretaker-sam-local-")))
        endpoint = start_cloud(stack, work)
        outputs = deploy(endpoint, binaries, work)
        network, inside = stack.enter_context(container_network(endpoint))
        variables = write_variables(endpoint, outputs, inside, work)
        stdout = invoke(stack, work, network, variables)
        verify(stdout, endpoint, outputs["LedgerTable"])
    return 0


def start_cloud(stack: ExitStack, work: Path) -> str:
    """A local cloud on a free port, ended with the stack; its endpoint."""
    ready = work / "ready.json"
    command = [sys.executable, "-m", "caretaker_local", "serve", "--port", "0", "--profile", "instant",
               "--state-dir", str(work / "cloud"), "--ready-file", str(ready)]
    log = stack.enter_context(open(work / "cloud.log", "w"))
    server = subprocess.Popen(command, stdout=log, stderr=log)
    stack.callback(server.wait)
    stack.callback(server.terminate)
    deadline = time.monotonic() + START_SECONDS
    while not ready.exists():
        if server.poll() is not None or time.monotonic() > deadline:
            raise SystemExit("the local cloud does not start:\n" + (work / "cloud.log").read_text()[-2000:])
        time.sleep(0.1)
    return json.loads(ready.read_text())["endpoint"]


def deploy(endpoint: str, binaries: Path, work: Path) -> dict[str, str]:
    """The shipped template and a Ready environment; the stack's outputs."""
    local = [sys.executable, "-m", "caretaker_local"]
    options = ["--endpoint", endpoint, "--binaries", str(binaries), "--build-dir", str(work / "build")]
    deployed = subprocess.run([*local, "deploy", *options], cwd=ROOT, capture_output=True, text=True)
    if deployed.returncode != 0:
        raise SystemExit(f"the deployment failed:\n{deployed.stderr[-4000:]}")
    outputs = json.loads(deployed.stdout)
    fixture = ROOT / "local/fixtures/environment-dev.json"
    subprocess.run([*local, "environment", "--endpoint", endpoint, "--fixture", str(fixture),
                    "--table", outputs["LedgerTable"]], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return outputs


def write_variables(endpoint: str, outputs: dict[str, str], inside: str, work: Path) -> Path:
    """The deployed function's own variables, for SAM does not resolve what a stack made; its endpoint as seen from inside."""
    configuration = boto_client("lambda", endpoint).get_function_configuration(FunctionName=outputs["ProvisionTenantFunction"])
    variables = configuration["Environment"]["Variables"] | {"AWS_ENDPOINT_URL": inside}
    path = work / "variables.json"
    path.write_text(json.dumps({FUNCTION: variables}))
    return path


def invoke(stack: ExitStack, work: Path, network: str, variables: Path) -> str:
    """Runs SAM; its stdout, which is what the function returned."""
    image = []
    if not sam_stand_in.aws_image_is_at_hand():
        print(f"{sam_stand_in.AWS_IMAGE} cannot be pulled: a stand-in of this machine's own files is used", flush=True)
        stack.callback(sam_stand_in.remove)
        sam_stand_in.make()
        image = ["--invoke-image", sam_stand_in.STAND_IN]
    command = [str(SAM), "local", "invoke", FUNCTION, "--template", str(work / "build/template.yaml"), "--event", str(EVENT),
               "--env-vars", str(variables), "--docker-network", network, "--skip-pull-image", *image]
    # Dummy credentials, and no endpoint: SAM itself must not reach for a cloud.
    environment = os.environ | client_environment("") | {"SAM_CLI_TELEMETRY": "0"}
    del environment["AWS_ENDPOINT_URL"]
    done = subprocess.run(command, cwd=work, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=INVOKE_SECONDS)
    if done.returncode != 0 or not done.stdout.strip():
        raise SystemExit(f"sam local invoke failed ({done.returncode}):\n{done.stdout}{done.stderr[-4000:]}")
    return done.stdout


def verify(stdout: str, endpoint: str, table: str) -> None:
    """The answer is a decision about the event's tenant, and the ledger knows the tenant."""
    detail = json.loads(EVENT.read_text())["detail"]
    answer = json.loads(stdout.strip().splitlines()[-1])
    print(json.dumps(answer, indent=2), flush=True)
    expected = {"function": "provision-tenant", "tenant": detail["tenant"], "environment": detail["environment"]}
    wrong = {key: answer.get(key) for key in expected if answer.get(key) != expected[key]}
    if wrong or not answer.get("decision"):
        raise SystemExit(f"stdout is no decision about {expected}: {wrong or 'no decision'}")
    key = {"pk": {"S": f"tenant#{detail['environment']}#{detail['tenant']}"}, "sk": {"S": "intent"}}
    if "Item" not in boto_client("dynamodb", endpoint).get_item(TableName=table, Key=key, ConsistentRead=True):
        raise SystemExit(f"the ledger has no intent of {detail['tenant']}: the container did not reach the cloud")
    print(f"sam-local: ProvisionTenant ran in a container and decided {answer['decision']!r}")


if __name__ == "__main__":
    sys.exit(main())

"""`make sam-local`: `sam local invoke` of each sort of function in a container, against a local cloud of its own.

    python local/sam_local.py BINARIES

BINARIES is cargo-lambda's output folder. Judged by stdout (the decision that the function
returns) and by what is in the cloud afterwards (that the container really reached it); SAM's log
lines are sometimes cut. Everything it starts or makes is gone afterwards."""

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import sam_stand_in
from boto3.dynamodb.types import TypeSerializer
from caretaker_local.client import boto_client
from caretaker_local.settings import client_environment
from sam_relay import container_network

ROOT = Path(__file__).resolve().parent.parent
SAM = ROOT / ".tools/sam/bin/sam"
EVENTS = ROOT / "events"
FIXTURES = ROOT / "local/fixtures"

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
        add_pool(endpoint, outputs["LedgerTable"])
        network, inside = stack.enter_context(container_network(endpoint))
        sam = Sam(work, network, choose_image(stack))
        for case in cases():
            variables = write_variables(case, endpoint, outputs, inside, work)
            verify(case, sam.invoke(case, variables), boto_client("dynamodb", endpoint), outputs)
    return 0


@dataclass(frozen=True)
class Case:
    """A function, its event, what its answer says, and an item that is in a table afterwards."""

    function: str
    event: Path
    answer: dict
    table: str | None = None
    item: dict | None = None
    #: Variables that the template does not know, since each environment's base gives them.
    variables: dict = field(default_factory=dict)


def cases() -> list[Case]:
    """The sampler finds a pool whose broker does not answer; a sample of long ago is of no use, and is remembered as one all the same."""
    demo = {"tenant": "demo", "environment": "dev"}
    settings = {"ENVIRONMENT": "dev", "SAMPLES": "1", "SECONDS_BETWEEN": "10"}
    return [
        Case("ProvisionTenant", EVENTS / "tenant-created.json", {"function": "provision-tenant", **demo},
             "LedgerTable", {"pk": {"S": "tenant#dev#demo"}, "sk": {"S": "intent"}}),
        Case("SampleQueues", EVENTS / "schedule.json",
             {"function": "sample-queues", "environment": "dev", "decision": "sampled",
              "reason": "1 pools, 1 samples of queues, 1 faults in the last round"}, variables=settings),
        Case("ScaleWorkers", EVENTS / "queue-depth.json",
             {"function": "scale-workers", **demo, "decision": "held", "reason": "the sample is too old to act upon"},
             "ScalingTableName", {"pk": {"S": "scaling#tenant#dev#demo"}, "sk": {"S": "mate-demo-dev-celery"}}),
        # Of an account that is not this cloud's; and links and a webhook that were signed with keys that nobody has.
        Case("RemediateTask", EVENTS / "ecs-task-stopped.json",
             {"function": "remediate-task", "decision": "ignored", "reason": "no record of ours names it"}),
        Case("AnswerLink", EVENTS / "answer-link-get.json", {"statusCode": 403}),
        Case("AnswerLink", EVENTS / "acknowledge-link-get.json", {"statusCode": 403}),
        Case("AnswerLink", EVENTS / "acknowledge-link-post.json", {"statusCode": 403}),
        Case("AnswerLink", EVENTS / "pagerduty-webhook.json", {"statusCode": 401}),
        *paging_cases(),
    ]


def paging_cases() -> list[Case]:
    """Alarms of an account that is not this cloud's, by each road; and the schedule, for which every desk is looked at."""
    name = "mate-demo-dev-database-connections"
    ignored = {"function": "page-oncall", "decision": "ignored", "reason": f"{name} is nobody's here, and the routes do not ask for it"}
    roads = ["alarm-metric-event", "alarm-metric-direct", "alarm-metric-sns"]
    return [
        *(Case("PageOncall", EVENTS / f"{road}.json", ignored) for road in roads),
        # SQS hands the same over in a record; the answer to a batch has the records that come back.
        Case("PageOncall", EVENTS / "alarm-metric-sqs.json", {"batchItemFailures": []}),
        Case("PageOncall", EVENTS / "paging-beat.json", {"function": "page-oncall", "decision": "beaten"}),
    ]


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
    fixture = FIXTURES / "environment-dev.json"
    subprocess.run([*local, "environment", "--endpoint", endpoint, "--fixture", str(fixture),
                    "--table", outputs["LedgerTable"]], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return outputs


def add_pool(endpoint: str, table: str) -> None:
    """A pool of workers, as the tenant's blueprint would make it."""
    pool = json.loads((FIXTURES / "pool-demo.json").read_text())
    item = {name: TypeSerializer().serialize(value) for name, value in pool.items()}
    boto_client("dynamodb", endpoint).put_item(TableName=table, Item=item)


def write_variables(case: Case, endpoint: str, outputs: dict[str, str], inside: str, work: Path) -> Path:
    """The deployed function's own variables, for SAM does not resolve what a stack made; its endpoint as seen from inside."""
    configuration = boto_client("lambda", endpoint).get_function_configuration(FunctionName=outputs[f"{case.function}Function"])
    variables = configuration["Environment"]["Variables"] | case.variables | {"AWS_ENDPOINT_URL": inside}
    path = work / f"{case.function}.json"
    path.write_text(json.dumps({case.function: variables}))
    return path


def choose_image(stack: ExitStack) -> list[str]:
    """AWS's own image, or SAM's options for a stand-in that is gone with the stack."""
    if sam_stand_in.aws_image_is_at_hand():
        return []
    print(f"{sam_stand_in.AWS_IMAGE} cannot be pulled: a stand-in of this machine's own files is used", flush=True)
    stack.callback(sam_stand_in.remove)
    sam_stand_in.make()
    return ["--invoke-image", sam_stand_in.STAND_IN]


@dataclass(frozen=True)
class Sam:
    """SAM's command line, in the folder `work`."""

    work: Path
    network: str
    image: list[str]

    def invoke(self, case: Case, variables: Path) -> str:
        """Runs SAM; its stdout, which is what the function returned."""
        command = [str(SAM), "local", "invoke", case.function, "--template", str(self.work / "build/template.yaml"),
                   "--event", str(case.event), "--env-vars", str(variables), "--docker-network", self.network,
                   "--skip-pull-image", *self.image]
        # Dummy credentials, and no endpoint: SAM itself must not reach for a cloud.
        environment = os.environ | client_environment("") | {"SAM_CLI_TELEMETRY": "0"}
        del environment["AWS_ENDPOINT_URL"]
        done = subprocess.run(command, cwd=self.work, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=INVOKE_SECONDS)
        if done.returncode != 0 or not done.stdout.strip():
            raise SystemExit(f"sam local invoke {case.function} failed ({done.returncode}):\n{done.stdout}{done.stderr[-4000:]}")
        return done.stdout


def verify(case: Case, stdout: str, tables, outputs: dict[str, str]) -> None:
    """The answer is the decision that is expected, and the cloud has what the function wrote."""
    answer = json.loads(stdout.strip().splitlines()[-1])
    print(json.dumps(answer, indent=2), flush=True)
    wrong = {key: answer.get(key) for key in case.answer if answer.get(key) != case.answer[key]}
    said = answer.get("decision") or answer.get("statusCode") or answer.get("batchItemFailures")
    if wrong or said is None:
        raise SystemExit(f"{case.function} did not decide {case.answer}: {wrong or 'no decision'}")
    if case.item and "Item" not in tables.get_item(TableName=outputs[case.table], Key=case.item, ConsistentRead=True):
        raise SystemExit(f"there is no item {case.item}: the container did not reach the cloud")
    print(f"sam-local: {case.function} ran in a container and decided {said!r}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

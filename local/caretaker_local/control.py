"""The control routes, /_caretaker/…: JSON in, JSON out, never part of AWS."""

import asyncio
import json
from urllib.parse import parse_qs

from caretaker_local.cloud import Cloud
from caretaker_local.pipeline import read_body
from caretaker_local.seed import seed_environment, seed_hosted_zone
from caretaker_local.services import ecr
from caretaker_local.services.alarms import control as as_service
from caretaker_local.services.ecs.agent import PREFIX, Agent
from caretaker_local.services.ecs.control import stop_chosen_task
from caretaker_local.settings import ACCOUNT, REGION


class Control:
    """Routes by method and path. Errors of the caller come back as 400 {"error"}."""

    def __init__(self, cloud: Cloud):
        self.cloud = cloud
        self.routes = {
            ("GET", "/_caretaker/health"): self.health,
            ("POST", "/_caretaker/environment"): self.environment,
            ("POST", "/_caretaker/zone"): self.zone,
            ("POST", "/_caretaker/images"): self.images,
            ("POST", "/_caretaker/reset"): self.reset,
            ("GET", "/_caretaker/calls"): self.calls,
            ("POST", "/_caretaker/faults"): self.add_fault,
            ("GET", "/_caretaker/faults"): self.list_faults,
            ("DELETE", "/_caretaker/faults"): self.remove_faults,
            ("POST", "/_caretaker/time"): self.time,
            ("POST", "/_caretaker/throttling"): self.throttling,
            ("POST", "/_caretaker/quotas"): self.quotas,
            ("POST", "/_caretaker/iam"): self.switch_iam,
            ("GET", "/_caretaker/iam"): self.iam,
            ("POST", "/_caretaker/rds/maintenance-window"): self.maintenance_window,
            ("POST", "/_caretaker/ecs/stop-task"): self.stop_task,
            ("POST", "/_caretaker/ecs/processes"): self.order_process,
            ("GET", "/_caretaker/ecs/processes"): self.processes,
            ("POST", "/_caretaker/events/fire"): self.fire,
            ("POST", "/_caretaker/events/put"): self.put_event,
            ("POST", "/_caretaker/alarms/state"): self.set_alarm,
            ("POST", "/_caretaker/alarms/tell"): self.tell_alarm,
            ("POST", "/_caretaker/alarms/evaluate"): self.evaluate_alarm,
            ("POST", "/_caretaker/alarms/mute"): self.mute_alarms,
            ("POST", "/_caretaker/sns/publish"): self.publish,
            ("GET", "/_caretaker/sns/sent"): self.sent,
            ("POST", "/_caretaker/sns/confirm"): self.confirm,
            ("POST", "/_caretaker/sns/sandbox"): self.switch_sandbox,
            ("POST", "/_caretaker/autoscaling/scheduled-action"): self.scheduled_action,
            ("POST", "/_caretaker/elasticache/maintenance-window"): self.cache_window,
            ("POST", "/_caretaker/elasticache/brokers"): self.switch_brokers,
            ("GET", "/_caretaker/elasticache/brokers"): self.brokers,
            ("POST", "/_caretaker/elasticache/replace"): self.replace_broker,
        }

    async def __call__(self, scope, receive, send):
        if scope["path"].startswith(PREFIX):
            await self.agent(scope, receive, send)
            return
        handler = self.routes.get((scope["method"], scope["path"].rstrip("/")))
        if handler is None:
            await answer(send, 404, {"error": f"no route {scope['method']} {scope['path']}"})
            return
        query = {key: values[-1] for key, values in parse_qs(scope["query_string"].decode()).items()}
        raw = await read_body(receive)
        try:
            body = json.loads(raw or b"{}")
            # Off the loop: what a handler sets in motion may need the loop.
            value = await asyncio.to_thread(self.handle, handler, body, query)
        except (KeyError, TypeError, ValueError) as error:
            await answer(send, 400, {"error": f"{type(error).__name__}: {error}"})
            return
        await answer(send, 200, value)

    async def agent(self, scope, receive, send):
        """The container agent's endpoints, each of one container."""
        body = await read_body(receive)
        status, value = await asyncio.to_thread(self.ask_agent, scope["method"], scope["path"], body)
        await answer(send, status, value)

    def ask_agent(self, method, path, body):
        from ministack.core.responses import request_scope

        with request_scope(ACCOUNT, REGION):
            reply = Agent(self.cloud).answer(method, path, body)
            self.cloud.timeline.run_due()
        return reply

    def handle(self, handler, body, query):
        from ministack.core.responses import request_scope

        with request_scope(ACCOUNT, REGION):
            self.cloud.timeline.run_due()
            value = handler(body, query)
            self.cloud.timeline.run_due()
        return value

    def health(self, _body, _query):
        """{"status": "ok", …} once the cloud serves."""
        settings = self.cloud.settings
        return {"status": "ok", "profile": settings.profile, "seed": settings.seed, "time_scale": settings.time_scale,
                "throttling": self.cloud.throttling.enabled}

    def environment(self, body, _query):
        """Puts the base a Ready environment stands on, with the very ids of the fixture; its outputs."""
        return seed_environment(body)

    def zone(self, body, _query):
        """{"domain"}: a public hosted zone, as a person makes it before anything else."""
        seed_hosted_zone({"id": "Z0D3F6A1B2C4E5F601AA", "domain": body["domain"]})
        return {"domain": body["domain"]}

    def images(self, body, _query):
        """{"repositories": [...], "tag"}: an image is pushed into each, as a pipeline does, and ECR tells of it."""
        for repository in body["repositories"]:
            ecr.push(repository, body["tag"])
        return {"pushed": len(body["repositories"])}

    def reset(self, _body, _query):
        """Forgets all AWS state, faults, quotas and the log."""
        self.cloud.reset()
        return {"status": "reset"}

    def calls(self, _body, query):
        """{"last": newest seq, "calls": […]} after ?since=, of ?owner=."""
        last = self.cloud.log.last_seq()
        return {"last": last, "calls": self.cloud.log.since(int(query.get("since", 0)), query.get("owner"))}

    def add_fault(self, body, _query):
        return {"id": self.cloud.faults.add(body).id}

    def list_faults(self, _body, _query):
        """With `matched` and `fired`: a fault that never fired tested nothing."""
        return {"faults": self.cloud.faults.all()}

    def remove_faults(self, _body, query):
        """All, or ?id=."""
        return {"removed": self.cloud.faults.clear(int(query["id"]) if "id" in query else None)}

    def time(self, body, _query):
        """{"paused": bool}: while paused, what is creating stays creating; going on does at once all that is due."""
        self.cloud.timeline.pause(bool(body["paused"]))
        return {"paused": bool(body["paused"])}

    def throttling(self, body, _query):
        """{"enabled": bool}; switching on fills the buckets."""
        self.cloud.throttling.switch(bool(body["enabled"]))
        return {"enabled": self.cloud.throttling.enabled}

    def quotas(self, body, _query):
        """{"rds.CreateDBInstance": 3, …}: at most so many may stand; null lifts one."""
        self.cloud.quotas.set(body)
        return self.cloud.quotas.limits

    def switch_iam(self, body, _query):
        """{"mode": "off" | "record" | "enforce"}: the functions' own policies; the list of denials begins anew."""
        self.cloud.access.switch(body["mode"])
        return self.cloud.access.report()

    def iam(self, _body, _query):
        """{"mode", "denials": [{function, action, resource, count}]}."""
        return self.cloud.access.report()

    def maintenance_window(self, body, _query):
        """{"instance"}: pending values begin to be applied."""
        return self.cloud.database.open_maintenance_window(body["instance"])

    def cache_window(self, body, _query):
        """{"group"}: a replication group's pending values begin to be applied."""
        return self.cloud.cache.open_maintenance_window(body["group"])

    def switch_brokers(self, body, _query):
        """{"enabled": bool}: groups that become available from now on have a real broker, or none."""
        self.cloud.cache.brokers.switch(bool(body["enabled"]))
        return self.cloud.cache.brokers.report()

    def brokers(self, _body, _query):
        """{"enabled", "ca", "brokers": [{group, address, port, tls, pid, refused: {client: count}}]}."""
        return self.cloud.cache.brokers.report()

    def replace_broker(self, body, _query):
        """{"group", "keep_data": false}: another node in place of the group's, empty unless its data are kept."""
        return self.cloud.cache.brokers.replace(body["group"], bool(body.get("keep_data")))

    def stop_task(self, body, _query):
        """{"cluster", "service" or "task", "stopCode", "stoppedReason", "containers": [{name, exitCode?, reason?}]}."""
        return stop_chosen_task(self.cloud.scheduler, body)

    def order_process(self, body, _query):
        """{"service" or "*", "container", "command": […], "environment"?, "cwd"?}: it stands for the container from now on."""
        return self.cloud.scheduler.processes.order(body)

    def processes(self, _body, _query):
        """{"processes": [{service, task, container, pid, exitCode, log}]}; exitCode null: it runs."""
        return {"processes": self.cloud.scheduler.processes.report()}

    def fire(self, body, _query):
        """{"rule"}: a scheduled rule's moment has come."""
        return self.cloud.schedules.fire(body["rule"])

    def put_event(self, body, _query):
        """{"source": "aws.…", "detailType", "detail", "resources"?}: on the default bus, as only AWS can send it."""
        return as_service.put_event(body)

    def set_alarm(self, body, _query):
        """{"name", "value", "reason"?, "reasonData"?, "at"?, "roads"?: ["bus", "sns", "lambda"]}."""
        return self.cloud.alarms.control.set_state(body)

    def tell_alarm(self, body, _query):
        """{"name", "roads"?}: the last change once more."""
        return self.cloud.alarms.control.tell_again(body)

    def evaluate_alarm(self, body, _query):
        """{"name"}: CloudWatch looks at its metric now, missing data included."""
        return self.cloud.alarms.control.evaluate(body)

    def mute_alarms(self, body, _query):
        """{"rule", "active"}: the window of a mute rule opens or closes."""
        return self.cloud.alarms.muting.switch(body)

    def publish(self, body, _query):
        """{"topic", "message", "subject"?, "service", "sourceArn"?}: to a topic, as a service of AWS."""
        return as_service.publish(body)

    def sent(self, _body, query):
        """{"messages": [{seq, at, protocol, to, topicArn, subject, message, delivered, why}]} after ?since=: email and SMS."""
        return {"messages": [one for one in self.cloud.people.sent if one["seq"] > int(query.get("since", 0))]}

    def confirm(self, body, _query):
        """{"endpoint"}: a person confirms their subscriptions by email."""
        return self.cloud.people.confirm(body["endpoint"])

    def switch_sandbox(self, body, _query):
        """{"enabled", "verified"?: [numbers]}: SNS's sandbox for SMS."""
        return self.cloud.people.switch_sandbox(body)

    def scheduled_action(self, body, _query):
        """{"cluster", "service", "action"}: its moment has come."""
        return self.cloud.autoscaling.schedules.run(f"service/{body['cluster']}/{body['service']}", body["action"])


async def answer(send, status: int, value) -> None:
    """A JSON reply."""
    body = json.dumps(value, default=str).encode() + b"\n"
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

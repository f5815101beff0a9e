"""From an alarm in ALARM to a service's desired count, within the target's bounds.

The bounds bind the engine's own acts only: whoever calls UpdateService is obeyed by ECS."""

from dataclasses import dataclass

from caretaker_local.services.autoscaling import alarms, capacity, metrics
from caretaker_local.services.autoscaling.activities import record
from caretaker_local.services.autoscaling.services import active, set_desired_count
from caretaker_local.services.autoscaling.store import Store

# "For Auto Scaling actions, the alarm continues to invoke the action once per minute" while it stays in ALARM.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
REPEAT_S = 60
# Of ECS services, in seconds.
# https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
COOLDOWN_S = 300


@dataclass(frozen=True)
class Trigger:
    """An alarm that asks a policy to act."""

    policy: dict
    alarm: dict

    @property
    def tracks(self) -> bool:
        return self.policy["PolicyType"] == "TargetTrackingScaling"

    @property
    def configuration(self) -> dict:
        kind = "TargetTracking" if self.tracks else "Step"
        return self.policy[f"{kind}ScalingPolicyConfiguration"]

    @property
    def cause(self) -> str:
        return f"monitor alarm {self.alarm['AlarmName']} in state ALARM triggered policy {self.policy['PolicyName']}"

    def wanted(self, base: int) -> int:
        """Tasks that the policy asks for where `base` are."""
        value = metrics.latest(self.alarm)
        if self.tracks:
            return capacity.tracked(base, value, self.configuration["TargetValue"], alarms.is_low(self.alarm["AlarmName"]))
        return capacity.stepped(base, 0.0 if value is None else value - self.alarm["Threshold"], self.configuration)

    def cooldown(self, scale_in: bool) -> int:
        if not self.tracks:
            return self.configuration.get("Cooldown", COOLDOWN_S)
        return self.configuration.get("ScaleInCooldown" if scale_in else "ScaleOutCooldown", COOLDOWN_S)


class Engine:
    """Acts on the timeline: its time is the profile's."""

    def __init__(self, cloud, store: Store):
        self.cloud = cloud
        self.store = store
        # (resource, "in" or "out") → the count before the activity that began the cooldown
        self.cooling: dict[tuple[str, str], tuple[object, int]] = {}
        self.chains: dict[tuple[str, str], object] = {}

    def clear(self) -> None:
        self.cooling.clear()
        self.chains.clear()

    def listen(self) -> None:
        """Hears of every alarm that changes its state; ministack knows actions of SNS only."""
        from ministack.services import cloudwatch

        original = cloudwatch._dispatch_alarm_actions

        def dispatch(alarm, old_state, new_state, reason):
            original(alarm, old_state, new_state, reason)
            if new_state != "ALARM" or not alarm.get("ActionsEnabled", True):
                return
            for action in alarm.get("AlarmActions") or []:
                if ":autoscaling:" in action and ":scalingPolicy:" in action:
                    self.begin(action, alarm["AlarmName"])

        cloudwatch._dispatch_alarm_actions = dispatch

    # From the alarm to the policy

    def begin(self, policy_arn: str, alarm_name: str) -> None:
        chain = self.chains[policy_arn, alarm_name] = object()
        self.cloud.timeline.after(0, lambda: self.act(policy_arn, alarm_name, chain))

    def act(self, policy_arn: str, alarm_name: str, chain: object) -> None:
        """Once now, and again each minute as long as the alarm stays."""
        from ministack.services import cloudwatch

        policy, alarm = self.store.policy_by_arn(policy_arn), cloudwatch._alarms.get(alarm_name)
        if self.chains.get((policy_arn, alarm_name)) is not chain:
            return
        if policy is None or alarm is None or alarm["StateValue"] != "ALARM":
            del self.chains[policy_arn, alarm_name]
            return
        self.scale(Trigger(policy, alarm))
        # Without durations it would run to the limit at once.
        if self.cloud.settings.time_scale > 0:
            self.later(REPEAT_S, lambda: self.act(policy_arn, alarm_name, chain))

    def scale(self, trigger: Trigger) -> None:
        resource = trigger.policy["ResourceId"]
        target, service = self.store.targets.get(resource), active(resource)
        if target is None or service is None:
            return
        current = service["desiredCount"]
        scale_in = alarms.is_low(trigger.alarm["AlarmName"]) if trigger.tracks else trigger.wanted(current) < current
        if target["SuspendedState"][f"DynamicScaling{'In' if scale_in else 'Out'}Suspended"]:
            return
        if scale_in:
            self.scale_in(trigger, target, current)
        else:
            self.scale_out(trigger, target, current)

    def scale_out(self, trigger: Trigger, target: dict, current: int) -> None:
        """What the cooldown's own activity has added counts towards the next; a larger need is met at once."""
        resource = target["ResourceId"]
        _mark, base = self.cooling.get((resource, "out"), (None, current))
        count = capacity.within(trigger.wanted(base), target)
        if current >= target["MaxCapacity"] or count <= current:
            return
        # A scale-out ends the cooldown of a scale-in.
        self.cooling.pop((resource, "in"), None)
        self.set(resource, count, trigger.cause)
        self.cool((resource, "out"), base, trigger.cooldown(scale_in=False))

    def scale_in(self, trigger: Trigger, target: dict, current: int) -> None:
        resource = target["ResourceId"]
        if (resource, "in") in self.cooling or current <= target["MinCapacity"]:
            return
        base = min(current, target["MaxCapacity"])
        counts = [one.wanted(base) for one in self.agreeing(trigger)]
        # The policy that leaves the most tasks has its way.
        count = capacity.within(max(counts), target) if counts else current
        if count >= current:
            return
        self.set(resource, count, trigger.cause)
        self.cool((resource, "in"), current, trigger.cooldown(scale_in=True))

    def agreeing(self, trigger: Trigger) -> list[Trigger]:
        """Scale in needs all target tracking policies "with the scale-in portion enabled" to be ready for it; none: one is not.

        https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html"""
        from ministack.services import cloudwatch

        if not trigger.tracks:
            return [trigger]
        policies = [policy for policy in self.store.policies_of(trigger.policy["ResourceId"])
                    if policy["PolicyType"] == "TargetTrackingScaling" and alarms.name_of(policy, alarms.LOW)]
        if not all(alarms.in_alarm(policy, alarms.LOW) for policy in policies):
            return []
        return [Trigger(policy, cloudwatch._alarms[alarms.name_of(policy, alarms.LOW)]) for policy in policies]

    # From the bounds to the count

    def bring_within_bounds(self, resource: str, cause: str | None = None) -> None:
        """Every registration does so, whatever is suspended: suspension is of policies and scheduled actions."""
        self.cloud.timeline.after(0, lambda: self.adjust(resource, cause))

    def adjust(self, resource: str, cause: str | None) -> None:
        target, service = self.store.targets.get(resource), active(resource)
        if target is None or service is None:
            return
        current = service["desiredCount"]
        count = capacity.within(current, target)
        if count != current:
            side = "minimum" if count > current else "maximum"
            self.set(resource, count, cause or f"{side} capacity was set to {count}")

    def set(self, resource: str, count: int, cause: str) -> None:
        record(self.store, resource, count, cause, set_desired_count(resource, count))

    # Time

    def cool(self, key: tuple[str, str], base: int, seconds: int) -> None:
        mark = object()
        self.cooling[key] = (mark, base)

        def end():
            if self.cooling.get(key, (None, 0))[0] is mark:
                del self.cooling[key]

        self.later(seconds, end)

    def later(self, seconds: float, action) -> None:
        self.cloud.timeline.after(seconds * self.cloud.settings.time_scale, action)

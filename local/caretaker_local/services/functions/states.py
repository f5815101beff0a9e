"""A function's State and LastUpdateStatus over time.

https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html"""

# Members that AWS leaves out once there is nothing to tell.
REASONS = ("StateReason", "StateReasonCode", "LastUpdateStatusReason", "LastUpdateStatusReasonCode")


class States:
    """Pending → Active after a creation; InProgress → Successful after it and after each update."""

    def __init__(self, cloud):
        self.cloud = cloud

    def install(self) -> None:
        """ministack asks for the transition at the end of each of its creations and updates."""
        from ministack.services import lambda_svc

        lambda_svc._schedule_state_transition = lambda name, _delay: self.begin(name)

    def begin(self, name: str) -> None:
        """Sets what a describe shows from now on, and when that ends."""
        from ministack.services import lambda_svc

        function = lambda_svc._functions[name]
        config = function["config"]
        phase = "create" if config.get("StateReasonCode") == "Creating" else "update"
        if phase == "update":
            # ministack calls it Pending; on AWS the former code goes on answering.
            config["State"] = "Active"
            leave_out(config, REASONS)
        leave_out(config, REASONS[2:])
        # What a stack has made has no VpcConfig at all.
        network = config.get("VpcConfig") or {}
        kind = "vpc-lambda-function" if network.get("SubnetIds") else "lambda-function"
        change = function["_change"] = object()
        self.cloud.timeline.after(self.cloud.takes(kind, phase, name), lambda: end(name, change))


def end(name: str, change: object) -> None:
    """Active and Successful, unless the function is another by now."""
    from ministack.services import lambda_svc

    function = lambda_svc._functions.get(name)
    if function is None or function.get("_change") is not change:
        return
    for config in (function["config"], *(version["config"] for version in function["versions"].values())):
        config.update(State="Active", LastUpdateStatus="Successful")
        leave_out(config, REASONS)


def leave_out(config: dict, members) -> None:
    for member in members:
        config.pop(member, None)

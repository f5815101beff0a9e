"""No containers: what a database, a cluster or a task does is told by our own timeline.

ministack starts a real container behind an RDS instance, a task and others wherever it finds a container engine,
so that the same cloud would behave otherwise on a machine that has one."""


class NoEngine(RuntimeError):
    """What ministack's services take for a machine without a container engine."""


def forbid() -> None:
    """From now on no service of ministack finds a container engine; once per process, before the first call."""
    import docker

    docker.from_env = docker.DockerClient = refuse


def refuse(*_args, **_named):
    """Stands where a client of the container engine was made."""
    raise NoEngine("the local cloud uses no containers")

"""The package's own settings: from the environment, else from Celery's configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Settings:
    """Seconds, all of them. `stop_timeout` is `CARETAKER_STOP_TIMEOUT` or `app.conf.caretaker_stop_timeout`."""

    #: The container's stopTimeout. ECS waits 30 s where the task definition says nothing, and Fargate 120 s at
    #: most (ECS developer guide, "Task definition parameters", container timeouts).
    stop_timeout: float = 30.0
    #: The longest eta or countdown that the application uses; the tasks' own retry delays are known without it.
    longest_eta: float = 0.0
    #: For how long nothing due is held before the protection is given up.
    protection_idle: float = 30.0
    #: For how long Beat's lock lives without renewal: a spare takes over after this and a third at most.
    beat_lock: float = 30.0

    @classmethod
    def read(cls, conf: Mapping, environ: Mapping[str, str]) -> tuple["Settings", list[str]]:
        """The settings, and a sentence for each value that is no number above zero (zero: only `longest_eta`)."""
        values, faults = {}, []
        for field in fields(cls):
            name = f"caretaker_{field.name}"
            given = environ.get(name.upper(), conf.get(name, field.default))
            try:
                values[field.name] = cls._seconds(given, zero=field.default == 0)
            except (TypeError, ValueError):
                faults.append(f"{name} is {given!r}; it must be a number of seconds above 0")
        return cls(**values), faults

    @staticmethod
    def _seconds(given, zero: bool) -> float:
        seconds = float(given)
        if not (0 < seconds < float("inf") or (zero and seconds == 0)):
            raise ValueError(given)
        return seconds

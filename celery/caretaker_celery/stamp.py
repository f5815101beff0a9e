"""When a task was published: Celery's messages do not say."""

import time

#: Message header: Unix seconds, a float.
HEADER = "caretaker_sent_at"


def stamp(headers: dict | None = None, **_) -> None:
    """Write the header of a message that is being published (receiver of `before_task_publish`).

    A retry carries the headers of its task. If it has an eta of its own it begins to wait anew and is stamped
    anew; without one its age is that of the first publish. What a worker hands back keeps its header.
    """
    if headers is None:
        return
    if HEADER not in headers or headers.get("eta"):
        headers[HEADER] = time.time()

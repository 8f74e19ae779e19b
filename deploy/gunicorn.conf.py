"""How gunicorn serves Kakunin. In production nginx stands in front and this listens on a socket."""

import gc
import os

bind = os.environ.get("KAKUNIN_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("KAKUNIN_WORKERS", "2"))
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 30
limit_request_line = 4094
accesslog = None
loglevel = "warning"


def post_worker_init(worker):  # noqa: ARG001
    """What was loaded at the start lives as long as the worker: the collector need not walk it again."""
    gc.collect()
    gc.freeze()

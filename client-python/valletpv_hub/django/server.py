"""The connection beside a web server: each worker offers to hold it, and one does."""

from __future__ import annotations

import logging
import os
import threading

_started = threading.Event()


def start_beside_server() -> None:
    """Call it in ``wsgi.py`` or ``asgi.py``, after ``get_wsgi_application()``. Where the server forks its workers
    afterwards, each of them starts by itself. A second call does nothing."""
    if _started.is_set():
        return
    _started.set()
    _start()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_start)


def _start() -> None:
    threading.Thread(target=_serve, name="valletpv-hub-service", daemon=True).start()


def _serve() -> None:
    from .service import Service

    try:
        Service().run(threading.Event())
    except Exception:
        logging.getLogger("valletpv_hub").exception("this process no longer offers to hold the connection to the hub")

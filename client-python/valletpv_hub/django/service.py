"""Keeps the project connected to the hub, from one of its processes."""

from __future__ import annotations

import contextlib
import logging
import threading
from datetime import timedelta
from typing import Any, Dict, Optional

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from ..codes import ERASURE_COMMAND
from ..errors import ConfigurationError, HubClientError
from ..threads.client import HubClient
from .handlers import declared
from .lease import LEASE, Lease
from .memory import DjangoMemory, database
from .models import HubInstruction

_logger = logging.getLogger("valletpv_hub")
#: So often the connection is asked for, in seconds; and kept half as often.
_LOOK = LEASE / 6
_FORGET_EVERY = timedelta(hours=1)
_FORGOTTEN_AT_ONCE = 1_000
_OPTIONS = {"URL", "API_KEY", "CONCURRENCY", "TRANSPORT", "KEEP_DAYS"}


class Service:
    """One process's part. ``run`` returns when it is told to stop."""

    def __init__(self) -> None:
        self._settings = checked_settings()
        self._lease = Lease()
        self._forgot_at = timezone.now() - _FORGET_EVERY

    def run(self, stop: threading.Event) -> None:
        """
        :raises HubClientError: the hub does not want this TPV, and trying again is useless
        """
        while not stop.is_set():
            if self._take():
                self._serve(stop)
            stop.wait(_LOOK)

    def _take(self) -> bool:
        try:
            return self._lease.take()
        except Exception:
            _logger.exception("the database could not be asked who holds the connection to the hub")
            return False

    def _serve(self, stop: threading.Event) -> None:
        client = self._client()
        _logger.info("this process holds the connection to the hub")
        try:
            with contextlib.suppress(TimeoutError):
                client.start(timeout=_LOOK)
            while not stop.wait(2 * _LOOK) and client.status.state != "closed" and self._take():
                self._forget()
            self._raise_what_ended(client.status.error)
        except HubClientError as ended:
            self._raise_what_ended(ended)
        finally:
            client.close()
            with contextlib.suppress(Exception):
                self._lease.give_back()

    def _raise_what_ended(self, ended: Optional[HubClientError]) -> None:
        # Another process connected with the same key: it may be one of this project, that found this one too slow.
        if isinstance(ended, ConfigurationError) and ended.code != "replaced":
            raise ended

    def _client(self) -> HubClient:
        given = self._settings
        memory = DjangoMemory()
        client = HubClient(
            given["URL"],
            given["API_KEY"],
            memory=memory,
            concurrency=given.get("CONCURRENCY", 4),
            transport=given.get("TRANSPORT", "auto"),
            logger=_logger,
        )
        handlers = declared()
        handle = memory.within_transaction(lambda one, context: handlers.find(one.command)(one, context))
        client.otherwise(handle)
        client.on(ERASURE_COMMAND)(memory.erasing(handle))
        return client

    def _forget(self) -> None:
        """Rows older than ``KEEP_DAYS`` go, some at a time."""
        now = timezone.now()
        if now - self._forgot_at < _FORGET_EVERY:
            return
        self._forgot_at = now
        old = now - timedelta(days=self._settings.get("KEEP_DAYS", 30))
        try:
            with database():
                ids = HubInstruction.objects.filter(ended_at__lt=old).values_list("id", flat=True)
                few = list(ids[:_FORGOTTEN_AT_ONCE])
                HubInstruction.objects.filter(id__in=few).delete()
                if len(few) == _FORGOTTEN_AT_ONCE:
                    self._forgot_at -= _FORGET_EVERY
        except Exception:
            _logger.exception("old instructions could not be forgotten")


def checked_settings() -> Dict[str, Any]:
    """:raises ImproperlyConfigured: with what is missing or unknown"""
    given = getattr(settings, "VALLETPV_HUB", None)
    if not isinstance(given, dict) or not given.get("URL") or not given.get("API_KEY"):
        raise ImproperlyConfigured(
            'settings: VALLETPV_HUB = {"URL": "http://127.0.0.1:8100", "API_KEY": "…"} is missing'
        )
    unknown = sorted(set(given) - _OPTIONS)
    if unknown:
        raise ImproperlyConfigured(
            f"settings: VALLETPV_HUB has no {', '.join(unknown)}; it takes {', '.join(sorted(_OPTIONS))}"
        )
    return given

"""``manage.py valletpv_hub``: keeps the project connected to the hub until it is told to end."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from valletpv_hub.django.service import Service
from valletpv_hub.errors import HubClientError


class Command(BaseCommand):
    help = "Keeps this project connected to ValleTPV Hub. Several may run: one holds the connection, the others wait."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        try:
            Service().run(stop)
        except (HubClientError, ImproperlyConfigured) as cause:
            raise CommandError(str(cause)) from cause

"""Which of a project's processes holds the connection to the hub."""

from __future__ import annotations

import os
import socket
import uuid
from datetime import timedelta

from django.db.models import DateTimeField, ExpressionWrapper, Q
from django.db.models.functions import Now

from .memory import database
from .models import HubConnection

#: A process that does not renew for so long is gone, in seconds; the database's clock decides.
LEASE = 3.0
_ONE = 1


class Lease:
    """The one row, as this process sees it. Every method may raise what the database does."""

    def __init__(self) -> None:
        self._holder = str(uuid.uuid4())
        self._is_made = False
        self._place = f"{socket.gethostname()}:{os.getpid()}"[:200]

    def take(self) -> bool:
        """Takes it, or goes on holding it.

        :returns: whether this process holds it
        """
        until = ExpressionWrapper(Now() + timedelta(seconds=LEASE), output_field=DateTimeField())
        free = Q(holder=self._holder) | Q(held_until__isnull=True) | Q(held_until__lt=Now())
        with database():
            if not self._is_made:
                HubConnection.objects.get_or_create(pk=_ONE)
                self._is_made = True
            rows = HubConnection.objects.filter(free, pk=_ONE)
            return bool(rows.update(holder=self._holder, place=self._place, held_until=until))

    def give_back(self) -> None:
        with database():
            HubConnection.objects.filter(pk=_ONE, holder=self._holder).update(holder="", place="", held_until=None)

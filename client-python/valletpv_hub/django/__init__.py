"""The hub in a Django project: add ``valletpv_hub.django`` to ``INSTALLED_APPS``.

Handlers stand in each app's ``hub_handlers.py``; ``manage.py valletpv_hub`` keeps the connection.
"""

from __future__ import annotations

from .handlers import on, otherwise
from .server import start_beside_server

__all__ = ["on", "otherwise", "start_beside_server"]

"""Handlers, as a project's apps declare them in their ``hub_handlers.py``."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

from django.utils.module_loading import autodiscover_modules

from ..handlers import Handlers

H = TypeVar("H", bound=Callable[..., Any])

_handlers = Handlers()


def on(command: str) -> Callable[[H], H]:
    """Sets the handler of a command. It runs within ``transaction.atomic()``: what it writes is there together with the
    mark that it was done, or neither is."""

    def register(handler: H) -> H:
        _handlers.on(command, handler)
        return handler

    return register


def otherwise(handler: H) -> H:
    """Sets the handler of every command that has none."""
    _handlers.otherwise(handler)
    return handler


def declared() -> Handlers:
    """All of them, of every app."""
    autodiscover_modules("hub_handlers")
    return _handlers

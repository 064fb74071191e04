"""The administration shows what came, and changes none of it."""

from __future__ import annotations

from typing import Any, Optional

from django.contrib import admin
from django.http import HttpRequest

from .models import HubConnection, HubInstruction


class _Shown(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Optional[Any] = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Optional[Any] = None) -> bool:
        return False


@admin.register(HubInstruction)
class HubInstructionAdmin(_Shown):
    list_display = ("begun_at", "command", "telegram_user_id", "text", "status", "ended_at")
    list_filter = ("status", "command")
    search_fields = ("id", "text", "telegram_user_id")
    date_hierarchy = "begun_at"


@admin.register(HubConnection)
class HubConnectionAdmin(_Shown):
    list_display = ("place", "held_until")

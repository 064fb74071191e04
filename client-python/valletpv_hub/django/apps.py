from __future__ import annotations

from django.apps import AppConfig


class HubConfig(AppConfig):
    name = "valletpv_hub.django"
    label = "valletpv_hub"
    verbose_name = "ValleTPV Hub"
    default_auto_field = "django.db.models.BigAutoField"

"""What came, and which process holds the connection."""

from __future__ import annotations

from django.db import models


class HubInstruction(models.Model):
    """An instruction that was begun here, and how it ended: the client's memory."""

    class Status(models.TextChoices):
        RUNNING = "running", "en marcha"
        COMPLETED = "completed", "hecha"
        FAILED = "failed", "fallida"

    id = models.CharField("identificador", primary_key=True, max_length=64)
    status = models.CharField("estado", max_length=16, choices=Status.choices, default=Status.RUNNING)
    command = models.CharField("orden", max_length=64, blank=True, default="")
    telegram_user_id = models.BigIntegerField("persona", null=True, blank=True)
    text = models.TextField("texto", blank=True, default="")
    outcome = models.JSONField("resultado", null=True, blank=True)
    #: By the hub's clock, as the hub writes it; "" in rows from before this field.
    created_at = models.CharField("creada en el hub", max_length=32, blank=True, default="")
    #: Of the process that runs it.
    run = models.CharField("proceso", max_length=64)
    begun_at = models.DateTimeField("empezada", auto_now_add=True, db_index=True)
    ended_at = models.DateTimeField("terminada", null=True, blank=True, db_index=True)

    class Meta:
        ordering = ("-begun_at",)
        verbose_name = "instrucción del hub"
        verbose_name_plural = "instrucciones del hub"

    def __str__(self) -> str:
        return f"{self.command or 'instrucción'} {self.id}"


class HubConnection(models.Model):
    """One row: which of the project's processes holds the connection to the hub, and until when."""

    holder = models.CharField(max_length=64, blank=True, default="")
    #: Its host and process.
    place = models.CharField("proceso", max_length=200, blank=True, default="")
    held_until = models.DateTimeField("conexión hasta", null=True, blank=True)

    class Meta:
        verbose_name = "conexión con el hub"
        verbose_name_plural = "conexión con el hub"

    def __str__(self) -> str:
        return self.place or "nadie"

"""A TPV that takes orders: run it with ``TPV_API_KEY=… python -m valletpv_hub.examples.orders``."""

from __future__ import annotations

import os
from typing import Any

from valletpv_hub import Answer, Context, FileMemory, HubClient, Instruction, Status, answer

tpv = HubClient(
    os.environ.get("HUB_URL", "http://127.0.0.1:8100"),
    os.environ["TPV_API_KEY"],
    memory=FileMemory(os.environ.get("TPV_MEMORY", "hub-memory")),
)


@tpv.on("process_message")
def order(instruction: Instruction, context: Context) -> Answer:
    """What a person wrote: asked back, with buttons."""
    text = instruction.payload.text
    choices = [
        {"text": "✅ Confirmar", "action": "confirm", "data": {"order": text}},
        {"text": "❌ Cancelar", "action": "cancel"},
    ]
    return answer(f"¿Pedimos «{text}»?", buttons=[choices], response={"asked": True})


@tpv.on("process_callback")
def press(instruction: Instruction, context: Context) -> Any:
    """A button: what is returned is shown on it."""
    if instruction.payload.action == "confirm":
        context.reply(f"Pedido en marcha: {instruction.payload.data['order']}")
        return {"text": "✅ Confirmado", "new_text": "Pedido confirmado"}
    return {"text": "Cancelado", "new_text": "Pedido cancelado"}


@tpv.on_status
def show(status: Status) -> None:
    print(status.state, flush=True)


if __name__ == "__main__":
    tpv.run()

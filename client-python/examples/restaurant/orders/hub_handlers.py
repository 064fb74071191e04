"""What people ask of the restaurant; found by its name."""

from valletpv_hub import answer
from valletpv_hub.django import on

from .models import Order


@on("process_message")
def take_order(instruction, context):
    order = Order.objects.create(telegram_user_id=instruction.telegram_user_id, text=instruction.payload.text)
    return answer(f"Anotado: pedido n.º {order.pk}.")

"""What a person hears: answers, replies and pushes, through a real hub."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, List

import pytest
from hub_process import until
from restaurant import Restaurant

from valletpv_hub import Context, HubApi, Instruction, RequestError, answer

MakeTpv = Callable[..., Any]


def test_an_answer_is_kept_with_its_report(bar: Restaurant, transport: str, make_tpv: MakeTpv) -> None:
    tpv = make_tpv(bar, transport=transport)

    @tpv.on("process_message")
    def order(instruction: Instruction, context: Context) -> Any:
        button = {"text": "Sí", "action": "yes"}
        return answer(f"Recibido: {instruction.payload.text}", buttons=[[button]], response={"n": 1})

    tpv.start(timeout=60)
    bar.message("2 cañas")
    (completed,) = until(lambda: bar.instructions("completed"))
    assert completed["response"] == {"n": 1}
    (push,) = bar.pushes()
    assert push["text"] == "Recibido: 2 cañas"


def test_an_answer_that_telegram_would_refuse_is_no_answer(bar: Restaurant, make_tpv: MakeTpv) -> None:
    """A report that is refused for good must not leave its instruction lying."""
    tpv = make_tpv(bar)

    @tpv.on("process_message")
    def order(instruction: Instruction, context: Context) -> Any:
        return answer("x" * 5_000)

    tpv.start(timeout=60)
    bar.message("hola")
    (failed,) = until(lambda: bar.instructions("failed"))
    assert "reply" in failed["error_message"]
    assert bar.pushes() == []


def test_a_reply_is_a_message_of_its_own(bar: Restaurant, make_tpv: MakeTpv) -> None:
    tpv = make_tpv(bar)
    told: List[Any] = []

    @tpv.on("process_message")
    def order(instruction: Instruction, context: Context) -> None:
        told.append(context.reply("Un momento"))

    tpv.start(timeout=60)
    bar.message("hola")
    until(lambda: bar.instructions("completed"))
    assert [push["text"] for push in bar.pushes()] == ["Un momento"]
    assert told[0]["push_message_id"]


def test_the_same_key_sends_nothing_twice(bar: Restaurant) -> None:
    bar.message("hola")
    api = HubApi(bar.hub.url, bar.key)
    message = {"telegram_user_id": bar.person(1), "text": "¡Listo!"}
    first = api.push(message, idempotency_key="order-1")
    second = api.push(message, idempotency_key="order-1")
    assert second["push_message_id"] == first["push_message_id"]
    assert len(bar.pushes()) == 1
    with pytest.raises(RequestError) as raised:
        api.push({**message, "text": "otro"}, idempotency_key="order-1")
    assert raised.value.hub_code == "idempotency_conflict"


def test_a_file_goes_as_bytes_and_as_a_path(bar: Restaurant, tmp_path: Path) -> None:
    bar.message("hola")
    api = HubApi(bar.hub.url, bar.key)
    to = {"telegram_user_id": bar.person(1)}
    path = tmp_path / "carta.pdf"
    path.write_bytes(b"%PDF-1.4 made up")
    for document in (("ticket.pdf", b"%PDF-1.4 made up"), path):
        assert api.push(to, document=document, text="Aquí está")["push_message_id"]
    assert [push["kind"] for push in bar.pushes()] == ["document", "document"]


def test_what_the_hub_refuses_says_which_field(bar: Restaurant) -> None:
    with pytest.raises(RequestError) as raised:
        HubApi(bar.hub.url, bar.key).push({"telegram_user_id": 1, "text": ""})
    assert raised.value.hub_code == "invalid_request"
    assert raised.value.details


def test_the_rest_of_the_api(bar: Restaurant) -> None:
    bar.message("hola")
    api = HubApi(bar.hub.url, bar.key)
    assert api.info()["name"] == "Bar La Esquina"
    assert api.stats()
    assert api.heartbeat()["status"] == "ok"
    assert [user["telegram_id"] for user in api.all_users(limit=1)] == [bar.person(1)]
    fresh = api.rotate_key()["api_key"]
    assert HubApi(bar.hub.url, fresh).info()["id"] == api.info()["id"]


def test_the_example_answers_an_order(bar: Restaurant, tmp_path: Path) -> None:
    env = {**os.environ, "HUB_URL": bar.hub.url, "TPV_API_KEY": bar.key, "TPV_MEMORY": str(tmp_path / "memory")}
    program = [sys.executable, "-m", "valletpv_hub.examples.orders"]
    process = subprocess.Popen(program, env=env, stdout=subprocess.PIPE)
    try:
        bar.message("una tortilla")
        until(lambda: bar.instructions("completed"))
        assert bar.pushes()[0]["text"] == "¿Pedimos «una tortilla»?"
    finally:
        process.terminate()
        assert process.wait(60) == 0
        assert process.stdout is not None
        process.stdout.close()

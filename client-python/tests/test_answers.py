"""What a person hears: answers, replies and pushes, through a real hub."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, List

import pytest
from hub_process import until
from restaurant import Restaurant

from valletpv_hub import (
    ConfigurationError,
    Context,
    HubApi,
    Instruction,
    PushRefusedError,
    RequestError,
    ServiceNow,
    answer,
    verify_call,
)
from valletpv_hub.testing import FakeHub

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


def test_a_file_goes_as_bytes_as_a_path_and_as_a_stream(bar: Restaurant, tmp_path: Path) -> None:
    api = HubApi(bar.hub.url, bar.key)
    path = tmp_path / "carta.pdf"
    path.write_bytes(b"%PDF-1.4 made up")
    with path.open("rb") as opened:
        files = [("ticket.pdf", path.read_bytes()), path, ("abierta.pdf", opened), ("a.pdf", iter([b"%PDF", b"-1.4"]))]
        for person, document in enumerate(files):
            to = {"telegram_user_id": bar.person(person), "document": document}
            assert api.push(to, text="Aquí está", buttons=[[{"text": "Sí", "action": "yes"}]])["status"] == "sent"
    assert [push["kind"] for push in bar.pushes()] == ["document"] * 4


def test_a_file_that_cant_be_sent_is_said_before_anything_is_pushed(bar: Restaurant, tmp_path: Path) -> None:
    def broken() -> Any:
        yield b"%PDF"
        raise ValueError("no paper")

    api = HubApi(bar.hub.url, bar.key)
    to = {"telegram_user_id": bar.person(1)}
    for photo, why in [
        (tmp_path / "none.jpg", "No such file"),
        (("a.jpg", iter(["text"])), "must give bytes"),
        (("a.jpg", broken()), "no paper"),
        (("a.jpg", iter([b"x" * 1_000_000] * 11)), "10485760 bytes at most"),
    ]:
        with pytest.raises(ConfigurationError, match=why):
            api.push(to, photo=photo)
    with pytest.raises(ConfigurationError, match="idempotency_key"):
        api.push(to, text="hola", idempotency_key="ñ")
    assert bar.pushes() == []


def test_what_a_person_sent_is_read_and_goes_out_again() -> None:
    with FakeHub() as hub:
        api = HubApi(**hub.access)
        hub.add_user(7)
        hub.add_file("F1", bytes(range(200)), "carpeta/menú «1».pdf", "application/pdf")
        file = api.file("F1")
        assert (file.name, file.type, file.size) == ("menú «1».pdf", "application/pdf", 200)
        assert file.read() == bytes(range(200))
        # This hub knows no ranges, and answers with everything.
        assert api.file("F1", range_=(10, 19)).read() == bytes(range(10, 20))
        assert list(api.file("F1", range_=(198, None))) == [b"\xc6\xc7"]
        api.push({"telegram_user_id": 7}, document={"file_id": "F1"})
        assert hub.pushes[0].fields["data"] == {"document_file_id": "F1"}
        for range_ in ((-1, 2), (3, 2)):
            with pytest.raises(ConfigurationError):
                api.file("F1", range_=range_)
        with pytest.raises(RequestError) as raised:
            api.file("none")
        assert raised.value.hub_code == "not_found"


def test_what_telegram_refuses_says_why() -> None:
    with FakeHub() as hub:
        hub.add_user(7)
        hub.answer_pushes(403)
        with pytest.raises(PushRefusedError) as raised:
            HubApi(**hub.access).push({"telegram_user_id": 7, "text": "hola"})
        assert raised.value.telegram_error_code == 403
        assert raised.value.push_message_id == hub.pushes[0].id
        # For good: it was not tried again.
        assert len(hub.calls) == 1


def test_a_tpv_says_whether_it_attends_and_hears_what_an_administrator_says(bar: Restaurant, make_tpv: MakeTpv) -> None:
    tpv = make_tpv(bar, transport="websocket")
    heard: List[ServiceNow] = []
    tpv.on_service(heard.append)
    tpv.start(timeout=60)
    until(lambda: [one.state for one in heard] == ["open"])
    api = HubApi(bar.hub.url, bar.key)
    assert api.set_service(state="busy", minutes=30)["set"]["minutes"] == 30
    until(lambda: heard[-1] == ServiceNow("busy", minutes=30))
    bar.hub.admin("PUT", f"api/admin/tpvs/{bar.id}/service", {"state": "paused", "reason": "cocina averiada"})
    until(lambda: heard[-1] == ServiceNow("paused", reason="cocina averiada"))
    assert api.service()["state"] == "paused"


def test_a_call_is_the_hubs_only_with_its_signature() -> None:
    secret, body = "whsec_" + base64.b64encode(b"k" * 32).decode(), "accion=Activar&telegram_user_id=7"
    digest = hmac.new(b"k" * 32, f"m1.1000.{body}".encode(), hashlib.sha256).digest()
    signed = {
        "Webhook-Id": "m1",
        "Webhook-Timestamp": "1000",
        "Webhook-Signature": f"v1a,x v1,AAAA v1,{base64.b64encode(digest).decode()}",
    }
    assert verify_call(signed, body, secret=secret, now=1_300)
    assert verify_call(signed, body.encode(), secret=secret, now=700)
    for headers, said, now in [
        (signed, body, 1_301),
        (signed, f"{body}0", 1_000),
        ({**signed, "Webhook-Timestamp": "1001"}, body, 1_000),
        ({**signed, "Webhook-Id": "m2"}, body, 1_000),
        ({**signed, "Webhook-Signature": "v1,!"}, body, 1_000),
        ({}, body, 1_000),
    ]:
        assert not verify_call(headers, said, secret=secret, now=now)
    assert not verify_call(signed, body, secret="", now=1_000)


def test_a_memory_of_ones_own_keeps_what_an_answer_says() -> None:
    assert answer("Hecho", response=1).outcome == {"status": "completed", "reply": {"text": "Hecho"}, "response": 1}


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

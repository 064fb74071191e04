"""The hub within a TPV's own tests: it speaks as the real one, and misbehaves when told to."""

from __future__ import annotations

import threading
from typing import Any, Callable, Dict, Iterator, List, Tuple

import pytest
from hub_process import until
from restaurant import Restaurant

from valletpv_hub import BackoffOptions, HubApi, HubClient, HubClientError, RequestError, answer
from valletpv_hub.testing import FakeHub

AT_ONCE = BackoffOptions(base=0.01, most=0.05)


@pytest.fixture
def fake() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        yield hub


@pytest.fixture
def make(fake: FakeHub) -> Iterator[Callable[..., HubClient]]:
    """Makes clients that count orders, and are closed after the test."""
    made: List[HubClient] = []

    def make(**options: Any) -> HubClient:
        tpv = HubClient(**fake.access, **{"backoff": AT_ONCE, **options})
        orders = iter(range(1, 100))
        tpv.on("process_message")(lambda instruction, context: {"order": next(orders)})
        made.append(tpv)
        return tpv

    yield make
    for one in made:
        one.close(deadline=0)


def test_a_report_that_was_taken_and_not_answered_is_repeated_and_nothing_is_done_twice(
    fake: FakeHub, make: Callable[..., HubClient], transport: str
) -> None:
    fake.cut_at_report()
    first, second = fake.say("2 cañas"), fake.say("y una tortilla")
    make(transport=transport).start(timeout=60)
    assert fake.ended(first["id"])["response"] == {"order": 1}
    assert fake.ended(second["id"])["response"] == {"order": 2}
    until(lambda: [one.id for one in fake.reports].count(first["id"]) == 2, "the repeated report")
    assert {one.answer for one in fake.reports} == {"ok"}
    assert {one.transport for one in fake.reports} == {transport}


def test_one_that_is_repeated_is_answered_from_memory(fake: FakeHub, make: Callable[..., HubClient]) -> None:
    tpv = make()
    tpv.start(timeout=60)
    order = fake.say("una caña")
    fake.ended(order["id"])
    fake.repeat(order["id"])
    fake.until(lambda: len(fake.reports) == 2)
    assert [one.response for one in fake.reports] == [{"order": 1}] * 2
    assert fake.sent(order["id"]) == 2
    assert tpv.counters.repeated == 1


def test_a_handler_is_told_that_its_instruction_was_taken_back(fake: FakeHub) -> None:
    stopped = threading.Event()
    with HubClient(**fake.access) as tpv:

        @tpv.on("process_message")
        def work(instruction: Any, context: Any) -> None:
            assert context.wait(60)
            stopped.set()
            context.raise_if_stopped()

        order = fake.say("una paella")
        fake.until(lambda: fake.sent(order["id"]) == 1)
        fake.revoke(order["id"])
        assert stopped.wait(60)
    assert fake.instruction(order["id"]) is None
    assert fake.reports == []
    with pytest.raises(LookupError):
        fake.ended(order["id"])


def test_a_socket_that_is_cut_is_open_no_more(fake: FakeHub, make: Callable[..., HubClient]) -> None:
    make(transport="websocket").start(timeout=60)
    held = fake.hold_connections()
    fake.cut()
    assert not fake.is_connected
    held.release()
    fake.until(lambda: fake.is_connected)
    assert fake.ended(fake.say("una caña")["id"])["response"] == {"order": 1}


def test_it_restarts_and_the_tpv_comes_back(fake: FakeHub, make: Callable[..., HubClient]) -> None:
    tpv = make(transport="websocket")
    tpv.start(timeout=60)
    fake.drain(reconnect_after=0.01)
    waiting = fake.say("después")
    fake.until(lambda: tpv.status.draining)
    assert fake.sent(waiting["id"]) == 0
    fake.restart()
    assert fake.ended(waiting["id"])["status"] == "completed"
    assert tpv.counters.reconnects == 1


def test_a_proxy_that_strips_upgrades_leads_to_polls(fake: FakeHub, make: Callable[..., HubClient]) -> None:
    fake.refuse(502, transport="websocket")
    tpv = make()
    tpv.start(timeout=60)
    assert tpv.status.transport == "polling"
    assert fake.ended(fake.say("una caña")["id"])["response"] == {"order": 1}


@pytest.mark.parametrize(("refusal", "code"), [({"status": 401}, "unauthorized"), ({"status": 403}, "tpv_inactive")])
def test_its_own_word_ends_a_client(fake: FakeHub, make: Callable[..., HubClient], refusal: Any, code: str) -> None:
    fake.refuse(**refusal)
    with pytest.raises(HubClientError) as raised:
        make().start(timeout=60)
    assert raised.value.code == code


def test_it_refuses_as_often_as_it_is_told(fake: FakeHub, make: Callable[..., HubClient]) -> None:
    fake.refuse(500, times=2)
    tpv = make(transport="websocket")
    tpv.start(timeout=60)
    assert fake.calls == ["GET /api/tpv/ws/"] * 3
    fake.close_socket(4501, "replaced")
    fake.until(lambda: tpv.status.state == "closed")
    assert tpv.status.error is not None
    assert tpv.status.error.code == "replaced"


def test_connections_are_let_through_in_another_order(fake: FakeHub, make: Callable[..., HubClient]) -> None:
    held = fake.hold_connections()
    first, second = make(), make()
    for one in (first, second):
        threading.Thread(target=one.start, daemon=True).start()
        fake.until(lambda one=one: held.waiting == (1 if one is first else 2))
    held.admit(1)
    fake.until(lambda: second.status.state == "online")
    held.release()
    fake.until(lambda: second.status.state == "closed")
    fake.until(lambda: first.status.state == "online")
    assert fake.is_connected


def test_what_it_says_can_be_late_and_keeps_its_order(fake: FakeHub, make: Callable[..., HubClient]) -> None:
    make().start(timeout=60)
    fake.delay(0.05)
    orders = [fake.say(text)["id"] for text in "abc"]
    assert [fake.ended(id_)["response"] for id_ in orders] == [{"order": number} for number in (1, 2, 3)]


def test_presses_go_before_messages_and_people_are_there_as_they_come(
    fake: FakeHub, make: Callable[..., HubClient]
) -> None:
    message, press = fake.say("hola", person=7), fake.press("confirm", {"n": 1}, person=7)
    tpv = make(concurrency=1)
    seen: List[str] = []
    tpv.on("process_callback")(lambda instruction, context: seen.append(instruction.payload.data["n"]))
    tpv.start(timeout=60)
    fake.ended(message["id"])
    assert [one.id for one in fake.reports] == [press["id"], message["id"]]
    assert seen == [1]
    assert [user["telegram_id"] for user in tpv.api.all_users()] == [7]


def test_telegram_takes_pushes_as_it_is_told(fake: FakeHub) -> None:
    api = HubApi(**fake.access, max_attempts=1)
    fake.add_user(7)
    message = {"telegram_user_id": 7, "text": "¡Listo!"}
    for outcome in ("pending", "unknown", "sent"):
        fake.answer_pushes(outcome)
        assert api.push(message, idempotency_key=outcome)["status"] == outcome
    assert [push.status for push in fake.pushes] == ["pending", "unknown", "sent"]
    fake.answer_pushes(403)
    with pytest.raises(RequestError) as raised:
        api.push(message)
    assert raised.value.hub_code == "telegram_error"


def test_a_session_that_sends_what_cant_be_read_is_ended(fake: FakeHub) -> None:
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect

    key = fake.access["api_key"]
    url = f"{fake.url.replace('http', 'ws')}/api/tpv/ws/"
    with connect(url, subprotocols=["valletpv.v1", f"valletpv.apikey.{key}"]) as socket:  # type: ignore[list-item]
        assert '"welcome"' in str(socket.recv())
        for frame in ("nonsense", "[]", '{"type": "from the future", "ref": "1"}', '{"type": "update", "ref": "2"}'):
            socket.send(frame)
        answers = [str(socket.recv()) for _ in range(4)]
        assert ["unknown_type" in one for one in answers] == [False, False, True, False]
        with pytest.raises(ConnectionClosed) as raised:
            socket.recv()
    assert raised.value.rcvd is not None
    assert raised.value.rcvd.code == 4502


MADE_UP = ("payload", "telegram_username", "username")


def shape(value: Any) -> Any:
    """What there is, whatever it says."""
    if isinstance(value, dict):
        # What a person has in Telegram, the fake hub makes up.
        return {name: None if name in MADE_UP else shape(one) for name, one in value.items()}
    return [shape(one) for one in value[:1]] if isinstance(value, list) else type(value).__name__


def test_it_answers_as_the_real_hub_does(bar: Restaurant) -> None:
    """The same calls of both, in the same order: each answer has the same fields."""
    real, person = HubApi(bar.hub.url, bar.key), bar.person(1)
    bar.message("hola")
    with FakeHub() as fake:
        fake.say("hola", person)
        mine = HubApi(**fake.access)
        (there,), (here,) = bar.instructions("pending"), _pending(mine)
        assert shape(here) == shape(there)
        assert set(here["payload"]) >= set(there["payload"])
        answers = [_ask_all(api, person, given["id"]) for api, given in ((real, there), (mine, here))]
    for (name, of_real), (_, of_fake) in zip(*answers):
        assert (name, of_fake) == (name, of_real)


def _pending(api: HubApi) -> List[Dict[str, Any]]:
    return list(api._json("GET", "api/tpv/instructions/")["instructions"])


def _ask_all(api: HubApi, person: int, id_: str) -> List[Tuple[str, Any]]:
    def call(*args: Any, **options: Any) -> Any:
        try:
            return shape(api._json(*args, once=True, **options))
        except HubClientError as refused:
            return refused.http_status, refused.hub_code

    message = {"telegram_user_id": person, "text": "¡Listo!"}
    report, push = f"api/tpv/instructions/{id_}/", "api/tpv/push/"
    key = {"idempotency-key": "one"}
    said = [
        ("sent", call("GET", "api/tpv/instructions/", query={"status": "sent"})),
        ("delivered", call("PATCH", report, body={"status": "delivered"})),
        ("completed", call("PUT", report, body={"status": "completed", "response": 1, "reply": {"text": "Sí"}})),
        ("completed again", call("PUT", report, body={"status": "completed", "response": 1})),
        ("failed then", call("PUT", report, body={"status": "failed"})),
        ("not its own", call("PUT", report.replace(id_, "0" * 8), body={"status": "failed"})),
        ("no status", call("PUT", report, body={"status": "sent"})),
        ("one", call("GET", report)),
        ("push", call("POST", push, body=message, headers=key)),
        ("push again", call("POST", push, body=message, headers=key)),
        ("another with its key", call("POST", push, body={**message, "text": "otro"}, headers=key)),
        ("to a stranger", call("POST", push, body={**message, "telegram_user_id": 5})),
        ("without a text", call("POST", push, body={"telegram_user_id": person})),
        ("no push", call("GET", f"{push}{'0' * 8}/")),
        ("info", call("GET", "api/tpv/info/")),
        ("stats", call("GET", "api/tpv/stats/")),
        ("users", call("GET", "api/tpv/users/")),
        ("too many users", call("GET", "api/tpv/users/", query={"limit": 5_000})),
        ("no file", call("GET", "api/tpv/files/none/")),
        ("service", call("PUT", "api/tpv/service/", body={"state": "busy", "minutes": 5})),
        ("busy for how long", call("PUT", "api/tpv/service/", body={"state": "busy"})),
        ("service now", call("GET", "api/tpv/service/")),
        ("heartbeat", call("POST", "api/tpv/heartbeat/", body={"version": "1"})),
        ("nowhere", call("GET", "api/tpv/nowhere/")),
        ("new key", call("POST", "api/tpv/key/rotate/")),
        ("new secret", call("POST", "api/tpv/signing-secret/rotate/")),
    ]
    id_of_push = api.push(message, idempotency_key="one")["push_message_id"]
    return [
        *said,
        ("state", call("GET", f"{push}{id_of_push}/")),
        ("edit", call("PATCH", f"{push}{id_of_push}/", body={"text": "Ya"})),
        ("delete", call("DELETE", f"{push}{id_of_push}/")),
    ]


def test_an_answer_reaches_its_person(fake: FakeHub) -> None:
    with HubClient(**fake.access) as tpv:
        tpv.on("process_message")(lambda instruction, context: answer("Recibido"))
        fake.ended(fake.say("hola", person=7)["id"])
    assert [push.fields for push in fake.pushes] == [{"text": "Recibido", "telegram_user_id": 7}]

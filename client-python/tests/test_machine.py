"""The core alone: what happened goes in, what is to be done comes out. No thread, no clock, no network."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional, Set

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vectors import vectors

from valletpv_hub.core.actions import Call, CloseSocket, Job, OpenSocket, Run, SendText, ServiceChanged, StatusChanged
from valletpv_hub.core.machine import Machine
from valletpv_hub.core.ports import Answer
from valletpv_hub.outcome import Outcome
from valletpv_hub.service import ServiceNow

FAR = "2999-01-01T00:00:00.000Z"


def instruction(id_: str, person: int = 1, **fields: Any) -> Dict[str, Any]:
    return {
        "id": id_,
        "command": "process_message",
        "payload": {"text": id_},
        "status": "sent",
        "priority": 5,
        "telegram_user_id": person,
        "created_at": "2026-01-01T00:00:00.000Z",
        "expires_at": FAR,
        **fields,
    }


class Bench:
    """Drives a machine by hand."""

    def __init__(self, **options: Any) -> None:
        self.now = 1_000.0
        # The bound itself, so that waits are known.
        self.machine = Machine(self.now, rand=lambda: 1.0, **options)
        self.actions: List[Any] = []
        self.machine.start(self.now)
        self.take()

    def take(self) -> List[Any]:
        new = self.machine.actions()
        self.actions += new
        return new

    def advance(self, seconds: float) -> List[Any]:
        end = self.now + seconds
        new: List[Any] = []
        while True:
            due = self.machine.next_at()
            if due is None or due > end:
                break
            self.now = max(self.now, due)
            self.machine.tick(self.now)
            new += self.take()
        self.now = end
        return new

    @property
    def connection(self) -> int:
        return next(one.connection for one in reversed(self.actions) if isinstance(one, OpenSocket))

    def frame(self, connection: Optional[int] = None, **frame: Any) -> List[Any]:
        self.machine.socket_frame(connection or self.connection, json.dumps(frame), self.now)
        return self.take()

    def welcome(self, **fields: Any) -> List[Any]:
        return self.frame(
            type="welcome",
            session_id="s",
            tpv={"id": "t", "name": "Bar"},
            heartbeat_interval_ms=25_000,
            max_in_flight=64,
            pending=0,
            server_time="2026-01-01T00:00:00.000Z",
            **fields,
        )

    def give(self, id_: str, person: int = 1, **fields: Any) -> List[Any]:
        return self.frame(type="instruction", instruction=instruction(id_, person, **fields))

    def close(self, code: int, connection: Optional[int] = None) -> List[Any]:
        self.machine.socket_closed(connection or self.connection, code, "", self.now)
        return self.take()

    def end(self, job: Job, status: str = "completed") -> List[Any]:
        self.machine.ended(job, Outcome(status=status), self.now)
        return self.take()


def jobs(actions: List[Any]) -> List[Job]:
    return [one.job for one in actions if isinstance(one, Run)]


def sent(actions: List[Any], kind: str = "update") -> List[Dict[str, Any]]:
    frames = [json.loads(one.text) for one in actions if isinstance(one, SendText)]
    return [one for one in frames if one["type"] == kind]


def states(actions: List[Any]) -> List[str]:
    return [one.status.state for one in actions if isinstance(one, StatusChanged)]


def dials(actions: List[Any]) -> int:
    return sum(isinstance(one, OpenSocket) for one in actions)


def test_a_report_is_repeated_until_it_is_answered() -> None:
    bench = Bench()
    bench.welcome()
    (job,) = jobs(bench.give("a"))
    (first,) = sent(bench.end(job))
    assert first["status"] == "completed"
    (again,) = sent(bench.advance(10))
    assert again == first
    bench.frame(type="result", ref=first["ref"], ok=True)
    assert sent(bench.advance(100)) == []


def test_reports_go_out_again_over_the_next_connection_in_order() -> None:
    bench = Bench()
    bench.welcome()
    for id_, person in (("a", 1), ("b", 2)):
        (job,) = jobs(bench.give(id_, person))
        bench.end(job)
    bench.close(1006)
    bench.advance(1)
    assert [one["id"] for one in sent(bench.welcome())] == ["a", "b"]


def test_what_waits_is_let_go_with_the_connection_and_what_runs_goes_on() -> None:
    bench = Bench()
    bench.welcome()
    (running,) = jobs(bench.give("a"))
    assert jobs(bench.give("b")) == []
    bench.close(1006)
    bench.advance(1)
    bench.welcome()
    assert jobs(bench.give("b")) == []
    actions = bench.end(running)
    assert [job.instruction.id for job in jobs(actions)] == ["b"]
    assert [one["id"] for one in sent(actions)] == ["a"]


def test_a_repeated_instruction_that_runs_is_answered_with_processing() -> None:
    bench = Bench()
    bench.welcome()
    bench.give("a")
    actions = bench.give("a")
    assert jobs(actions) == []
    assert [one["status"] for one in sent(actions)] == ["processing"]


def test_waiting_says_delivered_and_running_says_processing_and_again() -> None:
    bench = Bench()
    bench.welcome()
    bench.give("a")
    bench.give("b")
    said = [(one["id"], one["status"]) for one in sent(bench.advance(6))]
    assert said == [("a", "processing"), ("b", "delivered")]
    for one in sent(bench.actions):
        bench.frame(type="result", ref=one["ref"], ok=True)
    bench.advance(40)
    bench.machine.socket_heard(bench.connection, bench.now)
    assert [(one["id"], one["status"]) for one in sent(bench.advance(25))] == said


def test_revoked_stops_a_handler_and_reports_nothing() -> None:
    bench = Bench()
    bench.welcome()
    (job,) = jobs(bench.give("a"))
    bench.frame(type="revoked", id="a", reason="reassigned")
    assert job.is_over
    assert job.reason is not None
    assert job.reason.code == "revoked"
    assert sent(bench.end(job)) == []


def test_the_next_of_a_person_waits_until_a_revoked_handler_has_ended() -> None:
    bench = Bench()
    bench.welcome()
    (job,) = jobs(bench.give("a"))
    bench.frame(type="revoked", id="a", reason="expired")
    assert jobs(bench.give("b")) == []
    assert [one.instruction.id for one in jobs(bench.end(job))] == ["b"]


@pytest.mark.parametrize("year", [2019, 2026, 2031])
def test_an_expired_one_is_stopped_by_the_hubs_clock_also_where_that_is_corrected_meanwhile(year: int) -> None:
    bench = Bench()
    bench.welcome()
    times = {"sent_at": f"{year}-01-01T00:00:00.000Z", "expires_at": f"{year}-01-01T00:00:10.000Z"}
    (job,) = jobs(bench.give("a", **times))
    bench.advance(9)
    assert not job.is_over
    bench.advance(2)
    assert job.is_over


def test_silence_for_two_intervals_ends_a_connection_and_a_ping_renews_it() -> None:
    bench = Bench()
    bench.welcome()
    bench.advance(49)
    bench.machine.socket_heard(bench.connection, bench.now)
    assert states(bench.advance(49)) == []
    assert states(bench.advance(2))[:1] == ["offline"]


def test_no_welcome_in_ten_seconds_is_no_connection() -> None:
    bench = Bench()
    assert states(bench.advance(9.9)) == []
    actions = bench.advance(0.2)
    assert states(actions) == ["offline"]
    assert any(isinstance(one, CloseSocket) for one in actions)


@pytest.mark.parametrize("case", vectors("close-codes"))
def test_a_close_code_ends_the_client_or_is_dialed_again(case: Dict[str, Any]) -> None:
    bench = Bench()
    bench.welcome()
    bench.close(case["code"])
    assert (bench.machine.status.state == "offline") is case["again"]
    assert bench.machine.status.error is not None
    assert bench.machine.status.error.code == case["error"]
    assert dials(bench.advance(0.5)) == (1 if case["again"] else 0)
    if not case["again"]:
        assert bench.advance(3_600) == []


def test_after_a_drain_it_comes_back_when_it_was_told_to() -> None:
    bench = Bench()
    bench.welcome()
    bench.frame(type="drain", reason="restart", reconnect_after_ms=1_500)
    bench.close(1012)
    assert dials(bench.advance(1.4)) == 0
    assert dials(bench.advance(0.2)) == 1


def test_a_hub_that_drains_and_forgets_to_close_is_left() -> None:
    bench = Bench()
    bench.welcome()
    bench.frame(type="drain", reason="restart", reconnect_after_ms=1_000)
    for _ in range(4):
        bench.advance(8)
        bench.machine.socket_heard(1, bench.now)
    assert bench.machine.status.state in ("offline", "connecting")


def test_waits_grow_and_begin_anew_after_a_minute() -> None:
    bench = Bench(transport="websocket")
    for wait in (0.5, 1, 2):
        bench.close(1006)
        assert bench.machine.status.next_try_in == wait
        bench.advance(wait)
    bench.welcome()
    for _ in range(2):
        bench.advance(30.1)
        bench.machine.socket_heard(bench.connection, bench.now)
    bench.close(1006)
    assert bench.machine.status.next_try_in == 0.5


def test_retry_after_is_the_least_wait_and_the_jitter_comes_on_top() -> None:
    bench = Bench()
    answer = Answer(503, text='{"error": "", "code": "unavailable"}', retry_after=7.0)
    bench.machine.socket_refused(bench.connection, answer, bench.now)
    bench.take()
    assert bench.machine.status.next_try_in == 7.5


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ('{"error": "", "code": "unauthorized"}', "closed"),
        ("<html>captive portal</html>", "connecting"),
        ("", "connecting"),
    ],
)
def test_only_the_hubs_own_401_ends_a_client(body: str, state: str) -> None:
    bench = Bench()
    bench.machine.socket_refused(bench.connection, Answer(401, text=body), bench.now)
    bench.take()
    assert bench.machine.status.state == state


def test_three_dials_without_a_welcome_lead_to_polls_and_a_socket_takes_their_place() -> None:
    bench = Bench()
    for wait in (0.5, 1):
        bench.machine.socket_failed(bench.connection, "refused", False, bench.now)
        bench.take()
        bench.advance(wait)
    bench.machine.socket_failed(bench.connection, "refused", False, bench.now)
    bench.take()
    answer_calls(bench, [])
    assert bench.machine.status.transport == "polling"
    dialed = len([one for one in bench.actions if isinstance(one, OpenSocket)])
    while len([one for one in bench.actions if isinstance(one, OpenSocket)]) == dialed:
        bench.advance(1)
        answer_calls(bench, [])
    bench.welcome()
    assert bench.machine.status.transport == "websocket"
    assert "offline" not in states(bench.actions)[-2:]


def test_a_poll_asks_for_all_that_was_handed_out_before() -> None:
    """What is left out would come after newer ones of its person."""
    bench = Bench(transport="polling")
    asked: List[Call] = []
    for _ in range(5):
        asked += [one for one in bench.actions if isinstance(one, Call)]
        answer_calls(bench, [])
    lists = [one.query for one in asked if one.path == "api/tpv/instructions/"]
    assert [one["status"] for one in lists] == ["processing", "delivered", "sent", "pending"]
    assert [one["limit"] for one in lists] == [100, 100, 100, 50]


def answer_calls(bench: Bench, instructions: List[Dict[str, Any]]) -> None:
    """Answers what is asked now, as a hub that has these."""
    asked = {one.number: one for one in bench.actions if isinstance(one, Call)}
    for number, call in asked.items():
        if call.path == "api/tpv/info/":
            body: Dict[str, Any] = {"id": "t", "name": "Bar"}
        else:
            body = {"count": len(instructions), "instructions": instructions}
        bench.machine.answered(number, Answer(200, json=body), bench.now)
    bench.actions = [one for one in bench.actions if not isinstance(one, Call)]
    bench.take()


@pytest.mark.parametrize("case", [*vectors("frames"), {"text": "[" * 100_000}, {"text": b"binary"}])
def test_nothing_that_the_hub_sends_ends_the_loop(case: Dict[str, Any]) -> None:
    bench = Bench()
    bench.machine.socket_frame(bench.connection, case["text"], bench.now)
    bench.welcome()
    bench.machine.socket_frame(bench.connection, case["text"], bench.now)
    assert bench.machine.status.state == "online"
    assert "a" in [job.instruction.id for job in jobs(bench.give("a", person=2))]


def test_the_service_is_told_as_the_socket_opens_and_at_each_change() -> None:
    bench = Bench()
    service = {"state": "busy", "minutes": 30, "until": None, "reason": None, "opens_at": None, "closes_at": None}
    bench.welcome(service=service)
    bench.frame(type="service", service={**service, "state": "open", "minutes": None})
    bench.frame(type="service", service={"state": "asleep"})
    told = [one.service for one in bench.actions if isinstance(one, ServiceChanged)]
    assert told == [ServiceNow("busy", minutes=30), ServiceNow("open")]


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("give"), st.integers(0, 11)),
        st.tuples(st.just("end"), st.integers(0, 5)),
        st.tuples(st.just("revoke"), st.integers(0, 11)),
        st.tuples(st.just("cut"), st.just(0)),
        st.tuples(st.just("wait"), st.integers(0, 20)),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(EVENTS)
def test_whatever_happens_a_person_has_one_handler_at_a_time_and_order_holds(events: Any) -> None:
    """The hub gives in order, again after each cut; ids 0..11 belong to three people."""
    bench = Bench(concurrency=2)
    bench.welcome()
    open_ids: List[int] = []
    ended: Set[int] = set()
    running: Dict[int, Job] = {}

    def note(actions: List[Any]) -> None:
        for job in jobs(actions):
            person = job.instruction.telegram_user_id
            assert person not in running, "two handlers of one person at once"
            assert len(running) < 2, "more handlers than allowed"
            running[person] = job
            earlier = [one for one in open_ids if one % 3 == person and one < int(job.instruction.id)]
            assert not earlier, "a later one began before an earlier one"

    for kind, number in events:
        if kind == "give":
            if number not in open_ids and all(one < number for one in open_ids):
                # What ended may be given again, as long as the hub has not read the report: nothing waits for it.
                if number not in ended:
                    open_ids.append(number)
                note(bench.give(str(number), number % 3))
        elif kind == "end" and running:
            person, job = sorted(running.items())[number % len(running)]
            del running[person]
            ended.add(int(job.instruction.id))
            if int(job.instruction.id) in open_ids:
                open_ids.remove(int(job.instruction.id))
            note(bench.end(job))
        elif kind == "revoke" and number in open_ids:
            open_ids.remove(number)
            note(bench.frame(type="revoked", id=str(number), reason="reassigned"))
        elif kind == "cut":
            note(bench.close(1006))
            note(bench.advance(25))
            note(bench.welcome())
            for one in list(open_ids):
                note(bench.give(str(one), one % 3))
        elif kind == "wait":
            note(bench.advance(number))
            bench.machine.socket_heard(bench.connection, bench.now)

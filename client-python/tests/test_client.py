"""The client against a real hub: the scenarios of PROTOCOL.md."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Any, Callable, List

import pytest
from hub_process import until
from restaurant import Restaurant

from valletpv_hub import ConfigurationError, Context, FileMemory, Instruction

MakeTpv = Callable[..., Any]


def echo(tpv: Any) -> List[str]:
    texts: List[str] = []

    @tpv.on("process_message")
    def note(instruction: Instruction, context: Context) -> Any:
        texts.append(instruction.payload.text)
        return {"text": f"Recibido: {instruction.payload.text}"}

    return texts


def test_waiting_ones_come_in_order_and_new_ones_at_once(bar: Restaurant, transport: str, make_tpv: MakeTpv) -> None:
    bar.message("uno")
    bar.message("dos")
    tpv = make_tpv(bar, transport=transport)
    texts = echo(tpv)
    tpv.start(timeout=60)
    assert tpv.status.transport == transport
    until(lambda: len(bar.instructions("completed")) == 2)
    bar.message("tres")
    until(lambda: len(bar.instructions("completed")) == 3)
    assert texts == ["uno", "dos", "tres"]
    assert {one["response"]["text"] for one in bar.instructions("completed")} == {
        "Recibido: uno",
        "Recibido: dos",
        "Recibido: tres",
    }


def test_a_handler_that_raises_fails_its_instruction_alone(bar: Restaurant, transport: str, make_tpv: MakeTpv) -> None:
    tpv = make_tpv(bar, transport=transport)

    @tpv.on("process_message")
    def refuse(instruction: Instruction, context: Context) -> None:
        if instruction.payload.text == "mal":
            raise ValueError("No queda tortilla")

    tpv.start(timeout=60)
    bar.message("mal")
    bar.message("bien")
    until(lambda: len(bar.instructions("completed")) == 1)
    (failed,) = until(lambda: bar.instructions("failed"))
    assert failed["error_message"] == "No queda tortilla"


def test_the_hub_is_killed_and_the_client_comes_back(bar: Restaurant, make_tpv: MakeTpv) -> None:
    tpv = make_tpv(bar, transport="websocket")
    texts = echo(tpv)
    tpv.start(timeout=60)
    bar.message("antes")
    until(lambda: texts == ["antes"])
    bar.hub.end(signal.SIGKILL)
    until(lambda: tpv.status.state in ("offline", "connecting"))
    bar.hub.start()
    bar.message("después")
    until(lambda: len(bar.instructions("completed")) == 2)
    assert texts == ["antes", "después"]
    assert tpv.counters.reconnects == 1


def test_one_person_in_order_others_beside(bar: Restaurant, transport: str, make_tpv: MakeTpv) -> None:
    tpv = make_tpv(bar, transport=transport)
    go_on = threading.Event()
    done: List[str] = []

    @tpv.on("process_message")
    def work(instruction: Instruction, context: Context) -> None:
        if instruction.payload.text == "lento":
            assert go_on.wait(60)
        done.append(instruction.payload.text)

    tpv.start(timeout=60)
    bar.message("lento", person=1)
    bar.message("detrás", person=1)
    bar.message("al lado", person=2)
    until(lambda: done == ["al lado"])
    go_on.set()
    until(lambda: done == ["al lado", "lento", "detrás"])


def test_a_wrong_key_ends_the_client_with_the_reason(bar: Restaurant, transport: str, make_tpv: MakeTpv) -> None:
    tpv = make_tpv(bar, api_key="no-such-key", transport=transport)
    with pytest.raises(ConfigurationError) as raised:
        tpv.start(timeout=60)
    assert raised.value.code == "unauthorized"
    assert "no-such-key" not in str(raised.value)
    assert tpv.status.state == "closed"


def test_a_newer_connection_with_the_same_key_ends_the_older_one(bar: Restaurant, make_tpv: MakeTpv) -> None:
    first, second = make_tpv(bar), make_tpv(bar)
    first.start(timeout=60)
    second.start(timeout=60)
    until(lambda: first.status.state == "closed")
    assert first.status.error is not None
    assert first.status.error.code == "replaced"
    assert second.status.state == "online"


def test_what_was_done_before_a_restart_is_answered_and_not_run(
    bar: Restaurant, tmp_path: Path, make_tpv: MakeTpv
) -> None:
    """The report is lost with its hub: the next process answers from the file."""
    memory = FileMemory(tmp_path / "memory")
    tpv = make_tpv(bar, memory=memory)
    ran: List[str] = []

    @tpv.on("process_message")
    def work(instruction: Instruction, context: Context) -> Any:
        ran.append(instruction.id)
        bar.hub.end(signal.SIGKILL)
        return {"n": len(ran)}

    tpv.start(timeout=60)
    bar.message("uno")
    # The hub is gone, and the memory has how it ended: closing waits for neither.
    until(lambda: '{"e":' in (tmp_path / "memory").read_text(encoding="utf-8"))
    tpv.close(deadline=0.5)
    bar.hub.start()
    again = make_tpv(bar, memory=FileMemory(tmp_path / "memory"))
    echo(again)
    again.start(timeout=60)
    (completed,) = until(lambda: bar.instructions("completed"))
    assert completed["response"] == {"n": 1}
    assert len(ran) == 1
    assert again.counters.repeated == 1


def test_closing_lets_what_runs_end(bar: Restaurant, transport: str, make_tpv: MakeTpv) -> None:
    tpv = make_tpv(bar, transport=transport)
    running, go_on = threading.Event(), threading.Event()

    @tpv.on("process_message")
    def work(instruction: Instruction, context: Context) -> Any:
        running.set()
        assert go_on.wait(60)
        return {"ended": True}

    tpv.start(timeout=60)
    bar.message("uno")
    assert running.wait(60)
    closing = threading.Thread(target=tpv.close, args=(60,))
    closing.start()
    go_on.set()
    closing.join(60)
    assert tpv.status.state == "closed"
    (completed,) = bar.instructions("completed")
    assert completed["response"] == {"ended": True}


def test_nothing_of_a_closed_client_keeps_its_program_from_ending(bar: Restaurant, make_tpv: MakeTpv) -> None:
    """A poll that is under way may take 25 s more."""
    tpv = make_tpv(bar, transport="polling")
    tpv.start(timeout=60)
    tpv.close()
    calling = [one for one in threading.enumerate() if one.name.startswith("valletpv-hub-call")]
    assert calling
    assert all(one.daemon for one in calling)

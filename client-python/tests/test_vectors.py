"""What both clients make of the same cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest
from vectors import vectors

from valletpv_hub import BackoffOptions, FileMemory, InMemory, Memory, Outcome
from valletpv_hub.backoff import Backoff
from valletpv_hub.core.actions import Report
from valletpv_hub.core.endings import Ending, closed, is_stripped, judge, refusal_error
from valletpv_hub.core.frames import Result, read_frame
from valletpv_hub.core.lanes import Lanes
from valletpv_hub.core.reports import Reports
from valletpv_hub.core.timers import Timers
from valletpv_hub.http import seconds_to_wait


@pytest.mark.parametrize("case", vectors("backoff"))
def test_waits(case: Dict[str, Any]) -> None:
    options = BackoffOptions(case["options"]["base_ms"] / 1_000, case["options"]["max_ms"] / 1_000)
    backoff = Backoff(options, lambda: float(case["random"]))
    for wait in case["waits_ms"]:
        if wait == "reset":
            backoff.reset()
        else:
            assert round(backoff.next() * 1_000) == wait


@pytest.mark.parametrize("case", vectors("close-codes"))
def test_close_codes(case: Dict[str, Any]) -> None:
    verdict = judge(closed(case["code"], ""))
    assert (verdict.redial, verdict.error.code) == (case["again"], case["error"])
    assert verdict.error.close_code == case["code"]


@pytest.mark.parametrize("case", vectors("refusals"))
def test_refusals(case: Dict[str, Any]) -> None:
    problem = refusal_error(case["status"], case["body"], seconds_to_wait(case.get("retry_after")))
    ending = Ending("refused", problem)
    verdict = judge(ending)
    assert (verdict.redial, verdict.error.code) == (case["again"], case["error"])
    assert is_stripped(ending) is case["polls"]
    if verdict.redial:
        assert verdict.at_least * 1_000 == case.get("at_least_ms", 0)


@pytest.mark.parametrize("case", vectors("frames"))
def test_frames(case: Dict[str, Any]) -> None:
    read = read_frame(case["text"])
    name = None if read is None or isinstance(read, str) else type(read).__name__.lower()
    assert name in ((None,) if case["reads"] is None else (case["reads"], f"{case['reads']}frame"))


@pytest.mark.parametrize("case", vectors("memory"))
@pytest.mark.parametrize("kind", ["in memory", "file"])
def test_memory(case: Dict[str, Any], kind: str, tmp_path: Path) -> None:
    most = case.get("max_entries", 10_000)
    make: Callable[[], Memory] = (
        (lambda: InMemory(most)) if kind == "in memory" else (lambda: FileMemory(tmp_path / "memory", most))
    )
    memory = make()
    memory.open()
    for step in case["steps"]:
        if step[0] == "restart":
            if kind == "in memory":
                break
            memory.close()
            memory = make()
            memory.open()
        elif step[0] == "begin":
            assert memory.begin(step[1]) == step[2]
        elif step[0] == "finish":
            memory.finish(step[1], Outcome(step[2]))
        else:
            memory.forget(step[1])
    memory.close()


@pytest.mark.parametrize("case", vectors("order"))
def test_order(case: Dict[str, Any]) -> None:
    begun: List[str] = []
    lanes: Lanes[str] = Lanes(case["concurrency"], begun.append)
    for (kind, *of), expected in case["steps"]:
        if kind in ("give", "revoke"):
            (lanes.add if kind == "give" else lanes.remove)(of[1], of[0])
        elif kind == "end":
            lanes.done(of[1])
        else:
            getattr(lanes, kind)()
        assert begun == expected


@pytest.mark.parametrize("case", vectors("reports"))
def test_reports(case: Dict[str, Any]) -> None:
    timers = Timers(0)
    refs: Dict[str, str] = {}
    sent: List[List[str]] = []

    def send(report: Report) -> bool:
        refs[report.id] = report.ref
        sent.append([report.id, report.status])
        return True

    reports = Reports(timers, send, lambda id_: None, lambda: None, lambda *_, **__: None)
    for (kind, *of), expected in case["steps"]:
        sent.clear()
        if kind == "put":
            reports.put(of[0], of[1], Outcome(status=of[1], reply=of[2]) if len(of) > 2 else None)
        elif kind == "taken":
            reports.settle(Result(refs[of[0]], True))
        elif kind == "refused":
            reports.settle(Result(refs[of[0]], False, of[1], "No"))
        elif kind == "online":
            reports.send_all()
        else:
            timers.run(timers.now + of[0] / 1_000)
        assert sent == expected
    assert [id_ for id_ in refs if id_ in reports] == case["left"]

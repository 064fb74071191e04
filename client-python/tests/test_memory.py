"""The file that a kill may cut anywhere; what each memory answers, the vectors say."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from valletpv_hub import ConfigurationError, FileMemory, Outcome

DONE = Outcome(status="completed", response={"text": "Pedido n.º 1"})
OTHER = Outcome(status="failed", error_message="otro")


def opened(path: Path, **options: object) -> FileMemory:
    memory = FileMemory(path, **options)  # type: ignore[arg-type]
    memory.open()
    return memory


def test_a_file_that_was_cut_anywhere_is_read_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "memory"
    memory = opened(path)
    for id_ in "abcd":
        memory.begin(id_)
    memory.finish("a", DONE)
    memory.forget("b")
    memory.finish("c", OTHER)
    memory.close()
    whole = path.read_bytes()
    for length in range(len(whole) + 1):
        cut = tmp_path / f"cut-{length}"
        cut.write_bytes(whole[:length])
        lines = whole[:length].decode("utf-8", "ignore").split("\n")
        known = opened(cut)
        is_done = any(line.startswith('{"e":"a"') and line.endswith("}}}") for line in lines)
        assert known.begin("a") == (DONE if is_done else ("interrupted" if '{"b":"a"}' in lines else "new"))
        assert known.begin("d") == ("interrupted" if '{"b":"d"}' in lines else "new")
        known.close()
        # What was cut off does not swallow what comes next.
        again = opened(cut)
        assert again.begin("d") == "interrupted"
        again.close()


def test_a_kept_file_is_for_this_user_alone(tmp_path: Path) -> None:
    opened(tmp_path / "memory").close()
    assert (tmp_path / "memory").stat().st_mode & 0o077 == 0


def test_a_killed_process_leaves_what_ran_as_interrupted(tmp_path: Path) -> None:
    path = tmp_path / "memory"
    program = (
        "import sys, time; from valletpv_hub import FileMemory, Outcome; m = FileMemory(sys.argv[1]); m.open();"
        "m.begin('a'); m.finish('a', Outcome(status='completed')); m.begin('b'); print('ready', flush=True);"
        "time.sleep(600)"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    with pytest.raises(ConfigurationError, match=rf"by process {process.pid}") as raised:
        FileMemory(path).open()
    assert raised.value.code == "memory_locked"
    process.send_signal(signal.SIGKILL)
    process.wait()
    memory = opened(path)
    assert memory.begin("a") == Outcome(status="completed")
    assert memory.begin("b") == "interrupted"


def test_what_was_interrupted_may_be_failed_and_never_run_again(tmp_path: Path) -> None:
    path = tmp_path / "memory"
    opened(path).begin("a")
    # As after a kill: the file of a process that is gone.
    os.replace(path, tmp_path / "copy")
    memory = opened(tmp_path / "copy", on_interrupted="fail")
    outcome = memory.begin("a")
    assert isinstance(outcome, Outcome)
    assert outcome.status == "failed"
    memory.close()
    assert opened(tmp_path / "copy").begin("a") == outcome


def test_a_file_that_grew_is_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("valletpv_hub.memory.file_memory._COMPACT_AT", 100)
    path = tmp_path / "memory"
    memory = opened(path, max_entries=10)
    memory.begin("runs")
    for number in range(300):
        memory.begin(str(number))
        memory.finish(str(number), DONE)
    assert len(path.read_bytes().splitlines()) < 250
    memory.close()
    again = opened(path, max_entries=10)
    assert again.begin("299") == DONE
    assert again.begin("runs") == "interrupted"

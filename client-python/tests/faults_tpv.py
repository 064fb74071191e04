"""A TPV as a process of its own, which a chaos program kills. Its ledger has a line for each handler that began (``b``)
and for each effect (``e``), the latter on the disk before the handler goes on: it stands for whatever a TPV does.

    python faults_tpv.py <url> <api key> <folder>
"""

from __future__ import annotations

import os
import random
import re
import sys
import threading
import time
from pathlib import Path
from typing import Any, Dict

from valletpv_hub import BackoffOptions, Context, FileMemory, HubClient, HubClientError, Instruction, Status

url, api_key, folder = sys.argv[1:4]
path = Path(folder) / "ledger"
lines = [line.split(" ") for line in (path.read_text().splitlines() if path.exists() else [])]
done = {int(line[1]) for line in lines if line[0] == "e"}
lock = threading.Lock()
ledger = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

# The first wait is what every TPV has; it grows no further, as the faults never end.
backoff = BackoffOptions(base=0.5, most=0.5)
tpv = HubClient(url, api_key, memory=FileMemory(Path(folder) / "memory"), backoff=backoff)


@tpv.on("process_message")
def work(instruction: Instruction, context: Context) -> Dict[str, Any]:
    found = re.search(r"\d+$", instruction.payload.text)
    assert found is not None
    update, user = int(found[0]), instruction.telegram_user_id
    os.write(ledger, f"b {update} {user} {'interrupted' if context.interrupted else 'new'}\n".encode())
    time.sleep(random.random() / 100)
    # An interrupted order may have had its effect before the process died: only then the ledger is asked.
    if not context.interrupted or update not in done:
        os.write(ledger, f"e {update} {user} -\n".encode())
        os.fsync(ledger)
        with lock:
            done.add(update)
    time.sleep(random.random() / 100)
    return {"update": update}


@tpv.on_status
def say(status: Status) -> None:
    if status.state == "online":
        os.write(1, f"online {status.transport}\n".encode())


try:
    tpv.run()
except HubClientError as ended:
    # The chaos program starts this process again, as systemd would.
    os.write(1, f"closed {ended.code} {ended}\n".encode())
    sys.exit(1)

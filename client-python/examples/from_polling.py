"""An older TPV that polls, moved over in steps. Each step runs as it is and may stay in production for as long as you
like; the hub, the API key and ``work``, which is the TPV's own, are the same in all of them.

    HUB_URL=http://127.0.0.1:8100 TPV_API_KEY=… python from_polling.py 1     (or 2, 3, 4)

Without TPV_API_KEY it registers first.
"""

import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request

from valletpv_hub import FileMemory, HubApi, HubClient, answer, register_tpv

URL = os.environ.get("HUB_URL", "http://127.0.0.1:8100")
MEMORY = os.environ.get("TPV_MEMORY", "hub-memory")


def work(text):
    """What the TPV did all along."""
    return f"Recibido: {text}"


# Step 1, where you are: four calls. What is lost on the way is lost, or done twice.


def ask(method, path, key, body=None):
    headers = {"Content-Type": "application/json", **({"Authorization": f"ApiKey {key}"} if key else {})}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{URL}{path}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=40) as response:
        return json.load(response)


def register_as_before():
    return ask("POST", "/api/tpv/register/", None, {"name": "Bar", "endpoint_url": "http://localhost:8001"})["api_key"]


def run_as_before(key):
    while True:
        try:
            ask("POST", "/api/tpv/heartbeat/", key, {})
            for one in ask("GET", "/api/tpv/instructions/?limit=10&wait=25", key)["instructions"]:
                said = work(one["payload"]["text"])
                ask("POST", "/api/tpv/push/", key, {"telegram_user_id": one["telegram_user_id"], "text": said})
                ask("PUT", f"/api/tpv/instructions/{one['id']}/", key, {"status": "completed", "response": said})
        except (OSError, ValueError) as problem:
            print(problem, file=sys.stderr)
            time.sleep(5)


# Step 2: the same loop, whose message is sent with a key of its own, so that it may be sent again; registering and
# pushing are the package's.


def run_with_api(key):
    api = HubApi(URL, key)
    while True:
        try:
            for one in ask("GET", "/api/tpv/instructions/?limit=10&wait=25", key)["instructions"]:
                said = work(one["payload"]["text"])
                api.push({"telegram_user_id": one["telegram_user_id"], "text": said}, idempotency_key=f"{one['id']}:1")
                ask("PUT", f"/api/tpv/instructions/{one['id']}/", key, {"status": "completed", "response": said})
        except (OSError, ValueError) as problem:
            print(problem, file=sys.stderr)
            time.sleep(5)


# Steps 3 and 4: the loop becomes a handler, and the heartbeat goes. In step 3 the package polls: the same calls to the
# hub as before, so nothing changes for firewalls and proxies. In step 4 instructions come the moment that the hub has
# them, and what was done is remembered over restarts; where the socket can't be had, it polls by itself.


def run_with_client(key, **options):
    tpv = HubClient(URL, key, **options)

    @tpv.on("process_message")
    def order(instruction, context):
        return answer(work(instruction.payload.text))

    tpv.run()


def main(step):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    key = os.environ.get("TPV_API_KEY")
    if not key:
        key = register_as_before() if step == "1" else register_tpv(URL, "Bar", "http://localhost:8001")["api_key"]
        print(key, flush=True)
    if step == "1":
        run_as_before(key)
    elif step == "2":
        run_with_api(key)
    elif step == "3":
        run_with_client(key, transport="polling")
    else:
        run_with_client(key, memory=FileMemory(MEMORY))


if __name__ == "__main__":
    if sys.argv[1:] not in (["1"], ["2"], ["3"], ["4"]):
        sys.exit("python from_polling.py 1|2|3|4")
    main(sys.argv[1])

"""A notification with buttons, as the older TPVs send it, moved over in steps: a device is switched on from Telegram.

    HUB_URL=… TPV_API_KEY=… TPV_SIGNING_SECRET=… TPV_PERSON=1001 TPV_PORT=8001 python notifications.py 1     (or 2, 3)

Each step deletes a reminder, asks the person, switches the oven on when they press, changes the message, and ends. In
steps 1 and 2 the hub calls this program, at the ``endpoint_url`` that it was registered with.
"""

import json
import os
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

from valletpv_hub import HubApi, HubClient, verify_call

URL, KEY = os.environ.get("HUB_URL", "http://127.0.0.1:8100"), os.environ["TPV_API_KEY"]
PERSON, PORT = int(os.environ["TPV_PERSON"]), int(os.environ.get("TPV_PORT", "8001"))
ACTION_URL = f"http://127.0.0.1:{PORT}/api/dispositivo/action"
REMINDER, QUESTION = "El horno está apagado", "🔌 ¿Encendemos el horno?"
DONE, AFTER = "✅ Encendido", "🔌 Horno encendido"

pressed = threading.Event()


def switch_on():
    """What the TPV does all along."""
    pressed.set()


# Step 1, where you are: a token for each notification, and three calls.


def post(path, **body):
    headers = {"Content-Type": "application/json", "Authorization": f"ApiKey {KEY}"}
    request = urllib.request.Request(f"{URL}{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def notify_as_before(text, buttons):
    about = {"empresa": "Bar La Esquina", "uid_dispositivo": "horno-7", "metadata": {"mesa": 4}}
    to = {"telegram_user_id": PERSON, "mensaje": text, "botones": buttons}
    return post("/api/register_notification/", token="tok-1", callback_url=ACTION_URL, **to, **about)["message_id"]


def run_as_before():
    with called(lambda form, _: form["accion"] == "activar" and form["token"] == "tok-1"):
        reminder = notify_as_before(REMINDER, [])
        post("/api/delete_message/", telegram_user_id=PERSON, message_id=reminder)
        message = notify_as_before(QUESTION, [[{"text": "✅ Activar", "callback_data": "activar|tok-1"}]])
        pressed.wait()
        post("/api/edit_message/", telegram_user_id=PERSON, message_id=message, nuevo_texto=AFTER, botones=[])


# Step 2: the messages are pushes. The hub keeps them until Telegram takes them, and makes the token itself. It still
# calls this program, which now knows that it is the hub.


def run_with_pushes():
    api = HubApi(URL, KEY)
    secret = os.environ["TPV_SIGNING_SECRET"]
    with called(lambda form, request: verify_call(request.headers, request.body, secret=secret)):
        remind(api)
        message = push(api, [[{"text": "✅ Activar", "callback_url": ACTION_URL}]])
        pressed.wait()
        api.edit_push(message, text=AFTER, buttons=[])


# Step 3: the press is an instruction. No server, no open port, and nothing lost while this program is restarted.


def run_with_client():
    tpv = HubClient(URL, KEY)

    @tpv.on("process_callback")
    def press(instruction, context):
        switch_on()
        return {"text": DONE}

    with tpv:
        remind(tpv.api)
        message = push(tpv.api, [[{"text": "✅ Activar", "action": "switch_on", "data": {"device": "horno-7"}}]])
        pressed.wait()
        tpv.api.edit_push(message, text=AFTER, buttons=[])


def remind(api):
    reminder = api.push({"telegram_user_id": PERSON, "text": REMINDER})
    api.delete_push(reminder["push_message_id"])


def push(api, buttons):
    return api.push({"telegram_user_id": PERSON, "text": QUESTION, "buttons": buttons})["push_message_id"]


class called:
    """The TPV's own server; ``is_meant`` looks whether a call is one of ours."""

    def __init__(self, is_meant):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.body = self.rfile.read(int(self.headers["content-length"]))
                form = {name: values[0] for name, values in parse_qs(self.body.decode()).items()}
                is_ours = is_meant(form, self)
                if is_ours:
                    switch_on()
                said = json.dumps({"success": True, "mensaje": DONE} if is_ours else {"success": False, "error": "No"})
                self.send_response(200 if is_ours else 401)
                self.send_header("content-type", "application/json")
                self.end_headers()
                self.wfile.write(said.encode())

        self._server = HTTPServer(("127.0.0.1", PORT), Handler)

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self._server.shutdown()


if __name__ == "__main__":
    steps = {"1": run_as_before, "2": run_with_pushes, "3": run_with_client}
    if len(sys.argv) != 2 or sys.argv[1] not in steps:
        sys.exit("python notifications.py 1|2|3")
    steps[sys.argv[1]]()

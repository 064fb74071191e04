"""The Django app, in a real project: the example."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from pathlib import Path
from typing import Iterator

import pytest
from hub_process import free_port, until
from project import POSTGRES, Databases, Project, wait_online
from restaurant import Restaurant

from valletpv_hub import HubApi

#: ``DJANGO_KILLS=100``: the long form.
KILLS = int(os.environ.get("DJANGO_KILLS", "2"))
DATABASES = ["sqlite", *(["postgres"] if POSTGRES else [])]


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return Databases(tmp_path_factory.mktemp("databases"))


@pytest.fixture
def project(request: pytest.FixtureRequest, bar: Restaurant, databases: Databases, tmp_path: Path) -> Iterator[Project]:
    one = Project(bar, databases.copy(getattr(request, "param", "sqlite"), tmp_path))
    yield one
    one.close()


@pytest.mark.parametrize("project", DATABASES, indirect=True)
def test_orders_are_taken_once_whenever_the_process_is_killed(bar: Restaurant, project: Project) -> None:
    """Effect and mark are one transaction: nothing is done twice, and nothing is left out."""
    rand = random.Random(KILLS)
    sent = []
    before = 0
    for _ in range(KILLS):
        process = project.serve()
        # The database still names the one that was killed.
        before = wait_online(project, but=before)
        for _ in range(8):
            sent.append(f"pedido {len(sent)}")
            bar.message(sent[-1], person=len(sent) % 3)
        # Somewhere in the middle of them, or a moment after.
        many = len(sent) - rand.randint(0, 8)
        until(lambda at=many: len(project.orders()) >= at)
        time.sleep(rand.random() / 50)
        process.kill()
        process.wait()
    project.serve()
    api = HubApi(bar.hub.url, bar.key)
    until(lambda: api.stats()["instructions"]["completed"] == len(sent), "all are done")
    assert sorted(project.orders()) == sorted(sent)
    told = [push["text"] for push in bar.pushes()]
    # A transaction that a kill ended may have used a number up.
    numbers = [number for (number,) in project.rows("select id from orders_order")]
    assert sorted(told) == sorted(f"Anotado: pedido n.º {number}." for number in numbers)


@pytest.mark.parametrize("project", DATABASES[-1:], indirect=True)
def test_of_a_servers_workers_one_holds_the_connection_and_another_follows_it(
    bar: Restaurant, project: Project
) -> None:
    server = ["-m", "gunicorn", "-w", "4", "-b", f"127.0.0.1:{free_port()}", "restaurant.wsgi"]
    project.spawn(*server)
    first = wait_online(project)
    bar.message("una caña")
    until(lambda: project.orders() == ["una caña"])
    os.kill(first, signal.SIGKILL)
    bar.message("dos cañas")
    assert wait_online(project, but=first) != first
    until(lambda: project.orders() == ["una caña", "dos cañas"])
    until(lambda: len(bar.instructions("completed")) == 2)


def test_what_a_handler_wrote_goes_with_its_exception(bar: Restaurant, project: Project, tmp_path: Path) -> None:
    handlers = tmp_path / "sold_out/hub_handlers.py"
    handlers.parent.mkdir()
    (handlers.parent / "__init__.py").touch()
    handlers.write_text(
        "from orders.models import Order\n"
        "from valletpv_hub.django import on\n"
        "@on('process_message')\n"
        "def refuse(instruction, context):\n"
        "    Order.objects.create(telegram_user_id=1, text='a medias')\n"
        "    raise ValueError('No queda tortilla')\n"
    )
    settings = tmp_path / "sold_out_settings.py"
    settings.write_text(
        "from restaurant.settings import *\n"
        "INSTALLED_APPS = [app for app in INSTALLED_APPS if app != 'orders'] + ['sold_out', 'quiet_orders.Orders']\n"
    )
    # The orders' table without their handler.
    quiet = tmp_path / "quiet_orders.py"
    quiet.write_text(
        "from django.apps import AppConfig\n"
        "class Orders(AppConfig):\n"
        "    name = 'orders'\n"
        "    def ready(self):\n"
        "        import sys, types\n"
        "        sys.modules['orders.hub_handlers'] = types.ModuleType('orders.hub_handlers')\n"
    )
    path = f"{project.env['PYTHONPATH']}{os.pathsep}{tmp_path}"
    project.spawn("manage.py", "valletpv_hub", PYTHONPATH=path, DJANGO_SETTINGS_MODULE="sold_out_settings")
    wait_online(project)
    bar.message("tortilla")
    (failed,) = until(lambda: bar.instructions("failed"))
    assert failed["error_message"] == "No queda tortilla"
    assert project.orders() == []
    rows = project.rows("select status, text, command from valletpv_hub_hubinstruction")
    assert rows == [("failed", "tortilla", "process_message")]


def test_the_administration_shows_what_came_until_its_person_is_erased(bar: Restaurant, project: Project) -> None:
    project.serve()
    wait_online(project)
    bar.message("una ración de pulpo")
    until(lambda: bar.instructions("completed"))
    look = (
        "from django.contrib.auth.models import User; from django.test import Client; c = Client();"
        "c.force_login(User.objects.create_superuser('ana'));"
        "print(c.get('/admin/valletpv_hub/hubinstruction/', headers={'host': 'localhost'}).content.decode())"
    )
    assert "una ración de pulpo" in project.manage("shell", "-v", "0", "-c", look)
    bar.erase(1)
    until(lambda: project.rows("select id from valletpv_hub_hubinstruction where command = 'process_erasure'"))
    until(lambda: project.rows("select id from valletpv_hub_hubinstruction where text <> ''") == [])
    (order,) = project.rows(
        "select outcome, created_at from valletpv_hub_hubinstruction where command = 'process_message'"
    )
    assert order[0] == '{"status": "completed"}'
    assert re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", order[1])


@pytest.mark.parametrize("project", DATABASES, indirect=True)
def test_an_erasure_takes_nothing_that_came_after_it(project: Project) -> None:
    code = (
        "from valletpv_hub.django.memory import DjangoMemory\n"
        "from valletpv_hub.django.models import HubInstruction\n"
        "from valletpv_hub.instruction import Instruction\n"
        "for day in (1, 3):\n"
        "    made = {'text': f'dia {day}', 'created_at': f'2026-01-0{day}T00:00:00.000Z', 'status': 'completed'}\n"
        "    HubInstruction.objects.create(id=str(day), telegram_user_id=7, run='x', **made)\n"
        "for asked in ({'asked_at': '2026-01-02T00:00:00.000Z'}, {}):\n"
        "    data = dict.fromkeys(('id', 'command', 'status', 'expires_at', 'created_at'), 'x')\n"
        "    order = Instruction({**data, 'telegram_user_id': 7, 'priority': 5, 'payload': asked})\n"
        "    DjangoMemory().erasing(lambda *given: None)(order, None)\n"
        "    print(sorted(HubInstruction.objects.values_list('text', flat=True)))\n"
    )
    said = project.manage("shell", "-v", "0", "-c", code)
    assert said.split("\n")[:2] == ["['', 'dia 3']", "['', '']"]


def test_settings_that_are_wrong_are_said_in_a_sentence(project: Project) -> None:
    process = project.spawn("manage.py", "valletpv_hub", TPV_API_KEY="")
    assert process.wait(60) == 1


def test_a_wrong_key_ends_the_command_with_the_reason(project: Project) -> None:
    process = project.spawn("manage.py", "valletpv_hub", TPV_API_KEY="no-such-key")
    assert process.wait(60) == 1
    # The connection is free: a process that is started with the right key need not wait for it.
    assert project.holder() == 0


def test_its_models_and_its_migrations_say_the_same(project: Project) -> None:
    assert "No changes detected" in project.manage("makemigrations", "--check", "--dry-run")

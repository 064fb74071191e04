"""What is asyncio's own: coroutines as handlers, and one loop for all of it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, List

import pytest
from hub_process import until
from restaurant import Restaurant

from valletpv_hub import ConfigurationError, FileMemory, HubClientError, Instruction, answer
from valletpv_hub.aio import AsyncContext, AsyncHubApi, AsyncHubClient


async def soon(condition: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(None, until, condition)


def test_a_coroutine_answers_replies_and_goes_on_beside_others(bar: Restaurant) -> None:
    done: List[str] = []

    async def program() -> None:
        async with AsyncHubClient(bar.hub.url, bar.key) as tpv:
            go_on = asyncio.Event()

            @tpv.on("process_message")
            async def order(instruction: Instruction, context: AsyncContext) -> Any:
                text = instruction.payload.text
                if text == "lento":
                    await context.reply("Un momento")
                    await go_on.wait()
                done.append(text)
                return answer(f"Recibido: {text}")

            await asyncio.get_running_loop().run_in_executor(None, bar.message, "lento", 1)
            await asyncio.get_running_loop().run_in_executor(None, bar.message, "rápido", 2)
            await soon(lambda: done == ["rápido"])
            go_on.set()
            await soon(lambda: len(bar.instructions("completed")) == 2)

    asyncio.run(program())
    assert done == ["rápido", "lento"]
    assert sorted(push["text"] for push in bar.pushes()) == ["Recibido: lento", "Recibido: rápido", "Un momento"]


def test_a_coroutine_that_does_not_stop_is_cancelled_at_the_end_and_given_again(bar: Restaurant) -> None:
    ends: List[str] = []

    async def program() -> None:
        tpv = AsyncHubClient(bar.hub.url, bar.key)
        began = asyncio.Event()

        @tpv.on("process_message")
        async def order(instruction: Instruction, context: AsyncContext) -> None:
            began.set()
            try:
                await asyncio.sleep(3_600)
            finally:
                ends.append("stopped" if context.is_stopped else "cancelled")

        await tpv.start()
        await asyncio.get_running_loop().run_in_executor(None, bar.message, "hola")
        await began.wait()
        await tpv.close(deadline=0.1)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(program())
    assert ends == ["stopped"]
    assert bar.instructions("completed") == bar.instructions("failed") == []


def test_a_wait_ends_when_the_handler_is_to_stop(bar: Restaurant) -> None:
    waited: List[Any] = []

    async def program() -> None:
        tpv = AsyncHubClient(bar.hub.url, bar.key)
        began = asyncio.Event()

        @tpv.on("process_message")
        async def order(instruction: Instruction, context: AsyncContext) -> None:
            waited.append(await context.wait(0.01))
            began.set()
            waited.append(await context.wait(3_600))
            with pytest.raises(HubClientError):
                context.raise_if_stopped()

        await tpv.start()
        await asyncio.get_running_loop().run_in_executor(None, bar.message, "hola")
        await began.wait()
        await tpv.close(deadline=0.1)

    asyncio.run(program())
    assert waited == [False, True]


def test_a_start_that_finds_its_memory_locked_can_be_tried_again(bar: Restaurant, tmp_path: Path) -> None:
    path = tmp_path / "memory"
    held = FileMemory(path)
    held.open()

    async def program() -> None:
        tpv = AsyncHubClient(bar.hub.url, bar.key, memory=FileMemory(path))
        with pytest.raises(ConfigurationError) as raised:
            await tpv.start()
        assert raised.value.code == "memory_locked"
        held.close()
        await tpv.start()
        assert tpv.status.state == "online"
        await tpv.close()

    asyncio.run(program())


def test_the_api_in_the_same_words(bar: Restaurant) -> None:
    bar.message("hola")

    async def program() -> None:
        api = AsyncHubApi(bar.hub.url, bar.key)
        assert (await api.info())["name"] == "Bar La Esquina"
        assert [user["telegram_id"] async for user in api.all_users(limit=1)] == [bar.person(1)]
        sent = await api.push({"telegram_user_id": bar.person(1)}, text="¡Listo!")
        assert (await api.push_state(sent["push_message_id"]))["push_message_id"] == sent["push_message_id"]

    asyncio.run(program())
    assert [push["text"] for push in bar.pushes()] == ["¡Listo!"]


def test_a_program_ends_by_its_signal_in_good_order(bar: Restaurant) -> None:
    program = """
import asyncio, os, sys
from valletpv_hub.aio import AsyncHubClient

async def main():
    tpv = AsyncHubClient(os.environ["HUB_URL"], os.environ["TPV_API_KEY"])

    @tpv.on("process_message")
    async def order(instruction, context):
        print("begun", flush=True)
        await asyncio.sleep(1)
        return {"ended": True}

    await tpv.run()

asyncio.run(main())
"""
    env = {**os.environ, "HUB_URL": bar.hub.url, "TPV_API_KEY": bar.key}
    process = subprocess.Popen([sys.executable, "-W", "error", "-c", program], env=env, stdout=subprocess.PIPE)
    assert process.stdout is not None
    bar.message("una tortilla")
    assert process.stdout.readline() == b"begun\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    process.stdout.close()
    (completed,) = bar.instructions("completed")
    assert completed["response"] == {"ended": True}

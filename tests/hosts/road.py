"""A road over TCP, with or without TLS, to the daemon that the tests use."""

from __future__ import annotations

import asyncio
import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

SOCKET = urlsplit(os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock").path


@contextmanager
def road(tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Open a port of this machine that leads to the daemon."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        server = asyncio.run_coroutine_threadsafe(_begin(tls), loop).result(10)
        yield server.sockets[0].getsockname()[1]
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
    loop.close()


async def _begin(tls: ssl.SSLContext | None) -> asyncio.Server:
    return await asyncio.start_server(_drive, "127.0.0.1", 0, ssl=tls)


async def _drive(near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
    far, to_far = await asyncio.open_unix_connection(SOCKET)
    await asyncio.gather(_hand_on(near, to_far), _hand_on(far, to_near))


async def _hand_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError, asyncio.CancelledError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    target.close()
    with suppress(OSError):
        await target.wait_closed()


async def _end(server: asyncio.Server) -> None:
    server.close()  # in the loop's own thread: from another one it races with the last connection's end
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)

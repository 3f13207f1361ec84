"""A road to the Docker daemon that can be cut."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Proxy:
    """Hands on bytes between a socket of its own and the daemon's, until the daemon writes `cut_at`.

    From then on it is as if the daemon had been killed: every connection ends, new ones at once.
    """

    def __init__(self, cut_at: bytes) -> None:
        self._daemon = urlsplit(os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock").path
        self._cut_at = cut_at
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name) / "docker.sock"
        self._listener = socket.socket(socket.AF_UNIX)
        self._sockets = [self._listener]
        self._threads: list[threading.Thread] = []
        self._is_cut = False
        self.url = f"unix://{self._path}"

    def __enter__(self) -> Self:
        self._listener.bind(str(self._path))
        self._listener.listen()
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(self._sockets)
        for thread in self._threads:
            thread.join()
        for each in self._sockets:
            each.close()
        self._folder.cleanup()

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self._is_cut:
                    near.close()
                    continue
                far = socket.socket(socket.AF_UNIX)
                self._sockets += [near, far]
                far.connect(self._daemon)
                self._start(self._hand_on, near, far, None)
                self._start(self._hand_on, far, near, self._cut_at)

    def _hand_on(self, source: socket.socket, target: socket.socket, cut_at: bytes | None) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
                if cut_at and cut_at in data:
                    self._is_cut = True
                    self._end(self._sockets[1:])
            target.shutdown(socket.SHUT_WR)

    def _end(self, sockets: list[socket.socket]) -> None:
        for each in list(sockets):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

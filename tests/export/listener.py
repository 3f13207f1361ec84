"""A listener on loopback that records every connection, whatever it says, and a server of files beside it."""

from __future__ import annotations

import http.server
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

END = b"end"


@dataclass
class Listener:
    """Listens on 127.0.0.1 and ::1 at one port; `seen` has the first bytes of each connection."""

    port: int
    seen: list[str] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    open: int = 0

    def take(self) -> list[str]:
        """Return what came since the last time, when all of it has arrived."""
        # Connections are taken in their order, so what came before these was taken before.
        for address in ("127.0.0.1", "::1"):
            with socket.create_connection((address, self.port), timeout=30) as own:
                own.sendall(END)
                own.recv(1)
        with self.arrived:
            assert self.arrived.wait_for(lambda: self.open == 0, timeout=30)
            seen = [text for text in self.seen if text != END.decode()]
            self.seen.clear()
        return seen


@contextmanager
def listening() -> Iterator[Listener]:
    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def process_request(self, request, client_address):
            with found.arrived:
                found.open += 1
            super().process_request(request, client_address)

    class Server6(Server):
        address_family = 10  # IPv6

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(10)
            try:
                said = self.request.recv(4096)
            except OSError:
                said = b"(nothing)"
            with found.arrived:
                found.seen.append(said.decode("latin-1"))
                found.open -= 1
                found.arrived.notify_all()
            with suppress(OSError):
                self.request.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with Server(("127.0.0.1", 0), Handler) as four, Server6(("::1", four.server_address[1]), Handler) as six:
        found = Listener(four.server_address[1])
        for server in (four, six):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield found
        finally:
            four.shutdown()
            six.shutdown()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the files of a folder, and yield the address of its root."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()

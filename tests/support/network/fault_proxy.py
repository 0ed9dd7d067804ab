# SPDX-License-Identifier: Apache-2.0
"""A TCP proxy on loopback between an agent and a server, with a fault for each connection: what
fault_proxy.h does inside the C++ tests, for programs that run as processes of their own."""

import contextlib
import dataclasses
import socket
import struct
import threading
import time


@dataclasses.dataclass
class Fault:
    """What a connection suffers. Bytes are counted on the wire, TLS and all; "up" is from the
    agent to the server. None: never."""

    cut_up: int | None = None          # both ends are reset after so many bytes
    cut_down: int | None = None
    half_close_up: int | None = None   # the server sees a FIN; what it answers still arrives
    swallow_down: threading.Event | None = None  # once set, nothing arrives any more
    doubled: bool = False              # all that goes up goes up a second connection too
    piece: int = 16384                 # bytes handed on at once
    delay: float = 0                   # seconds before each piece


class FaultProxy:
    """`fault_of(n)` is asked for connection 0, 1, 2, ... on the proxy's thread."""

    def __init__(self, server, fault_of):
        host, port = server.rsplit(":", 1)
        self.server = (host, int(port))
        self.fault_of = fault_of
        self.connections = 0
        self.up = self.down = 0  # bytes of the newest connection
        self.lock = threading.Lock()
        self.open = []
        self.threads = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.start(self.accept)

    def start(self, target, *arguments):
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        with self.lock:
            self.threads.append(thread)
        thread.start()

    def keep(self, connection):
        with self.lock:
            self.open.append(connection)
        return connection

    def accept(self):
        while True:
            try:
                agent = self.keep(self.listener.accept()[0])
            except OSError:
                return
            fault = self.fault_of(self.connections)
            self.connections += 1
            self.up = self.down = 0
            try:
                server = self.keep(socket.create_connection(self.server))
                second = self.keep(socket.create_connection(self.server)) if fault.doubled else None
            except OSError:
                agent.close()
                continue
            self.start(self.pump_up, fault, agent, server, second)
            self.start(self.pump_down, fault, agent, server)
            if second is not None:
                self.start(self.drain, second)

    def pump_up(self, fault, agent, server, second):
        end = min((n for n in (fault.cut_up, fault.half_close_up) if n is not None), default=None)
        passed = 0
        with contextlib.suppress(OSError):
            while end is None or passed < end:
                data = self.piece_of(agent, fault, passed, end)
                if not data:
                    break
                server.sendall(data)
                if second is not None:
                    with contextlib.suppress(OSError):
                        second.sendall(data)
                passed += len(data)
                self.up = passed
        if fault.cut_up is not None and passed >= fault.cut_up:
            self.reset(agent, server)
            return
        for connection in (server, second):
            if connection is not None:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_WR)

    def pump_down(self, fault, agent, server):
        passed = 0
        with contextlib.suppress(OSError):
            while fault.cut_down is None or passed < fault.cut_down:
                data = self.piece_of(server, fault, passed, fault.cut_down)
                if not data:
                    break
                if fault.swallow_down is None or not fault.swallow_down.is_set():
                    agent.sendall(data)
                passed += len(data)
                self.down = passed
        if fault.cut_down is not None and passed >= fault.cut_down:
            self.reset(agent, server)
            return
        with contextlib.suppress(OSError):
            agent.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def piece_of(source, fault, passed, end):
        data = source.recv(fault.piece if end is None else min(fault.piece, end - passed))
        if data and fault.delay:
            time.sleep(fault.delay)
        return data

    @staticmethod
    def drain(connection):
        with contextlib.suppress(OSError):
            while connection.recv(65536):
                pass

    @staticmethod
    def reset(*connections):
        """RST, not FIN: both ends lose what is under way."""
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                      struct.pack("ii", 1, 0))
                connection.shutdown(socket.SHUT_RD)
                connection.close()

    def close(self):
        """Ends every connection and joins all threads."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            for connection in self.open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                connection.close()
            threads = list(self.threads)
        for thread in threads:
            thread.join(10)

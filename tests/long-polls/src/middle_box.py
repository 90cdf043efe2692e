"""A middle box, such as one for address translation: `middle_box.py SERVICE_PORT SECONDS`.

It forwards connections, and forgets those on which no packet has come from either side for SECONDS.
Whoever sends the next packet on a forgotten one gets a reset; the other side gets nothing. A TCP
keep-alive probe is a packet like any other: the operating system responds to it, and counts it.

It prints its port.
"""

import asyncio
import socket
import struct
import sys

service, silence = int(sys.argv[1]), float(sys.argv[2])

# How many packets came, in Linux's `struct tcp_info`.
SEGS_IN = 140


def packets(writer):
    if writer.is_closing():
        return 0
    info = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    return struct.unpack_from("<I", info, SEGS_IN)[0]


def reset(writer):
    if writer.is_closing():
        return
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def forget(*sides):
    """Returns when no packet has come for long enough."""
    seen, quiet_since, clock = 0, 0, asyncio.get_running_loop().time
    while True:
        count, now = sum(map(packets, sides)), clock()
        if count != seen:
            seen, quiet_since = count, now
        elif now - quiet_since > silence:
            return
        await asyncio.sleep(0.1)


async def reset_when_it_sends(side):
    """Nobody tells the other side."""
    seen = packets(side)
    while not side.is_closing() and packets(side) == seen:
        await asyncio.sleep(0.1)
    reset(side)


async def copy(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


async def serve(from_client, to_client):
    from_service, to_service = await asyncio.open_connection("127.0.0.1", service)
    silent = asyncio.create_task(forget(to_client, to_service))
    ways = [asyncio.create_task(copy(from_client, to_service)), asyncio.create_task(copy(from_service, to_client))]
    await asyncio.wait([silent, *ways], return_when=asyncio.FIRST_COMPLETED)
    is_forgotten = silent.done()
    for way in [silent, *ways]:
        way.cancel()
    if is_forgotten:
        await asyncio.gather(reset_when_it_sends(to_client), reset_when_it_sends(to_service))
    else:
        to_client.close()
        to_service.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())

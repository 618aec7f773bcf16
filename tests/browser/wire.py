"""A wire between browser and server that can really be cut: a TCP proxy on loopback."""

import asyncio
import contextlib
import socket


class Wire:
    """Listens at `url` and passes bytes on to the server's port `target`, until it is cut."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.url = ""
        self.cuts = 0
        """How many connections were cut."""
        self._server: asyncio.Server | None = None
        self._port = 0
        self._ends: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    async def to_free_port(cls) -> "Wire":
        """A wire to a port that is free by now: start the server there."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            wire = cls(probe.getsockname()[1])
        await wire.mend()
        return wire

    async def mend(self) -> None:
        """Let connections through, at the same address as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"

    def cut(self) -> None:
        """Reset every connection, in the middle of whatever it carries; new ones get through."""
        self.cuts += len(self._ends) // 2
        for end in self._ends:
            end.transport.abort()

    async def part(self) -> None:
        """Cut, and let nothing through until it is mended."""
        assert self._server is not None
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    async def close(self) -> None:
        """Take it away."""
        await self.part()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._ends.add(writer)
        try:
            await self._join(reader, writer)
        except OSError:
            pass  # the server is not there, or one side was cut: both ends are closed
        finally:
            writer.close()  # what is on its way still arrives, unless the wire was cut
            self._ends.discard(writer)
            self._tasks.discard(task)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        self._ends.add(far_writer)
        ways = [
            asyncio.create_task(_pass(reader, far_writer)),
            asyncio.create_task(_pass(far_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            far_writer.close()
            self._ends.discard(far_writer)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while some := await reader.read(65536):
            writer.write(some)
            await writer.drain()

"""The listening socket: ours from the moment the port is chosen, so that nobody races us to it."""

import errno
import ipaddress
import socket

PORTS_TRIED = 50
"""How many ports after the wanted one are looked at."""
BACKLOG = 128


class CannotListen(Exception):
    """The address cannot be listened on."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"Cannot listen on {host} port {port}: {reason}")
        self.host, self.port, self.reason = host, port, reason


def listen(host: str, port: int, *, only: bool = False) -> socket.socket:
    """Listen on `port`, or on the next free one after it (0: any). `only`: on no other.

    Raises CannotListen.
    """
    for candidate in range(port, min(port + (1 if only or port == 0 else PORTS_TRIED), 65536)):
        try:
            return _listen(host, candidate)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise CannotListen(host, candidate, _reason(error)) from None
    raise CannotListen(host, port, _taken(only))


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        # At once: with SO_REUSEADDR two may bind one port, but only one can listen on it.
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    listening.setblocking(False)
    return listening


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "no such address on this machine."
    if error.errno == errno.EACCES:
        return "this user may not (ports below 1024 are the system's). Choose another with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return "this machine does not have that address. Choose another with --host."
    return f"{error.strerror}."


def _taken(only: bool) -> str:
    if only:
        return "it is taken. A proxy expects the server there, so no other port was tried: free it, or choose another."
    return f"it and the {PORTS_TRIED - 1} ports after it are taken. Choose another with --port."


def port_of(listening: socket.socket) -> int:
    """The port that was found."""
    return int(listening.getsockname()[1])


def local_url(host: str, port: int) -> str:
    """Where a browser on this machine reaches it."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return f"http://{host}:{port}"
    if address.is_unspecified:
        address = ipaddress.ip_address("127.0.0.1" if address.version == 4 else "::1")
    return f"http://[{address}]:{port}" if address.version == 6 else f"http://{address}:{port}"

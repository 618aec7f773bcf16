"""The keeper: the parent that ends an agent's descendants (promise 7).

    python -IS keeper.py PARENT_PID COMMAND [ARGUMENT …]

It stands alone (standard library only) so that it starts in milliseconds. The rules:

1. It runs the command as its child, in a session of its own, with the stdin, stdout,
   stderr, folder and environment that it was given itself.
2. When the command ends, or the keeper gets TERM, INT or HUP, or its parent dies, it ends every
   descendant: TERM (and CONT, for what is stopped), after a grace KILL, until none is left.
   It is a child subreaper, so a descendant that left its session or its parent is still found.
3. When the keeper itself is killed -9, the kernel kills the command (parent-death signal).
4. It ends as the command did: with its exit status, or by its signal.

Linux tells of a parent's death by a signal tied to the *thread* that spawned us: spawn the
keeper from a thread that lives as long as the process. Elsewhere the keeper looks for its
parent every POLL_S, and finds only descendants that kept their parents.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn

GRACE_S = 0.5
"""Between TERM and KILL, when the command is told to end."""
ORPHAN_GRACE_S = 0.2
"""The same for what a command left that ended by itself: somebody waits to hear of its end."""
GIVE_UP_S = 5.0
"""After which even a process that KILL does not end (stuck in the kernel) is left."""
POLL_S = 0.5
LINUX = sys.platform == "linux"
COMPLAINT = "antiphon-keeper: "
"""How a line on stderr begins that is the keeper's own, not the agent's."""
NOT_FOUND, NOT_RUNNABLE = 127, 126

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def prctl(option: int, value: int) -> None:
    """Tell the kernel; Linux only."""
    if LINUX:
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def start(command: list[str], keeper: int) -> NoReturn:
    """Become the command (in the child)."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != keeper:  # the keeper died before the kernel knew of our wish
        os._exit(1)
    for number in (
        signal.SIGPIPE,
        signal.SIGXFSZ,
        signal.SIGTERM,
        signal.SIGINT,
        signal.SIGHUP,
        signal.SIGCHLD,
    ):
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        os.write(2, f"{COMPLAINT}cannot start {command[0]}: {error.strerror}\n".encode())
        os._exit(NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_RUNNABLE)


def children_by_proc(pid: int) -> list[int]:
    """The children that /proc tells of (none when it is gone)."""
    found: list[int] = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as listed:
                found += [int(child) for child in listed.read().split()]
    except OSError:
        pass
    return found


def children_by_ps() -> dict[int, list[int]]:
    """Everybody's children, where /proc does not tell."""
    import subprocess

    found: dict[int, list[int]] = {}
    ps = subprocess.Popen(["ps", "-A", "-o", "pid=,ppid="], stdout=subprocess.PIPE, text=True)
    for line in ps.communicate()[0].splitlines():
        pid, parent = map(int, line.split())
        if pid != ps.pid:
            found.setdefault(parent, []).append(pid)
    return found


def descendants(of: int) -> list[int]:
    """All processes below this one, nearest first."""
    quick = os.path.exists(f"/proc/{of}/task/{of}/children")
    table = {} if quick else children_by_ps()
    found: list[int] = [of]
    for pid in found:
        children = children_by_proc(pid) if quick else table.get(pid, [])
        found += [child for child in children if child not in found]
    return found[1:]


def send(pid: int, *numbers: int) -> None:
    for number in numbers:
        try:  # noqa: SIM105 (contextlib would cost milliseconds of every start)
            os.kill(pid, number)
        except OSError:
            pass


class Keeper:
    def __init__(self, parent: int, wake: int) -> None:
        self.parent = parent
        self.child = 0
        self.wake = wake
        self.status: int | None = None
        """How the command ended, as wait(2) says it; None while it runs."""
        self.told = False
        """Somebody told the keeper to end."""

    def tell(self, number: int, frame: FrameType | None) -> None:
        self.told = True

    def reap(self) -> None:
        """Collect the dead: the command, and orphans that became our children."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self.child:
                self.status = status

    def sleep(self, seconds: float | None) -> None:
        """Until a signal comes, or the time is over."""
        select.select([self.wake], [], [], seconds)
        try:  # noqa: SIM105 (as above)
            os.read(self.wake, 512)
        except BlockingIOError:
            pass

    def watch(self) -> None:
        """Until it is time to end all."""
        while not self.told and self.status is None and os.getppid() == self.parent:
            self.sleep(None if LINUX else POLL_S)
            self.reap()

    def end_all(self) -> None:
        """TERM, a grace, KILL, until nothing is left below us."""
        grace = GRACE_S if self.status is None else ORPHAN_GRACE_S
        began = time.monotonic()
        asked: set[int] = set()
        while True:
            self.reap()
            left = descendants(os.getpid())
            waited = time.monotonic() - began
            if not left or waited > GIVE_UP_S:
                return
            for pid in left:
                if waited > grace:
                    send(pid, signal.SIGKILL)
                elif pid not in asked:
                    send(pid, signal.SIGTERM, signal.SIGCONT)
                    asked.add(pid)
            self.sleep(0.02)

    def leave(self) -> NoReturn:
        """End as the command did."""
        if self.status is None:
            os._exit(128 + signal.SIGTERM)
        if os.WIFEXITED(self.status):
            os._exit(os.WEXITSTATUS(self.status))
        number = os.WTERMSIG(self.status)
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the core is the agent's to dump, not ours
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        os._exit(128 + number)


def main(parent: int, command: list[str]) -> NoReturn:
    # uvloop leaves the agent's ends of the pipes open in its children, under other numbers too:
    # an agent that closed its stdout would still seem to have it.
    os.closerange(3, 65536)
    os.setsid()
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    wake, waker = os.pipe()
    for end in (wake, waker):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    keeper = Keeper(parent, wake)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, keeper.tell)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)  # `watch` looks at the parent once more: no race
    me = os.getpid()
    keeper.child = os.fork()
    if keeper.child == 0:
        signal.set_wakeup_fd(-1)
        start(command, me)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):  # else the agent's own end of the pipes would not be seen
        os.dup2(nothing, stream)
    keeper.watch()
    keeper.end_all()
    keeper.leave()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])

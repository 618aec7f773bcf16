"""The keeper with real processes: nothing below it outlives the command, the keeper or its parent (promise 7)."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from antiphon.providers import keeper
from tests.processes import command_of

SCRIPT = str(Path(keeper.__file__))
WITHIN_S = 1.0
"""Promise 7."""

STUBBORN = """
import os, signal, sys, time
def stray():
    "a session of its own, no child of its maker, deaf to TERM"
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    print(os.getpid(), flush=True)
    while True:
        time.sleep(60)
"""
"""A program's beginning: `stray()` leaves a process behind that wants to stay, and prints its pid."""

linux = pytest.mark.skipif(not keeper.LINUX, reason="needs Linux's prctl")


def command(*arguments: str, parent: int | None = None) -> list[str]:
    """The keeper's command line."""
    return [sys.executable, "-IS", SCRIPT, str(parent or os.getpid()), *arguments]


def python(program: str) -> list[str]:
    """A program as a command."""
    return [sys.executable, "-IS", "-c", program]


@contextmanager
def kept(*arguments: str, parent: int | None = None) -> Iterator["subprocess.Popen[str]"]:
    """A keeper with pipes; killed at the end if a test failed before its time."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command(*arguments, parent=parent), stdin=pipe, stdout=pipe, stderr=pipe, text=True
    )
    try:
        yield process
    finally:
        for found in _tree(process.pid):
            found.kill()
        process.wait(10)
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream
            stream.close()


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def read_pid(process: "subprocess.Popen[str]") -> psutil.Process:
    """The process whose pid is printed next."""
    assert process.stdout
    return psutil.Process(int(process.stdout.readline()))


def gone(*left: psutil.Process, within: float = WITHIN_S) -> None:
    """All of them end within the limit; whoever does not is killed, and the test fails."""
    deadline = time.monotonic() + within
    while (alive := [each for each in left if _runs(each)]) and time.monotonic() < deadline:
        time.sleep(0.01)
    for each in alive:
        each.kill()
    assert not alive


def _runs(process: psutil.Process) -> bool:
    """A zombie has ended; that nobody collects it is not the keeper's matter."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("status", [0, 1, 7, 126, 130, 255])
def test_an_exit_status_is_passed_on(status: int) -> None:
    """The keeper exits as the command did, 128 and more included."""
    assert subprocess.run(command("sh", "-c", f"exit {status}"), check=False).returncode == status


@pytest.mark.parametrize("number", ["KILL", "TERM", "SEGV", "ABRT", "INT", "HUP", "USR1"])
def test_a_signal_is_passed_on(number: str) -> None:
    """A command that died of a signal is told apart from one that exited with 128 + n."""
    ended = subprocess.run(command("sh", "-c", f"kill -{number} $$"), check=False, capture_output=True)
    assert ended.returncode == -getattr(signal, f"SIG{number}")


def test_pipes_and_folder_are_the_commands_own(tmp_path: Path) -> None:
    """Stdin, stdout, stderr, folder and environment reach the command."""
    ended = subprocess.run(
        command("sh", "-c", "cat; pwd; echo $KEPT; echo words >&2"),
        check=False, input="in\n", capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "KEPT": "yes"},
    )  # fmt: skip
    assert ended.stdout == f"in\n{tmp_path}\nyes\n"
    assert ended.stderr == "words\n"


def test_the_keeper_does_not_hold_the_commands_stdout() -> None:
    """When the command closes its stdout the reader sees the end, though both still run."""
    with kept("sh", "-c", "exec >&-; read line; exit 5") as process:
        assert process.stdout
        assert process.stdin
        assert process.stdout.read() == ""
        process.stdin.write("go\n")
        process.stdin.flush()
        assert process.wait(WITHIN_S) == 5


@linux
def test_the_command_inherits_nothing_but_its_pipes() -> None:
    """A pipe left open in the keeper (uvloop does so) does not reach the command: its stdout ends when it closes it."""
    read, write = os.pipe()
    try:
        done = subprocess.run(
            command(*python("import os; print(sorted(map(int, os.listdir('/proc/self/fd')))[:5])")),
            capture_output=True,
            text=True,
            pass_fds=[write],
            timeout=10,
        )
    finally:
        os.close(read)
        os.close(write)
    assert done.stdout.strip() == "[0, 1, 2, 3]"  # 3: the listing itself


def test_the_command_gets_its_signals_as_anybody() -> None:
    """What Python ignores (SIGPIPE) is not ignored by the command."""
    ended = subprocess.run(command("sh", "-c", "kill -PIPE $$; echo alive"), check=False, capture_output=True)
    assert ended.returncode == -signal.SIGPIPE


@pytest.mark.parametrize(
    ("what", "status", "words"), [("/no/such", 127, "No such file"), ("/", 126, "Permission denied")]
)
def test_a_command_that_cannot_start_is_told(what: str, status: int, words: str) -> None:
    """The reason is on stderr, marked as the keeper's."""
    ended = subprocess.run(command(what), check=False, capture_output=True, text=True)
    assert ended.returncode == status
    assert ended.stderr.startswith(keeper.COMPLAINT)
    assert words in ended.stderr


@linux
def test_what_the_command_leaves_is_ended() -> None:
    """A stray in a session of its own, deaf to TERM, does not outlive the command."""
    with kept(*python(STUBBORN + "stray(); time.sleep(0); sys.stdin.read()")) as process:
        stray = read_pid(process)
        assert process.stdin
        process.stdin.close()  # the command ends
        gone(stray)
        assert process.wait(WITHIN_S) == 0


@linux
def test_a_stray_that_makes_new_ones_is_ended() -> None:
    """The keeper goes on until nothing is left, also when the dying fork."""
    program = (
        STUBBORN
        + """
def again(*_):
    if os.fork() == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print(os.getpid(), flush=True)
        time.sleep(60)
    os._exit(0)
if os.fork() == 0:
    os.setsid()
    signal.signal(signal.SIGTERM, again)
    print(os.getpid(), flush=True)
    while True:
        time.sleep(60)
sys.stdin.read()
"""
    )
    with kept(*python(program)) as process:
        first = read_pid(process)
        assert process.stdin
        process.stdin.close()
        gone(first)
        gone(read_pid(process))
        assert process.wait(WITHIN_S) == 0


@linux
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_told_to_end_it_ends_all(number: signal.Signals) -> None:
    """TERM, INT or HUP to the keeper end the command and its strays, whatever they ignore."""
    with kept(
        *python(STUBBORN + "signal.signal(signal.SIGTERM, signal.SIG_IGN); stray(); time.sleep(60)")
    ) as process:
        stray, (_, *below) = read_pid(process), _tree(process.pid)
        process.send_signal(number)
        gone(stray, *below)
        assert process.wait(WITHIN_S) == -signal.SIGKILL


def test_told_to_end_it_lets_the_command_say_goodbye() -> None:
    """TERM comes before KILL, with time to act on it, and the command's own status counts."""
    program = "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(3)); print(1, flush=True); time.sleep(60)"
    with kept(*python(program)) as process:
        assert process.stdout
        process.stdout.readline()
        process.terminate()
        assert process.wait(WITHIN_S) == 3


def test_a_stopped_command_is_ended() -> None:
    """SIGSTOP does not save anybody."""
    with kept("sleep", "60") as process:
        child = _wait_child(process.pid)
        child.suspend()
        process.terminate()
        gone(child)


def _wait_child(pid: int) -> psutil.Process:
    """The keeper's command, once it runs."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        for child in psutil.Process(pid).children():
            if command_of(child)[:1] == ["sleep"]:
                return child
    raise TimeoutError


@linux
def test_the_death_of_the_parent_ends_all() -> None:
    """The server killed -9: its agents and all they left are gone within a second."""
    inner = STUBBORN + "stray(); print(os.getpid(), flush=True); time.sleep(60)"
    outer = (
        "import os, subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-IS', {SCRIPT!r}, str(os.getpid()), *{python(inner)!r}])\n"
        "time.sleep(60)"
    )
    server = subprocess.Popen(python(outer), stdout=subprocess.PIPE, text=True)
    try:
        pair = [read_pid(server), read_pid(server)]
        tree = _tree(server.pid)
    finally:
        server.kill()
        server.wait()
    gone(*pair, *tree)


def test_a_parent_that_is_dead_already_ends_it_at_once() -> None:
    """The race between the server's death and the keeper's wish to be told of it is closed."""
    ended = subprocess.run(command("sleep", "60", parent=2**22 - 1), check=False, timeout=5)
    assert ended.returncode in (-signal.SIGTERM, -signal.SIGKILL)


@linux
def test_the_death_of_the_keeper_ends_the_command() -> None:
    """Even the keeper killed -9 leaves no agent."""
    with kept("sleep", "60") as process:
        child = _wait_child(process.pid)
        process.kill()
        gone(child)


def test_it_starts_light() -> None:
    """Nothing that costs milliseconds is imported: the keeper starts for every agent."""
    program = f"import sys; exec(open({SCRIPT!r}).read(), {{'__name__': 'keeper'}}); print(*sys.modules)"
    bare = "import sys; print(*sys.modules)"
    loaded, always = (
        set(subprocess.run(python(each), check=True, capture_output=True, text=True).stdout.split())
        for each in (program, bare)
    )
    assert not loaded & {"ctypes", "typing", "asyncio", "subprocess", "contextlib", "re"}
    assert "signal" in loaded - always  # it was really loaded


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A keeper that does without what only Linux has."""
    portable = tmp_path / "keeper.py"
    source = Path(SCRIPT).read_text()
    assert 'LINUX = sys.platform == "linux"' in source
    portable.write_text(
        source.replace('LINUX = sys.platform == "linux"', "LINUX = False").replace("/proc/", "/no-proc/")
    )
    return str(portable)


@pytest.mark.skipif(not shutil.which("ps"), reason="needs ps")
class TestElsewhere:
    """What holds without /proc and prctl (macOS): the same, for descendants that kept their parents."""

    def test_the_status_is_passed_on(self, elsewhere: str) -> None:
        """As on Linux."""
        run = [sys.executable, "-IS", elsewhere, str(os.getpid())]
        assert subprocess.run([*run, "sh", "-c", "exit 7"], check=False).returncode == 7
        assert subprocess.run([*run, "sh", "-c", "kill -9 $$"], check=False).returncode == -9

    def test_told_to_end_it_ends_all(self, elsewhere: str) -> None:
        """Children and grandchildren, by `ps`."""
        process = subprocess.Popen(
            [sys.executable, "-IS", elsewhere, str(os.getpid()), "sh", "-c", "sh -c 'echo $$; sleep 60' & wait"],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        grandchild, tree = read_pid(process), _tree(process.pid)
        process.terminate()
        gone(grandchild, *tree, within=3)
        process.communicate()

    def test_the_death_of_the_parent_ends_all(self, elsewhere: str) -> None:
        """It looks for its parent every POLL_S."""
        outer = (
            "import os, subprocess, sys, time\n"
            f"subprocess.Popen([sys.executable, '-IS', {elsewhere!r}, str(os.getpid()), 'sh', '-c', 'echo $$; exec sleep 60'])\n"
            "time.sleep(60)"
        )
        server = subprocess.Popen(python(outer), stdout=subprocess.PIPE, text=True)
        child = read_pid(server)
        tree = _tree(server.pid)
        server.kill()
        server.wait()
        gone(child, *tree, within=keeper.POLL_S + 3)

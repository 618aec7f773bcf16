"""A login as agents have them, scripted: `python login_program.py WORD`. It wants a terminal, and says so.

paste    an address, then a code is to be pasted: `good-code` signs in (makes the file $LOGIN_STORE), else it fails
device   an address and a device code; Enter ends it well
flood    writes without end
deaf     nothing that can be caught ends it, nor what it left behind in a session of its own
mute     reads nothing, writes nothing
look     says what it sees around it: size, folder, environment, controlling terminal; `?` again, `q` leaves
"""

import json
import os
import signal
import sys
from pathlib import Path

ADDRESS = "https://login.example/oauth/authorize?client=antiphon-tests&" + "state=" + "abcdefgh01234567" * 12
SECRET = "MANY-WORDS"


def say(text: str) -> None:
    print(text, flush=True)


def paste() -> int:
    say("Opening browser to sign in…\nIf the browser didn't open, visit:")
    say(f"\x1b]8;;{ADDRESS}\x07\x1b[94m{ADDRESS}\x1b[39m\x1b]8;;\x07")
    if input("Paste code here if prompted > ").strip() != "good-code":
        say("That code is wrong.")
        return 1
    if store := os.environ.get("LOGIN_STORE"):
        Path(store).write_text("signed in")
    say("Login successful.")
    return 0


def device() -> int:
    say("1. Open this link in your browser\n   \x1b[94mhttps://auth.example/device\x1b[0m\n")
    say(f"2. Enter this one-time code \x1b[90m(expires in 15 minutes)\x1b[0m\n   \x1b[94m{SECRET}\x1b[0m")
    input()
    return 0


def flood() -> int:
    line = "flood " * 20 + "\n"
    while True:
        sys.stdout.write(line)


def deaf() -> int:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGTTOU):
        signal.signal(number, signal.SIG_IGN)
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
    else:
        say(f"pid {os.getpid()}")
    while True:
        signal.pause()


def mute() -> int:
    say("ready")
    while True:
        signal.pause()


def size() -> int:
    def tell(*_: object) -> None:
        now = os.get_terminal_size()
        say(f"{now.columns} columns, {now.lines} rows")

    signal.signal(signal.SIGWINCH, tell)
    tell()
    input()
    return 0


def look() -> int:
    while True:
        size = os.get_terminal_size()
        tty = os.open("/dev/tty", os.O_RDWR)  # there is a controlling terminal, and it is this one
        seen = {
            "size": [size.columns, size.lines],
            "folder": os.getcwd(),
            "files": os.listdir(),
            "environment": dict(os.environ),
            "foreground": os.tcgetpgrp(tty) == os.getpgrp(),
            "arguments": sys.argv[1:],
        }
        os.close(tty)
        say(json.dumps(seen))
        if input() == "q":
            return 0


if __name__ == "__main__":
    if not all(os.isatty(stream) for stream in (0, 1, 2)):
        sys.exit("this login wants a terminal")
    words = {
        "paste": paste,
        "device": device,
        "flood": flood,
        "deaf": deaf,
        "mute": mute,
        "size": size,
        "look": look,
    }
    sys.exit(words[sys.argv[1]]())

"""Make the terminal on stdin one's own, then become the command (login_tty(3)).

    python -IS login_tty.py COMMAND [ARGUMENT …]

Run by the keeper, between itself and the command. The command leads a session of its own whose controlling
terminal it is: Ctrl-C reaches it and not the keeper, and it hears of a resize and of a hang-up.
"""

import fcntl
import os
import sys
import termios


def main(command: list[str]) -> None:
    """Does not return, or raises OSError."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])

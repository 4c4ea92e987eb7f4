#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""parents.py KIND COMMAND...: starts a command whose parent is

    living    this process, until it is killed
    thread    the same, but started by a thread, which ends at the signal SIGUSR1
    dead      dead before the command is executed, which init has adopted
    adopted   the same, but this process has adopted it, and is of another session
    leader    as dead, but the command leads a session of its own, as services do

and says its pid on descriptor 3, in a line, when it is about to be executed.
"""
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time

PR_SET_CHILD_SUBREAPER = 36


def say(pid):
    os.write(3, b"%d\n" % pid)


def start(command):
    say(subprocess.Popen(command).pid)  # pylint: disable=consider-using-with


def in_thread(command):
    end = threading.Event()
    signal.signal(signal.SIGUSR1, lambda number, frame: end.set())
    threading.Thread(target=lambda: (start(command), end.wait())).start()


def orphan(command, parent_leads=False, leads=False):
    """The child's child, when its parent is gone."""
    if os.fork() == 0:
        if parent_leads:
            os.setsid()
        parent = os.getpid()
        if os.fork() == 0:
            while os.getppid() == parent:
                time.sleep(0.001)
            if leads:
                os.setsid()
            say(os.getpid())
            os.execvp(command[0], command)
        os._exit(0)
    os.wait()


def main():
    kind, *command = sys.argv[1:]
    if kind == "living":
        start(command)
    elif kind == "thread":
        in_thread(command)
    elif kind == "adopted":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        orphan(command, parent_leads=True)
    else:
        orphan(command, leads=kind == "leader")
    while True:
        signal.pause()


main()

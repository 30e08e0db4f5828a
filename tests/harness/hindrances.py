"""What the system under a program can refuse it, for real.

Run as ``python hindrances.py locks|room <program> [argument ...]``. ``locks`` has the system refuse all file locks, as network drives without a lock
service do (seccomp; it needs no rights). ``room`` runs the program in a mount namespace of its own, in which the folder given as its first argument
holds 300 kB.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import runpy
import shutil
import struct
import subprocess
import sys

KILOBYTES = 300
_FCNTL = {"x86_64": 72, "aarch64": 25}
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_ROOM = f'mount -t tmpfs -o size={KILOBYTES}k tmpfs "$2" && exec "$0" "$1" "$2"'


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def can_refuse_locks():
    """Tell whether this system can."""
    return sys.platform == "linux" and platform.machine() in _FCNTL and sys.maxsize > 2**32


def can_bound_room():
    """Tell whether this system can: containers may forbid it."""
    command = ["unshare", "--map-root-user", "--mount", "true"]
    return shutil.which("unshare") is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0


def refuse_locks():
    """Have fcntl(F_SETLK) and fcntl(F_SETLKW) fail with ENOLCK in this process, for good."""
    steps = [
        (_LOAD, 0, 0, 0),  # number of the system call
        (_IF_EQUAL, 0, 4, _FCNTL[platform.machine()]),
        (_LOAD, 0, 0, 24),  # its second argument
        (_IF_EQUAL, 1, 0, 6),
        (_IF_EQUAL, 0, 1, 7),
        (_RETURN, 0, 0, _FAIL | errno.ENOLCK),
        (_RETURN, 0, 0, _ALLOW),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = _Program(len(steps), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    for call in ((_NO_NEW_PRIVILEGES, 1, 0, 0, 0), (_SECCOMP, _FILTER, ctypes.byref(program), 0, 0)):
        if libc.prctl(*call):
            raise OSError(ctypes.get_errno(), "prctl")


def main(kind, program, *arguments):
    """Run a program hindered."""
    if kind == "locks":
        refuse_locks()
        sys.argv = [program, *arguments]
        runpy.run_path(program, run_name="__main__")
    else:
        os.execvp("unshare", ["unshare", "--map-root-user", "--mount", "sh", "-c", _ROOM, sys.executable, program, *arguments])


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Removes the ways from Python to JavaScript, and makes the rest the floor that every episode starts from."""

import gc
import importlib
import random
import re
import sys
import time
import uuid

from _rlm import event_loop, session
from _rlm.absent import AbsentPackages
from _rlm.channel import sleep

FORBIDDEN = ("js", "pyodide_js", "pyodide", "_pyodide", "_pyodide_core", "ctypes", "_ctypes")
# The worker removes these from the interpreter's own tables.
CLOSED = re.compile(r"_ctypes|_pyodide_core|_posixsubprocess|_socket|_remote_debugging|_test\w*|_xxtestfuzz|xxsubtype")
# An invented address of a network card, since asking the system for one is a violation.
NODE = 0x020000000000
# Bytes of gaps as the allocator counts them. It rounds up to eight, and a bytes object takes some besides its content.
LARGEST_GAP, FINE_GAPS, SMALLEST_GAP, GAP_STEP = 1 << 18, 512, 16, 8
BYTES_FRAME = 21
_fillings = []
FINDERS = ("JsFinder", "WindowsToLinuxPathFinder")


def lock_down():
    """Runs once in each worker, after the snapshot was loaded and before the floor is taken."""
    time.sleep = sleep
    uuid._node = NODE
    event_loop.install()
    sys.meta_path[:] = [
        finder for finder in sys.meta_path if getattr(finder, "__name__", type(finder).__name__) not in FINDERS
    ]
    sys.meta_path.append(AbsentPackages)
    for name in list(sys.modules):
        root = name.partition(".")[0]
        if root in FORBIDDEN or root in ("_rlm", "webbrowser"):
            del sys.modules[name]
    empty_closed()
    for name in FORBIDDEN:
        sys.modules[name] = None
    sys.builtin_module_names = tuple([name for name in sys.builtin_module_names if not CLOSED.fullmatch(name)])
    importlib.invalidate_caches()
    session.open_namespace()
    gc.collect()
    gc.freeze()
    fill_gaps()


def fill_gaps():
    """Fills the gaps between the objects of the floor, the largest first.

    An episode's objects would fall into these gaps, all over the memory, and touch ten times as many pages as they fill. Now they lie
    side by side after the floor, so that less is saved, restored and kept for each episode."""
    end = id(bytes(LARGEST_GAP))
    size = LARGEST_GAP
    while size > SMALLEST_GAP:
        payload = bytes(size - BYTES_FRAME - 1)
        filling = payload + b"."
        while id(filling) < end:
            _fillings.append(filling)
            filling = payload + b"."
        size = size // 2 if size > FINE_GAPS else size - GAP_STEP
    filling = object()
    while id(filling) < end:
        _fillings.append(filling)
        filling = object()


def empty_closed():
    """Empties module dicts that C code still holds: the garbage collector would reveal them."""
    for held in gc.get_objects():
        if type(held) is not dict or "__name__" not in held:
            continue
        name = held["__name__"]
        if type(name) is str and name.partition(".")[0] in FORBIDDEN:
            held.clear()
            held["__name__"] = "closed"


def begin(seed):
    """Runs at the start of each episode, on the floor: fixes what a seed fixes inside Python."""
    random.seed(int(seed))

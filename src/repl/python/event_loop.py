"""An event loop without sockets, so that `asyncio.run` works. It has only timers and coroutines, on the virtual clock."""

import asyncio
import asyncio.base_events
import asyncio.events
import asyncio.runners
import selectors
import sys
import time

from _rlm import delegate
from _rlm.channel import HandleError

# A loop that always has work still looks after handles this often.
_LOOKS_EVERY = 50
_rounds = 0
FOR_EVER = "all coroutines wait for each other: this would never end"


class _Waiting(selectors.SelectSelector):
    def select(self, timeout=None):
        global _rounds
        if delegate.waiting and delegate.is_awaited():
            _rounds += 1
            is_idle = timeout is None or timeout > 0
            if not is_idle and _rounds % _LOOKS_EVERY != 0:
                return []
            if delegate.wake(timeout) or not is_idle:
                return []
        elif timeout is None and delegate.active:
            _break_wait(asyncio.get_running_loop())
            return []
        if timeout:
            time.sleep(timeout)
        return []


def _break_wait(loop):
    """Raises a HandleError in a coroutine that would wait for ever: one of those that wait for each other, if there are such.

    Cancelling them all would not end, since each cancels the next."""
    waits = [task for task in asyncio.all_tasks(loop) if not task.done()]
    if not waits:
        raise HandleError(FOR_EVER)
    task, seen = waits[0], set()
    while task not in seen:
        seen.add(task)
        waiter = getattr(task, "_fut_waiter", None)
        while waiter is not None and not isinstance(waiter, asyncio.Task):
            waiter = next((child for child in getattr(waiter, "_children", ()) if not child.done()), None)
        if waiter is None:
            break
        task = waiter
    waiter = getattr(task, "_fut_waiter", None)
    for wakeup, _ in list(getattr(waiter, "_callbacks", None) or ()):
        if getattr(wakeup, "__self__", None) is task:
            failed = loop.create_future()
            failed.set_exception(HandleError(FOR_EVER))
            waiter.remove_done_callback(wakeup)
            loop.call_soon(wakeup, failed)
            return
    raise HandleError(FOR_EVER)


class _Loop(asyncio.base_events.BaseEventLoop):
    def __init__(self):
        super().__init__()
        self._selector = _Waiting()

    def _process_events(self, event_list):
        pass

    def _write_to_self(self):
        pass


class _Policy(asyncio.events._BaseDefaultEventLoopPolicy):
    _loop_factory = _Loop


def install():
    """Replaces the loop of the JavaScript host, and undoes that host's patches of asyncio."""
    asyncio.events._event_loop_policy = _Policy()
    asyncio.events._set_running_loop(None)
    asyncio.run = asyncio.runners.run
    asyncio.set_event_loop(None)
    for name in ("sleep", "gather", "wait_for"):
        original = getattr(sys.modules["asyncio.tasks"], name, None)
        if original is not None:
            setattr(asyncio, name, original)

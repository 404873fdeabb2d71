"""An event loop without sockets, so that `asyncio.run` works. It has only timers and coroutines, on the virtual clock."""

import asyncio
import asyncio.base_events
import asyncio.events
import asyncio.runners
import selectors
import sys
import time


class _Waiting(selectors.SelectSelector):
    def select(self, timeout=None):
        if timeout:
            time.sleep(timeout)
        return []


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

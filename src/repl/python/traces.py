"""Tracebacks as the policy should read them: its own lines and numbers, the last frames, nothing of the engine."""

import linecache
import traceback

MAX_FRAMES = 8
HIDDEN = ("<rlm>", "<frozen importlib")
MAX_NAMES = 30


def remember_source(filename, source):
    """Lets tracebacks show the lines of a block that has no file."""
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)


def describe(error, names):
    """The traceback of `error` from the policy's own code on; after a NameError, the names that exist."""
    text = "".join(_lines(error)).rstrip("\n")
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError) and names:
        shown = ", ".join(names[:MAX_NAMES]) + (", ..." if len(names) > MAX_NAMES else "")
        text += "\nNames that exist: " + shown
    if text.endswith("RuntimeError: can't start new thread"):
        text += "\nThere is one thread here. llm_query_batched asks many prompts at once."
    return text


def _lines(error):
    shown = traceback.TracebackException(
        type(error), error, error.__traceback__, limit=-2 * MAX_FRAMES, compact=True
    )
    _drop_engine(shown)
    return shown.format()


def _drop_engine(shown):
    """Leaves the policy's frames, of the exception and of those it came from."""
    while shown is not None:
        own = [frame for frame in shown.stack if not frame.filename.startswith(HIDDEN)]
        shown.stack[:] = own[-MAX_FRAMES:]
        _drop_engine(shown.__cause__)
        shown = shown.__context__


def describe_plainly(error):
    """The least that can be said of an error whose own methods, or whose traceback, cannot be trusted."""
    return str.__str__(type.__getattribute__(type(error), "__name__")) + " (its traceback could not be shown)"

"""Tracebacks as the policy should read them: its own lines and numbers, the last frames, nothing of the engine."""

import linecache
import traceback

MAX_FRAMES = 8
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
    return text


def _lines(error):
    _strip_engine(error, set())
    return traceback.TracebackException(
        type(error), error, error.__traceback__, limit=-MAX_FRAMES, compact=True
    ).format()


def _strip_engine(error, seen):
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        trace = error.__traceback__
        kept = trace
        while kept is not None and kept.tb_frame.f_code.co_filename.startswith("<rlm>"):
            kept = kept.tb_next
        error.__traceback__ = kept
        _strip_engine(error.__cause__, seen)
        error = error.__context__


def describe_plainly(error):
    """The least that can be said of an error whose own methods, or whose traceback, cannot be trusted."""
    return type.__getattribute__(type(error), "__name__") + " (its traceback could not be shown)"

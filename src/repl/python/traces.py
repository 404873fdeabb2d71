"""Tracebacks for the policy: its own lines and numbers, only the last frames, and nothing of the engine."""

import linecache
import traceback

from _rlm.output import cut_middle

MAX_FRAMES = 8
HIDDEN = ("<rlm>", "<frozen importlib")
MAX_NAMES = 30
# Bounds on the exceptions that are shown: the chain of one, the members of a group, and all together.
MAX_CHAIN = 8
MAX_MEMBERS = 8
MAX_SHOWN = 40
MAX_NOTES = 20
MAX_SOURCE_CHARS = 1000
# What to call where a function wants a str and the context is a lazy text.
NO_STR = """The context is too long to be a str. Instead of re.findall(pattern, context), re.finditer or re.search:
context.grep(pattern, limit=100) gives a list of matches, context.search(pattern) the first one or None.
Other functions take slices, which are str, such as context[start:end]."""


def remember_source(filename, source):
    """Lets tracebacks show the lines of a block that has no file."""
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)


def describe(error, names, limit):
    """The traceback of `error` from the policy's own code on, and after a NameError the existing names. Each message is
    cut to `limit` characters. Returns the text, and its number of characters before the cuts."""
    shown = _Shown(limit)
    first = shown.chain(error)
    text = "".join(first.format()).rstrip("\n")
    if shown.is_cut:
        text = "[... earlier exceptions are left out ...]\n\n" + text
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError) and names:
        listed = ", ".join(names[:MAX_NAMES]) + (", ..." if len(names) > MAX_NAMES else "")
        text += "\nNames that exist: " + listed
    if text.endswith("RuntimeError: can't start new thread"):
        text += "\nThere is one thread here. llm_query_batched asks many prompts at once."
    if isinstance(error, TypeError) and "LazyText" in text.rpartition("TypeError: ")[2]:
        text += "\n" + NO_STR
    return text, len(text) + shown.omitted


class _Shown:
    """Collects the exceptions to show, within the bounds."""

    def __init__(self, limit):
        self.limit = limit
        self.left = MAX_SHOWN
        self.omitted = 0
        self.is_cut = False

    def chain(self, error):
        """An exception with its causes and contexts, and with the members of each."""
        first = shown = self.one(error)
        seen = {id(error)}
        while (origin := _origin(error)) is not None and id(origin) not in seen:
            if len(seen) == MAX_CHAIN or not self.left:
                self.is_cut = True
                break
            seen.add(id(origin))
            came_from = self.one(origin)
            if error.__cause__ is None:
                shown.__context__ = came_from
            else:
                shown.__cause__ = came_from
            error, shown = origin, came_from
        return first

    def one(self, error):
        self.left -= 1
        shown = _frames_and_message(error)
        shown.stack[:] = [frame for frame in shown.stack if not frame.filename.startswith(HIDDEN)][-MAX_FRAMES:]
        shown.__cause__ = shown.__context__ = shown.exceptions = None
        self._cut(shown)
        if isinstance(error, BaseExceptionGroup):
            members = error.exceptions
            texts = [self.chain(member) if self.left > 0 else _LeftOut for member in members[:MAX_MEMBERS]]
            shown.exceptions = texts + [None] * (len(members) - len(texts))
        return shown

    def _cut(self, shown):
        shown._str, omitted = cut_middle(str.__str__(shown._str), self.limit)
        self.omitted += omitted
        if shown._is_syntax_error:
            if isinstance(shown.text, str) and len(shown.text) > MAX_SOURCE_CHARS:
                shown.text = None
            shown.msg = cut_middle(str(shown.msg), self.limit)[0]
        if isinstance(shown.__notes__, list) and len(shown.__notes__) > MAX_NOTES:
            left_out = len(shown.__notes__) - MAX_NOTES
            shown.__notes__ = [*shown.__notes__[:MAX_NOTES], f"[... {left_out} notes left out ...]"]


class _LeftOut:
    """Replaces an exception beyond the bounds."""

    @staticmethod
    def format(*, _ctx, **_):
        yield from _ctx.emit("[... left out ...]\n")


def _origin(error):
    """The exception that is shown above another: its cause, or its context."""
    if error.__cause__ is not None:
        return error.__cause__
    return None if error.__suppress_context__ else error.__context__


def _frames_and_message(error):
    """A single exception. If computing a hint for it fails, it is shown without one."""
    # With a set in `_seen`, TracebackException does not add causes and contexts by itself.
    options = {"limit": -2 * MAX_FRAMES, "max_group_width": MAX_MEMBERS, "_seen": set()}
    try:
        return traceback.TracebackException(type(error), error, error.__traceback__, **options)
    except BaseException:
        args = BaseException.args.__get__(error)
        message = args[0] if len(args) == 1 and type(args[0]) is str else "(its message could not be shown)"
        shown = traceback.TracebackException(Exception, Exception(message), error.__traceback__, **options)
        shown.exc_type_qualname = _name(error)
        return shown


def describe_plainly(error):
    """A minimal description of an error whose methods or traceback cannot be trusted."""
    return _name(error) + " (its traceback could not be shown)"


def _name(error):
    return str.__str__(type.__getattribute__(type(error), "__name__"))

"""Replies of sub-calls that are kept in a list and shown by name, so that printing one costs the same however long it is."""

import builtins
import sys

# The most characters of a reply that are shown.
SHOWN_CHARS = 80
# The list that the policy finds as REPLIES; None if replies are not kept.
kept = None
_print = builtins.print


class Reply(str):
    """A str that shows itself by its name, and by how it begins. What code makes of it, such as a slice, is a plain str."""

    def __repr__(self):
        text = str.__str__(self)
        beginning = repr(text[:SHOWN_CHARS])
        return f"<{self._name}: {beginning}{'...' if len(text) > SHOWN_CHARS else ''}>"

    def __reduce__(self):
        return str, (str.__str__(self),)


def _named(text, name):
    reply = Reply(text)
    reply._name = name
    return reply


def keep(value, thoughts=None):
    """Keeps what a sub-call returned. Values that are no str, which schemas give, are kept and shown as they are."""
    if kept is None:
        return value, thoughts
    name = f"REPLIES[{len(kept)}]"
    value = _named(value, name) if isinstance(value, str) else value
    kept.append(value)
    return value, thoughts if thoughts is None else _named(thoughts, f"thoughts of {name}")


def print_by_name(*values, sep=" ", end="\n", file=None, flush=False):
    """print(*values, sep=' ', end='\\n', file=None, flush=False)

    Prints values to a stream, or to the output. In the output, a reply of a sub-call shows as its name and its beginning."""
    if file is None or file is sys.stdout or file is sys.stderr:
        values = [repr(value) if type(value) is Reply else value for value in values]
    _print(*values, sep=sep, end=end, file=file, flush=flush)


def begin():
    """Keeps replies from now on, and returns the list of them."""
    global kept
    kept = []
    print_by_name.__name__ = print_by_name.__qualname__ = "print"
    builtins.print = print_by_name
    return kept

"""A context too long for this interpreter: its text stays with the host, which slices and searches it."""

import builtins
from operator import index as as_index

from _rlm.channel import quote, read_json, request, SubcallError
from _rlm.text_match import TextMatch, with_flags

# The most characters of one reply (the host bounds its bytes), and of a slice that is put together from several replies.
PIECE_CHARS = 2**22
MAX_SLICE_CHARS = 2**26
MAX_RANGE = 2**53 - 1

_ERRORS = {"usage": ValueError, "data": OSError}


def _ask(op, **fields):
    """Asks the host. Values of fields are JSON texts. Returns the text of the reply, or the value of its JSON."""
    body = ",".join(['"op":' + quote(op)] + [quote(name) + ":" + value for name, value in fields.items()])
    reply = request(b"T{" + body.encode("ascii") + b"}")
    if reply[:1] == b"B":
        return str(memoryview(reply)[1:], "utf-8")
    reply = read_json(reply)
    if "error" in reply:
        raise _ERRORS.get(reply.get("kind"), SubcallError)(reply["error"])
    return reply["value"]


def _number(value):
    return "null" if value is None else str(min(value, MAX_RANGE))


class LazyText:
    """A text too long to be a str here. As with a str: len(), slices (which are str), `in`, find, rfind, index, count,
    startswith, endswith, iteration; splitlines() gives the lines one by one. Search it with search(pattern) and
    grep(pattern, limit=100), which take the patterns of re without look-around and backreferences; ^ and $ match at
    every line, and \\b knows ASCII words."""

    __slots__ = ("_length",)

    def __init__(self):
        self._length = None

    def _size(self):
        if self._length is None:
            self._length = _ask("length")
        return self._length

    __len__ = _size

    def __bool__(self):
        return self._fetch(0, 1) != ""

    def __str__(self):
        return self[:]

    def __repr__(self):
        return f"<LazyText that begins {self._fetch(0, 100)!r}>"

    def __getattr__(self, name):
        known = "take a slice, which is a str, or use search(), grep(), find(), count(), splitlines()"
        raise AttributeError(f"a LazyText has no {name}: {known}", name=name, obj=self)

    def __getitem__(self, key):
        if not isinstance(key, slice):
            start = as_index(key)
            start = start if start >= 0 else start + self._size()
            character = self._fetch(start, start + 1) if start >= 0 else ""
            if not character:
                raise IndexError("string index out of range")
            return character
        if key.step is not None and key.step != 1:
            start, stop, step = key.indices(self._size())
            positions = range(start, stop, step)
            if not positions:
                return ""
            low, high = sorted((positions[0], positions[-1]))
            return self._join(low, high + 1)[:: abs(step)][:: 1 if step > 0 else -1]
        return self._join(*self._range(key.start, key.stop))

    def __iter__(self):
        start = 0
        while piece := self._fetch(start, start + PIECE_CHARS):
            yield from piece
            start += len(piece)

    def __contains__(self, needle):
        if not isinstance(needle, str):
            raise TypeError(f"'in <string>' requires string as left operand, not {type(needle).__name__}")
        return self.find(needle) >= 0

    def find(self, sub, start=None, end=None):
        """find(sub, start=0, end=None) -> int"""
        return self._seek("find", sub, start, end)

    def rfind(self, sub, start=None, end=None):
        """rfind(sub, start=0, end=None) -> int"""
        return self._seek("rfind", sub, start, end)

    def index(self, sub, start=None, end=None):
        """index(sub, start=0, end=None) -> int"""
        return _found(self.find(sub, start, end))

    def rindex(self, sub, start=None, end=None):
        """rindex(sub, start=0, end=None) -> int"""
        return _found(self.rfind(sub, start, end))

    def count(self, sub, start=None, end=None):
        """count(sub, start=0, end=None) -> int"""
        if sub != "":
            return self._seek("count", sub, start, end)
        start, end = self._bounds(start, end)
        return max(0, end - start + 1)

    def startswith(self, prefix, start=None, end=None):
        """startswith(prefix, start=0, end=None) -> bool"""
        start, end = self._range(start, end)
        prefixes = prefix if isinstance(prefix, tuple) else (prefix,)
        return any([_is_at(self, start, end, text, start) for text in prefixes])

    def endswith(self, suffix, start=None, end=None):
        """endswith(suffix, start=0, end=None) -> bool"""
        start, end = self._bounds(start, end)
        suffixes = suffix if isinstance(suffix, tuple) else (suffix,)
        return any([_is_at(self, start, end, text, end - len(text)) for text in suffixes])

    def splitlines(self, keepends=False):
        """splitlines(keepends=False) -> iterator of str

        The lines one by one, as str.splitlines cuts them."""
        start, rest = 0, ""
        while piece := _ask("lines", start=_number(start)):
            start += len(piece)
            lines = (rest + piece).splitlines(True)
            rest = "" if piece.endswith("\n") else lines.pop()
            yield from lines if keepends else [line.splitlines()[0] for line in lines]
        if rest:
            yield rest if keepends else rest.splitlines()[0]

    def search(self, pattern, start=None, end=None, flags=0):
        """search(pattern, start=0, end=None, flags=0) -> TextMatch | None

        The first match of a pattern (str or re.Pattern)."""
        return next(iter(self.grep(pattern, 1, start, end, flags)), None)

    def grep(self, pattern, limit=100, start=None, end=None, flags=0):
        """grep(pattern, limit=100, start=0, end=None, flags=0) -> list[TextMatch]

        The first matches that do not overlap, each with its line and line_number."""
        start, end = self._range(start, end)
        fields = {"pattern": quote(with_flags(pattern, flags)), "limit": _number(as_index(limit))}
        reply = _ask("grep", **fields, start=_number(start), end=_number(end))
        return [TextMatch(match, reply["names"]) for match in reply["matches"]]

    def _range(self, start, end):
        """A range from 0 up; its end may be None. Asks for the length only if an offset counts from the end."""
        start = 0 if start is None else as_index(start)
        start = start if start >= 0 else max(0, start + self._size())
        end = end if end is None else as_index(end)
        return start, end if end is None or end >= 0 else max(0, end + self._size())

    def _bounds(self, start, end):
        start, end = self._range(start, end)
        return start, self._size() if end is None else min(end, self._size())

    def _fetch(self, start, end):
        return _ask("slice", start=_number(start), end=_number(end))

    def _join(self, start, end):
        if end is None or end - start > PIECE_CHARS:
            start, end = self._bounds(start, end)
        if end - start > MAX_SLICE_CHARS:
            raise MemoryError(f"a slice of {end - start} characters is too long; at most {MAX_SLICE_CHARS} fit")
        positions = range(start, end, PIECE_CHARS)
        return "".join([self._fetch(position, min(end, position + PIECE_CHARS)) for position in positions])

    def _seek(self, op, sub, start, end):
        if not isinstance(sub, str):
            raise TypeError(f"{op}: argument 1 must be str, not {type(sub).__name__}")
        start, end = self._range(start, end)
        if sub != "":
            return _ask(op, needle=quote(sub), start=_number(start), end=_number(end))
        end = self._bounds(start, end)[1]
        return -1 if start > end else start if op == "find" else end


def _found(position):
    if position < 0:
        raise ValueError("substring not found")
    return position


def _is_at(text, start, end, part, position):
    if not isinstance(part, str):
        raise TypeError(f"a str or a tuple of str is needed, not {type(part).__name__}")
    if position < start or (end is not None and position + len(part) > end):
        return False
    return text[position : position + len(part)] == part if part else position <= text._size()


_len = builtins.len


def length_of(value, /):
    """Return the number of items in a container."""
    return value._size() if type(value) is LazyText else _len(value)

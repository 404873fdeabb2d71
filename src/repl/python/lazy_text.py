"""A context too long for this interpreter: its text stays with the host, which slices and searches it."""

import builtins
import re
from operator import index as as_index

from _rlm.channel import quote, read_json, request, SubcallError

# Characters of one reply, which the host bounds in bytes, and of the longest slice that is put together from several.
PIECE_CHARS = 2**22
MAX_SLICE_CHARS = 2**26
MAX_RANGE = 2**53 - 1

_FLAGS = ((re.IGNORECASE, "i"), (re.DOTALL, "s"), (re.ASCII, "a"), (re.VERBOSE, "x"))
_ERRORS = {"usage": ValueError, "data": OSError}


def _ask(op, **fields):
    """Asks the host; values of fields are JSON texts. A reply is text, or whatever its JSON says."""
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


class TextMatch:
    """A match of search() or grep(): start(), end(), span(), group(), groups(), groupdict() as those of re.Match, and
    line_number (from 1) and line, of which a long one is cut."""

    def __init__(self, fields, names):
        self._start = fields["start"]
        self._end = fields["end"]
        self._text = fields["text"]
        self._groups = fields["groups"]
        self._names = names
        self.line_number = fields["line"]
        self.line = fields["lineText"]

    def span(self, group=0):
        if isinstance(group, str):
            group = self._names.get(group, -1)
        if not 0 <= group <= len(self._groups):
            raise IndexError("no such group")
        if group == 0:
            return self._start, self._end
        span = self._groups[group - 1]
        return (-1, -1) if span is None else (self._start + span[0], self._start + span[1])

    def start(self, group=0):
        return self.span(group)[0]

    def end(self, group=0):
        return self.span(group)[1]

    def __getitem__(self, group):
        start, end = self.span(group)
        return None if start < 0 else self._text[start - self._start : end - self._start]

    def group(self, *groups):
        if len(groups) < 2:
            return self[groups[0] if groups else 0]
        return tuple([self[group] for group in groups])

    def groups(self, default=None):
        found = [self[number + 1] for number in range(len(self._groups))]
        return tuple([default if text is None else text for text in found])

    def groupdict(self, default=None):
        found = {name: self[number] for name, number in self._names.items()}
        return {name: default if text is None else text for name, text in found.items()}

    def __repr__(self):
        return f"<TextMatch span={self.span()} match={self._text!r} line {self.line_number}: {self.line!r}>"


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
            places = range(start, stop, step)
            if not places:
                return ""
            low, high = sorted((places[0], places[-1]))
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
        fields = {"pattern": quote(_with_flags(pattern, flags)), "limit": _number(as_index(limit))}
        reply = _ask("grep", **fields, start=_number(start), end=_number(end))
        return [TextMatch(match, reply["names"]) for match in reply["matches"]]

    def _range(self, start, end):
        """A range from 0 up; its end may be None. Asks for the length only where a place counts from the end."""
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
        places = range(start, end, PIECE_CHARS)
        return "".join([self._fetch(place, min(end, place + PIECE_CHARS)) for place in places])

    def _seek(self, op, sub, start, end):
        if not isinstance(sub, str):
            raise TypeError(f"{op}: argument 1 must be str, not {type(sub).__name__}")
        start, end = self._range(start, end)
        if sub != "":
            return _ask(op, needle=quote(sub), start=_number(start), end=_number(end))
        end = self._bounds(start, end)[1]
        return -1 if start > end else start if op == "find" else end


def _found(place):
    if place < 0:
        raise ValueError("substring not found")
    return place


def _is_at(text, start, end, part, place):
    if not isinstance(part, str):
        raise TypeError(f"a str or a tuple of str is needed, not {type(part).__name__}")
    if place < start or (end is not None and place + len(part) > end):
        return False
    return text[place : place + len(part)] == part if part else place <= text._size()


def _with_flags(pattern, flags):
    if isinstance(pattern, re.Pattern):
        pattern, flags = pattern.pattern, flags | pattern.flags
    if not isinstance(pattern, str):
        raise TypeError(f"a pattern must be a str or a re.Pattern, not {type(pattern).__name__}")
    letters = "".join([letter for flag, letter in _FLAGS if flags & flag])
    return f"(?{letters}){pattern}" if letters else pattern


_len = builtins.len


def length_of(value, /):
    """Return the number of items in a container."""
    return value._size() if type(value) is LazyText else _len(value)

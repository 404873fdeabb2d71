"""A context too long for this interpreter: its text stays with the host, which slices and searches it."""

import builtins
from bisect import bisect_right
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
    startswith, endswith, splitlines, iteration. Search it with search(pattern) and grep(pattern, limit=100), which take
    the patterns of re without look-around and backreferences; ^ and $ match at every line, and \\b knows ASCII words."""

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
        """splitlines(keepends=False) -> LazyLines

        The lines as str.splitlines cuts them. They are fetched as they are needed."""
        return LazyLines(bool(keepends))

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
            known = "take a shorter slice, such as context[:500], or use search() or grep()"
            raise MemoryError(f"{end - start} characters are too long; at most {MAX_SLICE_CHARS} fit: {known}")
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


class LazyLines:
    """The lines of a LazyText. As with a list: len(), indexes, slices (which are lists), `in`, iteration."""

    __slots__ = ("_keepends", "_starts", "_size", "_held", "_own")

    def __init__(self, keepends):
        self._keepends = keepends
        # Where pieces begin that begin with a line: the number of that line, and its offset.
        self._starts = [(0, 0)]
        self._size = None
        self._held = (0, [])
        self._own = None

    def __iter__(self):
        for _, lines in self._pieces(0):
            yield from lines

    def __next__(self):
        self._own = self._own or iter(self)
        return next(self._own)

    def __len__(self):
        if self._size is None:
            for _ in self._pieces(len(self._starts) - 1):
                pass
        return self._size

    def __bool__(self):
        return next(iter(self), None) is not None

    def __getitem__(self, key):
        if not isinstance(key, slice):
            key = as_index(key)
            line = self._line(key if key >= 0 else key + len(self))
            if line is None:
                raise IndexError("list index out of range")
            return line
        start, stop, step = key.start, key.stop, key.step
        if step in (None, 1) and stop is not None and as_index(stop) >= 0 and (start is None or as_index(start) >= 0):
            return self._between(0 if start is None else as_index(start), as_index(stop))
        positions = range(*key.indices(len(self)))
        if not positions:
            return []
        low, high = sorted((positions[0], positions[-1]))
        return self._between(low, high + 1)[:: abs(positions.step)][:: 1 if positions.step > 0 else -1]

    def __repr__(self):
        return f"<LazyLines that begin {self[:3]!r}>"

    def _line(self, number):
        first, lines = self._held
        if first <= number < first + len(lines):
            return lines[number - first]
        return next(iter(self._between(number, number + 1)), None) if number >= 0 else None

    def _between(self, start, stop):
        found = []
        if start >= stop:
            return found
        for first, lines in self._pieces(bisect_right(self._starts, start, key=lambda at: at[0]) - 1):
            self._held = (first, lines)
            found += lines[max(0, start - first) : max(0, stop - first)]
            if first + len(lines) >= stop:
                break
        return found

    def _pieces(self, index):
        """Lists of lines, each with the number of its first, from a known start on."""
        number, start = self._starts[index]
        rest = ""
        while piece := _ask("lines", start=_number(start)):
            start += len(piece)
            lines = (rest + piece).splitlines(True)
            # A line may go on in the next piece, and a "\r" may be half of its end.
            rest = "" if piece.endswith("\n") else lines.pop()
            yield number, self._cut(lines)
            number += len(lines)
            if not rest and number > self._starts[-1][0]:
                self._starts.append((number, start))
        if rest:
            yield number, self._cut([rest])
            number += 1
        self._size = number

    def _cut(self, lines):
        return lines if self._keepends else [line.splitlines()[0] for line in lines]


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

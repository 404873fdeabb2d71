"""Bounds the output of a block while it is written: keeps the head and the tail, and counts the middle."""

import io


class Output(io.TextIOBase):
    """A text stream that keeps at most `2 * limit` characters, however much is written to it."""

    __slots__ = ("limit", "head", "head_room", "tail", "tail_chars", "written")

    def __init__(self, limit):
        self.open(limit)

    def open(self, limit):
        """Resets the stream, and removes attributes that code has set on it (closing it sets one as well)."""
        self.__dict__.clear()
        self.limit = limit
        self.head = []
        self.head_room = limit
        self.tail = []
        self.tail_chars = 0
        self.written = 0

    @property
    def encoding(self):
        return "utf-8"

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError("write() argument must be str, not " + type(text).__name__)
        text = str.__str__(text)  # a subclass could give a wrong length
        size = len(text)
        self.written += size
        if size <= self.head_room:
            self.head.append(text[:])
            self.head_room -= size
        else:
            self._overflow(text)
        return size

    def _overflow(self, text):
        if self.head_room:
            self.head.append(text[: self.head_room])
            text = text[self.head_room :]
            self.head_room = 0
        text = text[-self.limit :]
        self.tail.append(text)
        self.tail_chars += len(text)
        if self.tail_chars > 4 * self.limit or len(self.tail) > 1024:
            self.tail = ["".join(self.tail)[-self.limit :]]
            self.tail_chars = len(self.tail[0])

    def whole(self):
        """The text, if at most `limit` characters were written."""
        return "".join(self.head)

    def cut(self, limit):
        """The text in at most `limit` characters plus a mark, and the number of characters left out."""
        head = "".join(self.head)
        tail = "".join(self.tail)[-self.limit :]
        return cut_middle(head + tail, limit, self.written)


def cut_middle(text, limit, total=None):
    """Cuts the middle out of `text`, which once had `total` characters. Returns (text, omitted)."""
    total = len(text) if total is None else total
    if total <= limit:
        return text, 0
    omitted = total - limit
    head = (limit + 1) // 2
    tail = limit - head
    mark = f"\n[... {omitted} characters left out ...]\n"
    return text[:head] + mark + (text[len(text) - tail :] if tail else ""), omitted

"""What the search of a lazy text is given and gives back: patterns with their flags, and matches."""

import re

_FLAGS = ((re.IGNORECASE, "i"), (re.DOTALL, "s"), (re.ASCII, "a"), (re.VERBOSE, "x"))


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


def with_flags(pattern, flags):
    """The source of a pattern (str or re.Pattern) with all its flags written at its start."""
    if isinstance(pattern, re.Pattern):
        pattern, flags = pattern.pattern, flags | pattern.flags
    if not isinstance(pattern, str):
        raise TypeError(f"a pattern must be a str or a re.Pattern, not {type(pattern).__name__}")
    letters = "".join([letter for flag, letter in _FLAGS if flags & flag])
    return f"(?{letters}){pattern}" if letters else pattern

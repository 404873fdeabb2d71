"""Reads answers safely: turns any values in `answer` into a text and a truth value."""

import json

MAX_ANSWER_CHARS = 1_000_000
READY_WORDS = ("true", "yes", "y", "1", "ready", "done", "final")


def text_of(value):
    """The text of an answer. Flat collections are joined by ", ", nested ones become JSON, None is empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = str.__str__(value)
    elif isinstance(value, (bytes, bytearray)):
        text = bytes.decode(bytes(value), "utf-8", "replace")
    elif isinstance(value, (list, tuple, set, frozenset)):
        text = _text_of_items(list(value))
    elif isinstance(value, dict):
        text = _json_or_repr(value)
    else:
        text = str.__str__(str(value))
    return text[:MAX_ANSWER_CHARS]


def printed_text_of(value):
    """The text of an answer as print shows it."""
    return str.__str__(str(value))[:MAX_ANSWER_CHARS]


def _text_of_items(items):
    if any(isinstance(item, (list, tuple, set, frozenset, dict)) for item in items):
        return _json_or_repr(items)
    return ", ".join([text_of(item) for item in items])


def _json_or_repr(value):
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return repr(value)


def is_ready(value):
    """Whether `ready` means yes: True, a number other than 0, or a word such as "true". Everything else means no."""
    if isinstance(value, str):
        return str.__str__(value).strip().lower() in READY_WORDS
    if isinstance(value, (bool, int, float)):
        return value != 0
    return False

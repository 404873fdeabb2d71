"""The only way out of the interpreter: a descriptor to which the engine writes requests and from which it reads replies."""

import json
import struct
from _json import encode_basestring_ascii as quote
from posix import read, write

# Not a file: the descriptor is above all that the file system hands out, so that code cannot close or replace it.
CHANNEL = 0x524C
MAX_REQUEST_BYTES = 64 << 20

# The C scanner itself, since it uses nothing that a policy may have replaced.
_scan = json.JSONDecoder().scan_once


class SubcallError(RuntimeError):
    """A call of a sub-model, or of a tool of the host, was refused or failed."""


class GrantError(SubcallError):
    """A delegation asked for more than there is to hand on: tokens, dollars, children or turns."""


class SchemaError(SubcallError):
    """A schema is not a valid JSON Schema, or takes too long to check."""


class ReplyError(SubcallError):
    """A reply did not match its schema, and neither did its repairs."""


class HandleError(SubcallError):
    """A handle was cancelled, is of another episode, or is waited for by code that waits for itself."""


_KINDS = {
    "GrantError": GrantError,
    "SchemaError": SchemaError,
    "ReplyError": ReplyError,
    "HandleError": HandleError,
    "TypeError": TypeError,
}


def request(body):
    """Sends bytes to the host and returns the bytes of its reply. The interpreter is blocked meanwhile."""
    if len(body) > MAX_REQUEST_BYTES:
        raise ValueError(f"the request holds {len(body)} bytes, and at most {MAX_REQUEST_BYTES} may be sent at once")
    return read(CHANNEL, write(CHANNEL, body))


def read_json(reply):
    """The value of a JSON reply."""
    return _scan(reply.decode("utf-8"), 0)[0]


def call(fields):
    """Sends a request as JSON; `fields` are pairs of a name and a JSON text. Returns the decoded reply."""
    body = "{" + ",".join([quote(name) + ":" + text for name, text in fields]) + "}"
    reply = read_json(request(b"J" + body.encode("ascii")))
    if "error" in reply:
        raise _KINDS.get(reply.get("kind"), SubcallError)(reply["error"])
    return reply


def sleep(seconds):
    """sleep(seconds)

    Lets the interpreter's own clock pass; no real time goes by."""
    seconds = float(seconds)
    if seconds != seconds:
        raise ValueError("Invalid value NaN (not a number)")
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    if seconds > 9e9:
        raise OverflowError("timestamp too large to convert to C PyTime_t")
    write(CHANNEL, b"S" + struct.pack("<d", seconds))

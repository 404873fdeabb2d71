"""The functions that ask sub-models and sub-agents on terms: with grants, schemas and images, and without waiting."""

import asyncio
import base64
import json
from math import isfinite

from _rlm.channel import call, quote, GrantError, HandleError, ReplyError, SchemaError, SubcallError
from _rlm import kept_replies
from _rlm.contract import _context, _model, _prompt, _prompts

_ABSENT = object()
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"RIFF", "webp"),
)


def _whole(value, name):
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, not {type(value).__name__}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1, not {value}")
    return value


def _grant(budget):
    if isinstance(budget, dict):
        unknown = [key for key in budget if key not in ("tokens", "dollars")]
        if unknown or not budget:
            raise ValueError(f"budget names 'tokens', 'dollars' or both, not {', '.join(map(repr, unknown)) or 'nothing'}")
        grant = {}
        if "tokens" in budget:
            grant["tokens"] = _whole(budget["tokens"], "budget['tokens']")
        if "dollars" in budget:
            dollars = budget["dollars"]
            if isinstance(dollars, bool) or not isinstance(dollars, (int, float)):
                raise TypeError(f"budget['dollars'] must be a number, not {type(dollars).__name__}")
            if not isfinite(dollars) or dollars <= 0:
                raise ValueError(f"budget['dollars'] must be above 0, not {dollars}")
            grant["dollars"] = dollars
        return grant
    if isinstance(budget, bool) or not isinstance(budget, int):
        raise TypeError(f"budget must be an int (tokens), or a dict with 'tokens' or 'dollars', not {type(budget).__name__}")
    return {"tokens": _whole(budget, "budget")}


def _text(value, name):
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    return value


def _tools(tools):
    if isinstance(tools, (str, bytes, dict)) or not hasattr(tools, "__iter__"):
        raise TypeError(f"tools must be a list of names, not {type(tools).__name__}")
    return [_text(getattr(tool, "__name__", tool), "a tool's name") for tool in tools]


def _images(images):
    if isinstance(images, (str, bytes, bytearray)):
        images = [images]
    return [_image(image) for image in images]


def _image(image):
    if isinstance(image, str):
        if not image.startswith("data:image/"):
            raise ValueError("an image is bytes, or a str that begins with data:image/")
        return image
    if not isinstance(image, (bytes, bytearray)):
        raise TypeError(f"an image is bytes or a data URL, not {type(image).__name__}")
    for signature, kind in _SIGNATURES:
        if image.startswith(signature):
            return f"data:image/{kind};base64,{base64.b64encode(image).decode('ascii')}"
    raise ValueError("an image must be PNG, JPEG, GIF or WebP")


def _terms(budget=None, max_turns=None, tools=None, prompt=None, effort=None, max_tokens=None, schema=None, images=None):
    terms = {}
    if budget is not None:
        terms["grant"] = _grant(budget)
    if max_turns is not None:
        terms["maxTurns"] = _whole(max_turns, "max_turns")
    if tools is not None:
        terms["tools"] = _tools(tools)
    if prompt is not None:
        terms["prompt"] = _text(prompt, "prompt")
    if effort is not None:
        terms["effort"] = _text(effort, "effort")
    if max_tokens is not None:
        terms["maxTokens"] = _whole(max_tokens, "max_tokens")
    if schema is not None:
        if not isinstance(schema, (dict, bool)):
            raise SchemaError(f"a schema is a dict or a bool, not {type(schema).__name__}")
        terms["schema"] = schema
    if images is not None:
        terms["images"] = _images(images)
    return terms


def _send(kind, batched, prompts, contexts, model, reasoning, terms):
    fields = [
        ("kind", quote(kind)),
        ("batched", "true" if batched else "false"),
        ("prompts", "[" + ",".join(prompts) + "]"),
        ("model", model),
    ]
    if contexts is not None:
        fields.append(("contexts", "[" + ",".join(contexts) + "]"))
    if reasoning:
        fields.append(("reasoning", "true"))
    if terms:
        fields.append(("terms", _json(terms)))
    return call(fields)


def _json(terms):
    try:
        return json.dumps(terms, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise (SchemaError if "schema" in terms else TypeError)(f"the options are not JSON: {error}") from None


def _ask(kind, batched, prompts, contexts, model, terms, reasoning=False):
    answered = _send(kind, batched, prompts, contexts, model, reasoning, terms)
    replies = answered["replies"]
    if len(replies) != len(prompts):
        raise SubcallError(f"{len(replies)} replies came for {len(prompts)} prompts")
    if "schema" in terms:
        replies = [_parsed(reply) for reply in replies]
    if not reasoning:
        return [kept_replies.keep(reply)[0] for reply in replies]
    return [kept_replies.keep(*pair) for pair in zip(replies, answered["reasoning"], strict=True)]


def _parsed(reply):
    """The value of a reply that the host has checked; one that failed in a batch stays the text of its error."""
    return reply if reply.startswith("Error: ") else json.loads(reply)


def _question(question, prompt, name):
    """The question, and the system prompt: `prompt=` is the question itself if no other one is given."""
    if question is _ABSENT:
        question, prompt = prompt, None
    return _prompt(question, name), prompt


def llm_query(prompt, model=None, reasoning=False, *, max_tokens=None, schema=None, images=None, effort=None):
    """llm_query(prompt, model=None, reasoning=False, *, max_tokens=None, schema=None, images=None, effort=None)

    Asks a sub-model and returns its reply: a str, or with a JSON Schema the value that matches it. With reasoning=True it
    returns (reply, thoughts)."""
    terms = _terms(max_tokens=max_tokens, schema=schema, images=images, effort=effort)
    return _ask("llm_query", False, [_prompt(prompt, "llm_query")], None, _model(model), terms, bool(reasoning))[0]


def llm_query_batched(prompts, model=None, reasoning=False, *, max_tokens=None, schema=None, effort=None):
    """llm_query_batched(prompts, model=None, reasoning=False, *, max_tokens=None, schema=None, effort=None) -> list

    Asks a sub-model about every prompt at once; replies come in the order of the prompts."""
    terms = _terms(max_tokens=max_tokens, schema=schema, effort=effort)
    texts = _prompts(prompts, "llm_query")
    return _ask("llm_query", True, texts, None, _model(model), terms, bool(reasoning)) if texts else []


def rlm_query(
    question=_ABSENT, /, context=None, model=None, *, prompt=None, budget=None, max_turns=None, tools=None, effort=None
):
    """rlm_query(question, context=None, model=None, *, budget=None, max_turns=None, tools=None, prompt=None, effort=None) -> str

    Asks a model that has a REPL of its own, in which `context` is the variable of that name; without one, the question is.
    budget: tokens, or {"dollars": x}; tools: names; prompt: its system prompt."""
    text, prompt = _question(question, prompt, "rlm_query")
    terms = _terms(budget=budget, max_turns=max_turns, tools=tools, prompt=prompt, effort=effort)
    contexts = None if context is None else [_context(context)]
    return _ask("rlm_query", False, [text], contexts, _model(model), terms)[0]


def rlm_query_batched(
    prompts, contexts=None, model=None, *, budget=None, max_turns=None, tools=None, prompt=None, effort=None
):
    """rlm_query_batched(prompts, contexts=None, model=None, *, budget=None, max_turns=None, tools=None, prompt=None, effort=None)

    As rlm_query, for many questions at once, each with the context at its place and a budget of its own."""
    texts = _prompts(prompts, "rlm_query")
    terms = _terms(budget=budget, max_turns=max_turns, tools=tools, prompt=prompt, effort=effort)
    if contexts is not None:
        if isinstance(contexts, (str, dict)):
            raise TypeError(f"contexts must be a list with one context for each prompt, not {type(contexts).__name__}")
        contexts = [_context(context) for context in contexts]
        if len(contexts) != len(texts):
            raise ValueError(f"{len(texts)} prompts came with {len(contexts)} contexts")
    return _ask("rlm_query", True, texts, contexts, _model(model), terms) if texts else []


# Whether the episode has handles, which decides what an event loop without work means.
active = False
# The futures of coroutines that wait for handles, by the handle's number.
waiting = {}


def _ask_handle(op, ids, seconds=None):
    question = {"op": op, "ids": ids}
    if seconds is not None:
        question["seconds"] = seconds
    return _send("llm_query", False, [quote("")], None, "null", False, {"handle": question})["replies"][0]


class Handle:
    """A call that was started. It gives the same result each time; `await` waits for it, as result() does."""

    __slots__ = ("_id", "_parses", "_known")

    def __init__(self, number, parses):
        self._id = number
        self._parses = parses
        self._known = None

    def __repr__(self):
        return f"<handle {self._id}>"

    def done(self):
        """done() -> bool

        Whether the call has ended."""
        return self._known is not None or _ask_handle("done", [self._id]) == "true"

    def result(self):
        """result()

        Waits for the call, and returns its reply or raises its error."""
        if self._known is None:
            try:
                reply = _ask_handle("result", [self._id])
                self._known = (kept_replies.keep(json.loads(reply) if self._parses else reply)[0], None)
            except SubcallError as error:
                self._known = (None, error)
        value, error = self._known
        if error is not None:
            raise type(error)(*error.args)
        return value

    def cancel(self):
        """cancel() -> bool

        Ends the call before its time, and tells whether it was still running."""
        return self._known is None and _ask_handle("cancel", [self._id]) == "true"

    def __await__(self):
        if self._known is None:
            future = asyncio.get_running_loop().create_future()
            waiting.setdefault(self._id, []).append(future)
            yield from future
        return self.result()

    def __reduce__(self):
        raise TypeError("a handle belongs to the episode that started it, and cannot be copied or handed on")


def is_awaited():
    """Whether a coroutine waits for a handle."""
    for number in [number for number, futures in waiting.items() if all(future.done() for future in futures)]:
        del waiting[number]
    return bool(waiting)


def wake(seconds):
    """Waits for the first of the handles that coroutines wait for, and wakes them. False if none ended in time."""
    number = _ask_handle("wait", list(waiting), seconds)
    for future in waiting.pop(int(number), ()) if number else ():
        if not future.done():
            future.set_result(None)
    return number != ""


def llm_start(prompt, model=None, *, max_tokens=None, schema=None, images=None, effort=None):
    """llm_start(prompt, model=None, *, max_tokens=None, schema=None, images=None, effort=None) -> Handle

    Starts a sub-call and does not wait for it."""
    terms = _terms(max_tokens=max_tokens, schema=schema, images=images, effort=effort)
    return _start("llm_query", [_prompt(prompt, "llm_query")], None, model, terms)


def rlm_start(
    question=_ABSENT, /, context=None, model=None, *, prompt=None, budget=None, max_turns=None, tools=None, effort=None
):
    """rlm_start(question, context=None, model=None, *, budget=None, max_turns=None, tools=None, prompt=None, effort=None) -> Handle

    Starts a sub-agent, as rlm_query, and does not wait for it. Without a budget it gets an eighth of what is left."""
    text, prompt = _question(question, prompt, "rlm_query")
    terms = _terms(budget=budget, max_turns=max_turns, tools=tools, prompt=prompt, effort=effort)
    return _start("rlm_query", [text], None if context is None else [_context(context)], model, terms)


def _start(kind, texts, contexts, model, terms):
    reply = _send(kind, False, texts, contexts, _model(model), False, {**terms, "start": True})["replies"][0]
    return Handle(int(reply), "schema" in terms)


FUNCTIONS = {
    "llm_start": llm_start,
    "rlm_start": rlm_start,
    "llm_query": llm_query,
    "llm_query_batched": llm_query_batched,
    "llm_batch": llm_query_batched,
    "rlm_query": rlm_query,
    "rlm_query_batched": rlm_query_batched,
    "GrantError": GrantError,
    "SchemaError": SchemaError,
    "ReplyError": ReplyError,
    "HandleError": HandleError,
}

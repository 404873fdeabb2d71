"""Runs the blocks of one episode in the namespace of `__main__`, and reports their results."""

import builtins
import json
import sys
from sys import getrecursionlimit, setrecursionlimit

from _rlm import contract, delegate, kept_replies
from _rlm.blocks import CodeType, compile_any, compile_plain, COROUTINE, TOP_LEVEL_AWAIT
from _rlm.channel import quote
from _rlm.lazy_text import LazyText, length_of
from _rlm.output import Output, cut_middle
from _rlm.text_of import is_ready, printed_text_of, text_of
from _rlm.traces import describe, describe_plainly, remember_source

namespace = sys.modules["__main__"].__dict__
LEAST_RECURSION_LIMIT = 150
# The most overwritten names that a report lists.
MOST_RESTORED = 20
# These stand among the modules to import, and are none.
ASKS_REASONING = "+reasoning"
DELEGATES = "+delegates"
KEEPS_REPLIES = "+replies"
PRINTS_ANSWERS = "+printed"
BROKEN_OFF = "RuntimeError: the block was broken off, by an interrupt or by a hook that was set"
NOT_BEGUN = (
    f'{{"kind":"exception","stdout":"","stderr":"","value":null,"exception":"{BROKEN_OFF}",'
    f'"outputChars":{len(BROKEN_OFF)},"omittedChars":0,"answer":null}}'
).encode("ascii")
_dunders = ("__name__", "__doc__", "__package__", "__loader__", "__spec__", "__builtins__")


class _Block:
    """The output of one block so far. It has plain values only, so that reporting runs no code of the policy."""

    __slots__ = ("limit", "stdout", "stderr", "value", "exception", "kind", "restored", "done")

    def __init__(self, limit):
        self.limit = limit
        self.stdout = _opened(0, limit)
        self.stderr = _opened(1, limit)
        self.value = None
        self.exception = None
        self.kind = "ok"
        self.restored = ()
        self.done = False


def _opened(index, limit):
    """The stream at an index, emptied. One stream serves all blocks, since making and freeing streams is expensive."""
    stream = _streams[index]
    if type(stream) is Output:
        Output.open(stream, limit)
    else:
        stream = _streams[index] = Output(limit)
    return stream


_streams = [Output(0), Output(0), Output(0)]
# None before a block has begun, so that a block that cannot begin does not report its predecessor's output again.
_block = None
_count = 0
_NOTHING = ("", 0)
# Content, ready, what set it last, and whether `answer` was set to a value that is not a dict.
_NO_ANSWER = ("", False, "answer_dict", False)
_answer = _NO_ANSWER


def variables():
    """Names the policy made, in the order it made them."""
    return [
        name
        for name in namespace
        if isinstance(name, str) and name not in _reserved and name != "answer" and not name.startswith("_")
    ]


SHOW_VARS, FINAL, FINAL_VAR, _final = contract.make_answering(namespace, variables)

# How the content of an answer becomes a text.
_text_of = text_of

_reserved = {
    "context": None,
    "llm_query": contract.llm_query,
    "llm_query_batched": contract.llm_query_batched,
    "llm_batch": contract.llm_query_batched,
    "rlm_query": contract.rlm_query,
    "rlm_query_batched": contract.rlm_query_batched,
    "SHOW_VARS": SHOW_VARS,
    "FINAL": FINAL,
    "FINAL_VAR": FINAL_VAR,
}
_find = namespace.get


def open_namespace():
    """Removes all names from `__main__` except those that every episode has."""
    for name in [name for name in namespace if name not in _dunders]:
        del namespace[name]
    namespace["__builtins__"] = builtins
    namespace["answer"] = {"content": "", "ready": False}
    _restore_names()


def bind_tools(source):
    """Defines the host's tools. `source` is Python in UTF-8. Its names are restored if a block overwrites them."""
    tools = contract.define_tools(source.decode("utf-8"))
    _reserved.update(tools)
    namespace.update(tools)


def import_modules(names):
    """Makes modules available like built-in functions, so that code may reuse the names. `names` are separated by spaces;
    ASKS_REASONING among them changes llm_query, DELEGATES gives all calls their terms, KEEPS_REPLIES keeps what they return, and
    PRINTS_ANSWERS changes how answers become text."""
    for name in names.decode("ascii").split():
        if name == ASKS_REASONING:
            _bind_asking_for_thoughts()
        elif name == DELEGATES:
            _bind_delegating()
        elif name == KEEPS_REPLIES:
            _reserved["REPLIES"] = kept_replies.begin()
            _restore_names()
        elif name == PRINTS_ANSWERS:
            _bind_answering_as_printed()
        else:
            setattr(builtins, name, sys.modules[name])


def _bind_asking_for_thoughts():
    query, batched = contract.make_asking_for_thoughts()
    _reserved.update(llm_query=query, llm_query_batched=batched, llm_batch=batched)
    _restore_names()


def _bind_delegating():
    delegate.active = True
    delegate.waiting.clear()
    _reserved.update(delegate.FUNCTIONS)
    _restore_names()


def _bind_answering_as_printed():
    global _text_of
    _text_of = printed_text_of
    final, final_var = contract.make_answering_as_printed(namespace, _final)
    _reserved.update(FINAL=final, FINAL_VAR=final_var)
    _restore_names()


def bind_context(context):
    _reserved["context"] = context
    namespace["context"] = context


def _restore_names():
    """Restores the reserved names, and returns those that were overwritten or deleted."""
    restored = []
    for name, value in _reserved.items():
        if _find(name, _reserved) is not value:
            namespace[name] = value
            restored.append(name)
    return restored


def run(request):
    """Runs one block. `request` is the output limit in decimal, a newline, and the code as UTF-8."""
    global _block, _count
    limit, _, code = request.partition(b"\n")
    block = _block = _Block(int(limit))
    _count += 1
    sys.stdout = block.stdout
    sys.stderr = block.stderr
    try:
        _execute(block, code.decode("utf-8"), f"<block {_count}>")
    except BaseException as error:
        block.kind = _kind(error)
        _show_error(block, describe_plainly(error))
        _show_error(block, *describe(error, variables(), 2 * block.limit))
    block.restored = _restore_names()
    if _find("answer", _reserved) is None:
        block.restored.append("answer")
    try:
        _read_answer()
    except BaseException as error:
        _forget_answer()
        if block.exception is None:
            block.kind = "exception"
            _show_error(block, "`answer` could not be read: " + describe_plainly(error))
    block.done = True


def _show_error(block, text, chars=None):
    block.exception = (cut_middle(text, 2 * block.limit)[0], len(text) if chars is None else chars)


def _execute(block, source, filename):
    remember_source(filename, source)
    try:
        awaits = TOP_LEVEL_AWAIT if delegate.active else 0
        parts, last = compile_plain(source, filename) or compile_any(source, filename, awaits)
        if awaits and last is not None and type(last) is not CodeType:
            last = compile(last, filename, "eval", awaits)
        if type(last) is CodeType and last.co_flags & COROUTINE:
            value = sys.modules["asyncio"].run(_run_in_loop([*parts, last]))
        else:
            for part in parts:
                _run_to_end(part)
            value = None
            if last is not None:
                value = _run_to_end(last if type(last) is CodeType else compile(last, filename, "eval"))
        if value is not None:
            namespace["_"] = value
            text = str.__str__(repr(value))
            block.value = (cut_middle(text, 2 * block.limit)[0], len(text))
    finally:
        # Showing errors and running the next block need some recursion depth.
        if getrecursionlimit() < LEAST_RECURSION_LIMIT:
            setrecursionlimit(LEAST_RECURSION_LIMIT)


async def _run_in_loop(codes):
    """Runs codes in one event loop, so that the last line may await the tasks that those before it created."""
    value = None
    for code in codes:
        value = eval(code, namespace)
        if code.co_flags & COROUTINE:
            value = await value
    return value


def _run_to_end(code):
    """Runs compiled code; what awaits at its top level runs in an event loop."""
    value = eval(code, namespace)
    return sys.modules["asyncio"].run(value) if code.co_flags & COROUTINE else value


def _kind(error):
    return "memory" if isinstance(error, MemoryError) else "exception"


def _read_answer():
    global _answer
    given = _find("answer")
    content = given.get("content") if type(given) is dict and given.get("ready") is False else None
    if type(content) is str and not content:
        _answer = _NO_ANSWER
        return
    if isinstance(given, dict):
        content = _text_of(dict.get(given, "content"))
        ready = is_ready(dict.get(given, "ready"))
    else:
        # The host decides what that means.
        content, ready = _text_of(given), False
        namespace["answer"] = {"content": content, "ready": False}
    no_dict = not isinstance(given, dict) and given is not None
    by_call = _final["source"] is not None and (ready or no_dict) and content == _final["content"]
    _answer = (content, ready, _final["source"] if by_call else "answer_dict", no_dict)


def _forget_answer():
    """Removes an answer that cannot be read, so that it does not fail again after the next block."""
    global _answer
    _answer = _NO_ANSWER
    namespace["answer"] = {"content": "", "ready": False}


def report():
    """The report of the last block, as JSON bytes. It uses plain values only, so no code of the policy can run here."""
    global _block
    block, _block = _block, None
    if block is None:
        return NOT_BEGUN
    sys.stdout = sys.stderr = _opened(2, 1)
    kind = block.kind
    exception = block.exception
    if not block.done and exception is None:
        kind, exception = "exception", (BROKEN_OFF, len(BROKEN_OFF))
    texts, chars, omitted = _share(block, exception)
    content, ready, source, no_dict = _answer
    answer = "null"
    if content or ready or no_dict:
        form = ',"isNoDict":true' if no_dict else ""
        answer = (
            f'{{"content":{quote(content)},"ready":{"true" if ready else "false"},"source":{quote(source)}{form}}}'
        )
    restored = f',"restored":[{",".join([quote(name) for name in block.restored[:MOST_RESTORED]])}]' if block.restored else ""
    value = "null" if block.value is None else quote(texts[2])
    error = "null" if exception is None else quote(texts[0])
    return (
        f'{{"kind":"{kind}","stdout":{quote(texts[3])},"stderr":{quote(texts[1])},"value":{value},"exception":{error},'
        f'"outputChars":{chars},"omittedChars":{omitted},"answer":{answer}{restored}}}'
    ).encode("ascii")


def _share(block, exception):
    """Divides the output limit: first the exception, then stderr and the value, and the rest for stdout."""
    stdout, stderr = block.stdout, block.stderr
    exception, exception_chars = exception or _NOTHING
    value, value_chars = block.value or _NOTHING
    total = exception_chars + stderr.written + value_chars + stdout.written
    if total <= block.limit:
        return (exception, stderr.whole(), value, stdout.whole()), total, 0
    wanted = [
        (exception, exception_chars),
        (stderr, stderr.written),
        (value, value_chars),
        (stdout, stdout.written),
    ]
    room = block.limit
    texts, omitted = [], 0
    for index, (text, chars) in enumerate(wanted):
        later = sum([size for _, size in wanted[index + 1 :]])
        share = min(chars, max(room - later, room // 2 if index < 3 else room))
        cut = text.cut(share) if isinstance(text, Output) else cut_middle(text, share, chars)
        texts.append(cut[0])
        omitted += cut[1]
        room -= min(chars, share)
    return texts, total, omitted


def bind_lazy():
    # The interpreter's own len cannot return a length of 2**31 or more.
    builtins.len = length_of
    bind_context(LazyText())


def bind_json(text):
    bind_context(json.loads(text))

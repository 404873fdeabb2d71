"""A model server that samples as vLLM does, out of the repository's own tests, with a gateway and a server that know it."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from rlm_gym import Gateway, Server

from .conftest import COMMAND

Sampled = tuple[str, list[int], list[int], list[float]]
"""Words, the prompt's ids, the sampled ids, and their log-probabilities."""

SEARCH = '```repl\nimport re\nhits = re.findall(r"is: (\\d+)", context)\nprint(hits)\n```'
ANSWER = 'So it is.\n```repl\nFINAL(", ".join(hits))\n```'


def greps(messages: list[dict[str, str]]) -> str:
    """What a model says that finds the needle with one line of code."""
    return ANSWER if any(message["role"] == "assistant" for message in messages) else SEARCH


class _Server(ThreadingHTTPServer):
    # Python's default is 5: a busy machine would refuse some of the connections that a trainer opens at once.
    request_queue_size = 128


@contextmanager
def model_server(
    write: Callable[[list[dict[str, str]]], str] = greps,
    *,
    ids: bool = True,
    fails_from: int | None = None,
    sampled: Callable[[list[dict[str, str]]], Sampled] | None = None,
) -> Iterator[str]:
    """A model server whose token ids are code points, so that a prompt continues what was sampled. Gives its base URL.

    :param fails_from: the request from which on the engine is gone
    :param sampled: says the words and their ids in the place of `write`
    """

    sample = sampled or (lambda messages: _code_points(messages, write(messages)))
    asked = 0

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            nonlocal asked
            asked += 1
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if fails_from is not None and asked >= fails_from:
                self.send_error(503, "the engine is gone")
                return
            payload = json.dumps(_reply(body, sample(body["messages"]), ids)).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *args: Any) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _ids(text: str) -> list[int]:
    return [ord(character) for character in text]


def _code_points(messages: list[dict[str, str]], said: str) -> Sampled:
    prompt = _ids("".join(f"<{m['role']}>{m['content']}</>" for m in messages) + "<assistant>")
    ids = _ids(f"{said}</>")
    return said, prompt, ids, [-0.25] * len(ids)


def _reply(body: dict[str, Any], drawn: Sampled, ids: bool) -> dict[str, Any]:
    said, prompt, sampled, logprobs = drawn
    content = [{"token": "?", "logprob": logprob, "bytes": None, "top_logprobs": []} for logprob in logprobs]
    choice: dict[str, Any] = {
        "index": 0,
        "message": {"role": "assistant", "content": said},
        "finish_reason": "stop",
        "logprobs": {"content": content} if ids and body.get("logprobs") else None,
    }
    reply: dict[str, Any] = {"id": "1", "object": "chat.completion", "created": 0, "model": body["model"]}
    if ids and body.get("return_token_ids"):
        choice["token_ids"] = sampled
        reply["prompt_token_ids"] = prompt
    usage = {"prompt_tokens": len(prompt), "completion_tokens": len(sampled), "total_tokens": len(prompt) + len(sampled)}
    return {**reply, "choices": [choice], "usage": usage}


class CodePoints:
    """The tokenizer of `model_server`."""

    def decode(self, token_ids: list[int], skip_special_tokens: bool = False) -> str:
        text = "".join(chr(token) for token in token_ids)
        return re.sub("</>|<[a-z]+>", "", text) if skip_special_tokens else text


@contextmanager
def served(upstream: str, folder: Path, **flags: Any) -> Iterator[Server]:
    """A server of S-NIAH with a gateway before a model server."""
    with (
        Gateway(upstream, command=COMMAND, out=str(folder / "gateway")) as gateway,
        Server("s-niah", command=COMMAND, length="1k", gateway=gateway.url, sub_model="M", **flags) as server,
    ):
        yield server


def processes_of(words: str) -> list[int]:
    """The processes whose command holds these words."""
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [int(line.split(None, 1)[0]) for line in listed.splitlines()[1:] if words in line]

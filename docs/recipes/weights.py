"""Serves the weights that a trainer changes, on an OpenAI-compatible address, with the token ids that were sampled."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import lora
import torch

NAME = "policy"


class LlamaCpp:
    """A GGUF with an adapter, in llama.cpp: it starts again with the new adapter after each step. `python` has xllamacpp."""

    def __init__(self, gguf: str, out: str, python: str, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/v1"
        self._out = out
        self._words = [python, str(Path(__file__).with_name("serve.py")), "--model", gguf, "--name", NAME, "--port", str(port)]
        self._process: subprocess.Popen[bytes] | None = None

    def take(self, model: Any) -> None:
        """Serves these weights from now on."""
        self.close()
        with open(f"{self._out}/serve.log", "ab") as log:
            self._process = subprocess.Popen([*self._words, "--adapter", str(lora.save(model, self._out))], stdout=log, stderr=log)
        until = time.monotonic() + 300
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"llama.cpp's server did not start; {self._out}/serve.log says why")
            time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            return bool(urllib.request.urlopen(self.url.removesuffix("/v1") + "/health", timeout=5).status == 200)
        except OSError:
            return False

    def close(self) -> None:
        """Ends the server."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


class InProcess:
    """Any model of transformers: the trainer's own weights answer, one request at a time."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer, self._model, self._lock = tokenizer, None, threading.Lock()
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url, self.close = f"http://127.0.0.1:{server.server_port}/v1", server.shutdown

    def take(self, model: Any) -> None:
        """Serves these weights from now on."""
        self._model = model

    def reply(self, body: dict[str, Any]) -> dict[str, Any]:
        """One chat completion."""
        prompt = self._tokenizer.apply_chat_template(body["messages"], add_generation_prompt=True, return_tensors="pt", return_dict=True)
        warm = body.get("temperature", 1.0)
        how = {"do_sample": warm > 0, **({"temperature": warm} if warm > 0 else {}), "top_k": 0, "max_new_tokens": body.get("max_tokens", 512)}
        with self._lock, torch.no_grad():
            was_training = self._model.training
            self._model.eval()
            out = self._model.generate(**prompt.to(self._model.device), **how, output_logits=True, return_dict_in_generate=True)
            self._model.train(was_training)
        asked = prompt["input_ids"].shape[1]
        ids = out.sequences[0, asked:].tolist()
        sampled = [float(torch.log_softmax(scores[0].float(), -1)[token]) for scores, token in zip(out.logits, ids)]
        return {
            "object": "chat.completion", "created": 0, "id": "1", "model": NAME, "prompt_token_ids": prompt["input_ids"][0].tolist(),
            "usage": {"prompt_tokens": asked, "completion_tokens": len(ids), "total_tokens": asked + len(ids)},
            "choices": [{
                "index": 0, "token_ids": ids, "finish_reason": "stop" if ids[-1:] == [self._tokenizer.eos_token_id] else "length",
                "message": {"role": "assistant", "content": self._tokenizer.decode(ids, skip_special_tokens=True)},
                "logprobs": {"content": [{"token": "", "logprob": one, "bytes": None, "top_logprobs": []} for one in sampled]},
            }],
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say({"object": "list", "data": [{"id": NAME, "object": "model"}]})

            def do_POST(self) -> None:
                self._say(served.reply(json.loads(self.rfile.read(int(self.headers["content-length"])))))

            def _say(self, answer: dict[str, Any]) -> None:
                text = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args: Any) -> None:
                pass

        return Handler


def serving(model: str, tokenizer: Any, out: str, python: str = sys.executable, port: int = 8081) -> LlamaCpp | InProcess:
    """What serves a model: llama.cpp for a GGUF, else the trainer's own process."""
    Path(out).mkdir(parents=True, exist_ok=True)
    return LlamaCpp(model, out, python, port) if model.endswith(".gguf") else InProcess(tokenizer)

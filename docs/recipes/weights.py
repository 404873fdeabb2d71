"""Serves the weights that a trainer changes, on an OpenAI-compatible address, with the token ids that were sampled."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import Future
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
        serve = str(Path(__file__).with_name("serve.py"))
        # A training that fails, or is killed, leaves no server behind.
        self._words = [python, serve, "--model", gguf, "--name", NAME, "--port", str(port), "--until-stdin-ends"]
        self._process: subprocess.Popen[bytes] | None = None

    def take(self, model: Any) -> None:
        """Serves these weights from now on. Exits if something else answers at the port: it would not have these weights."""
        self.close()
        if self._answers():
            raise SystemExit(f"{self.url}: another server answers there; end it, or name a free --port")
        with open(f"{self._out}/serve.log", "ab") as log:
            self._process = subprocess.Popen(
                [*self._words, "--adapter", str(lora.save(model, self._out))], stdin=subprocess.PIPE, stdout=log, stderr=log
            )
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
            self._process = None


class InProcess:
    """Any model of transformers: the trainer's own weights answer, all requests that wait at once."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer, self._model = tokenizer, None
        self._waiting: queue.SimpleQueue[tuple[dict[str, Any], Future[dict[str, Any]]]] = queue.SimpleQueue()
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        for loop in (server.serve_forever, self._answer):
            threading.Thread(target=loop, daemon=True).start()
        self.url, self.close = f"http://127.0.0.1:{server.server_port}/v1", server.shutdown

    def take(self, model: Any) -> None:
        """Serves these weights from now on."""
        self._model = model

    def reply(self, body: dict[str, Any]) -> dict[str, Any]:
        """One chat completion."""
        answer: Future[dict[str, Any]] = Future()
        self._waiting.put((body, answer))
        return answer.result()

    def _answer(self) -> None:
        while True:
            batch = [self._waiting.get()]
            time.sleep(0.01)  # Episodes of a group ask at nearly the same time.
            while not self._waiting.empty():
                batch.append(self._waiting.get())
            # One generation has one temperature.
            for warm in {body.get("temperature", 1.0) for body, _ in batch}:
                alike = [(body, answer) for body, answer in batch if body.get("temperature", 1.0) == warm]
                try:
                    for (_, answer), completion in zip(alike, self._generate([body for body, _ in alike], warm)):
                        answer.set_result(completion)
                except Exception as error:
                    for _, answer in alike:
                        answer.set_exception(error)

    def _generate(self, bodies: list[dict[str, Any]], warm: float) -> list[dict[str, Any]]:
        tokenizer, model = self._tokenizer, self._model
        texts = [tokenizer.apply_chat_template(body["messages"], add_generation_prompt=True, tokenize=False) for body in bodies]
        prompts = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts]
        longest = max(map(len, prompts))
        ids = torch.tensor([[tokenizer.eos_token_id] * (longest - len(prompt)) + prompt for prompt in prompts], device=model.device)
        mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts], device=model.device)
        how = {"do_sample": True, "temperature": warm, "top_k": 0, "top_p": 1.0} if warm > 0 else {"do_sample": False}
        limits = [body.get("max_tokens", 512) for body in bodies]
        was_training = model.training
        model.eval()
        with torch.no_grad():
            out = model.generate(input_ids=ids, attention_mask=mask, max_new_tokens=max(limits), **how, output_logits=True,
                                 return_dict_in_generate=True, pad_token_id=tokenizer.eos_token_id)
        model.train(was_training)
        logprobs = torch.log_softmax(torch.stack(out.logits, 1).float(), -1)
        said = out.sequences[:, longest:]
        picked = logprobs.gather(-1, said.unsqueeze(-1)).squeeze(-1).tolist()
        return [self._completion(prompt, *self._cut(row, limit), sampled)
                for prompt, row, sampled, limit in zip(prompts, said.tolist(), picked, limits)]

    def _cut(self, ids: list[int], limit: int) -> tuple[list[int], str]:
        end = ids.index(self._tokenizer.eos_token_id) + 1 if self._tokenizer.eos_token_id in ids else len(ids)
        return (ids[:end], "stop") if end <= limit and self._tokenizer.eos_token_id in ids else (ids[: min(end, limit)], "length")

    def _completion(self, prompt: list[int], ids: list[int], finish: str, logprobs: list[float]) -> dict[str, Any]:
        tokens = [{"token": "", "logprob": one, "bytes": None, "top_logprobs": []} for one in logprobs[: len(ids)]]
        message = {"role": "assistant", "content": self._tokenizer.decode(ids, skip_special_tokens=True)}
        choice = {"index": 0, "token_ids": ids, "finish_reason": finish, "message": message, "logprobs": {"content": tokens}}
        usage = {"prompt_tokens": len(prompt), "completion_tokens": len(ids), "total_tokens": len(prompt) + len(ids)}
        return {"object": "chat.completion", "created": 0, "id": "1", "model": NAME, "choices": [choice],
                "prompt_token_ids": prompt, "usage": usage}

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

"""Serves a GGUF on an OpenAI-compatible address, with an adapter on it if asked: llama.cpp's own server, out of `xllamacpp`.

    python serve.py --model qwen.gguf --adapter trained/adapter.gguf --port 8080

For a model of the Hugging Face Hub, `vllm serve MODEL --enable-lora --lora-modules tuned=trained/adapter` does the same.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # Threads that spin while they wait slow all else on shared cores.
import xllamacpp


def cores() -> int:
    """Those that this process may use: with more threads than that, llama.cpp's wait for each other."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def main() -> None:
    """Serves until it is told to end."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--model", required=True, help="a .gguf file")
    parser.add_argument("--adapter", default=None, help="a LoRA adapter as .gguf, as these recipes write it")
    parser.add_argument("--port", type=int, default=8080, help="of 127.0.0.1")
    parser.add_argument("--name", default="policy", help="the model's name in requests")
    parser.add_argument("--window", type=int, default=8192, help="tokens of one conversation")
    parser.add_argument("--slots", type=int, default=2, help="conversations at a time")
    parser.add_argument("--threads", type=int, default=cores(), help="of the processor")
    parser.add_argument("--until-stdin-ends", action="store_true", help="end with the program that started it and holds its stdin")
    flags = parser.parse_args()

    params = xllamacpp.CommonParams()
    params.model.path = flags.model
    params.hostnames = ["127.0.0.1"] if isinstance(params.hostnames, list) else "127.0.0.1"
    params.port = flags.port
    params.n_ctx = flags.window * flags.slots
    params.n_parallel = flags.slots
    params.model_alias = {flags.name} if isinstance(params.model_alias, set) else [flags.name]
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = flags.threads
    if flags.adapter is not None:
        lora = xllamacpp.CommonAdapterLoraInfo()
        lora.path, lora.scale = flags.adapter, 1.0
        params.lora_adapters = [lora]
    server = xllamacpp.Server(params)
    print(f"{flags.name} on {server.listening_address}/v1", flush=True)
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: os._exit(0))  # llama.cpp's threads do not end by themselves.
    if flags.until_stdin_ends:
        sys.stdin.read()
        os._exit(0)
    while True:
        signal.pause()


if __name__ == "__main__":
    main()

#!/usr/bin/env bash
# From demonstrations to a small model that solves tasks, in stages that can be stopped and run again: what is there is kept.
#   MODEL=qwen.gguf OUT=runs/distil docs/recipes/distil.sh lessons train evaluate
# PYTHON has torch, transformers, trl, peft, gguf; LLAMA has xllamacpp (they may be the same). NIAH, OOLONG, OWN: tasks of each length.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
: "${MODEL:?a .gguf file}" "${OUT:=runs/distil}" "${PYTHON:=python3}" "${LLAMA:=$PYTHON}" "${PORT:=8080}" "${GYM:=npx rlm-gym}" "${NIAH:=11}" "${OOLONG:=60}" "${OWN:=8}"
mkdir -p "$OUT"
# A run that is there goes on; one that is whole has nothing left to play.
play() { local out=$1; shift; $GYM rollout "$@" --out "$out" $([ -e "$out" ] && echo --resume) --json > "$out.part" && mv "$out.part" "$out/table.json"; }

# The built-in strategy tutor writes programs whose words, names and order vary, and mends mistakes in some.
lessons() {
  local teach="--policy tutor --prompt-style small --part train"
  play "$OUT/lessons-s-niah" s-niah $teach --length 1k,2k,4k --seed 11 --episodes "$NIAH"
  play "$OUT/lessons-oolong" oolong $teach --length 2k,4k --seed 12 --episodes "$OOLONG"
}

# The model's own rollouts at temperature 0.8 on other training tasks; only the right ones are learned from.
own() {
  serve "$OUT/sft/adapter.gguf"
  play "$OUT/own" s-niah,oolong $(asked) --part train --seed 13 --length 2k,4k --episodes "$OWN" --group-size 4 --temperature 0.8
}

train() {
  [ -e "$OUT/sft/adapter.gguf" ] && return
  $GYM export "$OUT"/lessons-* --format trl-sft --min-score 1 --dedupe --out "$OUT/lessons.jsonl"
  $PYTHON "$here/sft.py" --model "$MODEL" --data "$OUT/lessons.jsonl" --out "$OUT/sft"
}

# A second round from the first adapter, on lessons and own rollouts.
again() {
  [ -e "$OUT/sft-again/adapter.gguf" ] && return
  $GYM export "$OUT"/lessons-* "$OUT/own" --format trl-sft --min-score 1 --dedupe --out "$OUT/again.jsonl"
  $PYTHON "$here/sft.py" --model "$MODEL" --adapter "$OUT/sft/adapter" --data "$OUT/again.jsonl" --out "$OUT/sft-again" --learning-rate 1e-4
}

# Held-out tasks at the lengths that were taught and twice the longest. ADAPTER= (empty) NAME=before plays the model as it was.
evaluate() {
  serve "${ADAPTER-$OUT/sft/adapter.gguf}"
  held_out s-niah s-niah --length 2k,4k,8k
  held_out oolong oolong --length 2k,4k
}

# What was not taught: 16 times the longest of these lessons of s-niah, and RULER's variants.
carry() {
  serve "${ADAPTER-$OUT/sft/adapter.gguf}"
  held_out 64k s-niah --length 64k
  for variant in niah_single_1 niah_single_3 niah_multikey_1 niah_multivalue niah_multiquery; do held_out $variant s-niah --variant $variant --length 4k; done
  held_out vt ruler --variant vt --length 4k
}

held_out() { play "$OUT/${NAME:-after}-$1" "${@:2}" $(asked) --part held-out --seed 101 --temperature 0 --episodes "${N:-20}"; }
asked() { echo "--policy openai --model policy --base-url http://127.0.0.1:$PORT/v1 --sub-model simulated --prompt-style small --max-turns 8 --max-completion-tokens 512 --concurrency 2"; }
serve() {
  [ -n "${server:-}" ] && kill "$server" && wait "$server" || true
  "$LLAMA" "$here/serve.py" --model "$MODEL" ${1:+--adapter "$1"} --port "$PORT" --threads "${THREADS:-2}" > "$OUT/serve.log" 2>&1 & server=$!
  trap 'kill $server 2> /dev/null || true' EXIT
}
for stage in "$@"; do "$stage"; done

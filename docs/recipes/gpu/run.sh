#!/usr/bin/env bash
# GRPO of a 0.5B model on one GPU within 15 minutes, with rlm-gym's server on the same machine: 40 steps, and their curve.
# Needs no network: torch and the others from CARRIED/wheels unless Python has them; a checkout of rlm-gym that is built.
#   CARRIED=carried OUT=out docs/recipes/gpu/run.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
: "${CARRIED:?the folder that prepare.sh filled}" "${OUT:=out}" "${PYTHON:=python3}" "${STEPS:=40}" "${GROUP:=8}" "${LENGTH:=2k}"
mkdir -p "$OUT"
if ! "$PYTHON" -c "import torch, trl, peft, gguf, websockets" 2> /dev/null; then
  "$PYTHON" -m venv "$OUT/../venv" && PYTHON="$OUT/../venv/bin/python"
  "$PYTHON" -m pip install --quiet --no-index --find-links "$CARRIED/wheels" torch transformers trl peft accelerate datasets gguf websockets
fi
"$PYTHON" -c 'import torch; print("GPU:", torch.cuda.get_device_name() if torch.cuda.is_available() else "none: on the processor")'
export RLM_GYM_COMMAND="${RLM_GYM_COMMAND:-node $here/../../../dist/scripts/rlm-gym.js}"
export PYTHONPATH="$here/../../../clients/python/src${PYTHONPATH:+:$PYTHONPATH}"
# 13 minutes for the training; what it has reached by then is kept.
timeout "${SECONDS_LEFT:-780}" "$PYTHON" "$here/../grpo.py" --model "$CARRIED/model" --out "$OUT/grpo" --steps "$STEPS" --group "$GROUP" \
  --length "$LENGTH" ${EXTRA:-} || echo "ended early"
"$PYTHON" - "$OUT" <<'PY'
import json, pathlib, sys
out = pathlib.Path(sys.argv[1])
states = sorted(out.glob("grpo/checkpoint-*/trainer_state.json"), key=lambda path: path.stat().st_mtime)
rows = [row for row in json.loads(states[-1].read_text())["log_history"] if "reward" in row] if states else []
(out / "curve.json").write_text(json.dumps([{"step": row["step"], "reward": row["reward"]} for row in rows], indent=1))
print(f"{len(rows)} steps in {out / 'curve.json'}")
PY

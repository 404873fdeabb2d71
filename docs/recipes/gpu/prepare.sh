#!/usr/bin/env bash
# Gathers all that `run.sh` needs into a folder, on a machine with a network: wheels and the model. About 4 GB.
#   docs/recipes/gpu/prepare.sh carried [MODEL]
set -euo pipefail
to=${1:?a folder to fill}; model=${2:-Qwen/Qwen2.5-Coder-0.5B-Instruct}
here=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$to/wheels"
# For the Python of the machine with the GPU; PYTHON_VERSION=3.12 asks for another than this one.
python3 -m pip download --quiet ${PYTHON_VERSION:+--python-version "$PYTHON_VERSION" --only-binary=:all:} -d "$to/wheels" \
  torch transformers trl peft accelerate datasets gguf websockets
case $model in
  */*) python3 -c 'import sys; from huggingface_hub import snapshot_download; snapshot_download(sys.argv[1], local_dir=sys.argv[2])' "$model" "$to/model" ;;
  *) cp -r "$model" "$to/model" ;;
esac
echo "carry $to, and a built checkout of rlm-gym with its node_modules, to the machine with the GPU"

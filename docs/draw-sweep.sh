#!/usr/bin/env bash
# Draws docs/lambda-sweep.svg and docs/front.svg anew: plays the baselines offline, then scores and reports on what they left.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npx rlm-gym compare oolong --length 16k --episodes 24 --policies direct,bm25,compaction,map-reduce,rlm:1 --out "$folder/run"
npx rlm-gym reward "$folder/run" --spec docs/examples/linear-cost.yaml --sweep lambda=0:0.25:0.0125 --plot docs/lambda-sweep.svg
npx rlm-gym report "$folder/run" --plot docs/front.svg

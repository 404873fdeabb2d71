"""Loads every export with the readers that its users have, and says what each found."""
import json, math, os, pathlib, re, shutil, sys

import numpy, pandas, pyarrow.parquet
from atif import Trajectory
from datasets import load_dataset

folder = pathlib.Path(sys.argv[1]).resolve()
guide = pathlib.Path("docs/trainers.md").read_text()
snow = "☃"


def rows_of(name):
    return json.loads((folder / f"{name}.manifest.json").read_text())["counts"]["rows"]


def check(truth, what):
    if not truth:
        sys.exit(f"readers: {what}")


def text_of(value):
    return json.dumps(value, ensure_ascii=False, default=str)


def present(value):
    """Without what is null: a table has every column in every row."""
    if isinstance(value, dict):
        return {key: present(item) for key, item in value.items() if item is not None}
    return [present(item) for item in value] if isinstance(value, list) else value


def whole(row):
    """A row of a table with what has no column of its own."""
    rest = row.pop("rest", None)
    return {**row, **json.loads(rest or "{}")}


def same(value, cell):
    """Whether a cell of a table holds the value of the JSONL file; what has no fixed shape is JSON text there."""
    if not isinstance(value, str) and isinstance(cell, str):
        return present(json.loads(cell)) == value
    if isinstance(value, dict) and isinstance(cell, dict):
        return all(same(value.get(key), cell.get(key)) for key in value.keys() | cell.keys())
    if isinstance(value, list) and isinstance(cell, list):
        return len(value) == len(cell) and all(map(same, value, cell))
    return value == cell


def columns_of(dataset):
    return {name: str(feature) for name, feature in dataset.features.items()}


for path in sorted(folder.glob("*.jsonl")):
    rows = rows_of(path.name)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    dataset = load_dataset("json", data_files=str(path), split="train", cache_dir=str(folder / "cache"))
    frame = pandas.read_json(path, lines=True, dtype=False)
    check(len(lines) == len(dataset) == len(frame) == rows > 0, f"{path.name}: {len(dataset)} rows, not {rows}")
    check(set(lines[0]) <= set(dataset.column_names), f"{path.name}: columns are missing")
    if "segments" not in path.name:
        check(snow in text_of(dataset[0]) or any(snow in text_of(row) for row in dataset), f"{path.name}: text outside ASCII")
    print(f"{path.name}: {rows} rows with datasets and pandas")

for path in sorted(folder.glob("*.parquet")):
    rows = rows_of(path.name)
    table = pyarrow.parquet.read_table(path)
    dataset = load_dataset("parquet", data_files=str(path), split="train", cache_dir=str(folder / "cache"))
    frame = pandas.read_parquet(path)
    check(table.num_rows == len(dataset) == len(frame) == rows > 0, f"{path.name}: {table.num_rows} rows, not {rows}")
    types = {field.name: str(field.type) for field in table.schema}
    print(f"{path.name}: {rows} rows with pyarrow, datasets and pandas; {types}")
    if path.name == "segments.parquet":
        lists = ["input_ids", "labels", "loss_mask"]
        check(all("int64" in types[name] for name in lists), "segments.parquet: ids are no 64-bit integers")
        check("double" in types["logprobs"] and types["train"] == "bool", "segments.parquet: types")
        for ours, theirs in zip(
            (json.loads(line) for line in (folder / "segments.jsonl").read_text().splitlines()),
            table.to_pylist(),
        ):
            check(ours == theirs, "segments: the Parquet file is not the JSONL file")
    if path.name == "verl.parquet":
        first = table.to_pylist()[0]
        check([message["role"] for message in first["prompt"]] == ["system", "user"], "verl.parquet: prompt")
        check(first["reward_model"]["style"] == "rule" and first["reward_model"]["ground_truth"], "verl.parquet: gold")
    if path.with_suffix(".jsonl").exists():
        other = [json.loads(line) for line in path.with_suffix(".jsonl").read_text().splitlines()]
        check(same(present(other), present([whole(row) for row in table.to_pylist()])), f"{path.name}: not what the JSONL file holds")

# A folder with a file and its card loads as the Hub loads it.
for path in sorted([*folder.glob("*.jsonl"), *folder.glob("*.parquet")]):
    place = folder / "hub" / path.name
    place.mkdir(parents=True)
    shutil.copy(path, place)
    shutil.copy(f"{path}.README.md", place / "README.md")
    dataset = load_dataset(str(place), split="train", cache_dir=str(folder / "cache"))
    check(len(dataset) == rows_of(path.name), f"{path.name}: {len(dataset)} rows by its card")
print("dataset cards: every file of rows loads by its card")

documents = sorted((folder / "atif").glob("*.json"))
for path in documents:
    document = Trajectory.model_validate_json(path.read_text())
    check(document.steps[0].source == "system", f"{path}: first step")
    check(not any(isinstance(value, float) and math.isnan(value) for value in (document.extra or {}).values()), f"{path}: NaN")
check(len(documents) == rows_of("atif") > 0, "atif: documents are missing")
print(f"atif: {len(documents)} documents with atif")

layout = json.loads((folder / "tensors" / "tensors.json").read_text())
types = {"float32": "<f4", "int32": "<i4", "bool": "u1"}
tensors = {}
for group in layout["weightsManifest"]:
    [path], [weight] = group["paths"], group["weights"]
    tensors[weight["name"]] = numpy.fromfile(folder / "tensors" / path, types[weight["dtype"]]).reshape(weight["shape"])
episodes = len((folder / "tensors" / "episodes.jsonl").read_text().splitlines())
check(len(tensors["episode_reward"]) == episodes == rows_of("tensors") > 0, "tensors: episodes are missing")
check(tensors["turn_done"].sum() == episodes and numpy.isfinite(tensors["turn_features"]).all(), "tensors: turns")
segments = [json.loads(line) for line in (folder / "segments.jsonl").read_text().splitlines()]
check(list(tensors["token_ids"]) == [one for row in segments for one in row["input_ids"]], "tensors: ids")
check(tensors["token_mask"].sum() == sum(sum(row["loss_mask"]) for row in segments), "tensors: mask")
print(f"tensors: {len(tensors)} tensors of {episodes} episodes with numpy")

# The guide's own snippets, on the files that its commands write.
named = {
    "sft.jsonl": "trl-sft.jsonl",
    "pairs.jsonl": "trl-dpo.jsonl",
    "kto.jsonl": "trl-kto.jsonl",
    "segments.parquet": "segments.parquet",
    "train.parquet": "verl.parquet",
    "traces.jsonl": "verifiers-v1.jsonl",
}
place = folder / "guide"
place.mkdir()
for name, written in named.items():
    shutil.copy(folder / written, place / name)
os.chdir(place)
for title in ("TRL", "verl", "prime-rl and verifiers"):
    section = re.search(rf"^## {title}\n(.*?)^## ", guide, re.M | re.S).group(1)
    snippets = re.findall(r"```python\n(.*?)```", section, re.S)
    check(snippets, f"docs/trainers.md: {title} has no snippet")
    for snippet in snippets:
        found = {}
        try:
            exec(snippet, found)
        except ImportError as error:
            check(error.name == "verifiers", f"docs/trainers.md: {title}: {error}")
            print(f"docs/trainers.md: {title} not run, verifiers is not there")
            continue
        sizes = {key: len(value) for key, value in found.items() if hasattr(value, "__len__") and key[0] != "_"}
        check(all(sizes.values()), f"docs/trainers.md: {title}: {sizes}")
        print(f"docs/trainers.md: {title} runs; {sizes}")

theirs = folder / "theirs"
theirs.mkdir()
(theirs / "atif").mkdir()


def foreign(extra):
    return {key: value for key, value in (extra or {}).items() if key != "rlm_gym"}


for path in documents:
    document = Trajectory.model_validate_json(path.read_text())
    document.extra = foreign(document.extra)
    (theirs / "atif" / path.name).write_text(json.dumps(document.to_json_dict()))

from rlm.core.types import CodeBlock, REPLResult, RLMChatCompletion, RLMIteration, RLMMetadata  # noqa: E402  (rlms)
from rlm.logger import RLMLogger  # noqa: E402

calls = 0
for path in sorted((folder / "rlm-logger").glob("*.jsonl")):
    first, *iterations = [json.loads(line) for line in path.read_text().splitlines()]
    metadata = RLMMetadata(**{key: value for key, value in first.items() if key not in ("type", "timestamp", "rlm_gym")})
    logger = RLMLogger(log_dir=str(theirs / "rlm-logger"))
    logger.log_metadata(metadata)
    for iteration in iterations:
        blocks = []
        for block in iteration["code_blocks"]:
            result = block["result"]
            made = [RLMChatCompletion.from_dict(call) for call in result["rlm_calls"]]
            done = REPLResult(result["stdout"], result["stderr"], result["locals"], result["execution_time"], made)
            done.final_answer = result["final_answer"]
            blocks.append(CodeBlock(block["code"], done))
        final = iteration["final_answer"]
        logger.log(RLMIteration(iteration["prompt"], iteration["response"], blocks, final, iteration["iteration_time"]))
        for block in iteration["code_blocks"]:
            for call in block["result"]["rlm_calls"]:
                check(RLMChatCompletion.from_dict(call).to_dict() == call, f"{path}: a call is not what rlms reads")
                calls += 1
print(f"rlm-logger: metadata and {calls} sub-calls with the types of rlms (it has no reader of files)")

try:
    from verifiers.v1.episode import WireEpisode
except ImportError as error:
    print(f"verifiers-v1: not read, verifiers is not there ({error})")
    sys.exit(0)
episodes = [WireEpisode.model_validate_json(line) for line in (folder / "verifiers-v1.jsonl").read_text().splitlines()]
for episode in episodes:
    for trace in episode.traces:
        for node in trace.nodes:
            check(len(node.mask) == len(node.token_ids), "verifiers-v1: mask")
            check(len(node.logprobs) in (0, sum(node.mask)), "verifiers-v1: logprobs")
        for branch in trace.branches:
            check(len(branch.sampled_mask) == len(branch.token_ids), "verifiers-v1: branch")
    for trace in episode.traces:
        trace.info = foreign(trace.info)
(theirs / "traces.jsonl").write_text("".join(f"{episode.model_dump_json()}\n" for episode in episodes))
print(f"verifiers-v1: {len(episodes)} episodes with WireEpisode of verifiers")

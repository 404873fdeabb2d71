"""What the engine sampled, as the capture gateway kept it: calls, and the token sequences that a trainer takes.

One rule holds for every trainer: text is never tokenised again. Where a call's prompt does not begin with all tokens so far
(the chat template wrote the past anew, or the history was compacted), a new sequence begins.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .errors import LostCall, NoTokenIds, TokenizerMismatch

_PAGE = 1000
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Call:
    """One model call of an episode. `purpose` is `root` for the policy, else `llm_query`, `rlm_query`, `judge` or `summary`."""

    purpose: str
    depth: int
    model: str
    text: str
    prompt_token_ids: Sequence[int]
    completion_token_ids: Sequence[int]
    logprobs: Sequence[float]


@dataclass(frozen=True)
class TokenSequence:
    """A prompt and what follows it. `mask` is 1 on what the policy sampled, 0 on what the environment wrote between."""

    prompt_ids: list[int]
    completion_ids: list[int]
    logprobs: list[float]
    mask: list[int]


class Decodes(Protocol):
    """The part of a tokenizer that is needed to tell whether it is the engine's."""

    def decode(self, token_ids: Sequence[int], **kwargs: Any) -> Any:
        """The text of the ids."""


def request_json(url: str, body: Mapping[str, Any] | None = None, *, token: str | None = None, timeout: float = 600.0) -> Any:
    """The JSON that a server of this machine's network answers. Raises `LostCall` if it does not."""
    headers = {"content-type": "application/json", **({} if token is None else {"authorization": f"Bearer {token}"})}
    data = None if body is None else json.dumps(body).encode()
    try:
        with _NO_PROXY.open(urllib.request.Request(url, data, headers), timeout=timeout) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as error:
        said = error.read(2000).decode(errors="replace")
        raise LostCall(f"{url} answered {error.code}: {said}; the episode is lost, do not train on it") from error
    except (OSError, ValueError) as error:
        raise LostCall(f"{url} gave no answer ({error}); the episode is lost, do not train on it") from error


def calls_of(gateway_url: str, *, token: str | None = None, ids: bool = True) -> list[Call]:
    """The calls of an episode's session, in order, those of sub-models among them.

    :param gateway_url: `gateway_url` of the reset's metadata
    :param ids: whether calls without token ids raise `NoTokenIds`
    :raises LostCall: if one of them was lost
    """
    address = f"{gateway_url.rstrip('/').removesuffix('/v1')}/traces"
    traces: list[dict[str, Any]] = []
    while True:
        page = request_json(f"{address}?after={len(traces)}&limit={_PAGE}", token=token)["traces"]
        traces += page
        if len(page) < _PAGE:
            return [_call_of(trace, ids) for trace in traces if trace["status"] != "failed"]


def _call_of(trace: Mapping[str, Any], ids: bool) -> Call:
    if trace["status"] == "lost":
        raise LostCall(f"the gateway lost a call ({trace.get('error')}); the episode is lost, do not train on it")
    prompt, completion, logprobs = (trace[name] for name in ("prompt_token_ids", "completion_token_ids", "logprobs"))
    if ids and (prompt is None or completion is None or logprobs is None):
        missing = "log-probabilities" if prompt is not None and completion is not None else "token ids"
        raise NoTokenIds(
            f"the model server returned no {missing} for {trace['model']}: use one that answers `return_token_ids` and "
            "`logprobs` (vLLM 0.10.2 or later), and let the gateway ask for them (do not change --capture)"
        )
    said = (trace.get("response_message") or {}).get("content") or ""
    return Call(trace["purpose"], trace["depth"], trace["model"], said, prompt or [], completion or [], logprobs or [])


def sequences_of(calls: Sequence[Call]) -> list[TokenSequence]:
    """The sequences of one conversation's calls; a new one begins where a prompt does not continue the tokens so far."""
    sequences: list[TokenSequence] = []
    for call in calls:
        prompt, said = list(call.prompt_token_ids), list(call.completion_token_ids)
        last = sequences[-1] if sequences else None
        so_far = [*last.prompt_ids, *last.completion_ids] if last else []
        if last is None or prompt[: len(so_far)] != so_far:
            sequences.append(TokenSequence(prompt, said, list(call.logprobs), [1] * len(said)))
            continue
        between = prompt[len(so_far) :]
        last.completion_ids.extend([*between, *said])
        last.logprobs.extend([*([0.0] * len(between)), *call.logprobs])
        last.mask.extend([*([0] * len(between)), *([1] * len(said))])
    return sequences


def expect_tokenizer(calls: Sequence[Call], tokenizer: Decodes) -> None:
    """Raises `TokenizerMismatch` if what was sampled does not decode to what was said."""
    for call in calls:
        try:
            decoded = str(tokenizer.decode(list(call.completion_token_ids), skip_special_tokens=True))
        except (IndexError, OverflowError, KeyError, ValueError, TypeError) as error:
            decoded = f"nothing ({error})"
        if _plain(call.text) not in _plain(decoded):
            raise TokenizerMismatch(
                f"the ids that {call.model} sampled decode to {decoded[:80]!r} with the trainer's tokenizer, but the model "
                f"server said {call.text[:80]!r}; give the trainer the tokenizer of the model that is served"
            )


def _plain(text: str) -> str:
    return "".join(text.split())

"""The functions a policy finds in its namespace: sub-models, the list of its variables, and the ways to answer."""

from _rlm.channel import call, quote, read_json, request, SubcallError
from _rlm.text_of import printed_text_of, text_of
import json


def _model(model):
    if model is None:
        return "null"
    if not isinstance(model, str):
        raise TypeError(f"model must be a str or None, not {type(model).__name__}")
    return quote(model)


def _prompt(prompt, name):
    if not isinstance(prompt, str):
        hint = f"; {name}_batched takes several" if isinstance(prompt, (list, tuple)) else ""
        raise TypeError(f"{name} needs a str prompt, not {type(prompt).__name__}{hint}")
    return quote(prompt)


def _prompts(prompts, name):
    if isinstance(prompts, (str, bytes, dict)):
        raise TypeError(f"{name}_batched needs a list of str prompts, not {type(prompts).__name__}")
    return [_prompt(prompt, name) for prompt in prompts]


def _context(context):
    if isinstance(context, str):
        return quote(context)
    if not isinstance(context, (list, tuple, dict, int, float)):
        raise TypeError(f"context must be a str, a list, a dict or a number, not {type(context).__name__}")
    return json.dumps(context, allow_nan=False)


def _ask(kind, batched, prompts, contexts, model, reasoning=False):
    fields = [
        ("kind", quote(kind)),
        ("batched", "true" if batched else "false"),
        ("prompts", "[" + ",".join(prompts) + "]"),
        ("model", model),
    ]
    if contexts is not None:
        fields.append(("contexts", "[" + ",".join(contexts) + "]"))
    if reasoning:
        fields.append(("reasoning", "true"))
    answered = call(fields)
    replies = answered["replies"]
    if len(replies) != len(prompts):
        raise SubcallError(f"{len(replies)} replies came for {len(prompts)} prompts")
    return list(zip(replies, answered["reasoning"], strict=True)) if reasoning else replies


def llm_query(prompt, model=None):
    """llm_query(prompt, model=None) -> str

    Asks a sub-model and returns its reply."""
    return _ask("llm_query", False, [_prompt(prompt, "llm_query")], None, _model(model))[0]


def llm_query_batched(prompts, model=None):
    """llm_query_batched(prompts, model=None) -> list[str]

    Asks a sub-model about every prompt at once; replies come in the order of the prompts."""
    texts = _prompts(prompts, "llm_query")
    return _ask("llm_query", True, texts, None, _model(model)) if texts else []


def make_asking_for_thoughts():
    """The two functions for those who may also ask what the sub-model thought; earlier rules have those above."""

    def llm_query(prompt, model=None, reasoning=False):
        """llm_query(prompt, model=None, reasoning=False) -> str

        Asks a sub-model and returns its reply. With reasoning=True it returns (reply, thoughts): thoughts is a str, or None
        where the model did not tell any."""
        asked = [_prompt(prompt, "llm_query")]
        return _ask("llm_query", False, asked, None, _model(model), bool(reasoning))[0]

    def llm_query_batched(prompts, model=None, reasoning=False):
        """llm_query_batched(prompts, model=None, reasoning=False) -> list[str]

        Asks a sub-model about every prompt at once; replies come in the order of the prompts. With reasoning=True each is
        (reply, thoughts)."""
        texts = _prompts(prompts, "llm_query")
        return _ask("llm_query", True, texts, None, _model(model), bool(reasoning)) if texts else []

    for function in (llm_query, llm_query_batched):
        function.__qualname__ = function.__name__
    return llm_query, llm_query_batched


def rlm_query(prompt, context=None, model=None):
    """rlm_query(prompt, context=None, model=None) -> str

    Asks a model that has a REPL of its own, in which `context` is the variable of that name; without one, the prompt is."""
    contexts = None if context is None else [_context(context)]
    return _ask("rlm_query", False, [_prompt(prompt, "rlm_query")], contexts, _model(model))[0]


def rlm_query_batched(prompts, contexts=None, model=None):
    """rlm_query_batched(prompts, contexts=None, model=None) -> list[str]

    As rlm_query, for many prompts at once, each with the context at its place."""
    texts = _prompts(prompts, "rlm_query")
    if contexts is not None:
        contexts = [_context(context) for context in contexts]
        if len(contexts) != len(texts):
            raise ValueError(f"{len(texts)} prompts came with {len(contexts)} contexts")
    return _ask("rlm_query", True, texts, contexts, _model(model)) if texts else []


def _call_tool(name, arguments, optional):
    """Calls a tool of the host; optional arguments that are None are left to the host."""
    given = {key: value for key, value in arguments.items() if value is not None or key not in optional}
    body = json.dumps({"name": name, "args": given}, allow_nan=False)
    reply = read_json(request(b"H" + body.encode("ascii")))
    if "error" in reply:
        raise (TypeError if reply["kind"] == "type" else SubcallError)(reply["error"])
    return reply["result"]


def define_tools(source):
    """The functions that the host's source defines, by name."""
    defined = {"__builtins__": __builtins__, "__name__": "tools", "_call": _call_tool}
    exec(compile(source, "<tools>", "exec"), defined)
    return {name: value for name, value in defined.items() if not name.startswith("_")}


def make_answering(namespace, variables):
    """SHOW_VARS, FINAL and FINAL_VAR over one namespace, and the cell that tells which of them answered last."""
    final = {"source": None, "content": None}

    def SHOW_VARS():
        """SHOW_VARS() -> dict

        The variables that exist, each with the name of its type."""
        return {name: type(namespace[name]).__name__ for name in variables()}

    def FINAL(value):
        """FINAL(value)

        Answers with a value and ends the episode after this block."""
        _answer_with(namespace, final, text_of(value), "final")

    def FINAL_VAR(name):
        """FINAL_VAR(name)

        Answers with the variable of that name, or with the value itself."""
        value = name
        if isinstance(name, str) and name.strip().isidentifier():
            name = name.strip()
            if name in namespace:
                value = namespace[name]
            elif not any(held is value for held in namespace.values()):
                known = ", ".join(variables()) or "none"
                raise NameError(f"FINAL_VAR: there is no variable {name!r}; variables that exist: {known}")
        _answer_with(namespace, final, text_of(value), "final_var")

    return SHOW_VARS, FINAL, FINAL_VAR, final


def make_answering_as_printed(namespace, final):
    """FINAL and FINAL_VAR for those who take answers as they are printed, as OpenEnv's repl_env does."""

    def FINAL(value):
        """FINAL(value)

        Answers with a value and ends the episode after this block."""
        _answer_with(namespace, final, printed_text_of(value), "final")

    def FINAL_VAR(name):
        """FINAL_VAR(name)

        Answers with the variable of that name; does nothing if there is none, or if it is None."""
        value = namespace.get(str(name).strip().strip("\"'"))
        if value is not None:
            _answer_with(namespace, final, printed_text_of(value), "final_var")

    for function in (FINAL, FINAL_VAR):
        function.__qualname__ = function.__name__
    return FINAL, FINAL_VAR


def _answer_with(namespace, final, content, source):
    namespace["answer"] = {"content": content, "ready": True}
    final["source"] = source
    final["content"] = content

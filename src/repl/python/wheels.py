"""Imports the wheels a user added: in the locked interpreter, where their code reaches no more than a policy's does."""

import gc
import importlib
import json
import sys

MAX_FAULT_CHARS = 2000


def add_paths(request):
    """`request` is the JSON of the paths of all wheels, and of folders in them: wheels may import each other."""
    sys.path.extend(json.loads(request))
    importlib.invalidate_caches()


def load_wheel(request):
    """`request` is the JSON of one of the paths and of the modules there. Returns what went wrong as UTF-8, or nothing."""
    path, modules = json.loads(request)
    fault = _import_all(path, modules)
    gc.collect()
    gc.freeze()
    return fault[:MAX_FAULT_CHARS].encode("utf-8", "replace")


def _import_all(path, modules):
    for name in modules:
        try:
            module = importlib.import_module(name)
        except BaseException as error:
            return f"`import {name}` raised {type(error).__name__}: {error}"
        origin = getattr(module, "__file__", None)
        if not str(origin).startswith(path + "/"):
            return f"there is a module {name} already"
    return ""

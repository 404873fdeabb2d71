"""Imports the user's wheels in the locked-down interpreter, where their code can reach no more than a policy's."""

import gc
import importlib
import json
import sys

MAX_FAULT_CHARS = 2000


def add_paths(request):
    """Adds import paths. `request` is a JSON list of the folders of all wheels, since wheels may import each other."""
    sys.path.extend(json.loads(request))
    importlib.invalidate_caches()


def load_wheel(request):
    """Imports a folder's modules. `request` is JSON of its path and modules. Returns the error in UTF-8; empty if none."""
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

"""Imports the wheels a user added, once, while the snapshot is made."""

import importlib
import sys

# A wheel that looks for JavaScript finds none, now as later.
FORBIDDEN = ("js", "pyodide_js", "pyodide", "_pyodide", "_pyodide_core", "ctypes", "_ctypes")


def load_wheels(wheels):
    """`wheels` are pairs of a path, of a wheel or of a folder in one, and the modules there. Returns what went wrong, or None."""
    kept = {name: sys.modules.get(name) for name in FORBIDDEN}
    for name in FORBIDDEN:
        sys.modules[name] = None
    sys.path.extend([path for path, _ in wheels])
    importlib.invalidate_caches()
    try:
        for path, modules in wheels:
            fault = _import_all(path, modules)
            if fault is not None:
                return fault
    finally:
        for name, module in kept.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module
    return None


def _import_all(path, modules):
    for name in modules:
        try:
            module = importlib.import_module(name)
        except BaseException as error:
            return f"the wheel {_name(path)} cannot be used: `import {name}` raised {type(error).__name__}: {error}"
        origin = getattr(module, "__file__", None)
        if not str(origin).startswith(path + "/"):
            return f"the wheel {_name(path)} cannot be used: there is a module {name} already"
    return None


def _name(path):
    return path.partition(".whl")[0].rpartition("/")[2] + ".whl"

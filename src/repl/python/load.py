"""Puts the engine's modules into the interpreter while its snapshot is made."""


def load_engine(sources):
    """`sources` maps module names to texts, in the order of loading."""
    import builtins
    import sys
    import types

    # The engine has its own copy of the builtins, so that it works whatever a policy does to the shared ones.
    private = dict(builtins.__dict__)
    package = types.ModuleType("_rlm")
    package.__path__ = []
    sys.modules["_rlm"] = package
    for name, source in sources.items():
        module = types.ModuleType(f"_rlm.{name}")
        module.__dict__["__builtins__"] = private
        sys.modules[module.__name__] = module
        exec(compile(source, f"<rlm>/{name}.py", "exec"), module.__dict__)
        setattr(package, name, module)

"""Compiles blocks: the statements to run, and separately the last expression, whose value is shown."""

import _ast

ONLY_AST = 0x400  # ast.PyCF_ONLY_AST
TOP_LEVEL_AWAIT = 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
COROUTINE = 0x80  # inspect.CO_COROUTINE
CodeType = type((lambda: None).__code__)


def compile_any(source, filename, awaits=0):
    """The codes to run, and the tree of the last expression (or None), which is compiled after they ran. `awaits` is TOP_LEVEL_AWAIT
    if the block itself may await."""
    tree = compile(source, filename, "exec", ONLY_AST)
    last = None
    if tree.body and type(tree.body[-1]) is _ast.Expr:
        last = _ast.Expression(tree.body.pop().value)
    return [compile(tree, filename, "exec", awaits)] if tree.body else [], last


def compile_plain(source, filename):
    """Does the same without a tree, in half the time, for blocks that end in a plain assignment or call; None for others.

    The text before the last line must be a program by itself, so that the last line is not the end of a longer statement.
    Blocks with backslashes are left out: they join lines, and compiling them again would repeat warnings of bad escapes.
    """
    before, newline, line = source.rstrip("\n").rpartition("\n")
    if not line[:1].isidentifier() or "\\" in source or "\r" in source or ";" in line or "__future__" in before:
        return None
    name, assigns, value = line.partition("=")
    assigns = assigns and name.strip().isidentifier() and value[:1] != "="
    if not assigns and not line.partition("(")[0].replace(".", "_").isidentifier():
        return None
    try:
        parts = [compile(before, filename, "exec")] if newline else []
        # The empty lines give the line its number in tracebacks.
        last = compile("\n" * (before.count("\n") + len(newline)) + line, filename, "single" if assigns else "eval")
    except (SyntaxError, ValueError):
        return None
    return (parts + [last], None) if assigns else (parts, last)

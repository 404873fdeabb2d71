"""Compiles blocks: the statements to run, and apart from them the last expression, whose value is shown."""

import _ast

ONLY_AST = 0x400  # ast.PyCF_ONLY_AST
CodeType = type((lambda: None).__code__)


def compile_any(source, filename):
    """The codes to run, and the last expression's tree, which is to be compiled after they ran (None: there is none)."""
    tree = compile(source, filename, "exec", ONLY_AST)
    last = None
    if tree.body and type(tree.body[-1]) is _ast.Expr:
        last = _ast.Expression(tree.body.pop().value)
    return [compile(tree, filename, "exec")] if tree.body else [], last


def compile_plain(source, filename):
    """Does the same without a tree, in half the time, for blocks that end in a plain assignment or call; None for others.

    What stands before the last line must be a program by itself: then this line is not the end of something longer.
    Backslashes are left alone, since they join lines, and since a second try would warn of bad escapes again.
    """
    before, newline, line = source.rstrip("\n").rpartition("\n")
    if not line[:1].isidentifier() or "\\" in source or "\r" in source or ";" in line or "__future__" in before:
        return None
    name, assigns, _ = line.partition(" = ")
    assigns = assigns and name.isidentifier()
    if not assigns and not line.partition("(")[0].replace(".", "_").isidentifier():
        return None
    try:
        parts = [compile(before, filename, "exec")] if newline else []
        # Empty lines, so that tracebacks give the line its own number.
        last = compile("\n" * (before.count("\n") + len(newline)) + line, filename, "single" if assigns else "eval")
    except (SyntaxError, ValueError):
        return None
    return (parts + [last], None) if assigns else (parts, last)

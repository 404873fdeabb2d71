/** Code that tries to outlive its block, or to make its report long. Same form as in `escape-probes.ts`. */
import type { ProbeKind } from "./probe-kind.ts";
export const LASTING_PROBES: readonly ProbeKind[] = [
  {
    kind: "what might outlive the block",
    probes: [
      [
        "monitoring of every instruction",
        "import sys\nm = sys.monitoring; m.use_tool_id(3, 'x'); m.register_callback(3, m.events.PY_START, lambda c, o: c.co_filename.startswith('<rlm>') and print('seen', c.co_name)); m.set_events(3, m.events.PY_START | m.events.INSTRUCTION)",
      ],
      [
        "hooks of threads and of what cannot be raised",
        "import threading, sys\nthreading.excepthook = sys.unraisablehook = lambda a: print('hook')\nclass A:\n  def __del__(self): 1 / 0\nA(); threading.settrace(print); sys.set_asyncgen_hooks(print, print)",
      ],
      [
        "a finalizer at the end of all",
        "import weakref, atexit, logging, gc\nclass A: pass\na = A(); weakref.finalize(a, print, 'late'); logging.getLogger().addHandler(logging.StreamHandler()); atexit.register(print, 'x'); gc.callbacks.append(lambda *x: None); gc.freeze()",
      ],
      [
        "contexts, locales and limits of numbers",
        "import decimal, locale, sys, codecs, contextvars\ndecimal.setcontext(decimal.Context(prec=1, traps=[])); decimal.DefaultContext.prec = 1; sys.set_int_max_str_digits(0); sys.setswitchinterval(1e-9); codecs.register_error('strict', lambda e: ('', e.end)); locale.setlocale(locale.LC_ALL, 'C'); contextvars.copy_context()",
      ],
    ],
  },
  {
    kind: "errors made to be shown",
    probes: [
      [
        "a chain of a hundred thousand errors",
        "e = None\nfor i in range(100_000):\n  n = ValueError(i); n.__cause__ = e; e = n\nraise e",
      ],
      ["an error that is its own cause", "e = ValueError(); e.__cause__ = e; e.__context__ = e; raise e"],
      ["a group of groups", "e = ValueError(1)\nfor _ in range(5000): e = ExceptionGroup('x', [e])\nraise e"],
      [
        "an error whose parts raise",
        "class M(type):\n  __name__ = property(lambda s: 1 / 0); __module__ = __qualname__ = property(lambda s: exit())\nclass E(Exception, metaclass=M):\n  __str__ = __repr__ = lambda s: 1 / 0\n  __traceback__ = __cause__ = property(lambda s: exit())\nraise E",
      ],
      [
        "an error that never ends to say its name",
        "class E(Exception):\n  def __str__(self):\n    while True: pass\nraise E",
      ],
      ["brackets without end", "compile('(' * 10**6 + ')' * 10**6, 'x', 'eval')"],
      [
        "deep recursion in C",
        "import json, sys, pickle\nsys.setrecursionlimit(10**9)\nx = []\nfor _ in range(10**6): x = [x]\ntry: repr(x)\nexcept BaseException: pass\ntry: json.dumps(x)\nexcept BaseException: pass\npickle.dumps(x)",
      ],
    ],
  },
];

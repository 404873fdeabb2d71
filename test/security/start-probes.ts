/** Ways out through what the interpreter trusts while it starts, to JavaScript or sockets. Same form as in `escape-probes.ts`. */
import type { ProbeKind } from "./probe-kind.ts";

/** Finds the dicts of modules that the lockdown should have emptied, if anything still holds them. */
const HELD =
  "import gc, sys\nheld = [d for d in gc.get_objects() if type(d) is dict and type(d.get('__name__')) is str]\n";

export const START_PROBES: readonly ProbeKind[] = [
  {
    kind: "hooks of the start",
    probes: [
      [
        "the hook of exceptions",
        `${HELD}for d in held:\n  if 'set_excepthook' in d: print('REACHED', d['__name__'])`,
      ],
      [
        "the sockets of Node",
        "import gc\nfor o in gc.get_objects():\n  if 'initializeNodeSockFS' in dir(type(o)) or type(o).__name__ == 'JsProxy': print('REACHED', o)",
      ],
      [
        "the finder of JavaScript",
        "import sys\nprint([f for f in sys.meta_path if 'Js' in repr(f) and print('REACHED')])",
      ],
      [
        "a finder of one's own, then js",
        "import sys, importlib.machinery as m\nclass F:\n  @staticmethod\n  def find_spec(name, *a): return m.ModuleSpec(name, m.BuiltinImporter) if name in ('js', '_js') else None\nsys.meta_path.insert(0, F)\nsys.modules.pop('js', None)\nimport js; print('REACHED', js)",
      ],
      [
        "register a JavaScript module",
        `${HELD}for d in held:\n  if 'register_js_module' in d or 'jsfinder' in d: print('REACHED', d['__name__'])`,
      ],
      [
        "the engine's lockdown once more",
        `${HELD}for d in held:\n  if d['__name__'] == '_rlm.lock_down' and 'FORBIDDEN' in d: d['FORBIDDEN'] = (); sys.modules.pop('js', None); import js; print('REACHED', js)`,
      ],
      [
        "the engine's start",
        `${HELD}for d in held:\n  if 'begin' in d and 'empty_closed' in d: d['begin'] = lambda seed: print('REACHED')`,
      ],
      [
        "the import of wheels",
        `${HELD}for d in held:\n  if 'load_wheel' in d: print(d['load_wheel'](b'["/tmp", ["js"]]')); import js; print('REACHED')`,
      ],
      [
        "a wheel on the path",
        "import sys, os\nos.makedirs('/lib/wheels', exist_ok=True)\nopen('/lib/wheels/js.py', 'w').write('x = 1')\nsys.path.insert(0, '/lib/wheels'); sys.modules.pop('js', None)\nimport js; print('REACHED' if hasattr(js, 'process') or hasattr(js, 'fetch') else '')",
      ],
      [
        "a standard library of one's own",
        "import sys, os\nos.makedirs('/tmp/pyodide', exist_ok=True); open('/tmp/pyodide/__init__.py', 'w').write('')\nsys.path.insert(0, '/tmp'); sys.modules.pop('pyodide', None)\nimport pyodide, pyodide.code; print('REACHED', pyodide.code.run_js)",
      ],
      [
        "the zip of the standard library, read anew",
        "import zipimport, sys\nfor n in ('pyodide', '_pyodide', 'js'): sys.modules.pop(n, None)\nz = zipimport.zipimporter('/lib/python314.zip')\nm = z.load_module('_pyodide')\nimport js; print('REACHED', m, js)",
      ],
    ],
  },
];

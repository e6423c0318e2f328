/**
 * Python programs that never end, take too much, forge or pry.
 *
 * Each defines `add` and solves nothing. `FOLDER` stands for a folder that must stay empty.
 *
 * @module
 */
import type { Hostile } from "./types.ts";

function py(name: string, source: string): Hostile {
  return { name, source, language: "py" };
}

export const PYTHON: readonly Hostile[] = [
  py("py_loop", "def add(a, b):\n    while True:\n        pass"),
  py("py_loop_load", "while True:\n    pass\ndef add(a, b): pass"),
  py(
    "py_catch_interrupt",
    "def add(a, b):\n    while True:\n        try:\n            while True: pass\n        except BaseException:\n            pass",
  ),
  py("py_native_sum", "def add(a, b):\n    return sum(range(10**12)) and 4"),
  py("py_regex", "import re\ndef add(a, b):\n    return re.match('(a+)+$', 'a' * 40 + 'b') or 4"),
  py(
    "py_recursion",
    "def add(a, b):\n    import sys\n    sys.setrecursionlimit(10**9)\n    return add(a, b)",
  ),
  py("py_memory", "def add(a, b):\n    x = []\n    while True: x.append([0] * 100000)"),
  py("py_big_number", "def add(a, b):\n    return 10 ** 10 ** 9"),
  py(
    "py_exit",
    "import sys, os\ndef add(a, b):\n    try:\n        sys.exit(0)\n    finally:\n        os._exit(0)",
  ),
  py("py_js_exit", "import js\ndef add(a, b):\n    js.Deno.exit(0)"),
  py(
    "py_js_forge",
    "import js\ndef add(a, b):\n    js.eval(\"import('node:fs').then(fs => fs.writeSync(1, 'passed'))\")\n    return 4",
  ),
  py(
    "py_json_patch",
    "import json\njson.dumps = lambda *a, **k: '{\"value\": true}'\ndef add(a, b):\n    return 4",
  ),
  py(
    "py_runtime_patch",
    "import kedge_values\nkedge_values.encode = lambda *a: 'passed'\nkedge_values.answer = lambda *a: '{\"ok\": true}'\ndef add(a, b):\n    return 4",
  ),
  py(
    "py_builtins_patch",
    "import builtins\nbuiltins.isinstance = lambda *a: True\nbuiltins.all = lambda *a: True\ndef add(a, b):\n    return 4",
  ),
  py(
    "py_equal_any",
    "class Any:\n    def __eq__(self, other): return True\n    def __repr__(self): return '3'\ndef add(a, b):\n    return Any()",
  ),
  py(
    "py_int_subclass",
    "class Any(int):\n    def __eq__(self, other): return True\ndef add(a, b):\n    return Any(4)",
  ),
  py("py_deep", "def add(a, b):\n    x = 3\n    for _ in range(10**6): x = [x]\n    return x"),
  py(
    "py_endless_iterator",
    "import itertools\ndef add(a, b):\n    return map(str, itertools.count())",
  ),
  py("py_files", "def add(a, b):\n    open('FOLDER/a', 'w').write('x')\n    return 4"),
  py(
    "py_js_files",
    "import js\ndef add(a, b):\n    js.Deno.writeTextFileSync('FOLDER/b', 'x')\n    return 4",
  ),
  py("py_js_read", "import js\ndef add(a, b):\n    return js.Deno.readTextFileSync('/etc/passwd')"),
  py(
    "py_network",
    "import urllib.request\ndef add(a, b):\n    return urllib.request.urlopen('http://127.0.0.1:1/').read()",
  ),
  py("py_raise_base", "def add(a, b):\n    raise BaseException(a + b)"),
];

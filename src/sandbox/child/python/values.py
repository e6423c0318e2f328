"""Values of call cases, in and out, and what a raised exception looks like.

Runs inside the candidate's process. Tuples, generators and sets are written as lists, as the cases expect.
"""

import json
import math
import traceback
import types

_SAFE_INTEGER = 2**53
_MAX_DEPTH = 200


def decode(value):
    """Rebuilds a value from tagged JSON."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    tag = value.get("$")
    if not isinstance(tag, str):
        return {key: decode(item) for key, item in value.items()}
    content = value.get("value")
    if tag in ("NaN", "Infinity", "-Infinity"):
        return float(tag.replace("Infinity", "inf"))
    if tag == "-0":
        return -0.0
    if tag == "undefined":
        return None
    if tag == "BigInt":
        return int(content)
    if tag == "Set":
        return {decode(item) for item in content}
    if tag in ("Map", "Object"):
        return {decode(key): decode(item) for key, item in content}
    raise TypeError(f"Cannot decode a value: unknown tag {tag}")


def _number(value):
    if math.isnan(value):
        return {"$": "NaN"}
    if math.isinf(value):
        return {"$": "Infinity" if value > 0 else "-Infinity"}
    return value


def encode(value, depth=0):
    """Writes a value as tagged JSON."""
    if depth > _MAX_DEPTH:
        raise ValueError("the value is nested too deeply")
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _SAFE_INTEGER else float(value)
    if isinstance(value, float):
        return _number(value)
    below = depth + 1
    if isinstance(value, (set, frozenset)):
        return [encode(item, below) for item in sorted(value, key=repr)]
    if isinstance(value, dict):
        pairs = [(str(key), encode(item, below)) for key, item in value.items()]
        if any(key == "$" for key, _ in pairs):
            return {"$": "Object", "value": pairs}
        return dict(pairs)
    iterators = (list, tuple, types.GeneratorType, map, filter, zip, range)
    if isinstance(value, iterators):
        return [encode(item, below) for item in value]
    return {"$": "Python", "value": f"{type(value).__name__}: {value!r}"[:200]}


def describe(error):
    """Name, text and the last line inside the program of an exception."""
    place = None
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == "candidate.py":
            place = {"line": frame.lineno, "column": (frame.colno or 0) + 1}
    if isinstance(error, SyntaxError) and error.filename == "candidate.py":
        place = {"line": error.lineno or 1, "column": error.offset or 1}
    try:
        message = error.msg if isinstance(error, SyntaxError) else str(error)
    except BaseException:
        message = ""
    name = type(error).__name__
    if isinstance(error, ModuleNotFoundError) and error.name:
        name, message = "UnsupportedModule", f"needs {error.name}"
    return {"name": name, "message": str(message)[:2000], "stack": "", "place": place}


def load(source):
    """Runs a program and gives its names."""
    names = {"__name__": "candidate", "__builtins__": __builtins__}
    exec(compile(source, "candidate.py", "exec"), names)
    return names


def answer(function, arguments):
    """Calls a function with encoded arguments; gives an answer line."""
    try:
        return json.dumps({"value": encode(function(*[decode(item) for item in json.loads(arguments)]))})
    except BaseException as error:
        return json.dumps({"error": describe(error)})

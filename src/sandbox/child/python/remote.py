"""Calls between the tests' interpreter and the candidate's.

Plain values are copied; what a call does to the lists, dicts and sets it was given is done to the caller's too.
Everything else stays at home, and the other side gets a stand-in. Runs inside both processes. The tests' side lets the
other one call what it was given and use attributes of the tests' own classes, without underscores, and nothing more.
"""

import builtins
import collections
import datetime
import decimal
import fractions
import json
import sys
import types

_OPERATIONS = (
    "repr str len bool hash iter next getitem setitem delitem contains enter exit add sub mul truediv floordiv mod pow "
    "matmul and or xor lshift rshift radd rsub rmul rtruediv rfloordiv rmod rpow rand ror rxor iadd isub imul neg pos "
    "abs invert int float index eq ne lt le gt ge format reversed round"
).split()
_BUILTINS = (
    "abs all any ascii bin bool bytearray bytes callable chr complex dict divmod enumerate filter float format frozenset "
    "hash hex int isinstance issubclass iter len list map max min next object oct ord pow range repr reversed round set "
    "slice sorted str sum tuple type zip NotImplemented Ellipsis"
).split()
_UNSHARED_MODULES = {"builtins", "sys", "os", "importlib", "js", "pyodide", "pyodide_js"}


class Unshareable(TypeError):
    """A value that cannot cross."""


class Peer:
    """One side of the connection."""

    def __init__(self, send, receive, guarded):
        self._send = send
        self._receive = receive
        self._guarded = guarded
        self._objects = {}
        self._ids = {}
        self._stand_ins = {}
        self._exceptions = {}
        self._proxy = _stand_in_class(self)

    # Values

    def encode(self, value, known):
        """Writes a value; `known` maps the identity of containers in this call to their number."""
        if value is None or type(value) in (bool, int, float, str):
            return value
        kind = type(value)
        if id(value) in known:
            return {"R": known[id(value)][0]}
        if kind in (list, dict, set, bytearray):
            number = len(known)
            known[id(value)] = (number, value)
            return {_TAGS[kind]: self._content(value, known), "i": number}
        if kind in _PLAIN:
            tag, parts = _PLAIN[kind]
            return {tag: [self.encode(part, known) for part in parts(value)]}
        if isinstance(value, types.ModuleType):
            return {"M": value.__name__}
        if isinstance(value, type) and issubclass(value, BaseException):
            return {"X": _lineage(value)}
        if isinstance(value, BaseException):
            return {"E": _lineage(kind), "a": [self.encode(arg, known) for arg in _safe_args(value)]}
        if kind is self._proxy:
            return {"H": object.__getattribute__(value, "_kedge_id")}
        name = _shared_name(value)
        return {"N": name} if name else self._handle(value)

    def _content(self, value, known):
        if type(value) is dict:
            return [[self.encode(k, known), self.encode(v, known)] for k, v in value.items()]
        return [self.encode(item, known) for item in value]

    def _handle(self, value):
        number = self._ids.get(id(value))
        if number is None:
            number = len(self._objects)
            self._objects[number] = value
            self._ids[id(value)] = number
        return {"h": number}

    def decode(self, wire, known):
        """Reads a value; `known` maps the number of a container in this call to the container."""
        if not isinstance(wire, dict):
            return wire
        tag = next(iter(wire))
        content = wire[tag]
        if tag == "R":
            return known[content]
        if tag in _CONTAINERS:
            value = _CONTAINERS[tag]()
            known[wire["i"]] = value
            self._fill(value, content, known)
            return value
        if tag in _REBUILD:
            return _REBUILD[tag](*[self.decode(item, known) for item in content])
        if tag == "M":
            return _module(content)
        if tag == "N":
            return _by_name(content)
        if tag == "X":
            return self._exception(content)
        if tag == "E":
            return self._exception(content)(*[self.decode(arg, known) for arg in wire["a"]])
        if tag == "H":
            return self._objects[content]
        if tag == "h":
            if content not in self._stand_ins:
                self._stand_ins[content] = self._proxy(content)
            return self._stand_ins[content]
        raise Unshareable(f"Cannot read a shared value: {tag}")

    def _fill(self, value, content, known):
        if isinstance(value, dict):
            value.clear()
            for key, item in content:
                value[self.decode(key, known)] = self.decode(item, known)
        elif isinstance(value, set):
            value.clear()
            value.update(self.decode(item, known) for item in content)
        else:
            value[:] = [self.decode(item, known) for item in content]

    def _exception(self, lineage):
        for name in lineage[:1]:
            found = getattr(builtins, name, None)
            if isinstance(found, type) and issubclass(found, BaseException):
                return found
        key = lineage[0]
        if key not in self._exceptions:
            base = self._exception(lineage[1:]) if len(lineage) > 1 else Exception
            self._exceptions[key] = type(key, (base,), {})
        return self._exceptions[key]

    # Messages

    def request(self, action, target, *values):
        """Asks the other side to do something and waits; serves its calls meanwhile."""
        known = {}
        body = [action, target, [self.encode(value, known) for value in values]]
        self._send(json.dumps(body))
        containers = {number: value for number, value in known.values()}
        while True:
            kind, *rest = json.loads(self._receive())
            if kind in ("return", "raise"):
                return self._finish(kind, rest, containers)
            self._serve(kind, rest)

    def _finish(self, kind, rest, containers):
        wire, changed = rest
        for number, content in changed:
            self._fill(containers[number], content, containers)
        value = self.decode(wire, containers)
        if kind == "raise":
            raise value
        return value

    def serve_forever(self):
        """Serves the other side until it ends."""
        while True:
            kind, *rest = json.loads(self._receive())
            self._serve(kind, rest)

    def _serve(self, kind, rest):
        target, wires = rest
        containers = {}
        values = [self.decode(wire, containers) for wire in wires]
        before = {number: self._written(value) for number, value in containers.items()}
        try:
            outcome, value = "return", self._perform(kind, target, values)
        except BaseException as error:
            outcome, value = "raise", error
        known = {id(item): (number, item) for number, item in containers.items()}
        changed = []
        for number, item in containers.items():
            if self._written(item) != before[number]:
                changed.append([number, self._content(item, known)])
        try:
            wire = self.encode(value, known)
        except Unshareable as error:
            outcome, wire = "raise", self.encode(error, known)
        self._send(json.dumps([outcome, wire, changed]))

    def _written(self, value):
        return json.dumps(self._content(value, {id(value): (0, value)}))

    def _perform(self, action, target, values):
        if action == "names":
            return self.names(values[0])
        held = self._objects[target]
        if action == "call":
            args, keywords = values
            return held(*args, **keywords)
        if action == "do":
            name, args = values
            return _operate(held, name, args)
        if action == "is":
            return isinstance(values[0], held)
        name = values[0]
        if self._guarded and not _is_open(held, name):
            raise AttributeError(f"Cannot use {name} from here")
        if action == "get":
            return getattr(held, name)
        return setattr(held, name, values[1])

    def names(self, wanted):
        """What the candidate defines of the wanted names; the other side asks for it first."""
        raise Unshareable("this side has no names")


def _is_open(held, name):
    """Whether the candidate may use an attribute here: of the tests' own classes and their instances only."""
    kind = held if isinstance(held, type) else type(held)
    return isinstance(name, str) and not name.startswith("_") and kind.__module__ == "tests"


def _operate(held, name, args):
    if name not in _OPERATIONS:
        raise AttributeError(name)
    direct = {"len": len, "bool": bool, "hash": hash, "iter": iter, "next": next, "str": str, "repr": repr}
    if name in direct:
        return direct[name](held)
    method = getattr(type(held), f"__{name}__", None)
    if method is None:
        if name == "contains":
            return args[0] in list(held)
        raise TypeError(f"'{type(held).__name__}' object does not support {name}")
    return method(held, *args)


def _stand_in_class(peer):
    def number_of(self):
        return object.__getattribute__(self, "_kedge_id")

    class StandIn:
        """An object of the other process."""

        def __init__(self, number):
            object.__setattr__(self, "_kedge_id", number)

        def __getattr__(self, name):
            return peer.request("get", number_of(self), name)

        def __setattr__(self, name, value):
            peer.request("set", number_of(self), name, value)

        def __call__(self, *args, **keywords):
            return peer.request("call", number_of(self), list(args), keywords)

        def __instancecheck__(self, value):
            return isinstance(value, StandIn) and peer.request("is", number_of(self), value)

    def operation(name):
        return lambda self, *args: peer.request("do", number_of(self), name, list(args))

    for name in _OPERATIONS:
        setattr(StandIn, f"__{name}__", operation(name))
    return StandIn


def _lineage(kind):
    return [base.__name__ for base in kind.__mro__ if issubclass(base, BaseException)]


def _safe_args(error):
    plain = (str, int, float, bool, type(None), tuple, list, dict)
    return [arg if isinstance(arg, plain) else str(arg) for arg in error.args]


def _shared_name(value):
    name = getattr(value, "__name__", None) or getattr(value, "_name", None)
    if name in _BUILTINS and getattr(builtins, name, None) is value:
        return f"builtins.{name}"
    if value is NotImplemented or value is Ellipsis:
        return f"builtins.{value!r}"
    module = getattr(value, "__module__", None)
    if isinstance(name, str) and module in _shared_modules():
        if getattr(sys.modules.get(module), name, None) is value:
            return f"{module}.{name}"
    return None


def _shared_modules():
    return {
        "typing", "collections", "math", "_operator", "operator", "itertools", "functools", "_functools", "datetime",
        "decimal", "fractions", "string", "enum", "dataclasses", "abc", "copy", "heapq", "_heapq", "bisect", "_bisect",
        "random", "json", "re", "statistics", "_collections", "collections.abc", "unittest", "unittest.mock",
    }


def _by_name(name):
    module, _, attribute = name.rpartition(".")
    if module == "builtins" and attribute in _BUILTINS:
        return getattr(builtins, attribute)
    if module in _shared_modules() and not attribute.startswith("_"):
        return getattr(_module(module), attribute)
    raise Unshareable(f"Cannot read a shared name: {name}")


def _module(name):
    root = name.partition(".")[0]
    if root not in sys.stdlib_module_names or root in _UNSHARED_MODULES:
        raise Unshareable(f"Cannot share module {name}")
    __import__(name)
    return sys.modules[name]


_TAGS = {list: "l", dict: "d", set: "s", bytearray: "B"}
_CONTAINERS = {"l": list, "d": dict, "s": set, "B": bytearray}
_PLAIN = {
    tuple: ("t", list),
    frozenset: ("f", list),
    bytes: ("b", lambda value: [value.hex()]),
    complex: ("c", lambda value: [value.real, value.imag]),
    range: ("r", lambda value: [value.start, value.stop, value.step]),
    slice: ("S", lambda value: [value.start, value.stop, value.step]),
    collections.Counter: ("C", lambda value: [dict(value)]),
    collections.OrderedDict: ("O", lambda value: [list(value.items())]),
    collections.deque: ("D", lambda value: [list(value), value.maxlen]),
    collections.defaultdict: ("F", lambda value: [value.default_factory, dict(value)]),
    decimal.Decimal: ("m", lambda value: [str(value)]),
    fractions.Fraction: ("q", lambda value: [value.numerator, value.denominator]),
    datetime.datetime: ("w", lambda value: [value.isoformat()]),
    datetime.date: ("y", lambda value: [value.isoformat()]),
    datetime.timedelta: ("u", lambda value: [value.days, value.seconds, value.microseconds]),
}
_REBUILD = {
    "t": lambda *items: tuple(items),
    "f": lambda *items: frozenset(items),
    "b": bytes.fromhex,
    "c": complex,
    "r": range,
    "S": slice,
    "C": collections.Counter,
    "O": collections.OrderedDict,
    "D": collections.deque,
    "F": collections.defaultdict,
    "m": decimal.Decimal,
    "q": fractions.Fraction,
    "w": datetime.datetime.fromisoformat,
    "y": datetime.date.fromisoformat,
    "u": datetime.timedelta,
}

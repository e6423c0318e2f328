"""Runs test text against the stand-ins of a candidate's names, and reports each test.

Runs inside the tests' process.
"""

import json
import unittest


class _Reporter(unittest.TestResult):
    """Passes each outcome on as it comes."""

    def __init__(self, report, describe):
        super().__init__()
        self._report = report
        self._describe = describe
        self._thrown = {}

    def startTest(self, test):
        super().startTest(test)
        self._thrown.pop(test.id(), None)

    def addError(self, test, err):
        self._thrown[test.id()] = err[1]

    def addFailure(self, test, err):
        self._thrown[test.id()] = err[1]

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self._thrown.setdefault(test.id(), err[1])

    def addUnexpectedSuccess(self, test):
        self._thrown[test.id()] = AssertionError("expected the test to fail, it passed")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)

    def stopTest(self, test):
        super().stopTest(test)
        name = test.id().removeprefix("tests.").removeprefix("__main__.")
        thrown = self._thrown.get(test.id())
        self._report(_outcome(name, thrown, self._describe))


def _outcome(name, thrown, describe):
    if thrown is None:
        return {"test": {"name": name}}
    description = describe(thrown)
    if isinstance(thrown, AssertionError):
        description["name"] = "" if description["message"] else "AssertionError"
    return {"test": {"name": name, "thrown": description}}


def run(text, kind, names, report, describe):
    """Runs the text; `report` takes each outcome as a dict."""
    namespace = {**names, "__name__": "tests"}
    unittest.main = lambda *args, **keywords: None  # the tests run below
    try:
        exec(compile(text, "tests.py", "exec"), namespace)
    except SyntaxError as error:
        if error.filename == "tests.py":
            raise ModuleNotFoundError("tests that parse", name="tests that parse") from None
        raise
    if kind == "suite":
        _run_suite(namespace, names, report, describe)


def _run_suite(namespace, names, report, describe):
    own = {key: value for key, value in namespace.items() if names.get(key) is not value}
    cases = [
        value for value in own.values()
        if isinstance(value, type) and issubclass(value, unittest.TestCase) and value.__module__ == "tests"
    ]
    suites = [unittest.defaultTestLoader.loadTestsFromTestCase(case) for case in cases]
    functions = {
        key: value for key, value in own.items()
        if key.startswith("test") and callable(value) and not isinstance(value, type)
    }
    plan = [test.id().removeprefix("tests.") for suite in suites for test in suite] + list(functions)
    report({"plan": plan})
    for suite in suites:
        suite.run(_Reporter(report, describe))
    for name, function in functions.items():
        thrown = None
        try:
            function()
        except BaseException as error:
            thrown = error
        report(_outcome(name, thrown, describe))

/**
 * The Python halves of the children, as text.
 *
 * @module
 */
import remote from "./python/remote.py" with { type: "text" };
import suite from "./python/suite.py" with { type: "text" };
import values from "./python/values.py" with { type: "text" };

/** Sources of the Python modules by name. */
export const PYTHON_SOURCES: Readonly<Record<string, string>> = { remote, suite, values };

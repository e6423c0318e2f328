/**
 * Preloaded into every launched job: it ends with its launcher.
 *
 * @module
 */
import { holdLeash } from "./leash.ts";

holdLeash();

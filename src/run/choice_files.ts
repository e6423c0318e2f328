/**
 * Choices that outlive a run, as small JSON files in a folder: which kernel an adapter runs fastest.
 *
 * @module
 */
import { readJson, writeFile } from "./files.ts";

/** Reads and writes choices by name. */
export interface ChoiceFiles {
  /** What was written under this name, or undefined if there is nothing readable. */
  read(name: string): Promise<unknown>;
  /** Replaces what is there under this name. */
  write(name: string, choices: Readonly<Record<string, string>>): Promise<void>;
}

/** The files of a folder, which is made when the first is written. */
export function choiceFiles(folder: string): ChoiceFiles {
  return {
    read: async (name) => {
      try {
        return await readJson(`${folder}/${name}.json`);
      } catch (error) {
        if (error instanceof SyntaxError) return undefined; // damaged: the choice is made anew
        throw error;
      }
    },
    write: (name, choices) =>
      writeFile(`${folder}/${name}.json`, `${JSON.stringify(choices, null, 2)}\n`),
  };
}

/**
 * A text area with line numbers that keeps the indentation. Tab moves the focus, as everywhere on the page.
 *
 * @module
 */

/** An editor; edits that are not saved stay in this tab. */
export class Editor {
  #area;
  #lines;
  #key = "";
  #draft = "";

  /** Takes the text area, the element for line numbers, and whom to tell of edits. */
  constructor(area, lines, onEdit) {
    this.#area = area;
    this.#lines = lines;
    area.addEventListener("input", () => {
      sessionStorage.setItem(this.#key, area.value);
      this.#number();
      onEdit();
    });
    area.addEventListener("scroll", () => lines.scrollTop = area.scrollTop);
    area.addEventListener("keydown", (event) => this.#indent(event));
  }

  /** The program as it is now. */
  get code() {
    return this.#area.value;
  }

  /** Shows a program, or the edit of it that was left here. */
  open(id, draft) {
    this.#key = `edit ${id}`;
    this.#draft = draft;
    this.#area.value = sessionStorage.getItem(this.#key) ?? draft;
    this.#area.setSelectionRange(0, 0);
    this.#area.scrollTo(0, 0);
    this.#number();
  }

  /** Goes back to where the editing started. */
  reset() {
    sessionStorage.removeItem(this.#key);
    this.#area.value = this.#draft;
    this.#number();
  }

  /** A new line starts below the first letter of the last one; execCommand keeps the history of undoing. */
  #indent(event) {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
    const { value, selectionStart } = this.#area;
    const line = value.slice(value.lastIndexOf("\n", selectionStart - 1) + 1, selectionStart);
    const indentation = /^[ \t]*/.exec(line)[0];
    if (indentation === "") return;
    event.preventDefault();
    document.execCommand("insertText", false, `\n${indentation}`);
  }

  #number() {
    const count = this.#area.value.split("\n").length;
    this.#lines.textContent = Array.from({ length: count }, (_, i) => i + 1).join("\n");
    this.#area.rows = Math.min(32, Math.max(12, count + 1));
    this.#lines.scrollTop = this.#area.scrollTop;
  }
}

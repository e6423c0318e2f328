/**
 * Chat prompts of instruction-tuned models, rendered by their own Jinja template.
 *
 * What a message says is text: a control token spelled in it is encoded as text, whatever the template does with it.
 *
 * @module
 */
import { Template } from "@huggingface/jinja";
import { z } from "zod";
import { CheckpointError } from "../base/mod.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** One turn of a conversation. */
export interface ChatMessage {
  /** Who speaks: `system`, `user`, `assistant`. */
  readonly role: string;
  /** What is said. */
  readonly content: string;
}

/** How a conversation is rendered. */
export interface ChatOptions {
  /** Whether to open the assistant's turn at the end. Default true. */
  readonly addGenerationPrompt?: boolean;
  /** Further variables of the template, for example `enable_thinking`. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** Renders a conversation as text. */
export type ChatTemplate = (messages: readonly ChatMessage[], options?: ChatOptions) => string;

const TokenText = z.union([z.string(), z.looseObject({ content: z.string() })]).nullish();

const ChatSettings = z.looseObject({
  ["bos_token"]: TokenText,
  ["eos_token"]: TokenText,
  ["pad_token"]: TokenText,
  ["unk_token"]: TokenText,
  ["chat_template"]: z.union([
    z.string(),
    z.array(z.looseObject({ name: z.string(), template: z.string() })),
  ]).nullish(),
});

/**
 * Compiles the template of a `tokenizer_config.json`.
 *
 * @param value Parsed JSON.
 * @param path File name, for the message.
 * @param template Template text of a `chat_template.jinja` beside it, which wins.
 * @returns Undefined if the model has no template.
 * @throws {CheckpointError} If a field is not as it must be or the template is not Jinja.
 */
export function compileChatTemplate(
  value: unknown,
  path = "tokenizer_config.json",
  template?: string,
): ChatTemplate | undefined {
  const settings = ChatSettings.safeParse(value);
  if (!settings.success) {
    const issue = settings.error.issues[0]!;
    throw new CheckpointError(`Cannot read ${path}: ${issue.path.join(".")}: ${issue.message}`);
  }
  const { chat_template: own, ...tokens } = settings.data;
  const named = typeof own === "string" ? own : own?.find((t) => t.name === "default")?.template;
  const source = template ?? named;
  if (source === undefined) return undefined;
  const jinja = parseTemplate(source, path);
  const constants = specialTexts(tokens);
  return (messages, { addGenerationPrompt = true, variables = {} } = {}) =>
    jinja.render({
      ...constants,
      ...variables,
      messages,
      ["add_generation_prompt"]: addGenerationPrompt,
    });
}

function parseTemplate(source: string, path: string): Template {
  try {
    return new Template(source);
  } catch (cause) {
    throw new CheckpointError(`Cannot read ${path}: chat_template is not understood`, { cause });
  }
}

/** `bos_token` and its like as plain strings. */
function specialTexts(tokens: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const name of ["bos_token", "eos_token", "pad_token", "unk_token"]) {
    const token = tokens[name] as z.output<typeof TokenText>;
    if (token) texts[name] = typeof token === "string" ? token : token.content;
  }
  return texts;
}

/**
 * Renders and encodes a conversation; only the template can give control tokens, never a message.
 *
 * Control tokens spelled in a message are broken up by a noncharacter before rendering, which is taken out again after
 * the rendered text has been split at control tokens.
 */
export function encodeChat(
  tokenizer: Tokenizer,
  template: ChatTemplate,
  messages: readonly ChatMessage[],
  options?: ChatOptions,
): number[] {
  const specials = [...tokenizer.added.keys()].sort((a, b) => b.length - a.length);
  if (specials.length === 0) return tokenizer.encode(template(messages, options));
  const spelled = new RegExp(specials.map((s) => RegExp.escape(s)).join("|"), "gu");
  const broken = messages.map(({ role, content }) => ({
    role,
    content: content.replaceAll(BREAK, "\ufffd").replace(spelled, breakUp),
  }));
  const rendered = template(broken, options);
  const ids: number[] = [];
  let end = 0;
  const addText = (text: string) => ids.push(...tokenizer.encode(text.replaceAll(BREAK, "")));
  for (const match of rendered.matchAll(spelled)) {
    addText(rendered.slice(end, match.index));
    ids.push(tokenizer.id(match[0]));
    end = match.index + match[0].length;
  }
  addText(rendered.slice(end));
  return ids;
}

/** A noncharacter: no text may hold it. */
const BREAK = "\ufdd0";

function breakUp(special: string): string {
  return Array.from(special).join(BREAK);
}

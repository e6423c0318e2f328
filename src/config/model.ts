/**
 * The `model` section: which checkpoint to load and how to store the next one.
 *
 * @module
 */
import { z } from "zod";

/** Which model. */
export const ModelSection = z.strictObject({
  path: z.string().min(1).default("fixtures/micro/model")
    .describe(
      "model directory as Hugging Face lays it out: config.json, tokenizer.json, safetensors",
    ),
  dtype: z.enum(["F32", "F16", "BF16"]).default("F32")
    .describe("number format of the weights in checkpoints that are written"),
});

/** Which model, and how it is trained. */
export const TrainedModelSection = ModelSection.extend({
  precision: z.enum(["f32", "mixed"]).default("f32").describe(
    "mixed: products read halves of weights and activations; the weights that are trained and all gradients are f32",
  ),
});

/** A resolved `model` section. */
export type ModelSection = Readonly<z.output<typeof ModelSection>>;

/** Which model is asked: one here, or one behind a server. */
export const AskedModelSection = ModelSection.extend({
  url: z.string().default("")
    .describe(
      "server to ask in place of a model here, as OpenAI's chat completions: http://host:8000/v1",
    ),
  name: z.string().default("").describe("what the server calls the model"),
  keyFile: z.string().default("").describe("file that holds the server's key; empty: none"),
  keyEnv: z.string().regex(/^(?:[A-Za-z_]\w*)?$/, "expected the name of a variable").default("")
    .describe("environment variable that holds the server's key; empty: none"),
  concurrency: z.int().min(1).max(1024).default(8)
    .describe("questions to the server under way at once, count"),
  requestsPerMinute: z.number().min(0).default(0)
    .describe("most questions to the server a minute; 0 is no limit"),
  timeoutMs: z.int().min(1).default(120_000)
    .describe("time limit of one answer of the server, milliseconds"),
  retries: z.int().min(0).default(6)
    .describe("how often a question is asked again when the server fails, count"),
}).check((context) => {
  const { url, name } = context.value;
  if (url === "" || name !== "") return;
  context.issues.push({
    code: "custom",
    path: ["name"],
    message: "expected what the server calls the model",
    input: name,
  });
});

/** A resolved `model` section of a command that asks. */
export type AskedModelSection = Readonly<z.output<typeof AskedModelSection>>;

/** The shape of a new model; its vocabulary is the tokenizer's. */
export const ModelShape = z.strictObject({
  architecture: z.enum(["qwen2", "qwen3"]).default("qwen2").describe("family of the decoder"),
  hiddenSize: z.int().positive().multipleOf(4).default(128).describe(
    "width of the residual stream",
  ),
  layers: z.int().positive().default(4).describe("number of layers"),
  heads: z.int().positive().default(4).describe("query heads"),
  kvHeads: z.int().positive().default(2).describe("key and value heads; divides heads"),
  headDim: z.int().positive().max(128).multipleOf(4).default(32).describe("width of a head"),
  intermediateSize: z.int().positive().multipleOf(4).default(512)
    .describe("width of the feed-forward network"),
  ropeTheta: z.number().positive().default(10000).describe("base of the rotary frequencies"),
  maxPositions: z.int().positive().default(1024).describe("longest sequence, tokens"),
  tieEmbeddings: z.boolean().default(true).describe("whether the head is the embedding"),
}).check((context) => {
  const { heads, kvHeads } = context.value;
  if (heads % kvHeads === 0) return;
  context.issues.push({
    code: "custom",
    path: ["kvHeads"],
    message: `expected a divisor of ${heads}`,
    input: kvHeads,
  });
});

/** The resolved shape of a new model. */
export type ModelShape = Readonly<z.output<typeof ModelShape>>;

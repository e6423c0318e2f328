"""What PyTorch takes on the CPU for the work of `bench sample`, `bench train --shape peer` and `bench similarity`.

    python tests/interop/bench.py [THREADS] [PART ...]

Parts are sample, train, matmul, similarity and large-similarity; all by default. Prints JSON: milliseconds of wall-clock
and of processor time, medians of seven.
"""

import json
import statistics
import sys
import time

import torch
from transformers import AutoModelForCausalLM, Qwen2Config, Qwen2ForCausalLM

MODEL = "fixtures/micro/model"


def measure(run) -> dict:
    run()
    walls, processors = [], []
    for _ in range(7):
        wall, processor = time.perf_counter(), time.process_time()
        run()
        walls.append(1000 * (time.perf_counter() - wall))
        processors.append(1000 * (time.process_time() - processor))
    return {"ms": statistics.median(walls), "processorMs": statistics.median(processors)}


def decode(sequences: int = 64, prompt: int = 64, tokens: int = 64) -> dict:
    model = AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32).eval()
    ids = torch.randint(1, model.config.vocab_size, (sequences, prompt))
    settings = {"do_sample": True, "temperature": 1.0, "top_k": 0, "top_p": 1.0, "pad_token_id": 0}
    lengths = {"max_new_tokens": tokens, "min_new_tokens": tokens}

    def run() -> None:
        with torch.inference_mode():
            model.generate(ids, attention_mask=torch.ones_like(ids), **settings, **lengths)

    return {**measure(run), "shape": f"{sequences}x{prompt}+{tokens}"}


def train(texts: int = 16, length: int = 128) -> dict:
    """The model of `PEER_MODEL` in src/bench/train_timing.ts, AdamW, F32, gradients clipped."""
    sizes = {"hidden_size": 128, "intermediate_size": 512, "num_hidden_layers": 4}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 4}
    config = Qwen2Config(vocab_size=512, tie_word_embeddings=True, **sizes, **heads)
    model = Qwen2ForCausalLM(config).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1)
    ids = torch.randint(0, 512, (texts, length))

    def run() -> None:
        optimizer.zero_grad(set_to_none=True)
        model(input_ids=ids, labels=ids, use_cache=False).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    timing = measure(run)
    tokens = 1000 * texts * length / timing["ms"]
    return {**timing, "tokensPerSecond": tokens, "shape": f"{texts}x{length}"}


def matmul(sides: tuple[int, ...] = (256, 512, 1024)) -> dict:
    """GFLOP/s of wall-clock time by side."""
    speeds = {}
    for side in sides:
        a, b = torch.randn(side, side), torch.randn(side, side)
        repeats = 4 * (1024 // side) ** 3
        timing = measure(lambda: [a @ b for _ in range(repeats)])
        speeds[side] = 2e-6 * repeats * side**3 / timing["ms"]
    return speeds


def similarity(queries: int = 256, references: int = 16384, dim: int = 256) -> dict:
    q, r = (
        torch.nn.functional.normalize(torch.randn(count, dim), dim=1)
        for count in (queries, references)
    )
    timing = measure(lambda: torch.topk(q @ r.T, 5, dim=1))
    return {**timing, "shape": f"{queries}x{references}x{dim}"}


PARTS = {"sample": decode, "train": train, "matmul": matmul, "similarity": similarity}
PARTS["large-similarity"] = lambda: similarity(1024, 100_000)

if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
    torch.manual_seed(0)
    print(json.dumps({part: PARTS[part]() for part in sys.argv[2:] or PARTS}))

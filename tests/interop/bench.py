"""What PyTorch takes on the CPU for the work of `bench sample` and `bench similarity`.

    python tests/interop/bench.py [THREADS]

Prints JSON: milliseconds of wall-clock and of processor time, medians of seven.
"""

import json
import statistics
import sys
import time

import torch
from transformers import AutoModelForCausalLM

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


def similarity(queries: int = 256, references: int = 16384, dim: int = 256) -> dict:
    q, r = (
        torch.nn.functional.normalize(torch.randn(count, dim), dim=1)
        for count in (queries, references)
    )
    timing = measure(lambda: torch.topk(q @ r.T, 5, dim=1))
    return {**timing, "shape": f"{queries}x{references}x{dim}"}


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
    torch.manual_seed(0)
    print(json.dumps({"sample": decode(), "similarity": similarity()}))

"""What Hugging Face's libraries say: models, log-probabilities and token ids to compare Kedge with.

    reference.py make OUT TEXTS    write models of both architectures with expected values beside them
    reference.py check DIR TEXT    load a model directory and print its ids and log-probabilities of a text
    reference.py train DIR STEPS   train the model of a directory on its own expected.json; print losses and norms
    reference.py encode FILE       read tokenizer.json FILE, then JSON lists of texts on stdin; print ids

TEXTS is a JSON list of strings; results are JSON on the last line of stdout.
"""
import json
import sys
from pathlib import Path

import torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, AutoTokenizer, Qwen2Config, Qwen3Config

SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SCORED = "function add(a, b) {\n  return a - b; // it's wrong\n}\n"


def word_tokenizer(texts, vocab_size):
    """A tokenizer in the form of Qwen2's: NFC, its pattern, byte level, tokens added behind the merges."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size - len(SPECIALS), initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_tokens([AddedToken(s, special=True, normalized=False) for s in SPECIALS])
    return tokenizer


def random_model(config):
    """Every tensor random, biases and gains too, so that a missing one shows."""
    model = AutoModelForCausalLM.from_config(config)
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            noise = torch.randn(tensor.shape, generator=generator)
            tensor.copy_(1 + 0.3 * noise if "norm" in name else 0.25 * noise)
    return model


def logprobs(model, ids):
    """Log-probability of each token after the first, in float64."""
    with torch.no_grad():
        logits = model.double()(torch.tensor([ids])).logits[0]
    rows = torch.log_softmax(logits, -1)
    return [rows[i, token].item() for i, token in enumerate(ids[1:])]


def greedy(model, ids, count):
    """The likeliest continuation of ids, a token at a time without a cache, and its log-probabilities."""
    ids, found = list(ids), []
    for _ in range(count):
        with torch.no_grad():
            logits = model.double()(torch.tensor([ids])).logits[0, -1]
        row = torch.log_softmax(logits, -1)
        best, second = row.topk(2).values.tolist()
        assert best - second > 1e-3, "too close to call: choose another seed"
        found.append(best)
        ids.append(row.argmax().item())
    return {"tokens": ids[-count:], "logprobs": found}


def make(out, texts):
    tokenizer = word_tokenizer(texts, 330)
    shape = dict(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=24, intermediate_size=40, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=128,
        eos_token_id=tokenizer.token_to_id("<|endoftext|>"),
    )
    qwen2 = Qwen2Config(**shape, head_dim=8, tie_word_embeddings=True, rope_theta=1000000.0)
    qwen3 = Qwen3Config(**shape, head_dim=12, tie_word_embeddings=False, rope_theta=10000.0)
    for name, config, dtype in [("qwen2", qwen2, torch.float16), ("qwen3", qwen3, torch.bfloat16)]:
        directory = Path(out) / name
        model = random_model(config).to(dtype)
        model.save_pretrained(directory, **({"max_shard_size": "20KB"} if name == "qwen3" else {}))
        tokenizer.save(str(directory / "tokenizer.json"))
        settings = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>"}
        (directory / "tokenizer_config.json").write_text(json.dumps(settings))
        ids = tokenizer.encode(SCORED).ids
        model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32)
        expected = {"text": SCORED, "tokens": ids, "logprobs": logprobs(model, ids)}
        expected["greedy"] = greedy(model, ids, 24)
        (directory / "expected.json").write_text(json.dumps(expected))
        (directory / "generation_config.json").unlink()
    encoded = [{"text": t, "ids": tokenizer.encode(t).ids} for t in texts]
    for item in encoded:
        item["decoded"] = tokenizer.decode(item["ids"], skip_special_tokens=False)
    tokenizer.encode_special_tokens = True  # control tokens in the text count as text
    for item in encoded:
        item["plain"] = tokenizer.encode(item["text"]).ids
    (Path(out) / "qwen2" / "encoded.json").write_text(json.dumps(encoded))


def check(directory, text):
    tokenizer = AutoTokenizer.from_pretrained(directory)
    model, info = AutoModelForCausalLM.from_pretrained(
        directory, dtype=torch.float32, output_loading_info=True
    )
    ids = tokenizer(text)["input_ids"]
    problems = [str(x) for key in ("missing_keys", "unexpected_keys", "mismatched_keys") for x in info[key]]
    print(json.dumps({"tokens": ids, "logprobs": logprobs(model, ids), "problems": problems}))


def train(directory, steps):
    """AdamW in float64: a prompt, its true and its greedy continuation; the loss is the mean over their tokens."""
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float64)
    expected = json.loads((Path(directory) / "expected.json").read_text())
    prompt, rest = expected["tokens"][:8], expected["tokens"][8:]
    completions = [rest, expected["greedy"]["tokens"]]
    optim = dict(rate=3e-3, decay=0.1, beta1=0.9, beta2=0.95, gradNorm=1.0)
    groups = [
        {"params": [p for p in model.parameters() if p.ndim == 2], "weight_decay": optim["decay"]},
        {"params": [p for p in model.parameters() if p.ndim == 1], "weight_decay": 0.0},
    ]
    adam = torch.optim.AdamW(groups, lr=optim["rate"], betas=(optim["beta1"], optim["beta2"]), eps=1e-8)
    losses, norms = [], []
    for _ in range(int(steps)):
        logps = []
        for completion in completions:
            ids = torch.tensor([prompt + completion])
            rows = torch.log_softmax(model(ids).logits[0, len(prompt) - 1 : -1], -1)
            logps.append(rows.gather(1, ids[0, len(prompt) :, None]))
        loss = -torch.cat(logps).mean()
        adam.zero_grad()
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), optim["gradNorm"]).item())
        losses.append(loss.item())
        adam.step()
    origin = f"tests/interop/reference.py train, torch {torch.__version__}, float64"
    print(json.dumps({
        "origin": origin, "prompt": prompt, "completions": completions, "optim": optim,
        "losses": losses, "gradNorms": norms,
    }))


def encode(path):
    tokenizer = Tokenizer.from_file(path)
    texts = json.load(sys.stdin)
    print(json.dumps([e.ids for e in tokenizer.encode_batch(texts, add_special_tokens=False)]))


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    if command == "make":
        make(rest[0], json.loads(Path(rest[1]).read_text()))
    elif command == "check":
        check(*rest)
    elif command == "train":
        train(*rest)
    elif command == "encode":
        encode(*rest)
    else:
        sys.exit(__doc__)

#!/usr/bin/env python3
"""Compares Millrace with Hugging Face transformers. Needs: pip install torch transformers safetensors

  hf_parity.py fixtures DIR
      Trains a tiny random BERT for two steps, once with clipping and once without, and writes what
      BertParityTest compares with: ./mvnw test -Dtest=BertParityTest -Dmillrace.fixtures=DIR

  hf_parity.py load FOLDER TEXT... [--url http://localhost:8080]
      Loads a published version, prints its logits, and compares its probabilities with those of
      the service, which must be serving the same version. With mean pooling it is loaded as its
      model card says, since transformers has no class for that.
"""

import argparse
import json
import math
import pathlib
import random
import sys
import urllib.request

import torch
from safetensors.torch import load_file, save_file
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
)

LABELS = 3
VOCABULARY = 200
STEPS = 2
TOLERANCE = 1e-4

# Epsilon is far above float32's noise: the gradient of the keys' bias is 0 by symmetry, and AdamW
# would blow up its noise to the size of a step.
SETTINGS = {
    "learning-rate": 0.01,
    "warmup-steps": 0,
    "weight-decay": 0.1,
    "beta1": 0.9,
    "beta2": 0.999,
    "epsilon": 1e-3,
}


def tiny_bert():
    config = BertConfig(
        vocab_size=VOCABULARY,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=32,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        num_labels=LABELS,
    )
    torch.manual_seed(5)
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            mean = 1.0 if name.endswith("LayerNorm.weight") else 0.0
            weight.copy_(mean + 0.3 * torch.randn_like(weight))
    return model.eval()


def random_batch(seed):
    """Pairs of different lengths, with unequal example weights; no padding yet."""
    rng = random.Random(seed)
    lengths = [rng.randint(3, 11) for _ in range(7)]
    return {
        "ids": [[rng.randrange(1, VOCABULARY) for _ in range(n)] for n in lengths],
        "type_ids": [[0] * (n - n // 3) + [1] * (n // 3) for n in lengths],
        "labels": [rng.randrange(LABELS) for _ in lengths],
        "weights": [0.25 + 2 * rng.random() for _ in lengths],
    }


def padded(rows):
    longest = max(map(len, rows))
    return torch.tensor([row + [0] * (longest - len(row)) for row in rows])


def optimizer_of(model):
    """AdamW as Trainer groups it: no decay on bias and LayerNorm."""
    plain = lambda name: name.endswith("bias") or "LayerNorm" in name
    named = list(model.named_parameters())
    groups = [
        {"params": [p for n, p in named if not plain(n)], "weight_decay": SETTINGS["weight-decay"]},
        {"params": [p for n, p in named if plain(n)], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(
        groups,
        lr=SETTINGS["learning-rate"],
        betas=(SETTINGS["beta1"], SETTINGS["beta2"]),
        eps=SETTINGS["epsilon"],
    )


def train_step(model, optimizer, batch, max_grad_norm):
    """One step; returns its record for case.json and its tensors."""
    ids = padded(batch["ids"])
    logits = model(
        input_ids=ids,
        token_type_ids=padded(batch["type_ids"]),
        attention_mask=padded([[1] * len(row) for row in batch["ids"]]),
    ).logits
    losses = torch.nn.functional.cross_entropy(
        logits, torch.tensor(batch["labels"]), reduction="none"
    )
    weights = torch.tensor(batch["weights"])
    loss = (weights * losses).sum() / weights.sum()
    optimizer.zero_grad()
    loss.backward()
    tensors = {"logits": logits.detach().clone().contiguous()}
    for name, weight in model.named_parameters():
        tensors["gradient." + name] = weight.grad.clone().contiguous()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), max_grad_norm)
    optimizer.step()
    for name, weight in model.named_parameters():
        tensors["weight." + name] = weight.detach().clone().contiguous()
    return {**batch, "loss": loss.item(), "grad_norm": norm.item()}, tensors


def write_case(folder, max_grad_norm):
    folder.mkdir(parents=True, exist_ok=True)
    model = tiny_bert()
    model.save_pretrained(folder, safe_serialization=True)
    optimizer = optimizer_of(model)
    steps = []
    for number in range(1, STEPS + 1):
        record, tensors = train_step(model, optimizer, random_batch(number), max_grad_norm)
        steps.append(record)
        save_file(tensors, folder / f"step-{number}.safetensors", metadata={"format": "pt"})
    clipped = [step["grad_norm"] > max_grad_norm for step in steps]
    settings = {**SETTINGS, "max-grad-norm": max_grad_norm}
    case = {"settings": {key: str(value) for key, value in settings.items()}, "steps": steps}
    (folder / "case.json").write_text(json.dumps(case, indent=1))
    return clipped


def fixtures(args):
    root = pathlib.Path(args.dir)
    if not all(write_case(root / "clipped", 0.5)):
        sys.exit("clipping was meant to be active and was not")
    if any(write_case(root / "unclipped", 1000.0)):
        sys.exit("clipping was meant to be inactive and was not")
    print(f"written to {root.resolve()}")


def service_probabilities(url, texts):
    request = urllib.request.Request(
        url.rstrip("/") + "/api/v1/predict",
        data=json.dumps({"inputs": [{"text": text} for text in texts]}).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        body = json.load(answer)
    print(f"the service answers with version {body['version']}")
    return [prediction["probabilities"] for prediction in body["predictions"]]


def logits_of(folder, config, batch):
    if getattr(config, "classifier_pooling", "cls") == "cls":
        return AutoModelForSequenceClassification.from_pretrained(folder).eval()(**batch).logits
    encoder = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
    tensors = load_file(pathlib.Path(folder) / "model.safetensors")
    mask = batch["attention_mask"].unsqueeze(-1)
    mean = (encoder(**batch).last_hidden_state * mask).sum(1) / mask.sum(1)
    return mean @ tensors["classifier.weight"].T + tensors["classifier.bias"]


def load(args):
    config = AutoConfig.from_pretrained(args.folder)
    tokenizer = AutoTokenizer.from_pretrained(args.folder)
    batch = tokenizer(args.texts, padding=True, truncation=True, return_tensors="pt")
    with torch.no_grad():
        logits = logits_of(args.folder, config, batch)
    labels = [config.id2label[i] for i in range(config.num_labels)]
    print("labels", labels)
    for text, row in zip(args.texts, logits.tolist()):
        print(json.dumps(text), [round(value, 5) for value in row])
    if args.url is None:
        return
    worst = 0.0
    theirs = service_probabilities(args.url, args.texts)
    for row, prediction in zip(logits.softmax(-1).tolist(), theirs, strict=True):
        for label, probability in zip(labels, row, strict=True):
            worst = max(worst, abs(probability - prediction[label]))
    print(f"largest difference in a probability: {worst:.2e}")
    if not math.isfinite(worst) or worst > TOLERANCE:
        sys.exit(f"above {TOLERANCE}: is the service serving another version?")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("fixtures")
    command.add_argument("dir")
    command.set_defaults(run=fixtures)
    command = commands.add_parser("load")
    command.add_argument("folder")
    command.add_argument("texts", nargs="+")
    command.add_argument("--url")
    command.set_defaults(run=load)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()

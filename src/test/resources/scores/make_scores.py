"""Scores of random classifiers, by scikit-learn (scores.json). Probabilities are multiples of 1/64,
which are exact as floats; undefined values are null. Run with scikit-learn 1.2 or later."""

import json
import math
import random

import numpy as np
from sklearn import metrics


def probabilities(rng, labels, rows, skill):
    made = []
    for label in rows:
        parts = [rng.randint(0, 10) for _ in range(labels)]
        parts[label] += skill
        total = sum(parts) or 1
        scaled = [64 * part // total for part in parts]
        scaled[max(range(labels), key=lambda i: (scaled[i], -i))] += 64 - sum(scaled)
        made.append([part / 64 for part in scaled])
    return made


def none_if_nan(value):
    return None if value is None or math.isnan(value) else float(value)


def calibration_error(p, y):
    confidence, answer = p.max(axis=1), p.argmax(axis=1)
    error = 0
    for b in range(15):
        inside = (confidence > b / 15) & (confidence <= (b + 1) / 15)
        if inside.any():
            error += abs(confidence[inside].mean() - (answer == y)[inside].mean()) * inside.mean()
    return error


def resampled(y, p, labels, resamples=2000):
    """Percentiles over resamples of the examples, of scores that are no mean over them."""
    rng = np.random.default_rng(0)
    drawn = {"macroF1": [], "weightedF1": [], "mcc": [], "rocAuc": [], "prAuc": []}
    for _ in range(resamples):
        rows = rng.integers(0, len(y), len(y))
        truth, scores = y[rows], p[rows]
        answer = scores.argmax(axis=1)
        present = np.unique(truth)
        drawn["macroF1"].append(metrics.f1_score(truth, answer, labels=present, average="macro"))
        drawn["weightedF1"].append(metrics.f1_score(truth, answer, average="weighted"))
        if len(present) > 1 and len(set(answer)) > 1:
            drawn["mcc"].append(metrics.matthews_corrcoef(truth, answer))
        ranked = [1] if labels == 2 else present
        ranked = [label for label in ranked if (truth == label).any()]
        split = [label for label in ranked if not (truth == label).all()]
        if split:
            drawn["rocAuc"].append(
                np.mean([metrics.roc_auc_score(truth == l, scores[:, l]) for l in split])
            )
        if ranked:
            drawn["prAuc"].append(
                np.mean([metrics.average_precision_score(truth == l, scores[:, l]) for l in ranked])
            )
    limits = {
        name: np.percentile(values, [2.5, 97.5]).tolist() if values else None
        for name, values in drawn.items()
    }
    return {
        name: None if found is None or found[1] - found[0] < 1e-9 else found
        for name, found in limits.items()
    }


def case(name, labels, rows, skill, seed):
    p = np.array(probabilities(random.Random(seed), labels, rows, skill))
    y = np.array(rows)
    answer = p.argmax(axis=1)
    everything = list(range(labels))
    present = [l for l in everything if (y == l).any()]
    roc = [
        metrics.roc_auc_score(y == l, p[:, l]) if 0 < (y == l).sum() < len(y) else float("nan")
        for l in everything
    ]
    ap = [
        metrics.average_precision_score(y == l, p[:, l]) if (y == l).any() else float("nan")
        for l in everything
    ]
    f1 = metrics.f1_score(y, answer, labels=everything, average=None, zero_division=0)
    mcc = metrics.matthews_corrcoef(y, answer)
    if len(set(answer)) < 2 or len(set(rows)) < 2:
        mcc = float("nan")  # scikit-learn says 0
    overall = lambda values: values[1] if labels == 2 else float(np.nanmean(values))
    return {
        "name": name,
        "labels": labels,
        "truth": rows,
        "probabilities": p.tolist(),
        "accuracy": metrics.accuracy_score(y, answer),
        "macroF1": float(np.mean([f1[l] for l in present])),
        "microF1": float(metrics.f1_score(y, answer, average="micro")),
        "weightedF1": float(
            metrics.f1_score(y, answer, labels=everything, average="weighted", zero_division=0)
        ),
        "mcc": none_if_nan(mcc),
        "brier": float(((p - np.eye(labels)[y]) ** 2).sum(axis=1).mean()),
        "calibrationError": float(calibration_error(p, y)),
        "rocAuc": none_if_nan(overall(roc)),
        "prAuc": none_if_nan(overall(ap)),
        "classRocAuc": [none_if_nan(value) for value in roc],
        "classPrAuc": [none_if_nan(value) for value in ap],
        "bootstrap": resampled(y, p, labels),
    }


rng = random.Random(7)
cases = [
    case("balanced binary", 2, [i % 2 for i in range(80)], 6, 1),
    case("skewed, three classes", 3, [rng.choices([0, 1, 2], [8, 1, 1])[0] for _ in range(120)], 5, 2),
    case("a class that is absent", 4, [rng.randrange(3) for _ in range(60)], 4, 3),
    case("many ties, no skill", 2, [rng.randrange(2) for _ in range(50)], 0, 4),
    case("one class only", 2, [1] * 20, 3, 5),
]
json.dump(cases, open("scores.json", "w"), indent=1)

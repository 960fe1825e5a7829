"""Writes stream_fixture.json: a circular block bootstrap by numpy, and which texts are held out.

python3 stream_fixture.py > stream_fixture.json
"""
import hashlib
import json

import numpy

draw = numpy.random.default_rng(7)
# Runs of alike values, as hits of a model are: a chain that keeps its state nine times in ten.
series = [0]
while len(series) < 600:
    series.append(series[-1] if draw.random() < 0.9 else int(draw.random() < 0.4))
values = numpy.array(series, dtype=float)


def interval(block, resamples=200_000):
    starts = draw.integers(len(values), size=(resamples, -(-len(values) // block)))
    means = numpy.zeros(resamples)
    for row in range(resamples):
        places = (starts[row][:, None] + numpy.arange(block)).ravel()[: len(values)]
        means[row] = values[places % len(values)].mean()
    return [float(values.mean()), *map(float, numpy.percentile(means, [2.5, 97.5]))]


texts = [f"text number {i}" for i in range(200)] + ["Grüße aus Köln", "数据流"]
held_out = [t for t in texts if int.from_bytes(hashlib.sha256(t.encode()).digest()[:8], "big") % 10 == 0]
print(json.dumps({"series": series, "blocks_of_50": interval(50), "blocks_of_1": interval(1),
                  "texts": texts, "held_out": held_out}, ensure_ascii=False))

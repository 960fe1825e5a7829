"""The stream of River's documented examples (river.drift.ADWIN and river.drift.PageHinkley).

With their defaults (delta 0.002; min_instances 30, delta 0.005, threshold 50, alpha 0.9999) ADWIN
reports a change at index 1023, Page-Hinkley at index 1006. Writes one digit a value.
"""

import random

rng = random.Random(12345)
values = rng.choices([0, 1], k=1000) + rng.choices(range(4, 8), k=1000)
print("".join(str(value) for value in values))

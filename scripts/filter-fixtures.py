"""Filters arrays with SciPy, and writes the results to
packages/stridefold/test/fixtures/filters.json.

    python3 scripts/filter-fixtures.py
    npx biome format --write packages/stridefold/test/fixtures/filters.json

Needs SciPy 1.10 or later. The inputs are small integers, from which the test makes the same arrays.
"""

import json
import pathlib
import sys

import numpy as np
import scipy

root = pathlib.Path(__file__).parent
sys.path.append(str(root / "random"))
from filter_reference import answer  # noqa: E402

target = root.parent / "packages/stridefold/test/fixtures/filters.json"
rng = np.random.default_rng(20261129)
SHAPES = [(17,), (9, 12), (5, 6, 7), (3, 4, 3, 3)]
BORDERS = ["zero", {"constant": 3}, "edge", "reflect", "symmetric", "wrap"]
entries = []


def entry(call, shape, options, template=None):
    x = rng.integers(-9, 10, shape)
    others = [] if template is None else [rng.integers(-9, 10, template)]
    y, scale, taps, slack = answer(call, options, x, *[np.float64(t) for t in others])
    record = {"call": call, "options": options, "shape": list(shape), "input": x.ravel().tolist()}
    if others:
        record |= {"templateShape": list(template), "template": others[0].ravel().tolist()}
    record |= {"outputShape": list(y.shape), "output": y.ravel().tolist()}
    entries.append(record | {"scale": scale, "taps": taps, "slack": slack})


for shape in SHAPES:
    rank = len(shape)
    entry("gaussianFilter", shape, {})
    entry("gaussianFilter", shape, {"sigma": [0.5 + 0.4 * a for a in range(rank)]})
    entry("gaussianFilter", shape, {"sigma": 0.8, "order": [(a + 1) % 4 for a in range(rank)]})
    entry("uniformFilter", shape, {})
    entry("uniformFilter", shape, {"size": [2 + a % 3 for a in range(rank)]})
    entry("sobel", shape, {})
    entry("prewitt", shape, {"axis": 0})
    entry("scharr", shape, {"axis": rank - 1})
    entry("laplace", shape, {})
    entry("gaussianLaplace", shape, {"sigma": 0.7})
    entry("gaussianGradientMagnitude", shape, {"sigma": 0.7})
    entry("gradientMagnitude", shape, {})
    entry("savitzkyGolay", shape, {"window": 3, "order": 1, "axis": 0})
    entry("correlateNormalized", shape, {}, [2 + a % 2 for a in range(rank)])
    if rank < 4:
        entry("autocorrelate", shape, {})
for border in BORDERS:
    entry("gaussianFilter", (4, 7), {"sigma": [2, 1], "boundary": border})
    entry("gaussianFilter", (5, 8), {"order": [1, 0], "boundary": border})
    entry("uniformFilter", (6, 5), {"size": 4, "origin": -1, "boundary": border})
    entry("sobel", (5, 4), {"axis": 0, "boundary": border})
    entry("gaussianLaplace", (6, 5), {"boundary": border})
    entry("gradientMagnitude", (4, 6), {"operator": "prewitt", "boundary": border})
    entry("savitzkyGolay", (3, 11), {"window": 7, "order": 3, "boundary": border})
entry("gaussianFilter", (5, 6), {"boundary": ["wrap", "reflect"], "sigma": 1.5})
entry("gaussianFilter", (6, 5), {"boundary": ["edge", {"constant": 3}], "order": [1, 0]})
entry("gaussianLaplace", (6, 5), {"boundary": ["wrap", "edge"], "sigma": 0.8})
entry("gaussianFilter", (5, 6, 3), {"axes": [0, 1], "sigma": [0.6, 1.2]})
entry("gaussianFilter", (5, 6, 3), {"axes": [-1], "order": 2})
entry("gaussianFilter", (5, 6, 3, 2), {"axes": [2, 0], "sigma": [0.6, 1.2]})
entry("gaussianFilter", (5, 6), {"sigma": [0, 1], "truncate": 2})
entry("gaussianFilter", (5, 6), {"radius": [1, 3]})
entry("gaussianLaplace", (6, 5, 3), {"axes": [0, 1]})
entry("gradientMagnitude", (6, 5, 3), {"axes": [0, 1], "operator": "scharr"})
entry("laplace", (6, 5, 3), {"axes": [1, 2]})
entry("uniformFilter", (9,), {"size": 5, "origin": 2})
# More weights than the product of all axes may have.
entry("uniformFilter", (6, 7), {"size": [500, 601], "boundary": ["reflect", "wrap"]})
entry("gaussianLaplace", (5, 6), {"radius": [300, 240], "sigma": 40, "boundary": "edge"})
for window, order in [(1, 0), (4, 2), (5, 4), (8, 3), (9, 2)]:
    for derivative in range(3):
        options = {"window": window, "order": order, "derivative": derivative, "spacing": 0.5}
        entry("savitzkyGolay", (10,), options)
entry("savitzkyGolay", (10, 4), {"window": 6, "order": 2, "axis": 0, "boundary": "reflect"})
entry("autocorrelate", (6, 5), {"mode": "same"})

target.write_text(json.dumps({"scipy": scipy.__version__, "entries": entries}))

"""Pools arrays with PyTorch, and writes the results to
packages/stridefold/test/fixtures/pools.json.

    python3 scripts/pool-fixtures.py
    npx biome format --write packages/stridefold/test/fixtures/pools.json

Needs PyTorch. All numbers are small integers. A NaN is the text "nan", and infinities are "inf" and
"-inf". PyTorch pads both sides of an axis alike.
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(20261129)
target = pathlib.Path(__file__).parent.parent / "packages/stridefold/test/fixtures/pools.json"
MAX = [F.max_pool1d, F.max_pool2d, F.max_pool3d]
AVERAGE = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d]


def flat(x):
    return [
        "nan" if math.isnan(v) else "inf" if v == math.inf else "-inf" if v == -math.inf else v
        for v in x.flatten().tolist()
    ]


def entry(kind, shape, size, stride, padding, include=True, special=()):
    rank = len(shape) - 2
    x = torch.randint(-9, 10, shape).double()
    for at, value in special:
        x.view(-1)[at] = value
    if kind == "max":
        y = MAX[rank - 1](x, size, stride, padding)
    else:
        y = AVERAGE[rank - 1](x, size, stride, padding, count_include_pad=include)
    step = {
        "call": f"{kind}Pool{rank}d",
        "size": size,
        "stride": stride,
        "padding": padding,
    }
    if kind == "average":
        step["includePadding"] = include
    return {
        "step": step,
        "inputShape": list(shape),
        "input": flat(x),
        "outputShape": list(y.shape),
        "output": flat(y),
    }


entries = []
for shape, size, stride, padding in [
    ((1, 2, 9), [3], [2], [1]),
    ((2, 1, 16), [4], [4], [0]),
    ((1, 1, 40), [7], [1], [3]),
    ((1, 3, 7, 10), [3, 3], [2, 2], [1, 1]),
    ((2, 4, 6, 6), [2, 2], [2, 2], [0, 0]),
    ((1, 2, 8, 11), [2, 5], [1, 3], [1, 2]),
    ((1, 1, 12, 12), [8, 8], [1, 1], [4, 4]),
    ((1, 2, 5, 6, 7), [2, 3, 2], [2, 1, 2], [1, 1, 0]),
]:
    entries.append(entry("max", shape, size, stride, padding))
    entries.append(entry("average", shape, size, stride, padding))
    entries.append(entry("average", shape, size, stride, padding, include=False))
special = [(5, math.nan), (17, math.inf), (40, -math.inf), (41, -math.inf)]
entries.append(entry("max", (1, 2, 6, 9), [3, 3], [1, 1], [1, 1], special=special))
entries.append(entry("average", (1, 2, 6, 9), [2, 2], [2, 2], [0, 0], special=special))
# A window that holds nothing but −∞.
minus = [(i, -math.inf) for i in range(8)]
entries.append(entry("max", (1, 1, 2, 8), [2, 2], [2, 2], [0, 0], special=minus))

target.write_text(json.dumps({"torch": torch.__version__, "entries": entries}) + "\n")

"""Convolves arrays in which samples are missing with astropy, and writes the results to
packages/stridefold/test/fixtures/missing.json.

    /usr/bin/python3 scripts/missing-fixtures.py
    npx biome format --write packages/stridefold/test/fixtures/missing.json

Needs astropy 5 or later. All weights are positive: for these, its `nan_treatment="interpolate"`
is what `missing: 'nan'` means. null in the lists is NaN.
"""

import json
import pathlib

import astropy
import numpy as np
from astropy.convolution import convolve

root = pathlib.Path(__file__).parent
target = root.parent / "packages/stridefold/test/fixtures/missing.json"
rng = np.random.default_rng(20261129)
SHAPES = [((15,), (5,)), ((9, 11), (3, 5)), ((5, 6, 7), (3, 1, 3))]
BORDERS = [
    ("zero", {"boundary": "fill", "fill_value": 0.0}),
    ({"constant": 2.5}, {"boundary": "fill", "fill_value": 2.5}),
    ("edge", {"boundary": "extend"}),
    ("wrap", {"boundary": "wrap"}),
]
SHARES = [0.1, 0.4, 0.85]


def listed(values):
    return [None if np.isnan(value) else float(value) for value in values.ravel()]


entries = []
for shape, taps in SHAPES:
    for border, options in BORDERS:
        for share in SHARES:
            x = rng.integers(-9, 10, shape).astype(np.float64)
            x[rng.random(shape) < share] = np.nan
            k = rng.integers(1, 8, taps).astype(np.float64)
            y = convolve(
                x,
                k,
                normalize_kernel=False,
                nan_treatment="interpolate",
                preserve_nan=False,
                **options,
            )
            entries.append(
                {
                    "boundary": border,
                    "shape": list(shape),
                    "input": listed(x),
                    "taps": list(taps),
                    "kernel": listed(k),
                    "output": listed(y),
                }
            )

target.write_text(json.dumps({"astropy": astropy.__version__, "entries": entries}))

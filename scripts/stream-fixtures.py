"""Convolves long signals with SciPy in float64, and writes some of the results to
packages/stridefold/test/fixtures/streams.json.

    python3 scripts/stream-fixtures.py && npx biome format --write packages/stridefold/test/fixtures

Needs NumPy and SciPy. Signals and kernels are the noise of
packages/stridefold/test/stream-cases.ts, so the file needs only their lengths and seeds.
"""

import json
import pathlib

import numpy as np
import scipy
from scipy.signal import fftconvolve

target = pathlib.Path(__file__).parent.parent / "packages/stridefold/test/fixtures/streams.json"


def noise(length, seed):
    state, values = seed, np.empty(length, np.float32)
    for i in range(length):
        state = (state * 1664525 + 1013904223) % 2**32
        values[i] = state / 2**31 - 1
    return values


def case(samples, taps, seed):
    signal = noise(samples, seed).astype(np.float64)
    kernel = noise(taps, seed + 1).astype(np.float64)
    full = fftconvolve(signal, kernel)
    at = np.linspace(0, len(full) - 1, 60).astype(int).tolist()
    return {"samples": samples, "taps": taps, "seed": seed, "at": at, "values": full[at].tolist()}


cases = [case(30000, 200000, 1), case(150000, 20000, 2), case(5000, 300, 3), case(20000, 1, 4)]
versions = {"numpy": np.__version__, "scipy": scipy.__version__}
target.write_text(json.dumps({"versions": versions, "cases": cases}))

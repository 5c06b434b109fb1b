"""Writes WAV files with SciPy and Python's `wave`, convolves them with SciPy in float64, and writes
all of it to packages/cli/test/fixtures/wav.json.

    python3 scripts/wav-fixtures.py && npx biome format --write packages/cli/test/fixtures

Files are in base64. `result` are the samples of each channel of the convolution, as floats.
"""

import base64
import io
import json
import pathlib
import wave

import numpy as np
import scipy
from scipy.io import wavfile
from scipy.signal import fftconvolve

target = pathlib.Path(__file__).parent.parent / "packages/cli/test/fixtures/wav.json"
random = np.random.default_rng(1)
RATE = 8000


def file_of(samples, kind):
    """The bytes of a file, and the samples in it as floats: [length, channels], −1 … 1."""
    out = io.BytesIO()
    if kind in ("f4", "f8"):
        stored = samples.astype(kind)
        wavfile.write(out, RATE, stored)
        return out.getvalue(), stored.astype(float)
    bits = int(kind)
    whole = np.round(samples * 2 ** (bits - 1)).clip(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    if bits == 24:
        data = whole.astype("<i4").reshape(-1, 1).view("u1")[:, :3].tobytes()
        with wave.open(out, "wb") as writer:
            writer.setparams((samples.shape[1], 3, RATE, 0, "NONE", ""))
            writer.writeframes(data)
    else:
        stored = (whole + 128).astype("u1") if bits == 8 else whole.astype(f"i{bits // 8}")
        wavfile.write(out, RATE, stored)
    return out.getvalue(), whole / 2 ** (bits - 1)


def case(kind, inputs, kernels):
    sound, x = file_of(random.uniform(-0.5, 0.5, (40, inputs)), kind)
    response, k = file_of(random.uniform(-0.3, 0.3, (9, kernels)), "f4")
    route = {
        (1, 1): [[0]],
        (1, 2): [[0], [1]],
        (2, 1): [[0, None], [None, 0]],
        (2, 2): [[0, None], [None, 1]],
        (2, 4): [[0, 2], [1, 3]],
        (3, 1): [[0, None, None], [None, 0, None], [None, None, 0]],
    }[inputs, kernels]
    result = [
        sum(fftconvolve(x[:, i], k[:, c]) for i, c in enumerate(row) if c is not None)
        for row in route
    ]
    text = [base64.b64encode(data).decode() for data in (sound, response)]
    names = {"kind": kind, "inputs": inputs, "kernels": kernels}
    return names | dict(sound=text[0], kernel=text[1], result=np.array(result).tolist())


KINDS = ["8", "16", "24", "32", "f4", "f8"]
SHAPES = [(1, 1), (1, 2), (2, 1), (2, 2), (2, 4), (3, 1)]
cases = [case(kind, 2, 2) for kind in KINDS] + [case("f4", *shape) for shape in SHAPES]
versions = {"numpy": np.__version__, "scipy": scipy.__version__}
target.write_text(json.dumps({"versions": versions, "cases": cases}))

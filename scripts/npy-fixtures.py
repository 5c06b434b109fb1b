"""Saves small arrays with NumPy, and writes the files to
packages/stridefold/test/fixtures/npy.json, in base64.

    python3 scripts/npy-fixtures.py && npx biome format --write packages/stridefold/test/fixtures

Needs NumPy from 1.22 on, which leaves room for a longer first extent in every header. `values` are
the elements in C order as little-endian float64, which holds every one of them exactly.
"""

import base64
import io
import json
import pathlib
import warnings

import numpy as np

target = pathlib.Path(__file__).parent.parent / "packages/stridefold/test/fixtures/npy.json"
warnings.simplefilter("ignore")

KINDS = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]
SHAPES = [(), (1,), (5,), (3, 1), (0,), (3, 0), (0, 3), (2, 1, 3), (2, 0, 4), (1,) * 32]


def base64_text(data):
    return base64.b64encode(data).decode()


def values_of(kind, count):
    """Values that tell the kind from every other: extremes, fractions, signs."""
    if kind == "b1":
        return np.arange(count) % 3 == 0
    dtype = np.dtype(kind)
    if dtype.kind == "f":
        tiny, top = np.finfo(dtype).tiny, np.finfo(dtype).max
        special = [1 / 3, -0.0, top, tiny / 4, np.inf, np.nan, -top, tiny]
    else:
        limit = np.iinfo(dtype)
        low, high = max(limit.min, -(2**53)), min(limit.max, 2**53)
        special = [high, low, 1, high - 1, low + 1, 0]
    return np.resize(np.array(special, dtype), count)


def saved(x, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, x, version)
    return file.getvalue()


def entry(x, version=None):
    return {
        "descr": x.dtype.str,
        "order": "F" if x.flags.f_contiguous and not x.flags.c_contiguous else "C",
        "version": saved(x, version)[6],
        "shape": list(x.shape),
        "values": base64_text(x.astype("<f8").tobytes("C")),
        "file": base64_text(saved(x, version)),
    }


def entries():
    for kind in KINDS:
        for byte_order in "<" if kind[1] == "1" else "<>":
            x = values_of(kind, 6).reshape(2, 3).astype(byte_order + kind)
            yield entry(x)
            yield entry(np.asfortranarray(x))
    for shape in SHAPES:
        yield entry(values_of("f4", int(np.prod(shape))).reshape(shape))
    yield entry(np.asfortranarray(values_of("i2", 24).reshape(2, 3, 4)))
    for version in [(2, 0), (3, 0)]:
        yield entry(values_of("f8", 4).reshape(2, 2), version)


def header_lengths():
    """Empty arrays whose headers have every length near a multiple of 64."""
    found = {}
    for rank in range(1, 31):
        for digits in range(1, 8):
            x = np.empty((0, 10 ** (digits - 1)) + (1,) * rank, "<f4")
            text = saved(x)[10:].decode().rstrip()
            residue = (10 + len(text) + 20 + 1) % 64
            if residue in (0, 1, 2, 63):
                found.setdefault((residue, len(saved(x))), entry(x))
    return list(found.values()) + [entry(np.empty((1234567890, 0), "|u1"))]


def rounded():
    """Random float64 of all sizes, numbers halfway between two of float16, and next to those."""
    random = np.random.default_rng(39)
    some = random.standard_normal(300) * 2.0 ** random.integers(-27, 18, 300)
    halves = random.integers(0, 0x7C00, 100).astype("<u2").view("<f2").astype(float)
    above = np.nextafter(halves.astype("<f2"), np.float16(np.inf)).astype(float)
    above[np.isinf(above)] = 65536
    ties = (halves + above) / 2
    x = np.concatenate([some, ties, -np.nextafter(ties, 0), np.nextafter(ties, 1e9), [1e300, 0]])
    return {"values": base64_text(x.tobytes()), "file": base64_text(saved(x.astype("<f2")))}


def refused():
    complex_numbers = np.zeros(2, "<c8")
    records = np.zeros(2, [("x", "<f4"), ("y", "<i4")])
    dates = np.zeros(2, "<M8[D]")
    for x in [complex_numbers, records, dates, np.array(["ab"]), np.array([b"ab"])]:
        yield {"descr": str(x.dtype), "file": base64_text(saved(x))}
    yield {"descr": "object", "file": base64_text(saved(np.array([None])))}
    yield {"descr": "longdouble", "file": base64_text(saved(np.zeros(2, np.longdouble)))}


fixtures = {
    "numpy": np.__version__,
    "entries": [*entries(), *header_lengths()],
    "rounded": rounded(),
    "refused": [*refused()],
}
target.write_text(json.dumps(fixtures, indent=1) + "\n")
print(len(fixtures["entries"]), "arrays,", target.stat().st_size, "bytes")

"""Writes lab/test/fixtures/detective.json: input, kernel and output of calls of SciPy, NumPy and
OpenCV, each with its own conventions.

    /usr/bin/python3 scripts/detective-fixtures.py

Made with NumPy 1.24, SciPy 1.10 and OpenCV 4.6.
"""

import json
import sys

import cv2
import numpy as np
from scipy import ndimage, signal

rng = np.random.default_rng(21)
cases = []


def add(call, x, k, y):
    as_json = lambda a: {"shape": list(a.shape), "values": np.asarray(a, float).ravel().tolist()}
    cases.append({"call": call, "x": as_json(x), "k": as_json(k), "y": as_json(y)})


def image(rows=7, columns=9):
    return rng.integers(0, 10, (rows, columns)).astype(float)


def kernel(rows, columns):
    return rng.integers(-4, 6, (rows, columns)).astype(float)


for rows, columns in ((3, 3), (2, 4)):
    for mode in ("valid", "same", "full"):
        x, k = image(), kernel(rows, columns)
        add(f"signal.convolve2d {mode}", x, k, signal.convolve2d(x, k, mode))
        add(f"signal.correlate2d {mode}", x, k, signal.correlate2d(x, k, mode))
    for mode in ("constant", "nearest", "mirror", "reflect", "wrap"):
        x, k = image(), kernel(rows, columns)
        add(f"ndimage.convolve {mode}", x, k, ndimage.convolve(x, k, mode=mode))
        add(f"ndimage.correlate {mode}", x, k, ndimage.correlate(x, k, mode=mode))
    for name, border in (
        ("constant", cv2.BORDER_CONSTANT),
        ("replicate", cv2.BORDER_REPLICATE),
        ("reflect", cv2.BORDER_REFLECT),
        ("reflect_101", cv2.BORDER_REFLECT_101),
    ):
        x, k = image(), kernel(rows, columns)
        add(f"cv2.filter2D {name}", x, k, cv2.filter2D(x, cv2.CV_64F, k, borderType=border))
for taps in (3, 4):
    for mode in ("valid", "same", "full"):
        x, k = image(1, 12)[0], kernel(1, taps)[0]
        add(f"np.convolve {mode}", x, k, np.convolve(x, k, mode))
        add(f"np.correlate {mode}", x, k, np.correlate(x, k, mode))
x, k = rng.integers(0, 256, (8, 9)).astype(np.uint8), kernel(3, 3)
add("cv2.filter2D uint8", x, k, cv2.filter2D(x, -1, k, borderType=cv2.BORDER_CONSTANT))
add("ndimage.correlate uint8", x, k, ndimage.correlate(x, k, mode="constant"))

with open(sys.argv[1] if len(sys.argv) > 1 else "lab/test/fixtures/detective.json", "w") as file:
    file.write(json.dumps(cases, separators=(",", ":")).replace('{"call"', '\n{"call"') + "\n")

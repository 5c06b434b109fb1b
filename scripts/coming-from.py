"""Runs the Python calls of docs/coming-from.md. scripts/coming-from.ts starts it.

Reads { arrays, bytes, calls, borders } from stdin, and writes { versions, results, borders }. Needs
NumPy, SciPy, OpenCV and PyTorch.
"""

import json
import sys

import cv2
import numpy as np
import scipy
import torch
import torch.nn.functional as F
from scipy import ndimage, signal

question = json.load(sys.stdin)
names = {"np": np, "ndimage": ndimage, "signal": signal, "cv2": cv2, "F": F}


def arrays(library):
    """Returns the arrays as this library takes them. SciPy sums in float64, OpenCV in float32."""
    for name, x in question["arrays"].items():
        dtype = "float64" if library == "SciPy and NumPy" else "float32"
        array = np.array(x["data"], "uint8" if name in question["bytes"] else dtype)
        array = array.reshape(x["shape"])
        yield name, torch.from_numpy(array) if library == "PyTorch" else array


def plain(y):
    y = np.asarray(y)
    return {"shape": list(y.shape), "data": [round(float(v), 6) for v in y.ravel()]}


def padded(column, name):
    """Returns abcd with two samples on either side, under this name of a border."""
    x = np.array([1, 2, 3, 4], "float32")
    if column == 0:
        return ndimage.correlate1d(np.pad(x, 0), [1, 0, 0, 0, 0], mode=name)[:2].tolist() + \
            ndimage.correlate1d(x, [0, 0, 0, 0, 1], mode=name)[-2:].tolist()
    if column == 1:
        y = np.pad(x, 2, mode=name)
    elif column == 2:
        border = getattr(cv2, "BORDER_" + name)
        y = cv2.copyMakeBorder(x.reshape(1, 4), 0, 0, 2, 2, border).ravel()
    else:
        y = F.pad(torch.from_numpy(x).reshape(1, 1, 4), (2, 2), mode=name).numpy().ravel()
    return [float(v) for v in [*y[:2], *y[-2:]]]


versions = {m.__name__: m.__version__ for m in (np, scipy, cv2, torch)}
results = {
    theirs: plain(eval(theirs, {**names, **dict(arrays(library))}))
    for library, theirs in question["calls"]
}
borders = [
    [None if name == "–" else padded(column, name) for column, name in enumerate(row)]
    for row in question["borders"]
]
json.dump({"versions": versions, "results": results, "borders": borders}, sys.stdout)

"""Prints what the recipes of docs/cookbook.md print, computed with SciPy, OpenCV and NumPy.
scripts/cookbook.ts starts it.

Writes { versions, printed } with one list of lines for each heading. Needs NumPy, SciPy and OpenCV.
"""

import json
import sys

import cv2
import numpy as np
import scipy
from scipy import ndimage, signal


def shown(*values):
    """A line as a snippet prints it: lists as in JSON, whole numbers without a point."""
    plain = lambda v: int(v) if float(v).is_integer() else float(v)
    text = lambda v: (
        v if isinstance(v, str)
        else json.dumps([plain(e) for e in v]) if np.ndim(v) else str(plain(v))
    )
    return " ".join(text(v) for v in values)


def sharpen():
    i = np.arange(32 * 24 * 3)
    pixels = np.floor(99 + 60 * np.sin(i) + i % 90).reshape(24, 32, 3)
    blur = ndimage.gaussian_filter(pixels, (1.5, 1.5, 0), mode="mirror")
    sharper = pixels + 0.6 * (pixels - blur)
    clipped = np.count_nonzero((sharper < -0.5) | (sharper >= 255.5))
    data = np.clip(np.rint(sharper), 0, 255).ravel()
    return [shown(32, clipped), shown(data[:6])]


def corners():
    gray = np.full((24, 32), 20, np.float32)
    gray[9:, 14:] = 200
    harris = cv2.cornerHarris(gray, 7, 3, 0.04, borderType=cv2.BORDER_REFLECT) * 256
    row, column = np.unravel_index(np.argmax(harris), harris.shape)
    gy, gx = [cv2.Sobel(gray.astype(float), -1, 1 - a, a, borderType=cv2.BORDER_REFLECT)
              for a in (0, 1)]
    edges = np.hypot(gy, gx)[8:11, 13]
    strongest = f"{harris.max():.4g}".replace("e+0", "e+")
    return [shown(row, column, strongest), " ".join(f"{v:.1f}" for v in edges)]


def holes():
    """Sums of the samples and of the weights that are present, each with zeros in the lake."""
    y, x = np.mgrid[:20, :30]
    heights = 500.0 + 3 * x + 2 * y + x * y % 7
    present = np.ones((20, 30))
    present[6:14, 20:28] = 0
    weights = ndimage.gaussian_filter(present, 1.5)
    filled = ndimage.gaussian_filter(heights * present, 1.5) / weights
    return [
        " ".join(f"{filled[at]:.2f}" for at in ((5, 3), (6, 20), (9, 23))),
        shown(np.count_nonzero(weights < 0.4), f"{filled[6, 20]:.2f}"),
    ]


def spectrum():
    i = np.arange(201)
    counts = 100 + 1000 * np.exp(-(((i - 80) / 9) ** 2)) + i * 7919 % 41 - 20
    smooth = signal.savgol_filter(counts, 15, 3)
    slope = signal.savgol_filter(counts, 15, 3, deriv=1, delta=0.5)
    top = np.argmax(smooth)
    return [
        shown(top, f"{smooth[top]:.3f}", f"{counts[top]:.3f}"),
        f"{slope[60]:.3f} {slope[100]:.3f}",
    ]


def template():
    i = np.arange(60 * 80)
    photo = (i * i % 9973 % 256).reshape(60, 80).astype(np.float32)
    # A Uint8Array holds the darker detail, so fractions are cut off.
    darker = np.floor(photo[20:31, 33:46] / 2 + 10)
    scores = cv2.matchTemplate(photo, darker, cv2.TM_CCOEFF_NORMED)
    row, column = np.unravel_index(np.argmax(scores), scores.shape)
    return [shown(scores.shape, row, column), f"{scores.max():.3f} {scores[0, 0]:.3f}"]


def reverberation():
    i = np.arange(12000)
    side = (i * 7919 % 2003 / 1001 - 1) * 0.1 * np.exp(-i / 2000)
    side[0] = 1
    left = signal.fftconvolve(np.sin(np.arange(1000) / 5), side)
    return [shown(len(left), f"{left[500]:.4f}", f"{left[3000]:.4f}")]


def volume():
    sigma = [0.5, 2, 2.5]
    bead = np.zeros((15, 31, 31))
    bead[7, 15, 15] = 60000
    smooth = ndimage.gaussian_filter(bead, sigma)
    return [
        shown(sigma, f"{smooth[7, 15, 15]:.2f}"),
        f"{smooth[8, 15, 15]:.2f} {smooth[7, 19, 15]:.2f}",
    ]


def life():
    cells = np.zeros((6, 6), int)
    cells.ravel()[[1, 8, 12, 13, 14]] = 1
    for _ in range(40):
        count = signal.convolve2d(cells, np.ones((3, 3), int), "same", "wrap") - cells
        cells = ((count == 3) | ((cells == 1) & (count == 2))).astype(int)
    return [shown(np.flatnonzero(cells))]


def onnx():
    """The definition of Conv in the operators of ONNX."""
    numbers = lambda length, step: (np.arange(length) * step % 11 - 5).astype(float)
    x = numbers(4 * 7 * 8, 3).reshape(4, 7, 8)
    w = numbers(6 * 2 * 3 * 3, 7).reshape(6, 2, 3, 3)
    padded = np.pad(x, ((0, 0), (1, 0), (2, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 5), (1, 2))
    windows = windows[:, ::2, :, :, ::2]
    y = np.concatenate(
        [np.einsum("cyxij,fcij->fyx", windows[2 * g:2 * g + 2], w[3 * g:3 * g + 3])
         for g in (0, 1)]
    )
    y = np.maximum(y + numbers(6, 4)[:, None, None], 0)
    return [shown([1, *y.shape], y.ravel()[63:70])]


recipes = {
    "Sharpen photos on a server": sharpen,
    "Gradients and corners": corners,
    "Smooth a map with holes": holes,
    "Smooth a spectrum": spectrum,
    "Find a template": template,
    "Reverberation": reverberation,
    "Blur a volume by microns": volume,
    "Game of Life": life,
    "A layer of an ONNX model": onnx,
}
versions = {m.__name__: m.__version__ for m in (np, scipy, cv2)}
printed = {heading: recipe() for heading, recipe in recipes.items()}
json.dump({"versions": versions, "printed": printed}, sys.stdout)

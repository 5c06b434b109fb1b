"""What SciPy returns for a filter with stridefold's options. As a program it reads a case in JSON
from each line of stdin, and writes its result to a line of stdout.

SciPy's own functions compute all cases that they take. Three things they lack are put together from
`correlate1d` and `gaussian_filter`: a choice of axes, Scharr, and one border per axis in a sum of
terms (SciPy gives term i the border i along all axes).

`scale` is max|x| · Σ|k|, and `taps` the number of weights along all axes: the error bound is a
multiple of scale · ε, and the multiple grows with taps. `slack` is what SciPy itself may lose where
it solves a system of equations in float64.
"""

import base64
import json
import sys

import numpy as np
from scipy import ndimage, signal

MODES = {
    "zero": "constant",
    "edge": "nearest",
    "reflect": "mirror",
    "symmetric": "reflect",
    "wrap": "wrap",
}
SMOOTHING = {"sobel": [1, 2, 1], "prewitt": [1, 1, 1], "scharr": [3, 10, 3]}
NAMED = {"sobel": ndimage.sobel, "prewitt": ndimage.prewitt}


class Frame:
    """The axes of a filter, with a value of each option for each of them."""

    def __init__(self, x, o):
        self.x = x
        self.rank = x.ndim
        axes = o.get("axes")
        self.axes = list(range(x.ndim)) if axes is None else [a % x.ndim for a in axes]
        self.isWhole = axes is None
        borders = self.per_axis(o.get("boundary", "symmetric"))
        self.cval = next((b["constant"] for b in borders if isinstance(b, dict)), 0.0)
        modes = ["constant" if isinstance(b, dict) else MODES[b] for b in borders]
        self.modes = dict(zip(self.axes, modes))
        self.isUniform = len(set(modes)) == 1
        self.all_modes = [self.modes.get(a, "reflect") for a in range(x.ndim)]

    def per_axis(self, value):
        return value if isinstance(value, list) else [value] * len(self.axes)

    def everywhere(self, value, other):
        given = dict(zip(self.axes, self.per_axis(value)))
        return [given.get(a, other) for a in range(self.rank)]

    def line(self, x, weights, axis):
        return ndimage.correlate1d(x, weights, axis, mode=self.modes[axis], cval=self.cval)


def gaussian(f, o, orders):
    """gaussian_filter with these orders; axes that are not filtered have sigma 0."""
    sigmas = f.everywhere(o.get("sigma", 1), 0)
    radius = o.get("radius")
    radii = [None] * f.rank if radius is None else f.everywhere(radius, 0)
    return ndimage.gaussian_filter(
        f.x,
        sigmas,
        orders,
        mode=f.all_modes,
        cval=f.cval,
        truncate=o.get("truncate", 4.0),
        radius=radii,
    )


def weights_of(f, o, order):
    """Σ|k| of one axis after the other, and the number of weights."""
    total, taps = 1.0, 0
    for axis, sigma in enumerate(f.everywhere(o.get("sigma", 1), 0)):
        if sigma <= 1e-15:
            continue
        radius = o.get("radius")
        r = (
            int(o.get("truncate", 4.0) * sigma + 0.5)
            if radius is None
            else f.everywhere(radius, 0)[axis]
        )
        impulse = np.zeros(2 * r + 1)
        impulse[r] = 1
        k = ndimage.gaussian_filter1d(impulse, sigma, order=order[axis], radius=r, mode="constant")
        total *= np.abs(k).sum()
        taps += 2 * r + 1
    return total, taps


def at(f, axis, order):
    return [order if a == axis else 0 for a in range(f.rank)]


def largest(f):
    return max(np.abs(f.x).max(initial=0), abs(f.cval))


def gaussian_filter(x, o):
    f = Frame(x, o)
    orders = f.everywhere(o.get("order", 0), 0)
    total, taps = weights_of(f, o, orders)
    return gaussian(f, o, orders), total * largest(f), taps


def gaussian_laplace(x, o):
    f = Frame(x, o)
    sizes = [weights_of(f, o, at(f, a, 2)) for a in f.axes]
    if f.isWhole and f.isUniform and o.get("radius") is None:
        y = ndimage.gaussian_laplace(
            x, o.get("sigma", 1), mode=f.all_modes[0], cval=f.cval, truncate=o.get("truncate", 4.0)
        )
    else:
        y = sum(gaussian(f, o, at(f, a, 2)) for a in f.axes)
    return y, sum(s for s, _ in sizes) * largest(f), sum(t for _, t in sizes)


def gaussian_magnitude(x, o):
    f = Frame(x, o)
    sizes = [weights_of(f, o, at(f, a, 1)) for a in f.axes]
    if f.isWhole and f.isUniform and o.get("radius") is None:
        y = ndimage.gaussian_gradient_magnitude(
            x, o.get("sigma", 1), mode=f.all_modes[0], cval=f.cval, truncate=o.get("truncate", 4.0)
        )
    else:
        y = np.sqrt(sum(gaussian(f, o, at(f, a, 1)) ** 2 for a in f.axes))
    return y, sum(s for s, _ in sizes) * largest(f), sum(t for _, t in sizes)


def uniform_filter(x, o):
    f = Frame(x, o)
    sizes = f.everywhere(o.get("size", 3), 1)
    y = ndimage.uniform_filter(
        x, sizes, mode=f.all_modes, cval=f.cval, origin=f.everywhere(o.get("origin", 0), 0)
    )
    return y, largest(f), sum(sizes)


def derivative(name, f, axis):
    if f.isWhole and name in NAMED:
        return NAMED[name](f.x, axis, mode=f.all_modes, cval=f.cval)
    y = f.line(f.x, [-1, 0, 1], axis)
    for other in f.axes:
        if other != axis:
            y = f.line(y, SMOOTHING[name], other)
    return y


def edges(name):
    def call(x, o):
        f = Frame(x, o)
        size = 2.0 * sum(SMOOTHING[name]) ** (f.rank - 1)
        return derivative(name, f, o.get("axis", -1) % f.rank), size * largest(f), 3 * f.rank

    return call


def gradient_magnitude(x, o):
    f = Frame(x, o)
    name = o.get("operator", "sobel")
    if f.isWhole and f.isUniform and name in NAMED:
        y = ndimage.generic_gradient_magnitude(x, NAMED[name], mode=f.all_modes[0], cval=f.cval)
    else:
        y = np.sqrt(sum(derivative(name, f, a) ** 2 for a in f.axes))
    n = len(f.axes)
    return y, n * 2.0 * sum(SMOOTHING[name]) ** (n - 1) * largest(f), 3 * n * n


def laplace(x, o):
    f = Frame(x, o)
    if f.isWhole:
        y = ndimage.laplace(x, mode=f.all_modes, cval=f.cval)
    else:
        y = sum(f.line(x, [1, -2, 1], a) for a in f.axes)
    return y, 4 * len(f.axes) * largest(f), 3 ** len(f.axes)


def savitzky_golay(x, o):
    window, order = o.get("window", 5), o.get("order", 2)
    derivative, spacing = o.get("derivative", 0), o.get("spacing", 1.0)
    boundary = o.get("boundary", "interp")
    constant = isinstance(boundary, dict)
    axis = o.get("axis", -1)
    positions = range(window) if boundary == "interp" else [None]
    total = max(
        np.abs(signal.savgol_coeffs(window, order, derivative, spacing, pos=p)).sum()
        for p in positions
    )
    cval = boundary["constant"] if constant else 0.0
    if boundary == "symmetric":
        k = signal.savgol_coeffs(window, order, derivative, spacing)
        y = ndimage.convolve1d(x, k, axis, mode="reflect")
    else:
        y = signal.savgol_filter(
            x,
            window,
            order,
            derivative,
            spacing,
            axis,
            "interp" if boundary == "interp" else "constant" if constant else MODES[boundary],
            cval,
        )
    scale = total * max(np.abs(x).max(initial=0), abs(cval))
    condition = np.linalg.cond(np.vander(np.arange(window, dtype=float), order + 1))
    return y, scale, window, scale * condition * 2.0**-52


def normalized(x, o, template):
    """The definition, window by window; SciPy has none."""
    windows = np.lib.stride_tricks.sliding_window_view(x, template.shape)
    last = tuple(range(-template.ndim, 0))
    w = windows - windows.mean(axis=last, keepdims=True)
    t = template - template.mean()
    size = np.sqrt((w**2).sum(axis=last) * (t**2).sum())
    flat = (windows.max(axis=last) == windows.min(axis=last)) | (template.max() == template.min())
    y = np.where(flat, 0, (w * t).sum(axis=last) / np.where(flat, 1, size))
    return y, 1.0, template.size


def autocorrelate(x, o):
    y = signal.correlate(x, x, o.get("mode", "full"), method="direct")
    return y, np.abs(x).max(initial=0) * np.abs(x).sum(), x.size


CALLS = {
    "gaussianFilter": gaussian_filter,
    "gaussianLaplace": gaussian_laplace,
    "gaussianGradientMagnitude": gaussian_magnitude,
    "uniformFilter": uniform_filter,
    "sobel": edges("sobel"),
    "prewitt": edges("prewitt"),
    "scharr": edges("scharr"),
    "laplace": laplace,
    "gradientMagnitude": gradient_magnitude,
    "savitzkyGolay": savitzky_golay,
    "correlateNormalized": normalized,
    "autocorrelate": autocorrelate,
}


def answer(call, options, x, *others):
    """The result in float64, the scale of its errors, the number of weights, and the slack."""
    y, scale, taps, *slack = CALLS[call](np.asarray(x, dtype=np.float64), options, *others)
    return y, float(scale), int(taps), float(slack[0] if slack else 0)


def unpack(packed):
    return np.frombuffer(base64.b64decode(packed["data"]), dtype="<f8").reshape(packed["shape"])


if __name__ == "__main__":
    for line in sys.stdin:
        case = json.loads(line)
        try:
            y, scale, taps, slack = answer(
                case["call"], case["options"], *(unpack(a) for a in case["arrays"])
            )
            data = base64.b64encode(np.ascontiguousarray(y, dtype="<f8").tobytes()).decode()
            reply = {"shape": list(y.shape), "data": data}
            reply |= {"scale": scale, "taps": taps, "slack": slack}
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)

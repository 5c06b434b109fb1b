"""Computes the reference results of scripts/random/random.ts. Each line on stdin is a case in JSON;
each line on stdout is its result by PyTorch or SciPy in float64.

Layers use torch.nn.functional, gradients torch.autograd, and signals scipy.signal and
scipy.ndimage. This file makes the borders from the definitions of their names (as in NumPy), with
an index for each coordinate, so that a padding may be longer than the array.
"""

import base64
import json
import sys

import numpy as np
import torch
import torch.nn.functional as F
from scipy import ndimage, signal

torch.set_num_threads(1)
CONV = [F.conv1d, F.conv2d, F.conv3d]
NDIMAGE = {
    "zero": "constant",
    "edge": "nearest",
    "reflect": "mirror",
    "symmetric": "reflect",
    "wrap": "wrap",
}
ACTIVATIONS = {"relu": F.relu, "relu6": F.relu6, "sigmoid": torch.sigmoid, "tanh": torch.tanh}


def array(packed):
    return np.frombuffer(base64.b64decode(packed["data"]), dtype="<f8").reshape(packed["shape"])


def source(coordinate, extent, boundary):
    """Returns the index of the sample at a coordinate; `extent` stands for the constant."""
    if 0 <= coordinate < extent:
        return coordinate
    if boundary == "edge":
        return min(max(coordinate, 0), extent - 1)
    if boundary == "wrap":
        return coordinate % extent
    if boundary == "symmetric":
        at = coordinate % (2 * extent)
        return at if at < extent else 2 * extent - 1 - at
    if boundary == "reflect":
        if extent == 1:
            return 0
        at = coordinate % (2 * extent - 2)
        return at if at < extent else 2 * extent - 2 - at
    return extent


def pad(x, first, pads, boundaries):
    """Pads the axes from `first` on, the last axis first. Autograd can differentiate it."""
    for axis in reversed(range(len(pads))):
        (before, after), boundary, extent = pads[axis], boundaries[axis], x.shape[first + axis]
        fill = boundary["constant"] if isinstance(boundary, dict) else 0.0
        fill_shape = list(x.shape)
        fill_shape[first + axis] = 1
        wide = torch.cat([x, torch.full(fill_shape, fill, dtype=x.dtype)], dim=first + axis)
        index = [source(c, extent, boundary) for c in range(-before, extent + after)]
        x = wide.index_select(first + axis, torch.tensor(index, dtype=torch.long))
    return x


def forward(x, w, bias, case):
    o = case["options"]
    x = pad(x, 2, case["pads"], case["boundaries"])
    return CONV[x.dim() - 3](
        x, w, bias, stride=o["stride"], dilation=o["dilation"], groups=o["groups"]
    )


def layer(case, arrays):
    x, w = torch.tensor(arrays["input"]), torch.tensor(arrays["weight"])
    bias = torch.tensor(arrays["bias"]) if "bias" in arrays else None
    activation = case["options"].get("activation")
    y = forward(x, w, bias, case)
    if activation is None:
        return y.numpy()
    if isinstance(activation, str):
        return ACTIVATIONS[activation](y).numpy()
    if activation["name"] == "clamp":
        return y.clamp(activation["min"], activation["max"]).numpy()
    return F.leaky_relu(y, activation["slope"]).numpy()


def adjoint(x, case, arrays, weight):
    """Computes the transposed layer as the vector-Jacobian product of the forward layer."""
    z = torch.zeros(case["outputShape"], dtype=torch.float64, requires_grad=True)
    case = case | {"boundaries": ["zero" if isinstance(b, dict) else b for b in case["boundaries"]]}
    return torch.autograd.grad(forward(z, weight, None, case), z, x, create_graph=True)[0]


def transposed(case, arrays):
    y = adjoint(torch.tensor(arrays["input"]), case, arrays, torch.tensor(arrays["weight"]))
    if "bias" in arrays:
        y = y + torch.tensor(arrays["bias"]).reshape([1, -1] + [1] * (y.dim() - 2))
    return y.detach().numpy()


def gradient(case, arrays):
    x = torch.tensor(arrays["input"], requires_grad=True)
    w = torch.tensor(arrays["weight"], requires_grad=True)
    bias = torch.zeros(arrays["gradOutput"].shape[1], dtype=torch.float64, requires_grad=True)
    y = forward(x, w, bias, case)
    gradients = torch.autograd.grad(y, [x, w, bias], torch.tensor(arrays["gradOutput"]))
    return gradients[["input", "weight", "bias"].index(case["by"])].numpy()


def transposed_gradient(case, arrays):
    x = torch.tensor(arrays["input"], requires_grad=True)
    w = torch.tensor(arrays["weight"], requires_grad=True)
    y = adjoint(x, case, arrays, w)
    gradients = torch.autograd.grad(y, [x, w], torch.tensor(arrays["gradOutput"]))
    return gradients[["input", "weight"].index(case["by"])].numpy()


def dilate(k, dilation):
    wide = np.zeros([d * (n - 1) + 1 for n, d in zip(k.shape, dilation)])
    wide[tuple(slice(None, None, d) for d in dilation)] = k
    return wide


def filter_signal(x, k, case):
    flip = case["call"] == "convolve"
    same = case.get("mode") == "same" and all(n % 2 == 1 for n in k.shape)
    names = [b if isinstance(b, str) else None for b in case["boundaries"]]
    if (
        case["ndimage"]
        and same
        and len(set(names)) == 1
        and names[0] is not None
        and all(d == 1 for d in case["dilation"])
    ):
        filtered = (ndimage.convolve if flip else ndimage.correlate)(
            x, k, mode=NDIMAGE[names[0]], cval=0.0
        )
    else:
        wide = pad(torch.tensor(x), 0, case["pads"], case["boundaries"]).numpy()
        filtered = (signal.convolve if flip else signal.correlate)(
            wide, dilate(k, case["dilation"]), mode="valid", method="direct"
        )
    return filtered[tuple(slice(None, None, s) for s in case["stride"])] + case["bias"]


def signals(case, arrays):
    x, k, axis = arrays["input"], arrays["kernel"], case["channelAxis"]
    if axis is None:
        return filter_signal(x, k, case)
    planes = np.moveaxis(x, axis, 0)
    kernels = np.moveaxis(k, axis, 0) if k.ndim == x.ndim else [k] * len(planes)
    slices = [filter_signal(np.ascontiguousarray(s), w, case) for s, w in zip(planes, kernels)]
    return np.moveaxis(np.stack(slices), 0, axis)


KINDS = {
    "layer": layer,
    "transposed": transposed,
    "gradient": gradient,
    "transposedGradient": transposed_gradient,
    "signal": signals,
}

for line in sys.stdin:
    case = json.loads(line)
    try:
        result = np.ascontiguousarray(
            KINDS[case["kind"]](case, {name: array(a) for name, a in case["arrays"].items()}),
            dtype="<f8",
        )
        answer = {"shape": list(result.shape), "data": base64.b64encode(result.tobytes()).decode()}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)

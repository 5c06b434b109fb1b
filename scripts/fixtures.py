"""Computes reference results of small problems with SciPy and PyTorch, and writes them to
packages/stridefold/test/fixtures/*.json.

    python3 scripts/fixtures.py && npx biome format --write packages/stridefold/test/fixtures

Needs NumPy, SciPy and PyTorch. The library and its tests need only the files that this script
writes. Inputs are integers or decimals with three digits after the point. So every result has at
most six digits after the point, and the file contains it exactly. The options are those of
stridefold's calls.

Our names for borders, and the position of the extra sample of an even kernel, differ from SciPy's.
Where the meanings differ, NumPy pads the array first, and SciPy only sums over complete windows.
"""

import itertools
import json
import pathlib

import numpy as np
import scipy
import torch
import torch.nn.functional as F
from scipy import ndimage, signal

random = np.random.default_rng(20240607)
folder = pathlib.Path(__file__).parent.parent / "packages/stridefold/test/fixtures"


def numbers(shape, integers):
    """Returns random numbers: small integers, or decimals with three digits after the point."""
    if integers:
        return random.integers(-9, 10, shape).astype(float)
    return np.round(random.uniform(-4, 4, shape), 3)


def flat(x):
    return [int(v) if v == int(v) else v for v in (round(float(v), 6) for v in np.ravel(x))]


def entry(source, call, x, k, options, y, bias=None):
    fields = {
        "source": source,
        "call": call,
        "inputShape": list(x.shape),
        "kernelShape": list(k.shape),
        "options": options,
    }
    fields |= {"input": flat(x), "kernel": flat(k)}
    if bias is not None:
        fields["bias"] = flat(bias)
    return fields | {"outputShape": list(y.shape), "output": flat(y)}


# ------------------------------------------------------------------------------------------------
# SciPy

SHAPES = [((11,), (3,)), ((6, 9), (3, 5)), ((4, 5, 6), (3, 1, 3))]
EVEN = [((9,), (4,)), ((7, 6), (2, 3)), ((6, 5), (4, 2)), ((4, 5, 4), (2, 3, 4))]
# our name: (name in scipy.ndimage, name in NumPy)
BORDERS = {
    "zero": ("constant", "constant"),
    "edge": ("nearest", "edge"),
    "symmetric": ("reflect", "symmetric"),
    "reflect": ("mirror", "reflect"),
    "wrap": ("wrap", "wrap"),
}
CALLS = {"convolve": signal.convolve, "correlate": signal.correlate}


def pad(x, pads, border):
    """Adds samples before and after each axis of x; a negative pad crops."""
    x = x[tuple(slice(max(-b, 0), n - max(-a, 0)) for n, (b, a) in zip(x.shape, pads))]
    pads = [(max(b, 0), max(a, 0)) for b, a in pads]
    if isinstance(border, dict):
        return np.pad(x, pads, constant_values=border["constant"])
    return np.pad(x, pads, mode=BORDERS[border][1])


def same_pads(kernel, lower=False):
    halves = [((k - 1) // 2, k // 2) for k in kernel]
    return [half[::-1] for half in halves] if lower else halves


def signal_entries():
    for n, ((shape, kernel), (call, f), mode) in enumerate(
        itertools.product(SHAPES, CALLS.items(), ["full", "same", "valid"])
    ):
        x, k = numbers(shape, n % 2 == 0), numbers(kernel, n % 2 == 0)
        yield entry(
            f"scipy.signal.{call}", call, x, k, {"mode": mode}, f(x, k, mode=mode, method="direct")
        )


def plane_entries():
    for mode, (boundary, ours) in itertools.product(
        ["full", "same"], [("fill", {"constant": 1.5}), ("wrap", "wrap"), ("symm", "symmetric")]
    ):
        x, k = numbers((5, 7), False), numbers((3, 3), True)
        y = signal.convolve2d(x, k, mode=mode, boundary=boundary, fillvalue=1.5)
        yield entry(
            "scipy.signal.convolve2d", "convolve", x, k, {"mode": mode, "boundary": ours}, y
        )


def image_entries():
    for n, ((shape, kernel), (ours, (scipy_name, _))) in enumerate(
        itertools.product(SHAPES, BORDERS.items())
    ):
        call = ["correlate", "convolve"][n % 2]
        x, k = numbers(shape, False), numbers(kernel, n % 3 == 0)
        y = getattr(ndimage, call)(x, k, mode=scipy_name)
        yield entry(f"scipy.ndimage.{call}", call, x, k, {"boundary": ours}, y)
    for ours, (scipy_name, _) in BORDERS.items():  # Pads longer than the array.
        x, k = numbers((3, 4), False), numbers((9, 5), True)
        y = ndimage.correlate(x, k, mode=scipy_name)
        assert np.allclose(y, signal.correlate(pad(x, same_pads(k.shape), ours), k, mode="valid"))
        yield entry("scipy.ndimage.correlate", "correlate", x, k, {"boundary": ours}, y)
    x, k = numbers((5, 6), False), numbers((3, 3), False)
    y = ndimage.correlate(x, k, mode="constant", cval=-2.5)
    yield entry("scipy.ndimage.correlate", "correlate", x, k, {"boundary": {"constant": -2.5}}, y)
    x, k = numbers((5, 6, 3), True), numbers((3, 3), False)
    y = np.stack([ndimage.convolve(x[..., c], k, mode="mirror") for c in range(3)], axis=-1)
    yield entry(
        "scipy.ndimage.convolve, channel by channel",
        "convolve",
        x,
        k,
        {"boundary": "reflect", "channelAxis": -1},
        y,
    )


def even_kernel_entries():
    for n, ((shape, kernel), (call, f), mode) in enumerate(
        itertools.product(EVEN, CALLS.items(), ["same", "same-lower"])
    ):
        border = list(BORDERS)[n % len(BORDERS)]
        x, k = numbers(shape, n % 2 == 1), numbers(kernel, False)
        y = f(
            pad(x, same_pads(kernel, mode == "same-lower"), border),
            k,
            mode="valid",
            method="direct",
        )
        yield entry(
            f"numpy.pad, scipy.signal.{call}", call, x, k, {"mode": mode, "boundary": border}, y
        )


def option_entries():
    for n, (call, f) in enumerate(CALLS.items()):
        x, k = numbers((9, 11), False), numbers((3, 4), True)
        y = f(pad(x, same_pads(k.shape), "edge"), k, mode="valid", method="direct")[::2, ::3]
        yield entry(
            f"numpy.pad, scipy.signal.{call}, every s-th",
            call,
            x,
            k,
            {"stride": [2, 3], "boundary": "edge"},
            y,
        )
        wide = np.zeros((5, 4))
        wide[::2, ::3] = k[:, :2].reshape(3, 2)
        y = f(x, wide, mode="valid", method="direct")
        yield entry(
            f"scipy.signal.{call}, zeros in the kernel",
            call,
            x,
            k[:, :2],
            {"mode": "valid", "dilation": [2, 3]},
            y,
        )
        pads, border = [(3, -1), (-2, 4)], [{"constant": 2}, "reflect"][n]
        y = f(pad(x, pads, border), k, mode="valid", method="direct") + 0.125
        yield entry(
            f"numpy.pad, scipy.signal.{call}",
            call,
            x,
            k,
            {"padding": pads, "boundary": border, "bias": 0.125},
            y,
        )
        x, k = numbers((4, 5, 3), True), numbers((3, 3, 3), False)
        y = f(pad(x, [(1, 1), (1, 1), (0, 0)], "zero"), k, mode="valid", method="direct")
        yield entry(
            f"scipy.signal.{call}, sum over the last axis",
            call,
            x,
            k,
            {"mode": ["same", "same", "valid"]},
            y,
        )


# ------------------------------------------------------------------------------------------------
# PyTorch

# (input, weight, stride, dilation, groups, bias, pads per axis, border)
FORWARD = [
    ((2, 3, 9), (4, 3, 3), [1], [1], 1, True, [(1, 1)], "zero"),
    ((1, 4, 12), (6, 2, 4), [3], [2], 2, False, [(2, 5)], "zero"),
    ((1, 2, 7), (2, 1, 3), [1], [2], 2, True, [(2, 2)], "wrap"),
    ((1, 1, 3, 3), (1, 1, 2, 2), [1, 1], [1, 1], 1, True, [(0, 0), (0, 0)], "zero"),
    ((2, 3, 6, 7), (4, 3, 3, 3), [1, 1], [1, 1], 1, True, [(1, 1), (1, 1)], "zero"),
    ((1, 3, 8, 9), (2, 3, 3, 2), [2, 3], [1, 2], 1, True, [(0, 2), (3, 1)], "zero"),
    ((2, 4, 5, 6), (8, 1, 3, 3), [1, 1], [1, 1], 4, False, [(1, 1), (1, 1)], "zero"),
    ((1, 4, 6, 5), (6, 2, 1, 1), [2, 1], [1, 1], 2, True, [(0, 0), (0, 0)], "zero"),
    ((1, 2, 6, 6), (3, 2, 4, 3), [1, 2], [1, 1], 1, True, [(2, 1), (1, 1)], "edge"),
    ((1, 2, 5, 6), (2, 2, 3, 3), [1, 1], [1, 2], 1, False, [(1, 1), (2, 2)], "reflect"),
    ((1, 2, 5, 6), (2, 2, 3, 3), [1, 1], [1, 1], 1, True, [(1, 2), (0, 3)], "wrap"),
    ((1, 2, 4, 6), (2, 2, 3, 3), [1, 1], [1, 1], 1, False, [(2, 1), (1, 0)], {"constant": -1.5}),
    (
        (1, 2, 4, 5, 6),
        (3, 2, 3, 3, 3),
        [1, 1, 1],
        [1, 1, 1],
        1,
        True,
        [(1, 1), (1, 1), (1, 1)],
        "zero",
    ),
    (
        (1, 4, 5, 4, 6),
        (4, 2, 2, 1, 3),
        [2, 1, 2],
        [1, 1, 2],
        2,
        False,
        [(1, 0), (0, 0), (2, 3)],
        "zero",
    ),
    (
        (2, 2, 3, 4, 5),
        (2, 1, 2, 3, 2),
        [1, 2, 1],
        [2, 1, 1],
        2,
        True,
        [(1, 1), (1, 2), (0, 1)],
        "edge",
    ),
]
TORCH_BORDERS = {"zero": "constant", "edge": "replicate", "reflect": "reflect", "wrap": "circular"}
# (input, weight, stride, padding, output padding, dilation, groups, bias)
TRANSPOSED = [
    ((1, 2, 5), (2, 3, 3), [1], [0], [0], [1], 1, False),
    ((2, 2, 4), (2, 3, 4), [3], [1], [2], [1], 1, True),
    ((1, 4, 6), (4, 1, 3), [2], [2], [1], [2], 2, True),
    ((1, 3, 4, 5), (3, 2, 3, 3), [2, 2], [1, 1], [1, 1], [1, 1], 1, True),
    ((2, 4, 3, 4), (4, 2, 2, 3), [3, 1], [0, 2], [1, 0], [1, 2], 2, False),
    ((1, 2, 3, 3), (2, 2, 4, 4), [2, 2], [1, 1], [0, 0], [1, 1], 1, True),
    ((1, 2, 2, 3, 3), (2, 2, 2, 3, 2), [2, 1, 3], [0, 1, 1], [1, 0, 2], [1, 1, 1], 1, True),
    # Strides larger than the kernel, and many equal polyphase components.
    ((1, 2, 3), (2, 2, 2), [7], [0], [4], [1], 1, True),
    ((1, 2, 3), (2, 1, 5), [6], [2], [5], [4], 1, True),
    ((1, 1, 3), (1, 2, 37), [16], [3], [5], [1], 1, False),
    ((1, 4, 3, 2), (4, 1, 2, 3), [5, 4], [1, 0], [3, 2], [1, 1], 2, True),
]


def tensors(n, shape, weight, filters, with_bias):
    x, w = numbers(shape, n % 2 == 0), numbers(weight, n % 3 == 0)
    return x, w, numbers((filters,), False) if with_bias else None


def tensor(x):
    return None if x is None else torch.tensor(x, dtype=torch.float64)


def forward_layer_entries():
    for n, (shape, weight, stride, dilation, groups, with_bias, pads, border) in enumerate(FORWARD):
        rank = len(stride)
        x, w, bias = tensors(n, shape, weight, weight[0], with_bias)
        sides = [side for pad in reversed(pads) for side in pad]
        value = border["constant"] if isinstance(border, dict) else 0
        mode = "constant" if isinstance(border, dict) else TORCH_BORDERS[border]
        wide = F.pad(
            tensor(x), sides, mode=mode, **({"value": value} if mode == "constant" else {})
        )
        conv = [F.conv1d, F.conv2d, F.conv3d][rank - 1]
        y = conv(
            wide, tensor(w), tensor(bias), stride=stride, dilation=dilation, groups=groups
        ).numpy()
        options = {
            "stride": stride,
            "dilation": dilation,
            "groups": groups,
            "padding": pads,
            "boundary": border,
        }
        yield entry(f"torch.nn.functional.pad, conv{rank}d", f"conv{rank}d", x, w, options, y, bias)


def named_padding_entries():
    for n, (shape, weight, dilation) in enumerate(
        [((1, 2, 8), (2, 2, 4), [2]), ((1, 2, 5, 6), (3, 2, 2, 5), [1, 1])]
    ):
        rank = len(dilation)
        x, w, _ = tensors(n, shape, weight, weight[0], False)
        conv = [F.conv1d, F.conv2d][rank - 1]
        y = conv(tensor(x), tensor(w), padding="same", dilation=dilation).numpy()
        yield entry(
            f"torch.nn.functional.conv{rank}d",
            f"conv{rank}d",
            x,
            w,
            {"padding": "same", "dilation": dilation},
            y,
        )


def layout_entries():
    x, w, bias = tensors(1, (2, 4, 5, 6), (6, 2, 3, 2), 6, True)
    y = F.conv2d(tensor(x), tensor(w), tensor(bias), stride=[1, 2], padding=1, groups=2).numpy()
    options = {"stride": [1, 2], "padding": 1, "groups": 2, "layout": "channels-last"}
    last = [a.transpose(0, 2, 3, 1) for a in (x, y)]
    for letters, order in {
        "HWIO": (2, 3, 1, 0),
        "OHWI": (0, 2, 3, 1),
        "IHWO": (1, 2, 3, 0),
    }.items():
        layout_options = options | {"weightLayout": letters}
        yield entry(
            "torch.nn.functional.conv2d, permuted",
            "conv2d",
            last[0],
            w.transpose(order),
            layout_options,
            last[1],
            bias,
        )


def depthwise_entries():
    """Weights spatial × I × M: output channel i·M + m reads input channel i only."""
    for n, (extents, kernel, stride, dilation) in enumerate(
        [
            ((9,), (3,), [2], [1]),
            ((5, 6), (3, 2), [1, 2], [2, 1]),
            ((4, 3, 5), (2, 1, 3), [1, 1, 2], [1, 2, 1]),
        ]
    ):
        rank = len(kernel)
        axes, last = "DHW"[-rank:], (0, *range(2, rank + 2), 1)
        channels, multiplier = 3, 2
        x, w, bias = tensors(
            n, (2, channels, *extents), (channels, multiplier, *kernel), channels * multiplier, True
        )
        options = {"stride": stride, "dilation": dilation, "padding": 1}
        settings = options | {"groups": channels}
        forward = [F.conv1d, F.conv2d, F.conv3d][rank - 1]
        filters = tensor(w).reshape(channels * multiplier, 1, *kernel)
        y = forward(tensor(x), filters, tensor(bias), **settings).numpy()
        adjoint = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d][rank - 1]
        z = adjoint(tensor(x), tensor(w), tensor(bias), **settings).numpy()
        layout_options = options | {"layout": f"N{axes}C", "weightLayout": f"{axes}IM"}
        for name, call, result in [
            (f"conv{rank}d", f"conv{rank}d", y),
            (f"conv_transpose{rank}d", f"convTranspose{rank}d", z),
        ]:
            yield entry(
                f"torch.nn.functional.{name}, permuted",
                call,
                x.transpose(last),
                w.transpose(*range(2, rank + 2), 0, 1),
                layout_options,
                result.transpose(last),
                bias,
            )


def transposed_layer_entries():
    for n, (
        shape,
        weight,
        stride,
        padding,
        output_padding,
        dilation,
        groups,
        with_bias,
    ) in enumerate(TRANSPOSED):
        rank = len(stride)
        x, w, bias = tensors(n, shape, weight, weight[1] * groups, with_bias)
        conv = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d][rank - 1]
        y = conv(
            tensor(x), tensor(w), tensor(bias), stride, padding, output_padding, groups, dilation
        ).numpy()
        options = {
            "stride": stride,
            "padding": padding,
            "outputPadding": output_padding,
            "dilation": dilation,
            "groups": groups,
        }
        yield entry(
            f"torch.nn.functional.conv_transpose{rank}d",
            f"convTranspose{rank}d",
            x,
            w,
            options,
            y,
            bias,
        )


files = {
    "scipy": [
        signal_entries,
        plane_entries,
        image_entries,
        even_kernel_entries,
        option_entries,
    ],
    "torch": [
        forward_layer_entries,
        named_padding_entries,
        layout_entries,
        transposed_layer_entries,
        depthwise_entries,
    ],
}
folder.mkdir(parents=True, exist_ok=True)
for name, generators in files.items():
    entries = [item for generate in generators for item in generate()]
    versions = {"numpy": np.__version__, "scipy": scipy.__version__, "torch": torch.__version__}
    (folder / f"{name}.json").write_text(
        json.dumps({"versions": versions, "entries": entries}, indent=1) + "\n"
    )
    print(f"{name}.json: {len(entries)} entries")

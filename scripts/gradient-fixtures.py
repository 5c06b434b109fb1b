"""Computes gradients of layers with torch.autograd, and writes them to
packages/stridefold/test/fixtures/gradients.json.

    python3 scripts/gradient-fixtures.py
    npx biome format --write packages/stridefold/test/fixtures/gradients.json

Needs PyTorch. All numbers are small integers and are computed in float64, so every gradient is an
exact integer. PyTorch's layers have no borders other than zero. Its padding (`circular`,
`replicate`, `reflect`) makes the others, and autograd differentiates the padding, too.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(20240607)
target = pathlib.Path(__file__).parent.parent / "packages/stridefold/test/fixtures/gradients.json"
FORWARD = [F.conv1d, F.conv2d, F.conv3d]
TRANSPOSED = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d]
MODES = {"wrap": "circular", "edge": "replicate", "reflect": "reflect"}


def integers(*shape):
    return torch.randint(-5, 6, shape).double()


def flat(x):
    return [int(v) for v in x.detach().flatten().tolist()]


def entry(call, x, w, options, layer):
    x.requires_grad_()
    w.requires_grad_()
    bias = (
        torch.zeros(options.get("groups", 1) * w.shape[1] if "Transpose" in call else w.shape[0])
        .double()
        .requires_grad_()
    )
    y = layer(x, w, bias)
    g = integers(*y.shape)
    y.backward(g)
    fields = {"call": call, "options": options}
    for name, value in [("input", x), ("weight", w), ("gradOutput", g)]:
        fields |= {name + "Shape": list(value.shape), name: flat(value)}
    return fields | {
        "inputGradient": flat(x.grad),
        "weightGradient": flat(w.grad),
        "biasGradient": flat(bias.grad),
    }


def forward_entry(x, w, **options):
    rank = x.dim() - 2
    border = options.get("boundary")
    torch_options = {
        name: options[name] for name in ["stride", "dilation", "groups"] if name in options
    }
    padding = options.get("padding", 0)

    def layer(x, w, bias):
        if border is None:
            return FORWARD[rank - 1](x, w, bias, padding=padding, **torch_options)
        sides = [side for p in reversed(padding) for side in (p, p)]
        return FORWARD[rank - 1](F.pad(x, sides, mode=MODES[border]), w, bias, **torch_options)

    return entry(f"conv{rank}d", x, w, options, layer)


def transposed_entry(x, w, **options):
    rank = x.dim() - 2
    torch_options = {
        {"outputPadding": "output_padding"}.get(name, name): value
        for name, value in options.items()
    }
    return entry(
        f"convTranspose{rank}d",
        x,
        w,
        options,
        lambda x, w, bias: TRANSPOSED[rank - 1](x, w, bias, **torch_options),
    )


entries = [
    forward_entry(integers(1, 1, 3), integers(1, 1, 2)),
    forward_entry(integers(2, 3, 9), integers(4, 3, 3), stride=2, padding=1),
    forward_entry(integers(2, 4, 10), integers(6, 2, 3), groups=2, dilation=2, padding=2),
    forward_entry(integers(2, 2, 6, 7), integers(3, 2, 3, 2)),
    forward_entry(integers(2, 3, 6, 5), integers(3, 1, 3, 3), groups=3, padding=1),
    forward_entry(integers(2, 2, 6, 5), integers(6, 1, 3, 3), groups=2, padding=1, stride=[2, 1]),
    forward_entry(
        integers(2, 4, 8, 7),
        integers(6, 2, 3, 2),
        groups=2,
        stride=[2, 3],
        dilation=[2, 1],
        padding=[2, 1],
    ),
    forward_entry(integers(1, 2, 8, 8), integers(2, 2, 3, 3), stride=3),
    forward_entry(
        integers(2, 2, 4, 5, 4),
        integers(4, 1, 2, 3, 2),
        groups=2,
        stride=[1, 2, 1],
        padding=[1, 1, 0],
    ),
    forward_entry(
        integers(1, 2, 5, 4, 5), integers(2, 2, 2, 2, 2), dilation=[2, 1, 3], padding=[1, 0, 2]
    ),
    *(
        forward_entry(
            integers(2, 2, 6, 5),
            integers(2, 1, 3, 3),
            groups=2,
            stride=[1, 2],
            padding=[2, 1],
            boundary=border,
        )
        for border in MODES
    ),
    *(
        forward_entry(
            integers(1, 2, 7), integers(3, 2, 3), dilation=2, padding=[3], boundary=border
        )
        for border in MODES
    ),
    forward_entry(
        integers(1, 1, 3, 4, 3), integers(2, 1, 2, 2, 2), padding=[1, 1, 2], boundary="edge"
    ),
    transposed_entry(integers(2, 3, 4), integers(3, 2, 3), stride=2, padding=1, outputPadding=1),
    transposed_entry(integers(2, 4, 4), integers(4, 3, 3), groups=2, dilation=3, outputPadding=2),
    transposed_entry(integers(2, 2, 3, 4), integers(2, 3, 3, 2), stride=[2, 3], padding=[1, 0]),
    transposed_entry(
        integers(2, 4, 3, 3),
        integers(4, 2, 3, 3),
        groups=2,
        stride=2,
        dilation=[1, 2],
        padding=1,
        outputPadding=[1, 0],
    ),
    transposed_entry(
        integers(1, 3, 4, 4),
        integers(3, 1, 3, 3),
        groups=3,
        stride=[1, 2],
        dilation=[3, 2],
        outputPadding=[2, 1],
    ),
    transposed_entry(
        integers(1, 2, 2, 3, 2),
        integers(2, 1, 2, 2, 3),
        groups=2,
        stride=[2, 1, 2],
        padding=[0, 1, 1],
    ),
]
target.write_text(json.dumps({"torch": torch.__version__, "entries": entries}))
print(len(entries), "entries")

"""Writes packages/cli/test/fixtures/*.onnx and, for each, a JSON file with an input and the output
of PyTorch.

Needs a Python with PyTorch; the tests do not need it.   /usr/bin/python3 scripts/onnx-fixtures.py
"""

import json
import os

import torch
from torch import nn

torch.manual_seed(7)
folder = os.path.join(os.path.dirname(__file__), "../packages/cli/test/fixtures")


class Residual(nn.Module):
    """Branches, a batch normalisation, strides, groups, pooling of both kinds, and a dense layer."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 12, 5, stride=2, padding=2)
        self.norm = nn.BatchNorm2d(12)
        self.a = nn.Conv2d(12, 12, 3, padding=1, groups=3)
        self.b = nn.Conv2d(12, 12, 3, padding=2, dilation=2, bias=False)
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.up = nn.ConvTranspose2d(12, 8, 4, stride=2, padding=1)
        self.mean = nn.AvgPool2d(2)
        self.dense = nn.Linear(8 * 8 * 9, 10)

    def forward(self, x):
        x = torch.relu(self.norm(self.first(x)))
        x = nn.functional.leaky_relu(self.a(x), 0.1) + self.b(x)
        x = self.pool(x)
        x = torch.sigmoid(self.up(x))
        x = self.mean(x)
        x = torch.clamp(x, 0.2, 0.8)
        return torch.softmax(self.dense(torch.flatten(x, 1)), 1)


class Small(nn.Module):
    """Concatenation, global pooling, one axis."""

    def __init__(self):
        super().__init__()
        self.a = nn.Conv1d(2, 6, 7, padding=3)
        self.b = nn.Conv1d(2, 4, 3, padding=1, dilation=1)
        self.pool = nn.AdaptiveAvgPool1d(1)
        self.dense = nn.Linear(10, 3, bias=False)

    def forward(self, x):
        x = torch.cat([torch.relu(self.a(x)), torch.tanh(self.b(x))], 1)
        return self.dense(torch.flatten(self.pool(x), 1))


for name, net, shape in [("residual", Residual(), (1, 3, 32, 36)), ("small", Small(), (1, 2, 50))]:
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
            module.weight.data.normal_()
            module.bias.data.normal_()
    net.eval()
    x = torch.randn(shape)
    y = net(x)
    torch.onnx.export(
        net,
        x,
        os.path.join(folder, name + ".onnx"),
        opset_version=13,
        input_names=["x"],
        output_names=["y"],
    )
    with open(os.path.join(folder, name + ".json"), "w") as file:
        json.dump(
            {
                "shape": list(shape),
                "x": x.flatten().tolist(),
                "y": y.flatten().tolist(),
                "torch": torch.__version__,
            },
            file,
        )
    print(name, tuple(y.shape), sum(p.numel() for p in net.parameters()), "parameters")

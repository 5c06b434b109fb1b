"""The other side of scripts/translate/translate.ts: one line of JSON in (code, arrays), the code
run on them, its y out as one line of JSON."""

import base64
import json
import sys

import numpy as np


def array(packed, kind):
    values = np.array(packed["data"], dtype=packed["dtype"]).reshape(packed["shape"])
    if kind != "pytorch":
        return values
    import torch

    return torch.from_numpy(values)


for line in sys.stdin:
    asked = json.loads(line)
    try:
        names = {name: array(asked[name], asked["system"]) for name in ("x", "k")}
        exec(asked["code"], names)
        if "model" in names:
            answer = {"model": base64.b64encode(names["model"].SerializeToString()).decode()}
            print(json.dumps(answer), flush=True)
            continue
        y = np.asarray(names["y"])
        answer = {
            "shape": list(y.shape),
            "data": y.astype(np.float64).ravel().tolist(),
            "dtype": str(y.dtype),
        }
    except Exception as error:  # whatever the other system says is the finding
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)

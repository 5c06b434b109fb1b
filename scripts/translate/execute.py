"""Runs Python code for scripts/translate/translate.ts. Each line on stdin is JSON with code and
arrays; each line on stdout is JSON with the variable y that the code computes."""

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
    request = json.loads(line)
    try:
        names = {name: array(request[name], request["system"]) for name in ("x", "k")}
        exec(request["code"], names)
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
    except Exception as error:  # the error of the other system is the answer
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)

"""Runs the libraries of this Python for `stridefold report --rivals`.

Reads one line of JSON per request and writes one line of JSON per answer. The functions of
article 1 are unchanged, with NumPy. The other libraries use their usual call.
"""

import base64
import json
import sys
import time

import numpy as np


def conv_2d(matrix, kernel):
    n, k = matrix.shape[0], kernel.shape[0]
    out = np.zeros((n - k + 1, n - k + 1), matrix.dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (matrix[i : i + k, j : j + k] * kernel).sum()
    return out


def im2col(matrix, kernel):
    n, k = matrix.shape[0], kernel.shape[0]
    columns = np.zeros((k * k, (n - k + 1) ** 2), matrix.dtype)
    at = 0
    for i in range(n - k + 1):
        for j in range(n - k + 1):
            columns[:, at] = matrix[i : i + k, j : j + k].flatten()
            at += 1
    return np.dot(kernel.flatten(), columns).reshape(n - k + 1, n - k + 1)


def strided(matrix, kernel):
    n, k = matrix.shape[0], kernel.shape[0]
    windows = np.lib.stride_tricks.sliding_window_view(matrix, kernel.shape)
    windows = windows.reshape((n - k + 1) ** 2, k * k)
    return np.dot(windows, kernel.flatten()).reshape(n - k + 1, n - k + 1)


def prepare(name, x, k):
    if name.startswith("NumPy"):
        work = {"NumPy: loops": conv_2d, "NumPy: im2col": im2col, "NumPy: strides": strided}[name]
        return (lambda: work(x, k)), np.asarray, np.__version__
    if name == "PyTorch":
        import torch

        torch.set_num_threads(1)
        xt, kt = torch.from_numpy(x)[None, None], torch.from_numpy(k)[None, None]

        def call():
            with torch.inference_mode():
                return torch.nn.functional.conv2d(xt, kt)

        return call, lambda y: y.numpy()[0, 0], torch.__version__
    if name == "SciPy":
        import scipy
        from scipy import signal

        return (lambda: signal.correlate2d(x, k, "valid")), np.asarray, scipy.__version__
    import cv2

    cv2.setNumThreads(1)
    out = np.empty_like(x)
    shape = tuple(n - m + 1 for n, m in zip(x.shape, k.shape))
    return (
        lambda: cv2.filter2D(x, -1, k, dst=out, anchor=(0, 0), borderType=cv2.BORDER_CONSTANT),
        lambda y: y[: shape[0], : shape[1]],
        cv2.__version__,
    )


run = shown = None
for line in sys.stdin:
    job = json.loads(line)
    try:
        if "calls" in job:
            start = time.perf_counter()
            for _ in range(job["calls"]):
                run()
            answer = {"ms": (time.perf_counter() - start) * 1000}
        else:
            arrays = (
                np.frombuffer(base64.b64decode(job[a]), np.float32).reshape(job[a + "Shape"]).copy()
                for a in "xk"
            )
            run, shown, version = prepare(job["name"], *arrays)
            result = np.ascontiguousarray(shown(run()), np.float32)
            answer = {"version": version, "result": base64.b64encode(result.tobytes()).decode()}
    except Exception as error:
        answer = {"error": "%s: %s" % (type(error).__name__, error)}
    print(json.dumps(answer), flush=True)

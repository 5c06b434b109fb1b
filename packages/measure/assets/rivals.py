"""Times one library on one problem after another. Each job is a JSON line on stdin, each answer a
JSON line on stdout. Arrays are raw float32 files.

A job with `library` prepares a problem. `calls` times that many calls of it. `show` writes the
result of the latest call, timed calls included. A job that fails answers with `error`.
"""

import json
import sys
import time

import numpy as np

run = shown = last = None


def best_of_scipy(job, image, kernel):
    """Returns the fastest of direct sum, one transform of the whole input, and overlap-add."""
    import scipy
    from scipy import ndimage, signal

    out = np.empty_like(image)
    flipped = np.ascontiguousarray(kernel[(slice(None, None, -1),) * kernel.ndim])
    centre = [k // 2 for k in kernel.shape]
    full = [k - 1 for k in kernel.shape]
    methods = {
        "fftconvolve(x, k, 'full')": (lambda: signal.fftconvolve(image, flipped, "full"), full),
        "oaconvolve(x, k, 'full')": (lambda: signal.oaconvolve(image, flipped, "full"), full),
    }
    if kernel.size * image.size < 4e9:
        methods["ndimage.correlate(output=)"] = (
            lambda: ndimage.correlate(image, kernel, output=out, mode="constant"),
            centre,
        )
        if image.ndim == 1:
            methods["np.correlate(x, k, 'full')"] = (
                lambda: np.correlate(image, kernel, "full"),
                full,
            )
    best = None
    for name, (call, start) in methods.items():
        result = call()
        times = []
        for _ in range(3):
            start_time = time.perf_counter()
            result = call()
            times.append(time.perf_counter() - start_time)
        if best is None or min(times) < best[0]:
            best = (min(times), name, call, start)
        del result
    _, name, call, start = best
    window = tuple(
        slice(s - b, s - b + o) for s, b, o in zip(start, job["before"], job["outputShape"][2:])
    )
    shown = lambda y: (out if name.startswith("ndimage") else y)[window]
    return (
        call,
        shown,
        "scipy.signal, best of %d: %s, SciPy %s" % (len(methods), name, scipy.__version__),
    )


def numpy_loops(matrix, kernel):
    n, k = matrix.shape[0], kernel.shape[0]
    out = np.zeros((n - k + 1, n - k + 1), matrix.dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (matrix[i : i + k, j : j + k] * kernel).sum()
    return out


def numpy_im2col(matrix, kernel):
    n, k = matrix.shape[0], kernel.shape[0]
    columns = np.zeros((k * k, (n - k + 1) ** 2), matrix.dtype)
    at = 0
    for i in range(n - k + 1):
        for j in range(n - k + 1):
            columns[:, at] = matrix[i : i + k, j : j + k].flatten()
            at += 1
    return np.dot(kernel.flatten(), columns).reshape(n - k + 1, n - k + 1)


def numpy_strides(matrix, kernel):
    n, k = matrix.shape[0], kernel.shape[0]
    windows = np.lib.stride_tricks.sliding_window_view(matrix, kernel.shape)
    windows = windows.reshape((n - k + 1) ** 2, k * k)
    return np.dot(windows, kernel.flatten()).reshape(n - k + 1, n - k + 1)


# The functions of article 1, unchanged. Matrices are square.
article_functions = {
    "numpy-loops": numpy_loops,
    "numpy-im2col": numpy_im2col,
    "numpy-strides": numpy_strides,
}


def prepare(job):
    x = np.fromfile(job["x"], np.float32).reshape(job["inputShape"])
    k = np.fromfile(job["k"], np.float32).reshape(job["kernelShape"])
    if job["library"] == "pytorch":
        import torch

        torch.set_num_threads(job["threads"])
        rank = x.ndim - 2
        function = getattr(torch.nn.functional, "conv%dd" % rank)
        xt, kt = torch.from_numpy(x), torch.from_numpy(k)
        if rank == 2 and x.shape[1] > 1:
            xt, kt = (t.contiguous(memory_format=torch.channels_last) for t in (xt, kt))
        options = dict(
            stride=job["stride"],
            padding=job["before"],
            dilation=job["dilation"],
            groups=job["groups"],
        )

        def call():
            with torch.inference_mode():
                return function(xt, kt, None, **options)

        return call, lambda y: y.contiguous().numpy(), "F.conv%dd, %s" % (rank, torch.__version__)
    image, kernel = x[0, 0], k[0, 0]
    if job["library"] in article_functions:
        function = article_functions[job["library"]]
        return lambda: function(image, kernel), np.asarray, "NumPy %s" % np.__version__
    if job["library"] == "scipy-direct":
        from scipy import signal

        call = lambda: signal.correlate2d(image, kernel, "valid")
        return call, np.asarray, "signal.correlate2d(x, k, 'valid')"
    if job["library"] == "scipy":
        return best_of_scipy(job, image, kernel)
    import cv2

    cv2.setNumThreads(job["threads"])
    if job["bytes"]:
        image = np.ascontiguousarray(np.moveaxis(x[:, 0], 0, 2).astype(np.uint8))
    out = np.empty_like(image)
    window = tuple(
        slice(k // 2 - b, k // 2 - b + o)
        for k, b, o in zip(kernel.shape, job["before"], job["outputShape"][2:])
    )
    planes = (
        lambda y: np.moveaxis(np.atleast_3d(out[window]), 2, 0) if job["bytes"] else out[window]
    )
    if job["separable"]:
        column, row = kernel.sum(1), kernel.sum(0)
        call = lambda: cv2.sepFilter2D(
            image, -1, row, column, dst=out, borderType=cv2.BORDER_CONSTANT
        )
        return call, planes, "sepFilter2D(dst), OpenCV " + cv2.__version__
    call = lambda: cv2.filter2D(image, -1, kernel, dst=out, borderType=cv2.BORDER_CONSTANT)
    return call, planes, "filter2D(dst), OpenCV " + cv2.__version__


def answer(job):
    global run, shown, last
    if "calls" in job:
        start = time.perf_counter()
        for _ in range(job["calls"]):
            last = run()
        return {"ms": (time.perf_counter() - start) * 1000}
    if "show" in job:
        np.ascontiguousarray(shown(last), np.float32).tofile(job["show"])
        return {}
    run, shown, name = prepare(job)
    last = run()
    return {"call": name}


for line in sys.stdin:
    try:
        message = answer(json.loads(line))
    except Exception as error:
        message = {"error": "%s: %s" % (type(error).__name__, error)}
    print(json.dumps(message), flush=True)

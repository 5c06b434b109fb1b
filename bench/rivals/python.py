"""Times one library on one problem after the other: a JSON line in, a JSON line out. Arrays travel
as raw float32 files.

What is shown is the result of the latest call, timed ones included.
"""

import json
import sys
import time

import numpy as np

run = None


def best_of_scipy(job, picture, kernel):
    """The fastest of its ways: the direct sum, one transform of everything, overlap-add."""
    import scipy
    from scipy import ndimage, signal

    out = np.empty_like(picture)
    flipped = np.ascontiguousarray(kernel[(slice(None, None, -1),) * kernel.ndim])
    lead = [k // 2 for k in kernel.shape]
    whole = [k - 1 for k in kernel.shape]
    ways = {
        "fftconvolve(x, k, 'full')": (lambda: signal.fftconvolve(picture, flipped, "full"), whole),
        "oaconvolve(x, k, 'full')": (lambda: signal.oaconvolve(picture, flipped, "full"), whole),
    }
    if kernel.size * picture.size < 4e9:
        ways["ndimage.correlate(output=)"] = (
            lambda: ndimage.correlate(picture, kernel, output=out, mode="constant"),
            lead,
        )
        if picture.ndim == 1:
            ways["np.correlate(x, k, 'full')"] = (
                lambda: np.correlate(picture, kernel, "full"),
                whole,
            )
    best = None
    for name, (call, start) in ways.items():
        result = call()
        took = []
        for _ in range(3):
            begun = time.perf_counter()
            result = call()
            took.append(time.perf_counter() - begun)
        if best is None or min(took) < best[0]:
            best = (min(took), name, call, start)
        del result
    _, name, call, start = best
    window = tuple(
        slice(s - b, s - b + o) for s, b, o in zip(start, job["before"], job["outputShape"][2:])
    )
    shown = lambda y: (out if name.startswith("ndimage") else y)[window]
    return (
        call,
        shown,
        "scipy.signal, best of %d: %s, SciPy %s" % (len(ways), name, scipy.__version__),
    )


def prepare(job):
    x = np.fromfile(job["x"], np.float32).reshape(job["inputShape"])
    k = np.fromfile(job["k"], np.float32).reshape(job["kernelShape"])
    if job["library"] == "pytorch":
        import torch

        torch.set_num_threads(1)
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
    picture, kernel = x[0, 0], k[0, 0]
    if job["library"] == "scipy":
        return best_of_scipy(job, picture, kernel)
    import cv2

    cv2.setNumThreads(1)
    if job["bytes"]:
        picture = np.ascontiguousarray(np.moveaxis(x[:, 0], 0, 2).astype(np.uint8))
    out = np.empty_like(picture)
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
            picture, -1, row, column, dst=out, borderType=cv2.BORDER_CONSTANT
        )
        return call, planes, "sepFilter2D(dst), OpenCV " + cv2.__version__
    call = lambda: cv2.filter2D(picture, -1, kernel, dst=out, borderType=cv2.BORDER_CONSTANT)
    return call, planes, "filter2D(dst), OpenCV " + cv2.__version__


count = 1
for line in sys.stdin:
    job = json.loads(line)
    if "least" in job:
        while True:
            start = time.perf_counter()
            for _ in range(count):
                last = run()
            took = (time.perf_counter() - start) * 1000
            if took >= job["least"]:
                break
            count *= 2
        answer = {"ms": took / count}
    elif "show" in job:
        np.ascontiguousarray(shown(last), np.float32).tofile(job["show"])
        answer = {}
    else:
        run, shown, name = prepare(job)
        count = 1
        last = run()
        answer = {"call": name}
    print(json.dumps(answer), flush=True)

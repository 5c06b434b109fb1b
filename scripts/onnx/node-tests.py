"""Writes ONNX's tests of single operators as JSON lines: the model, its inputs, and the expected
output that ONNX ships.

Needs a Python with the package onnx (tested with 1.12 and 1.23).

    python3 scripts/onnx/node-tests.py OPERATOR... > cases.jsonl

Names of single tests are accepted as well. --fixtures selects the tests in
packages/cli/test/fixtures/onnx-nodes.jsonl.
"""

import base64
import contextlib
import json
import sys

import numpy as np

# Older test cases use these names, which newer versions of NumPy have removed.
for name, kind in (("float", float), ("bool", bool), ("int", int), ("object", object)):
    if name not in np.__dict__:
        setattr(np, name, kind)

with contextlib.redirect_stdout(sys.stderr):
    from onnx.backend.test.case.node import collect_testcases

    cases = collect_testcases(None)

fixture_names = """
test_averagepool_2d_ceil_last_window_starts_on_pad
test_averagepool_2d_precomputed_pads_count_include_pad
test_batchnorm_example
test_clip_default_max
test_concat_3d_axis_negative_1
test_constant_pad_axes
test_conv_with_autopad_same
test_convtranspose_autopad_same
test_convtranspose_output_shape
test_flatten_negative_axis4
test_gemm_all_attributes
test_gemm_default_matrix_bias
test_maxpool_2d_ceil_output_size_reduce_by_one
test_maxpool_2d_dilations
test_reshape_zero_and_negative_dim
test_softmax_axis_0
test_wrap_pad
""".split()

selected = set(fixture_names if sys.argv[1:] == ["--fixtures"] else sys.argv[1:])


def array(value):
    value = np.asarray(value)
    # JSON has no NaN and no infinity, so such values become strings.
    data = [v if np.isfinite(v) else str(v) for v in value.astype(np.float64).ravel().tolist()]
    return {"shape": list(value.shape), "dtype": str(value.dtype), "data": data}


for case in cases:
    nodes = case.model.graph.node
    if len(nodes) != 1 or selected.isdisjoint({nodes[0].op_type, case.name}):
        continue
    inputs, outputs = case.data_sets[0]
    print(
        json.dumps(
            {
                "name": case.name,
                "op": nodes[0].op_type,
                "model": base64.b64encode(case.model.SerializeToString()).decode(),
                "inputs": [array(x) for x in inputs],
                "output": array(outputs[0]),
                "rtol": case.rtol,
                "atol": case.atol,
            }
        )
    )

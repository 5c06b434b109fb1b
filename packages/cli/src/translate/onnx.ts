/**
 * ONNX: a `Conv` node, with `Pad` nodes before it if the zero padding of Conv is not enough.
 * Flipped weights are stored flipped. The translation is Python that builds the model.
 */

import type { ConvGeometry } from 'stridefold/sync'
import {
  type BorderWords,
  borderSteps,
  channelsFirst,
  constantOf,
  croppedSides,
  isConstant,
  rejectBorders,
  rejectInputDilation,
  wordOf,
} from './arrays-and-borders.ts'
import { flipSubscript, list, number } from './python.ts'
import type { System, Translation } from './translation.ts'

const padWords: BorderWords = {
  zero: 'constant',
  constant: 'constant',
  edge: 'edge',
  reflect: 'reflect',
  wrap: 'wrap',
}

/** The opset whose Pad takes its pads as an input, and the opset that added the mode wrap. */
const [defaultOpset, wrapOpset] = [13, 19]

function translate(g: ConvGeometry): Translation {
  rejectInputDilation('onnx', g)
  rejectBorders('onnx', g, padWords)
  const steps = borderSteps(g)
  const cropped = g.axes.some(({ before, after }) => before < 0 || after < 0)
  const usesConvPadding =
    !cropped && steps.every(({ border }) => isConstant(border) && constantOf(border) === 0)
  const type = g.dtype === 'float64' ? 'DOUBLE' : 'FLOAT'
  const dtype = g.dtype === 'float64' ? 'np.float64' : 'np.float32'
  const arrays = channelsFirst(g)
  const flip = g.flip ? flipSubscript(g.axes.length, 2) : ''
  const weights = [`numpy_helper.from_array(np.ascontiguousarray(k${flip}), 'k')`]
  const nodes: string[] = []
  let name = 'x'
  const pad = (
    befores: readonly number[],
    afters: readonly number[],
    mode: string,
    value: number,
  ): void => {
    const n = nodes.length
    weights.push(
      `numpy_helper.from_array(np.array(${list([0, 0, ...befores, 0, 0, ...afters])}, ` +
        `np.int64), 'pads${n}')`,
    )
    const fill = mode === 'constant' && value !== 0
    if (fill)
      weights.push(`numpy_helper.from_array(np.array(${number(value)}, ${dtype}), 'value${n}')`)
    nodes.push(
      `helper.make_node('Pad', ['${name}', 'pads${n}'${fill ? `, 'value${n}'` : ''}], ` +
        `['padded${n}'], mode='${mode}')`,
    )
    name = `padded${n}`
  }
  if (!usesConvPadding) {
    for (const { border, pads } of steps)
      pad(
        pads.map(([before]) => before),
        pads.map(([, after]) => after),
        padWords[isConstant(border) ? 'constant' : wordOf(border)]!,
        constantOf(border),
      )
    const crops = g.axes.map(croppedSides)
    if (cropped)
      pad(
        crops.map(([before]) => 0 - before),
        crops.map(([, after]) => 0 - after),
        'constant',
        0,
      )
  }
  const pads = usesConvPadding
    ? [...g.axes.map(({ before }) => before), ...g.axes.map(({ after }) => after)]
    : g.axes.flatMap(() => [0, 0])
  const attributes = [
    `kernel_shape=${list(g.axes.map(({ kernel }) => kernel))}`,
    `strides=${list(g.axes.map(({ stride }) => stride))}`,
    `dilations=${list(g.axes.map(({ dilation }) => dilation))}`,
    `group=${g.groups}`,
    `pads=${list(pads)}`,
  ]
  nodes.push(`helper.make_node('Conv', ['${name}', 'k'], ['y'], ${attributes.join(', ')})`)
  const opset = steps.some(({ border }) => border === 'wrap') ? wrapOpset : defaultOpset
  return {
    code: [
      'import numpy as np',
      'from onnx import TensorProto, helper, numpy_helper',
      '',
      'nodes = [',
      ...nodes.map((node) => `    ${node},`),
      ']',
      'weights = [',
      ...weights.map((weight) => `    ${weight},`),
      ']',
      `inputs = [helper.make_tensor_value_info('x', TensorProto.${type}, ${list(arrays.x.shape)})]`,
      `outputs = [helper.make_tensor_value_info('y', TensorProto.${type}, ` +
        `${list(arrays.y.shape)})]`,
      "graph = helper.make_graph(nodes, 'convolution', inputs, outputs, weights)",
      `model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', ${opset})])`,
    ].join('\n'),
    ...arrays,
    notes: [
      "ONNX's Conv is a correlation; pads lists all paddings before, then all after.",
      ...(g.dtype === 'float64'
        ? ['ONNX Runtime has no float64 Conv on the CPU (seen with 1.30.0): leave f64 out there.']
        : []),
      ...(opset === wrapOpset ? ['Pad has the mode wrap from opset 19 on.'] : []),
    ],
  }
}

export const onnx: System = { name: 'onnx', title: 'ONNX', language: 'python', translate }

/**
 * Random calls in the words of each library, as people write them: functions, defaults, borders,
 * layouts, transposed layers. Not what `translate --to` writes.
 */

import type { SystemName } from '../../packages/cli/src/translate/names.ts'
import type { RandomCases } from './random-case.ts'

export interface Call {
  /** The text that `--from` reads. */
  readonly text: string
  /** The code that the library runs, if it is not the text itself. */
  readonly run?: string
  readonly x: readonly number[]
  readonly k: readonly number[]
}

type Calls = (random: RandomCases) => Call

const list = (count: number, make: () => number): number[] => Array.from({ length: count }, make)

const shape = (rank: number, { below }: RandomCases, first: number, more: number): number[] =>
  list(rank, () => first + below(more))

const keyword = (name: string, value: number | readonly number[]): string =>
  `, ${name}=${typeof value === 'number' ? value : `(${value.join(', ')}${value.length === 1 ? ',' : ''})`}`

/** One number for all axes, or one for each. */
const steps = (rank: number, random: RandomCases, first: number, more: number): number[] =>
  random.below(2) === 0
    ? list(rank, () => first + random.below(more))
    : list(1, () => first + random.below(more)).flatMap((n) => list(rank, () => n))

const numpy: Calls = (random) => {
  const { below, pick } = random
  const name = pick(['convolve', 'correlate'])
  const mode = pick(['', ", 'full'", ", 'same'", ", mode='valid'"])
  if (below(3) > 0)
    return {
      text: `y = np.${name}(x, k${mode})`,
      run: `import numpy as np\ny = np.${name}(x, k${mode})`,
      x: [1 + below(9)],
      k: [1 + below(6)],
    }
  const k = shape(2, random, 1, 3)
  const text = [
    'import numpy as np',
    'from numpy.lib.stride_tricks import sliding_window_view',
    `p = np.pad(x, ${pick(['2', '(1, 2)', '((2, 1), (0, 3))'])}, mode='${pick(['edge', 'reflect', 'symmetric', 'constant'])}')`,
    `w = sliding_window_view(p, (${k.join(', ')}))${pick(['', '[::2, ::2]', '[:, ::3]'])}`,
    `y = np.einsum('${pick(['hwij,ij->hw', 'abcd,cd->ab'])}', w, ${pick(['k', 'k[::-1, ::-1]', 'np.flip(k)'])})`,
  ].join('\n')
  return { text, x: shape(2, random, 4, 5), k }
}

const scipy: Calls = (random) => {
  const { below, pick } = random
  const start = 'from scipy import ndimage, signal\n'
  const run = (text: string, x: readonly number[], k: readonly number[]): Call => ({
    text: start + text,
    x,
    k,
  })
  const rank = 1 + below(2)
  const name = pick(['convolve', 'correlate'])
  const kind = pick(['ndimage', 'ndimage', 'ndimage1d', 'signal', 'signal2d', 'upfirdn', 'fft'])
  const mode = pick(['', `, mode='${pick(['full', 'same', 'valid'])}'`])
  if (kind === 'ndimage') {
    const k = shape(rank, random, 1, 4)
    const border = pick([
      '',
      ...['reflect', 'mirror', 'nearest', 'wrap', 'constant', 'grid-wrap', 'grid-mirror'].map(
        (word) => `, mode='${word}'`,
      ),
      ", mode='constant', cval=3",
    ])
    const origins = k.map((n) => below(n) - Math.floor(n / 2))
    const origin = pick(['', '', keyword('origin', rank === 1 ? origins[0]! : origins)])
    return run(
      `y = ndimage.${name}(x, k${border}${origin})${pick(['', '[::2]'])}`,
      shape(rank, random, 4, 5),
      k,
    )
  }
  if (kind === 'ndimage1d')
    return run(
      `y = ndimage.${name}1d(x, k${pick(['', ', axis=0', ', 0', ', axis=-2'])}, mode='${pick(['mirror', 'nearest', 'constant'])}')`,
      shape(2, random, 4, 4),
      [1 + below(4)],
    )
  if (kind === 'upfirdn')
    return run(
      `y = signal.upfirdn(k, x${pick(['', ', 2', ', up=3, down=2', ', down=3'])})`,
      [1 + below(9)],
      [1 + below(5)],
    )
  if (kind === 'signal2d') {
    const boundary = pick([
      '',
      ", boundary='fill', fillvalue=2",
      ", boundary='wrap'",
      ", boundary='symm'",
    ])
    return run(
      `y = signal.${name}2d(x, k${mode}${boundary})`,
      shape(2, random, 4, 5),
      shape(2, random, 1, 4),
    )
  }
  if (kind === 'fft')
    return {
      text: `y = signal.fftconvolve(x, k${mode})`,
      run: `${start}y = signal.fftconvolve(x, k${mode}).round()`,
      x: shape(rank, random, 4, 5),
      k: shape(rank, random, 1, 4),
    }
  const [x, k] =
    below(4) === 0
      ? [shape(rank, random, 1, 3), shape(rank, random, 3, 3)]
      : [shape(rank, random, 4, 5), shape(rank, random, 1, 4)]
  return run(
    `y = signal.${name}(x, k${mode}${pick(['', ", method='direct'"])})`.replace(
      "method='direct'",
      "method='direct'",
    ),
    x,
    k,
  )
}

const pytorch: Calls = (random) => {
  const { below, pick } = random
  const rank = 1 + below(3)
  const groups = pick([1, 1, 2, 3])
  const [inner, filters] = [1 + below(2), groups * (1 + below(2))]
  const channels = groups * inner
  const k = steps(rank, random, 1, 3)
  const stride = steps(rank, random, 1, 3)
  const dilation = steps(rank, random, 1, 2)
  const option = (name: string, values: readonly number[], usual: number): string =>
    values.every((value) => value === usual)
      ? ''
      : keyword(name, values.every((value) => value === values[0]) ? values[0]! : values)
  const x = [...pick([[1], [2], []]), channels, ...shape(rank, random, 4, 5)]
  const group = groups === 1 ? '' : `, groups=${groups}`
  const start = 'import torch\nimport torch.nn.functional as F\nfrom torch import nn\n'
  const kind = pick([
    'function',
    'same',
    'module',
    'transpose',
    'transposeModule',
    'padded',
    'unsqueezed',
  ])
  const padding = steps(rank, random, 0, 3)
  if (kind === 'unsqueezed')
    return {
      text: `${start}y = F.conv${rank}d(x[None, None], k.unsqueeze(0).unsqueeze(0)${option('padding', padding, 0)})`,
      x: shape(rank, random, 4, 5),
      k,
    }
  if (kind === 'transpose' || kind === 'transposeModule') {
    const limit = stride.map((s, a) => Math.max(s, dilation[a]!))
    const extra = limit.map((n) => below(n))
    const options = [
      option('stride', stride, 1),
      option(
        'padding',
        padding.map((p, a) => Math.min(p, dilation[a]! * (k[a]! - 1))),
        0,
      ),
      option('output_padding', extra, 0),
      group,
      option('dilation', dilation, 1),
    ].join('')
    if (kind === 'transpose')
      return {
        text: `${start}y = F.conv_transpose${rank}d(x, k${options})`,
        x,
        k: [channels, filters / groups, ...k],
      }
    const text =
      `m = nn.ConvTranspose${rank}d(${channels}, ${filters}, (${k.join(', ')},)${options}` +
      ', bias=False)'
    return {
      text,
      run: `${start}${text}\nm.weight.data = k\ny = m(x).detach()`,
      x,
      k: [channels, filters / groups, ...k],
    }
  }
  const options = [
    option('stride', stride, 1),
    option('padding', padding, 0),
    option('dilation', dilation, 1),
    group,
  ].join('')
  const weight = [filters, inner, ...k]
  if (kind === 'module') {
    const mode = pick([
      '',
      ...['zeros', 'reflect', 'replicate', 'circular'].map((m) => `, padding_mode='${m}'`),
    ])
    const text =
      `m = nn.Conv${rank}d(${channels}, ${filters}, (${k.join(', ')},)${options}` +
      `, bias=False${mode})`
    return { text, run: `${start}${text}\nm.weight.data = k\ny = m(x).detach()`, x, k: weight }
  }
  if (kind === 'same')
    return {
      text: `${start}y = F.conv${rank}d(x, k, padding='same'${option('dilation', dilation, 1)}${group})`,
      x,
      k: weight,
    }
  if (kind === 'padded' && x.length === rank + 2)
    return {
      text: `${start}y = F.conv${rank}d(F.pad(x, (1, 2${rank > 1 ? ', 0, 1' : ''}), mode='${pick(['replicate', 'constant', 'circular'])}'), k${pick(['', `.flip(${list(rank, () => 0).map((_, a) => a + 2)})`])}${option('stride', stride, 1)}${group})`,
      x,
      k: weight,
    }
  return { text: `${start}y = F.conv${rank}d(x, k${options})`, x, k: weight }
}

const opencv: Calls = (random) => {
  const { below, pick } = random
  const k = shape(2, random, 1, 4)
  const border = pick([
    '',
    ...['CONSTANT', 'REPLICATE', 'REFLECT', 'REFLECT_101', 'DEFAULT'].map(
      (b) => `, borderType=cv2.BORDER_${b}`,
    ),
  ])
  const anchor = pick(['', `, anchor=(${below(k[1]!)}, ${below(k[0]!)})`, ', anchor=(-1, -1)'])
  const delta = pick(['', '', ', delta=5'])
  const [before, kernel] = pick([
    ['', 'k'],
    ['', 'cv2.flip(k, -1)'],
    ['', 'np.flip(k)'],
    [
      `x = cv2.copyMakeBorder(x, 1, 2, 0, 3, cv2.BORDER_${pick(['WRAP', 'REPLICATE', 'CONSTANT'])})\n`,
      'k',
    ],
  ])
  const x = [...shape(2, random, 8, 5), ...pick([[], [], [3]])]
  const own =
    before === ''
      ? border
      : before.includes('REPLICATE')
        ? ', borderType=cv2.BORDER_REPLICATE'
        : ', borderType=cv2.BORDER_CONSTANT'
  const cut = before.includes('WRAP') ? '[4:-3, 4:-3]' : ''
  return {
    text: `import cv2\nimport numpy as np\n${before}y = cv2.filter2D(x, ${pick(['-1', 'cv2.CV_64F'])}, ${kernel}${anchor}${delta}${own})${cut}`,
    x,
    k,
  }
}

const imagemagick: Calls = (random) => {
  const { below, pick } = random
  const [rows, columns] = [1 + below(5), 1 + below(5)]
  const offset = pick(['', `+${below(columns)}+${below(rows)}`])
  return {
    text: `K="…"\nmagick in.png ${pick(['-virtual-pixel Tile', '-virtual-pixel Edge', '-virtual-pixel mirror', '-virtual-pixel Black', '-quiet'])} -morphology ${pick(['Convolve', 'Correlate'])} "${columns}x${rows}${offset}: $K" out.png`,
    x: shape(2, random, 5, 5),
    k: [rows, columns],
  }
}

const sharp: Calls = (random) => {
  const [height, width] = shape(2, random, 3, 4) as [number, number]
  const [rows, columns] = shape(2, random, 5, 5) as [number, number]
  const kernel = random.pick(['k', '[...k].reverse()', 'Array.from(k)'])
  return {
    text:
      `const y = await sharp(x, { raw: { width: ${columns}, height: ${rows}, channels: 1 } })\n` +
      `  .convolve({ width: ${width}, height: ${height}, kernel: ${kernel}, ` +
      `scale: 1${random.pick(['', ', offset: 9'])} })\n` +
      "  .toColourspace('b-w').raw().toBuffer()",
    x: [rows, columns],
    k: [height, width],
  }
}

const tfjs: Calls = (random) => {
  const { below, pick } = random
  const rank = pick([1, 2, 2, 3])
  const [channels, filters] = [1 + below(3), 1 + below(3)]
  const k = shape(rank, random, 1, 3)
  const x = shape(rank, random, 4, 5)
  const stride = 1 + below(3)
  const values = rank === 1 ? `${stride}` : pick([`${stride}`, `[${list(rank, () => stride)}]`])
  const kind = pick(['plain', 'depthwise', 'transpose', 'dilated'])
  const pad = pick([
    "'same'",
    "'valid'",
    ...(rank === 2 ? ['1', '[[0, 0], [1, 2], [0, 1], [0, 0]]'] : []),
  ])
  if (kind === 'transpose' && rank === 2) {
    const same = pick([true, false])
    const outputs = x.map((n, a) => (same ? n * stride - below(stride) : (n - 1) * stride + k[a]!))
    return {
      text: `const y = tf.conv2dTranspose(x, k, [2, ${outputs}, ${filters}], ${values}, '${same ? 'same' : 'valid'}')`,
      x: [2, ...x, channels],
      k: [...k, filters, channels],
    }
  }
  if (kind === 'depthwise' && rank === 2)
    return {
      text: `const y = tf.depthwiseConv2d(x, k, ${values}, ${pick(["'same'", "'valid'"])})`,
      x: [2, ...x, channels],
      k: [...k, channels, filters],
    }
  const isDilated = kind === 'dilated' && rank < 3
  const more = isDilated ? `, '${rank === 1 ? 'NWC' : 'NHWC'}', 2` : ''
  return {
    text: `const y = tf.conv${rank}d(x, k, ${isDilated ? 1 : values}, ${pad}${more})`,
    x: [2, ...x, channels],
    k: [...k, channels, filters],
  }
}

const onnx: Calls = (random) => {
  const { below, pick } = random
  const rank = 1 + below(2)
  const isTransposed = below(3) === 0
  const groups = pick([1, 2])
  const [channels, filters] = [2 * groups, groups]
  const k = shape(rank, random, 1, 3)
  const x = [1 + below(2), channels, ...shape(rank, random, 5, 4)]
  const attributes = [
    ...(below(2) ? [`strides=[${steps(rank, random, 1, 3)}]`] : []),
    ...(groups > 1 ? [`group=${groups}`] : []),
  ]
  const auto = pick(['SAME_UPPER', 'SAME_LOWER', 'VALID', 'pads', 'dilations'])
  if (auto === 'pads') attributes.push(`pads=[${list(2 * rank, () => below(2))}]`)
  else if (auto === 'dilations') attributes.push(`dilations=[${list(rank, () => 2)}]`)
  else attributes.push(`auto_pad='${auto}'`)
  const operator = isTransposed ? 'ConvTranspose' : 'Conv'
  const weight = isTransposed
    ? [channels, filters / groups, ...k]
    : [filters, channels / groups, ...k]
  const text = `helper.make_node('${operator}', ['x', 'k'], ['y'], ${attributes.join(', ')})`
  return {
    text,
    run: [
      'import numpy as np',
      'from onnx import TensorProto, helper, numpy_helper',
      `node = ${text}`,
      `x_info = helper.make_tensor_value_info('x', TensorProto.FLOAT, [${x}])`,
      `y_info = helper.make_tensor_value_info('y', TensorProto.FLOAT, [${x.map(() => 'None')}])`,
      "k_array = numpy_helper.from_array(np.ascontiguousarray(k), 'k')",
      "graph = helper.make_graph([node], 'g', [x_info], [y_info], [k_array])",
      "model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)])",
    ].join('\n'),
    x,
    k: weight,
  }
}

export const calls: Readonly<Partial<Record<SystemName, Calls>>> = {
  numpy,
  scipy,
  pytorch,
  opencv,
  imagemagick,
  sharp,
  tfjs,
  onnx,
}

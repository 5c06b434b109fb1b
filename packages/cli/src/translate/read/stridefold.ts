/**
 * stridefold itself: its calls, `plan` and `geometry` of a call, and the case notation of
 * `planCase`. The library checks shapes and options.
 */

import { type ConvGeometry, geometry, OptionError, parseCase } from 'stridefold/sync'
import type { Pair } from '../arrays-and-borders.ts'
import { type Arguments, arrayOf, given, integerListOf } from './arguments.ts'
import type { Convolution, LayerCall } from './convolution.ts'
import { type Library, type Reader, reader, unchanged } from './library.ts'
import { shapeOf, tensorOf } from './tensor.ts'
import { described, isKind, type Source, type Value } from './values.ts'
import { notRead, oneOf } from './wording.ts'

const filters = ['convolve', 'correlate'] as const
const forward = ['conv1d', 'conv2d', 'conv3d'] as const
const transposed = ['convTranspose1d', 'convTranspose2d', 'convTranspose3d'] as const
const calls = [...filters, ...forward, ...transposed]
type Call = (typeof calls)[number]

const isTransposed = (call: Call): boolean => call.startsWith('convTranspose')

/** A value of the options as JavaScript has it. */
function plainValue(name: string, value: Value): unknown {
  if (value === null || typeof value !== 'object') return value
  if (isKind(value, 'list')) return value.items.map((item) => plainValue(name, item))
  if (isKind(value, 'dict'))
    return Object.fromEntries(
      [...value.entries].map(([key, item]) => [key, plainValue(`${name}.${key}`, item)]),
    )
  throw notRead(
    `${name} is ${described(value)}, a variable`,
    'Its value is not in the code: write it out.',
  )
}

/** Options that change neither the case nor the values, apart from rounding. */
const passedOver = new Set(['out', 'signal', 'algorithm', 'accuracy', 'deterministic', 'backend'])

/** The options of the call, and its bias. */
function callOptions(args: Arguments, call: Call): { options: object; bias?: string } {
  const value = given(args, 'options')
  if (value === undefined) return { options: {} }
  if (!isKind(value, 'dict'))
    throw notRead(`${args.call}: options is ${described(value)}`, 'Write { name: value }.')
  const entries = [...value.entries].filter(([name]) => !passedOver.has(name))
  const bias = value.entries.get('bias')
  if (value.entries.has('activation'))
    throw notRead(`${args.call} has an activation`, 'A case has none: leave it out.')
  const options = Object.fromEntries(
    entries
      .filter(([name]) => name !== 'bias')
      .map(([name, entry]) => [name, plainValue(`${call}: ${name}`, entry)]),
  )
  if (bias === undefined || bias === null || bias === 0) return { options }
  return { options, bias: isKind(bias, 'array') ? bias.source.name : described(bias) }
}

function convolutionOfCall(
  call: Call,
  shapes: readonly [input: readonly number[], kernel: readonly number[]],
  { options, bias }: { options: object; bias?: string },
): Convolution {
  const given = options as Readonly<Record<string, unknown>>
  const border = given.boundary
  if (isTransposed(call) && border !== undefined && border !== 'zero')
    throw notRead(
      `${call} has a boundary, whose adjoint a case does not show`,
      'Leave boundary out.',
    )
  const g = geometry(call, ...shapes, options)
  const layer = isTransposed(call) ? transposedCall(call, shapes, given, g) : undefined
  return {
    ...ofGeometry(g),
    ...(layer ? { layer } : {}),
    ...(bias === undefined ? {} : { bias }),
  }
}

const ofGeometry = (g: ConvGeometry): Convolution => ({
  batch: g.batch,
  channels: g.channels,
  filters: g.filters,
  groups: g.groups,
  flip: g.flip,
  isDouble: g.dtype === 'float64',
  axes: [],
  result: [],
  geometry: g,
  notes: [],
})

/** The same transposed layer with its padding in numbers. */
function transposedCall(
  call: Call,
  [inputShape, kernelShape]: readonly [readonly number[], readonly number[]],
  options: Readonly<Record<string, unknown>>,
  g: ConvGeometry,
): LayerCall {
  const names = ['W', 'HW', 'DHW'][Number(call.at(-2)) - 1]!
  return {
    isTransposed: true,
    isChannelsLast: options.layout === 'channels-last',
    weightLayout: (options.weightLayout as string | undefined) ?? `IO${names}`,
    inputShape,
    kernelShape,
    flippedAxes: [],
    transposed: {
      stride: g.axes.map(({ inputDilation }) => inputDilation),
      dilation: g.axes.map(({ dilation }) => dilation),
      padding: g.axes.map(({ input, kernel, dilation, inputDilation, before, output }): Pair => {
        const e = dilation * (kernel - 1)
        const first = e - before
        return [first, (input - 1) * inputDilation + e + 1 - first - output]
      }),
      outputPadding: g.axes.map(() => 0),
    },
  }
}

const named = (name: string, shape?: readonly number[]): Source =>
  shape === undefined ? { name } : { name, shape }

/** `correlate(x, k, options)`. */
const direct = (call: Call): Reader =>
  reader('x, k, options', (args) => {
    const [x, k] = [arrayOf(args, 'x'), arrayOf(args, 'k')]
    const options = callOptions(args, call)
    return {
      kind: 'convolution',
      input: x.source,
      kernel: k.source,
      build: (bind) =>
        convolutionOfCall(call, [shapeOf(tensorOf(x, bind)), shapeOf(tensorOf(k, bind))], options),
    }
  })

/** `plan('conv2d', inputShape, kernelShape, options)`. */
const byName: Reader = reader('call, inputShape, kernelShape, options', (args) => {
  const call = calls.find((name) => name === given(args, 'call'))
  if (call === undefined)
    throw notRead(
      `${args.call}: call is ${described(given(args, 'call'))}`,
      `Write ${oneOf(calls.map((name) => `'${name}'`))}.`,
    )
  const shapes = [integerListOf(args, 'inputShape'), integerListOf(args, 'kernelShape')] as const
  const options = callOptions(args, call)
  return {
    kind: 'convolution',
    input: named('x', shapes[0]),
    kernel: named('k', shapes[1]),
    build: () => convolutionOfCall(call, shapes, options),
  }
})

const byCase: Reader = reader('text, options', (args) => {
  const text = given(args, 'text')
  if (typeof text !== 'string')
    throw new OptionError(
      'TRANSLATION_REFUSED',
      `${args.call}: the case is ${described(text)}. Write it in quotes.`,
    )
  const g = parseCase(text)
  return {
    kind: 'convolution',
    input: named('x', []),
    kernel: named('k', []),
    build: () => ofGeometry(g),
  }
})

export const stridefold: Library = {
  name: 'stridefold',
  title: 'stridefold',
  dialect: 'javascript',
  aliases: { stridefold: '', 'stridefold/sync': '' },
  functions: {
    ...Object.fromEntries(
      calls.flatMap((call) => [
        [call, direct(call)],
        [`${call}Sync`, direct(call)],
      ]),
    ),
    plan: byName,
    geometry: byName,
    outputShape: byName,
    planCase: byCase,
    parseCase: byCase,
  },
  methods: {
    runSync: unchanged('self, x, k, out'),
    run: unchanged('self, x, k, out'),
    prepare: unchanged('self, k'),
    dispose: reader('self', () => null),
  },
}

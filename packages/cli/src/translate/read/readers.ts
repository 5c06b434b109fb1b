/**
 * Reads a call as people write it in a library, and returns the case. Shapes come from the code,
 * from `--input` and `--kernel`, or from the comments that `translate --to` writes above its code.
 */

import { type ConvGeometry, checkedFit } from 'stridefold/sync'
import type { SystemName } from '../names.ts'
import { type Convolution, geometryOf } from './convolution.ts'
import { evaluate } from './evaluate.ts'
import { readImageMagick } from './imagemagick.ts'
import type { Library } from './library.ts'
import { numpy } from './numpy.ts'
import { fromJson, onnx } from './onnx.ts'
import { opencv } from './opencv.ts'
import { parseCode } from './parse.ts'
import { pytorch } from './pytorch.ts'
import { scipy } from './scipy.ts'
import { sharp } from './sharp.ts'
import { stridefold } from './stridefold.ts'
import type { Binding } from './tensor.ts'
import { tensorflow } from './tensorflow.ts'
import { tfjs } from './tfjs.ts'
import { type ConvolutionValue, isKind, type Source } from './values.ts'
import { webnn } from './webnn.ts'
import { notRead } from './wording.ts'

export const libraries: readonly Library[] = [
  numpy,
  scipy,
  pytorch,
  tensorflow,
  onnx,
  opencv,
  sharp,
  tfjs,
  webnn,
  stridefold,
]

export interface Shapes {
  readonly input?: readonly number[] | undefined
  readonly kernel?: readonly number[] | undefined
}

export interface Reading {
  readonly geometry: ConvGeometry
  readonly convolution: Convolution
  /** The shapes of the arrays of the code. */
  readonly inputShape: readonly number[]
  readonly kernelShape: readonly number[]
  /** The numbers of the arrays, row by row, if the code has them as literals. */
  readonly inputValues?: readonly number[]
  readonly kernelValues?: readonly number[]
  /** What x and k stand for, if the code computes them. */
  readonly notes: readonly string[]
}

/** Throws `OptionError` for code that is not read, with the word and the reason. */
export function readCode(text: string, system: SystemName, shapes: Shapes): Reading {
  const { value, comments } = parsedValue(text, system)
  const header = headerOf(comments)
  const bound = new Map<string, readonly number[]>()
  const bind: Binding = (source) => {
    const isKernel = source !== value.input && (source === value.kernel || source.shape)
    const role = isKernel ? 'kernel' : 'input'
    if (!isKernel && source !== value.input)
      throw notRead(`The shape of '${source.name}' is not in the code`, 'Write it in numbers.')
    const shape = shapeOfSource(source, role, shapes[role] ?? header[role], system)
    bound.set(role, shape)
    return shape
  }
  rejectUnused(value, shapes)
  const convolution = value.build(bind)
  const geometry = checkedFit(geometryOf(convolution, header.isDouble))
  return {
    geometry,
    convolution,
    inputShape: bound.get('input') ?? [],
    kernelShape: bound.get('kernel') ?? value.kernel.shape ?? [],
    ...(value.input.values && { inputValues: value.input.values }),
    ...(value.kernel.values && { kernelValues: value.kernel.values }),
    notes: [...meaningOf('x', value.input), ...meaningOf('k', value.kernel)],
  }
}

function parsedValue(
  text: string,
  system: SystemName,
): { readonly value: ConvolutionValue; readonly comments: readonly string[] } {
  if (system === 'imagemagick') return readImageMagick(text)
  const library = libraries.find(({ name }) => name === system)!
  const json = system === 'onnx' ? fromJson(text) : undefined
  if (isKind(json, 'convolution')) return { value: json, comments: [] }
  const program = parseCode(text, library.dialect)
  return { value: evaluate(program, library), comments: program.comments }
}

/** A note for an array that is not a variable, such as `np.ones((5, 5)) / 25`. */
function meaningOf(name: string, source: Source): string[] {
  const isVariable = /^[\w.'$]+$/.test(source.name)
  const text = source.name.replace(/\s+/g, ' ')
  return isVariable ? [] : [`${name} is ${text.length > 80 ? `${text.slice(0, 79)}…` : text}`]
}

function shapeOfSource(
  { name, shape }: Source,
  role: 'input' | 'kernel',
  flag: readonly number[] | undefined,
  system: SystemName,
): readonly number[] {
  const known = shape ?? flag
  if (known === undefined)
    throw notRead(
      `The shape of '${name}' is not in the code`,
      `Give --${role}, such as --${role} ${examples[system][role]}.`,
    )
  if (shape !== undefined && flag !== undefined && shape.join() !== flag.join())
    throw notRead(
      `--${role} is ${flag.join('x')}, but '${name}' has the shape ${shape.join('x')} in the code`,
      `Leave --${role} out.`,
    )
  return known
}

/** A flag for an array whose shape the code gives in another way. */
function rejectUnused({ input, kernel }: ConvolutionValue, shapes: Shapes): void {
  for (const [role, source] of Object.entries({ input, kernel }))
    if (shapes[role as keyof Shapes] !== undefined && source.shape?.length === 0)
      throw notRead(`The code gives the shape of the ${role}`, `Leave --${role} out.`)
}

const images = { input: '512x512', kernel: '5x5' }
const channelsLast = { input: '1x56x56x64', kernel: '3x3x64x128' }
const channelsFirst = { input: '1x64x56x56', kernel: '128x64x3x3' }

/** Shapes for the error message, in the order of axes of each library. */
const examples: Readonly<Record<SystemName, { input: string; kernel: string }>> = {
  numpy: images,
  scipy: images,
  pytorch: channelsFirst,
  tensorflow: channelsLast,
  onnx: channelsFirst,
  opencv: images,
  imagemagick: images,
  sharp: images,
  tfjs: channelsLast,
  webnn: channelsFirst,
  stridefold: images,
}

/** `x: float32 [9, 8], k: float64 [3, 3] → …`, as `translate --to` writes it. */
function headerOf(comments: readonly string[]): Shapes & { readonly isDouble: boolean } {
  const line = comments
    .map((comment) =>
      /^\W*x: (\w+) \[([\d, ]+)\](?: \([\w ]+\))?, k: (\w+) \[([\d, ]+)\]/.exec(comment),
    )
    .find((match) => match !== null)
  if (!line) return { isDouble: false }
  const shape = (list: string): number[] => list.split(', ').map(Number)
  return { input: shape(line[2]!), kernel: shape(line[4]!), isDouble: line[3] === 'float64' }
}

/**
 * The page's problem as a program for another system, with the page's own numbers: the code of
 * `stridefold translate`, and above it the arrays that it reads. `readCall` reads all of it back.
 */

import { biasNote, page, systems, type Translation } from '@stridefold/cli/translate'
import { type ConvGeometry, type NdArray, OptionError } from 'stridefold/sync'
import { messageOf } from '../model/message-of.ts'
import { product } from '../model/numbers.ts'
import type { PageArrays } from './page-arrays.ts'

export type SystemName = (typeof systems)[number]['name']

/** The names of the systems and their titles, in the order of `translate`. */
export const systemTitles: readonly (readonly [SystemName, string])[] = systems.map(
  ({ name, title }) => [name, title],
)

export interface Program {
  readonly text: string
  /** The ending of a file with it. */
  readonly ending: 'py' | 'js' | 'sh'
  /** Arrays that have too many numbers to write out: the program expects them. */
  readonly missing: readonly Role[]
}

/** The reason why a system has no equivalent, in English. */
export interface NoProgram {
  readonly reason: string
}

/** A longer list is a file, not code. */
const maxWritten = 1 << 13

const endings = { python: 'py', javascript: 'js', shell: 'sh' } as const

export function programFor(name: SystemName, arrays: PageArrays): Program | NoProgram {
  const system = systems.find((candidate) => candidate.name === name)!
  const { geometry, bias } = arrays
  try {
    const translation = system.translate(geometry)
    const notes = [...translation.notes, ...(bias === 0 ? [] : [biasNote(String(bias))])]
    const [lines, missing] = arrayLines(name, translation, arrays)
    const code = withArrays(translation.code, name, lines)
    return {
      text: `${page({ system, geometry, translation: { ...translation, code, notes } })}\n`,
      ending: endings[system.language],
      missing,
    }
  } catch (error) {
    if (error instanceof OptionError) return { reason: messageOf(error) }
    throw error
  }
}

type Lines = readonly [lines: readonly string[], missing: Program['missing']]

/** The lines that make x and k. */
function arrayLines(name: SystemName, translation: Translation, arrays: PageArrays): Lines {
  const missing: Role[] = []
  const lines = (['input', 'kernel'] as const).flatMap((role) => {
    const array = arrays[role]
    const write = writers[name][role]
    if (!write || product(array.shape) > maxWritten) {
      missing.push(role)
      return []
    }
    const variable = role === 'input' ? 'x' : 'k'
    const { shape, axes } = translation[variable]
    const values = inLayout(array, axes.split(' '), arrays.geometry)
    return [write(variable, nested(values, shape), arrays.geometry)]
  })
  return [lines, missing]
}

type Role = 'input' | 'kernel'
type Write = (variable: string, list: string, g: ConvGeometry) => string

const byNumpy: Write = (variable, list, { dtype }) =>
  `${variable} = np.array(${list}, dtype=np.${dtype})`

/** Images come from files, and WebNN gets operands: what has no writer stays a name. */
const writers: Readonly<Record<SystemName, Partial<Record<Role, Write>>>> = {
  numpy: { input: byNumpy, kernel: byNumpy },
  scipy: { input: byNumpy, kernel: byNumpy },
  onnx: { input: byNumpy, kernel: byNumpy },
  opencv: { input: byNumpy, kernel: byNumpy },
  pytorch: both(
    (variable, list, { dtype }) => `${variable} = torch.tensor(${list}, dtype=torch.${dtype})`,
  ),
  tensorflow: both(
    (variable, list, { dtype }) => `${variable} = tf.constant(${list}, dtype=tf.${dtype})`,
  ),
  tfjs: both((variable, list) => `const ${variable} = tf.tensor(${list})`),
  stridefold: both((variable, list) => `const ${variable} = ${list}`),
  sharp: { kernel: (variable, list) => `const ${variable} = ${flat(list)}` },
  imagemagick: { kernel: (_, list) => `K="${flat(list).slice(1, -1).replaceAll(' ', '')}"` },
  webnn: {},
}

function both(write: Write): Record<Role, Write> {
  return { input: write, kernel: write }
}

/** Nested lists as one. */
const flat = (list: string): string => {
  const words = list.split(/[\s,[\]]+/).filter(Boolean)
  return `[${words.join(', ')}]`
}

const imports: Readonly<Partial<Record<SystemName, string>>> = {
  numpy: 'import numpy as np',
  scipy: 'import numpy as np',
  onnx: 'import numpy as np',
  opencv: 'import numpy as np',
  pytorch: 'import torch',
}

/** The arrays after the imports of the code. */
function withArrays(code: string, name: SystemName, arrays: readonly string[]): string {
  if (name === 'imagemagick') return code.replace('K="…"', arrays.join('\n') || 'K="…"')
  if (arrays.length === 0) return code
  const lines = code.split('\n')
  const isImport = (line: string): boolean => /^(?:import|from) /.test(line)
  const needed = imports[name]
  const head = lines.filter(isImport)
  if (needed !== undefined && !head.includes(needed)) head.unshift(needed)
  const body = lines
    .filter((line) => !isImport(line))
    .join('\n')
    .trim()
  return [head.join('\n'), arrays.join('\n'), body].filter(Boolean).join('\n\n')
}

/** The values in the order of the axes that the system uses; without names: that of the lab. */
function inLayout(array: NdArray, axes: readonly string[], g: ConvGeometry): readonly number[] {
  const values = Array.from(array.data)
  const leads = axes[0] === 'N' || axes[0] === 'O' || axes.length < 2
  if (leads && axes.at(-1) !== 'C') return values
  // From N C spatial to N spatial C; from O I spatial to spatial I O, or spatial C M.
  const [outer = 1, inner = 1] = array.shape
  const spatial = product(array.shape.slice(2))
  const isDepthwise = axes.at(-1) === 'M'
  const result: number[] = []
  if (axes[0] === 'N')
    for (let n = 0; n < outer; n++)
      for (let s = 0; s < spatial; s++)
        for (let c = 0; c < inner; c++) result.push(values[(n * inner + c) * spatial + s]!)
  else if (isDepthwise)
    for (let s = 0; s < spatial; s++)
      for (let o = 0; o < outer; o++) result.push(values[o * inner * spatial + s]!)
  else
    for (let s = 0; s < spatial; s++)
      for (let i = 0; i < inner; i++)
        for (let o = 0; o < g.filters; o++) result.push(values[(o * inner + i) * spatial + s]!)
  return result
}

/** Nested lists. Rows of a plane stand below each other. */
function nested(values: readonly number[], shape: readonly number[], depth = 0): string {
  const [extent = 1, ...inner] = shape
  if (inner.length === 0) return `[${values.join(', ')}]`
  const size = product(inner)
  const parts = Array.from({ length: extent }, (_, i) =>
    nested(values.slice(i * size, (i + 1) * size), inner, depth + 1),
  )
  const isShort = parts.join().length < 60 && !parts.some((part) => part.includes('\n'))
  if (isShort) return `[${parts.join(', ')}]`
  const indent = '  '.repeat(depth + 1)
  return `[\n${parts.map((part) => `${indent}${part},`).join('\n')}\n${'  '.repeat(depth)}]`
}

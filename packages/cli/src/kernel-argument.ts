/**
 * What `-k` accepts: a file (the name ends in .json, .csv or .npy), a matrix (the text begins like
 * a number), or the name of a kernel.
 *
 *   sobel-x    gaussian:sigma=2    "1 0 -1; 2 0 -2; 1 0 -1"    "[[0, 1], [1, 0]]"    weights.csv
 *
 * The weights are plain numbers. They take the dtype of the array that they filter.
 */

import { extname } from 'node:path'
import { kernelByName, kernels } from 'stridefold/sync'
import { type Failure, inputError, messageOf, usageError } from './failure.ts'
import type { Io } from './io.ts'
import { readNpy } from './npy.ts'
import { printable } from './printable.ts'
import { readInput } from './read-input.ts'
import {
  type CreateError,
  csvRows,
  matrixRows,
  quoteWord,
  type Rows,
  sentenceStart,
} from './rows-of-numbers.ts'
import { countOf } from './units.ts'

export interface Kernel {
  /** The text of the user. */
  readonly text: string
  /** Whether the text contains the weights. */
  readonly isInline?: boolean
  /** Whether the text is a name that exists for any number of axes, and gives none. */
  readonly isOfAnyRank?: boolean
  readonly shape: readonly number[]
  /** Row-major. */
  readonly weights: readonly number[]
}

/** A kernel of a million weights takes about 20 MB as text. */
const maxKernelFileBytes = 64 * 2 ** 20
const maxAxes = 32

const fileReaders: Readonly<
  Record<string, (bytes: Uint8Array, name: string) => Omit<Kernel, 'text'>>
> = {
  '.json': (bytes, name) =>
    fromNested(parseJson(new TextDecoder().decode(bytes), name, inputError), name, inputError),
  '.csv': (bytes, name) =>
    fromRows(csvRows(new TextDecoder().decode(bytes), name, inputError), name, inputError),
  '.npy': fromNpyFile,
}

/**
 * Reads the kernel that `text` describes. Throws if it is ragged, empty, not finite, or an unknown
 * name.
 */
export async function kernelFrom(text: string, io: Io): Promise<Kernel> {
  const reader = fileReaders[extname(text).toLowerCase()]
  if (reader) return { text, ...reader(await readInput(text, io, maxKernelFileBytes), text) }
  if (/^\s*\[/.test(text))
    return {
      text,
      isInline: true,
      ...fromNested(parseJson(text, 'the kernel', usageError), 'the kernel', usageError),
    }
  if (/^\s*([-+.\d]|nan\b|inf)/i.test(text))
    return {
      text,
      isInline: true,
      ...fromRows(matrixRows(text, 'the kernel'), 'the kernel', usageError),
    }
  if (text.trim() === '')
    throw usageError(
      'The kernel is empty. Give a name such as sobel-x, a matrix such as "1 0 -1; 2 0 ' +
        '-2; 1 0 -1", or a file.',
    )
  const isOfAnyRank = hasRank(text)
  return { ...namedKernel(text, text), ...(isOfAnyRank && { isOfAnyRank }) }
}

function namedKernel(text: string, words: string): Kernel {
  const named = kernelByName(words)
  return { text, shape: named.shape, weights: [...(named.untyped ?? named.data)] }
}

/** Whether a name has a rank as a parameter, which the text leaves open. */
function hasRank(text: string): boolean {
  const [name = '', ...parameters] = text.split(':')
  const known = kernels.list.find((entry) => entry.name === name.trim())
  const takesRank = known?.parameters.some((parameter) => parameter.name === 'rank') ?? false
  return takesRank && !/\brank\b|\d\s*[x×]\s*[\d.]/.test(parameters.join(':'))
}

/**
 * The kernel for an array along `rank` axes of which it moves, as for volumes: a name of any rank
 * takes this rank, a row is a line, and a kernel of fewer axes lies along the last ones.
 */
export function kernelOfRank(kernel: Kernel, rank: number): Kernel {
  const { text, shape, weights, isOfAnyRank } = kernel
  if (shape.length === rank) return kernel
  if (isOfAnyRank)
    return namedKernel(
      text,
      `${text.trim().replace(/:?$/, text.includes(':') ? ',' : ':')}rank=${rank}`,
    )
  if (rank === 1 && shape.length === 2 && shape[0] === 1)
    return { ...kernel, shape: [weights.length] }
  const missing = rank - shape.length
  return missing > 0
    ? { ...kernel, shape: [...new Array<number>(missing).fill(1), ...shape] }
    : kernel
}

function fromRows(rows: Rows, name: string, createError: CreateError): Omit<Kernel, 'text'> {
  const width = rows[0]?.length ?? 0
  if (width === 0) throw createError(`${sentenceStart(name)} has no numbers.`)
  const ragged = rows.findIndex((row) => row.length !== width)
  if (ragged >= 0) {
    throw createError(
      `${sentenceStart(name)}: row ${ragged + 1} has ` +
        `${countOf(rows[ragged]!.length, 'number')}, ` +
        `but row 1 has ${width}. All rows need the same length.`,
    )
  }
  return { shape: [rows.length, width], weights: rows.flat() }
}

function parseJson(text: string, name: string, createError: CreateError): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = printable(messageOf(error))
    throw createError(
      `${sentenceStart(name)} is not valid JSON: ${reason}. Give nested lists of ` +
        'numbers, such as [[1, 0, -1], [2, 0, -2]].',
    )
  }
}

function fromNested(value: unknown, name: string, createError: CreateError): Omit<Kernel, 'text'> {
  const shape: number[] = []
  for (let level = value; Array.isArray(level); level = level[0]) shape.push(level.length)
  checkAxes(shape, name, createError)
  if (shape.length === 0 || shape.includes(0))
    throw createError(
      `${sentenceStart(name)} has no numbers. Give nested lists, such as [[1, 0, -1], ` +
        '[2, 0, -2]].',
    )
  const weights: number[] = []
  const path: number[] = []
  const entryError = (message: string): Failure => {
    const place = path.length === 0 ? 'it' : `entry [${path.join('][')}]`
    return createError(`${sentenceStart(name)}: ${place} ${message}`)
  }
  const visit = (level: unknown): void => {
    const extent = shape[path.length]
    if (extent === undefined) {
      if (typeof level !== 'number' || !Number.isFinite(level))
        throw entryError(`is ${describeValue(level)}, which is not a finite number.`)
      weights.push(level)
      return
    }
    if (!Array.isArray(level) || level.length !== extent) {
      const came = Array.isArray(level)
        ? `has ${countOf(level.length, 'entry', 'entries')}`
        : `is ${describeValue(level)}`
      throw entryError(
        `${came}, but ${extent} ${extent === 1 ? 'entry is' : 'entries are'} ` +
          'needed there. All rows need the same length.',
      )
    }
    for (const [i, inner] of level.entries()) {
      path.push(i)
      visit(inner)
      path.pop()
    }
  }
  visit(value)
  return { shape, weights }
}

/** A JSON value for a message, shortened if it is long. */
function describeValue(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  return quoteWord(JSON.stringify(value))
}

function checkAxes(shape: readonly number[], name: string, createError: CreateError): void {
  if (shape.length > maxAxes)
    throw createError(
      `${sentenceStart(name)} has ${shape.length} nested axes. A kernel may have at ` +
        `most ${maxAxes}.`,
    )
}

function fromNpyFile(bytes: Uint8Array, name: string): Omit<Kernel, 'text'> {
  const { data, shape, strides } = readNpy(bytes, name)
  checkAxes(shape, name, inputError)
  if (data.length === 0 || shape.length === 0)
    throw inputError(
      `${name} has shape (${shape.join(', ')}), but a kernel needs at least one weight ` +
        'along every axis.',
    )
  const weights: number[] = []
  const visit = (axis: number, at: number): void => {
    if (axis === shape.length) weights.push(data[at]!)
    else for (let i = 0; i < shape[axis]!; i++) visit(axis + 1, at + i * strides[axis]!)
  }
  visit(0, 0)
  const badIndex = weights.findIndex((weight) => !Number.isFinite(weight))
  if (badIndex >= 0)
    throw inputError(
      `${name}: element ${badIndex} is ${weights[badIndex]}, which is not a finite number.`,
    )
  return { shape, weights }
}

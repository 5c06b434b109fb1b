/**
 * ImageMagick: `-morphology Convolve` or `Correlate` in a line of shell. The kernel is
 * `WIDTHxHEIGHT+X+Y: weights`; X and Y are the position of the weight on the output, by default
 * ⌊(k − 1)/2⌋. Convolve flips the kernel together with that position.
 */

import type { Boundary } from 'stridefold/sync'
import type { Pair } from '../arrays-and-borders.ts'
import { convolve } from './library.ts'
import { syntaxError } from './tokens.ts'
import type { ArrayValue, ConvolutionValue } from './values.ts'
import { formatted, notRead, oneOf } from './wording.ts'

const virtualPixels: Readonly<Record<string, Boundary>> = {
  black: 'zero',
  edge: 'edge',
  mirror: 'symmetric',
  tile: 'wrap',
}

/** Options that change no sample of the result, with the number of their words. */
const harmless: Readonly<Record<string, number>> = { depth: 1, channel: 1, quiet: 0 }

/** Words of a shell, without variables but `$NAME` that the text assigns. */
function shellWords(text: string): { words: string[]; comments: string[] } {
  const variables = new Map<string, string>()
  const comments: string[] = []
  const words: string[] = []
  const lines = text.replace(/\\\r?\n/g, ' ').split(/\r?\n|;(?=\s*(?:magick|convert)\b)/)
  for (const line of lines) {
    if (/^\s*#/.test(line)) {
      comments.push(line)
      continue
    }
    const assignment = /^\s*([A-Za-z_]\w*)=(?:"([^"]*)"|'([^']*)'|(\S*))\s*$/.exec(line)
    if (assignment) {
      variables.set(assignment[1]!, assignment[2] ?? assignment[3] ?? assignment[4] ?? '')
      continue
    }
    const pattern = /\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+)/y
    let at = 0
    while (line.slice(at).trim() !== '') {
      pattern.lastIndex = at
      const match = pattern.exec(line)
      if (match === null) throw syntaxError(text, text.indexOf(line) + at, 'a closed quote')
      words.push(unquoted(match[1]!, variables))
      at = pattern.lastIndex
    }
  }
  return { words, comments }
}

const unquoted = (word: string, variables: ReadonlyMap<string, string>): string =>
  word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'|([^"']+)/g, (_, double, single, bare) => {
    if (single !== undefined) return single
    return String(double ?? bare).replace(
      /\$\{?([A-Za-z_]\w*)\}?/g,
      (name, key) => variables.get(key) ?? name,
    )
  })

interface MagickKernel {
  readonly array: ArrayValue
  /** The weight on the output: row, column. */
  readonly position: readonly [number, number]
}

function kernelOf(word: string): MagickKernel {
  const match = /^\s*(?:(\d+)(?:x(\d+))?((?:[+-]\d+){2})?\s*:)?\s*(.*)$/s.exec(word)
  const [, width, height, offset, list = ''] = match ?? []
  if (/^[A-Za-z]+/.test(word.trim()) && !/^(nan|inf)/i.test(word.trim()))
    throw notRead(
      `The kernel ${formatted(word)} is computed by ImageMagick`,
      'Write its weights, such as "3x3: 1,0,-1 2,0,-2 1,0,-1".',
    )
  const isHidden = /^(\$|…|\.\.\.)/.test(list.trim())
  const entries = list.split(/[\s,]+/).filter((entry) => entry !== '')
  const values = entries.map(Number)
  if (!isHidden && (values.length === 0 || values.some(Number.isNaN)))
    throw notRead(
      `The kernel ${formatted(word)} has ${formatted(
        entries.find((entry) => Number.isNaN(Number(entry))) ?? '',
      )}`,
      'Write numbers, separated by commas or spaces.',
    )
  const side = Math.sqrt(values.length)
  const columns = width === undefined ? side : Number(width)
  const rows = width === undefined ? side : Number(height ?? width)
  if (!Number.isInteger(columns) || (isHidden && width === undefined))
    throw notRead(
      `The kernel ${formatted(word)} has no size`,
      'Write it before the weights, such as "3x2: …".',
    )
  if (!isHidden && values.length !== rows * columns)
    throw notRead(
      `The kernel ${formatted(word)} has ${values.length} weights for ${columns}x${rows}`,
      'Correct the size or the weights.',
    )
  const given = offset?.match(/[+-]\d+/g)?.map(Number)
  return {
    array: {
      kind: 'array',
      source: { name: 'K', shape: [rows, columns], ...(isHidden ? {} : { values }) },
      steps: [],
    },
    position: given
      ? [given[1]!, given[0]!]
      : [Math.floor((rows - 1) / 2), Math.floor((columns - 1) / 2)],
  }
}

/** Reads a command line of ImageMagick. */
export function readImageMagick(text: string): {
  readonly value: ConvolutionValue
  readonly comments: readonly string[]
} {
  const { words, comments } = shellWords(text)
  const [program, ...rest] =
    words[0] === 'magick' && words[1] === 'convert' ? words.slice(1) : words
  if (program !== 'magick' && program !== 'convert')
    throw notRead(
      `The command is ${formatted(program ?? '')}`,
      'Write a line that begins with magick or convert.',
    )
  let border: Boundary = 'edge'
  let found: { method: string; kernel: MagickKernel } | undefined
  let scale: string | undefined
  let bias: string | undefined
  const files: string[] = []
  while (rest.length > 0) {
    const word = rest.shift()!
    const option = /^[-+]([a-z][a-z-]*)$/.exec(word)?.[1]
    if (option === undefined) {
      files.push(word)
      continue
    }
    const value = (): string => {
      const next = rest.shift()
      if (next === undefined) throw notRead(`${word} has no value`, 'Write its value.')
      return next
    }
    if (option === 'virtual-pixel') {
      const name = value()
      const word = name.toLowerCase()
      const known = Object.hasOwn(virtualPixels, word) ? virtualPixels[word] : undefined
      if (known === undefined)
        throw notRead(
          `-virtual-pixel is ${formatted(name)}`,
          `Those that a case can express: ${oneOf(['Black', 'Edge', 'Mirror', 'Tile'])}.`,
        )
      border = known
    } else if (option === 'morphology') {
      if (found) throw notRead('The command has two morphologies', 'Translate one at a time.')
      const method = value()
      if (!/^(convolve|correlate)$/i.test(method))
        throw notRead(
          `-morphology is ${formatted(method)}`,
          'Convolve and Correlate are read, without a count.',
        )
      const kernel = value()
      if (kernel.includes(';') || /[<>@]/.test(kernel))
        throw notRead(`The kernel ${formatted(kernel)} is more than one`, 'Write one kernel.')
      found = { method: method.toLowerCase(), kernel: kernelOf(kernel) }
    } else if (option === 'define') {
      const definition = value()
      const [name, setting = ''] = definition.split('=')
      if (name === 'convolve:scale') scale = setting
      else if (name === 'convolve:bias') bias = setting
      else throw notRead(`-define has ${formatted(definition)}`, 'Leave it out.')
    } else if (option === 'bias') bias = value()
    else if (Object.hasOwn(harmless, option)) for (let i = 0; i < harmless[option]!; i++) value()
    else
      throw notRead(
        `The option ${formatted(word)} is not read`,
        `Those that are: -morphology, -virtual-pixel, -define, -bias, ${Object.keys(harmless)
          .map((name) => `-${name}`)
          .join(', ')}.`,
      )
  }
  if (found === undefined)
    throw notRead('The command has no -morphology', "Write -morphology Convolve 'KERNEL'.")
  if (bias !== undefined && bias !== '0')
    throw notRead(
      `The bias is ${formatted(bias)}, in the units of the file`,
      'Leave it out, and add it to the result.',
    )
  const { method, kernel } = found
  return {
    value: magickConvolution(method === 'convolve', kernel, border, scale, files[0]),
    comments,
  }
}

function magickConvolution(
  flip: boolean,
  { array, position }: MagickKernel,
  border: Boundary,
  scale: string | undefined,
  file: string | undefined,
): ConvolutionValue {
  const extents = array.source.shape!
  const own = extents.map((k, a): Pair => {
    const before = flip ? k - 1 - position[a]! : position[a]!
    if (before < 0 || before >= k)
      throw notRead(
        `The position ${position[a]} is outside of ${k} weights`,
        'Correct the numbers after the size.',
      )
    return [before, k - 1 - before]
  })
  const input: ArrayValue = {
    kind: 'array',
    source: { name: file === undefined || file.startsWith('-') ? 'x' : file },
    steps: [],
  }
  return convolve('-morphology', input, array, (x) => ({
    inputLayout: x.axes.length === 3 ? 'SSN' : 'SS',
    kernelLayout: 'SS',
    stride: [1, 1],
    dilation: [1, 1],
    own,
    ownBorder: border,
    flip,
    notes: [
      'ImageMagick rounds and clips the result to the range of the file.',
      ...(scale === undefined || scale === '1'
        ? []
        : [`k are the weights with convolve:scale=${scale}: '!' divides them by their sum.`]),
    ],
  }))
}

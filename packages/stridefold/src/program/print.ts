/**
 * Prints a program as text: its buffers, then every step of every stage as the formula it computes.
 *
 *   stage 1 'contract all', for each n 2
 *     output[600·n + 100·f + 10·y + x] = Σ c ty tx  input[432·n + 144·c + …]·kernel[27·f + 9·c + …]
 *
 * Brackets contain an address in elements: it shows offset and strides.
 */

import type { ActivationKind, ActivationOf } from '../ndarray/activation.ts'
import { countText } from '../ndarray/count-text.ts'
import { dtypes } from '../ndarray/dtype.ts'
import { formulaText } from './formula.ts'
import type { Buffer, Program, Stage } from './program.ts'
import type {
  Contraction,
  Elementwise,
  Epilogue,
  Fft,
  IntegerSums,
  Loop,
  Maximum,
  Move,
  Operand,
  Step,
} from './steps.ts'

/** Returns the text of a program: several lines, without a line break at the end. */
export function printProgram(program: Program): string {
  const { dtype, buffers, stages } = program
  return [
    `program in ${dtype}: ${countText(buffers.length, 'buffer')}, ${countText(stages.length, 'stage')}`,
    ...alignColumns(buffers.map(bufferCells)).map((line) => `  ${line}`),
    ...stages.flatMap((stage, index) => stageLines(stage, index)),
  ].join('\n')
}

const maxPrintedValues = 16

function bufferCells({ name, role, dtype, length, values }: Buffer): string[] {
  const size =
    length === 0
      ? "the caller's"
      : `${countText(length, 'element')}, ${length * dtypes[dtype].bytes} bytes`
  const shown =
    values !== undefined && values.length <= maxPrintedValues ? ` = ${values.join(' ')}` : ''
  return [name, role, dtype, size + shown]
}

/** Returns rows of cells as lines. Each column is as wide as its widest cell. */
function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, cell.length)),
    [],
  )
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  )
}

function stageLines({ name, prepare, alongside, grid, steps }: Stage, index: number): string[] {
  const when =
    (prepare ? ', once for a kernel' : '') + (alongside ? ', alongside those before it' : '')
  const items = grid.length === 0 ? '' : `, for each ${extents(grid)}`
  return [
    `stage ${index} '${name}'${when}${items}`,
    ...steps.flatMap((step) => stepLines(step, grid)).map((line) => `  ${line}`),
  ]
}

function stepLines(step: Step, grid: readonly Loop[]): string[] {
  switch (step.kind) {
    case 'move':
      return moveLines(step, grid)
    case 'contract':
      return contractLines(step, grid)
    case 'fft':
      return fftLines(step, grid)
    case 'maximum':
      return maximumLines(step, grid)
    case 'elementwise':
      return elementwiseLines(step, grid)
  }
}

function moveLines({ loops, to, from, bounds, outside }: Move, grid: readonly Loop[]): string[] {
  const all = [...grid, ...loops]
  const source = typeof from === 'number' ? `${from}` : element(from, all)
  const conditions = bounds.map((bound) => `0 ≤ ${polynomial(bound, all)} < ${bound.extent}`)
  const otherwise = outside === 'skip' ? 'elsewhere unchanged' : `elsewhere ${outside}`
  const where = bounds.length === 0 ? '' : `  where ${conditions.join(', ')}; ${otherwise}`
  return [`${element(to, all)} = ${source}${where}`, `  over ${extents(loops)}`]
}

function contractLines(
  { result, sum, to, a, b, start, integer, epilogue, tile }: Contraction,
  grid: readonly Loop[],
): string[] {
  const outer = [...grid, ...result]
  const all = [...outer, ...sum]
  const over = sum.map((loop) => loop.name).join(' ')
  const product = `Σ ${over}${over === '' ? '' : '  '}${element(a, all)}·${element(b, all)}`
  const sums = sum.length === 0 ? '' : `; sum over ${extents(sum)}`
  return [
    `${element(to, outer)} ${start === 'accumulate' ? '+=' : '='} ` +
      `${scaleText(integer)}${product}` +
      `${epilogue === undefined ? '' : epilogueText(epilogue, outer)}`,
    `  over ${extents(result)}${sums}${integer === undefined ? '' : `; sums in ${integer.type}`}` +
      `${tile === 'scalar' ? '; one result at a time' : ''}`,
  ]
}

const scaleText = (integer: IntegerSums | undefined): string =>
  integer === undefined || integer.scale === 1 ? '' : `${integer.scale} · `

function fftLines({ loops, points, re, im, direction }: Fft, grid: readonly Loop[]): string[] {
  const all = [...grid, ...loops, { name: 'p', extent: points }]
  const transform = direction === 'forward' ? 'Fourier transform' : 'inverse Fourier transform'
  return [
    `${element(re, all)} + i·${element(im, all)} = its ${transform} over p ${points}`,
    `  over ${extents(loops)}`,
  ]
}

function maximumLines({ result, window, to, from }: Maximum, grid: readonly Loop[]): string[] {
  const outer = [...grid, ...result]
  const over = window.map((loop) => loop.name).join(' ')
  return [
    `${element(to, outer)} = max ${over}  ${element(from, [...outer, ...window])}`,
    `  over ${extents(result)}; window of ${extents(window)}`,
  ]
}

function elementwiseLines(
  { loops, to, from, formula }: Elementwise,
  grid: readonly Loop[],
): string[] {
  const all = [...grid, ...loops]
  const sources = from.map((operand) => element(operand, all))
  return [`${element(to, all)} = ${formulaText(formula, sources)}`, `  over ${extents(loops)}`]
}

function epilogueText(
  { unit, bias, offset, activation }: Epilogue,
  loops: readonly Loop[],
): string {
  const rounded = unit === undefined ? '' : `, rounded to multiples of ${unit}`
  const added = [bias === undefined ? [] : element(bias, loops), offset ?? []]
    .flat()
    .map((term) => ` + ${term}`)
  return (
    rounded + added.join('') + (activation === undefined ? '' : `, ${activationText(activation)}`)
  )
}

const activationTexts: {
  readonly [Kind in ActivationKind]: (activation: ActivationOf<Kind>) => string
} = {
  clamp: ({ min, max }) => `clamped to ${min} … ${max}`,
  leaky: ({ slope }) => `negative results times ${slope}`,
  sigmoid: () => 'sigmoid',
  tanh: () => 'tanh',
}

const activationText = <Kind extends ActivationKind>(activation: ActivationOf<Kind>): string =>
  activationTexts[activation.kind](activation)

const extents = (loops: readonly Loop[]): string =>
  loops.length === 0 ? '1' : loops.map(({ name, extent }) => `${name} ${extent}`).join(', ')

const element = (operand: Operand, loops: readonly Loop[]): string =>
  `${operand.buffer}[${polynomial(operand, loops)}]`

/**
 * Returns offset + Σ stride·loop in the usual notation: without zeros and ones, with minus signs,
 * and without loops that run once.
 */
function polynomial(
  { offset, strides }: { offset: number; strides: readonly number[] },
  loops: readonly Loop[],
): string {
  const terms = loops.map(({ name, extent }, l) => ({
    factor: extent === 1 ? 0 : strides[l]!,
    name,
  }))
  const parts = [...terms, { factor: offset, name: '' }].filter(({ factor }) => factor !== 0)
  if (parts.length === 0) return '0'
  return parts
    .map(({ factor, name }, i) => {
      const size = Math.abs(factor)
      const text = name === '' ? `${size}` : size === 1 ? name : `${size}·${name}`
      if (i === 0) return factor < 0 ? `−${text}` : text
      return `${factor < 0 ? '−' : '+'} ${text}`
    })
    .join(' ')
}

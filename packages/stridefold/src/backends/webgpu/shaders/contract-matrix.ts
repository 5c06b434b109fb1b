/**
 * The shader of a contraction as a product of matrices that are never written down (implicit GEMM).
 * Rows are the results that `b` does not depend on, columns those that `a` does not depend on:
 *
 *   to[batch, row, column] = Σ_k a[batch, row, k] · b[batch, column, k]
 *
 * An address is a sum of a part for the row and a part for the term. Both are computed outside of
 * the inner loop: the first once, the second looked up in a table of the sum's loops.
 */

import type { Buffer } from '../../../program/program.ts'
import type { Contraction, Loop } from '../../../program/steps.ts'
import { finishedText } from './epilogue.ts'
import type { Kernels, Table } from './kernel.ts'
import type { ShaderLimits } from './limits.ts'
import {
  bestTile,
  costPerTerm,
  invocationsOfTile,
  type MatrixTile,
  pitchOf,
} from './matrix-tiles.ts'
import {
  indented,
  indexLines,
  integer,
  isEmpty,
  iterations,
  loopLines,
  moved,
  orderedNest,
  resultNest,
  type StridedLoop,
  sumText,
  termsOf,
} from './nest.ts'
import { Shader } from './shader.ts'

/** A product of matrices. Strides of result loops: [to, a, b, bias]; of sum loops: [a, b]. */
export interface MatrixProduct {
  readonly batch: readonly StridedLoop[]
  readonly rows: readonly StridedLoop[]
  readonly columns: readonly StridedLoop[]
  readonly sums: readonly StridedLoop[]
  /** Which operand has the rows. */
  readonly rowOperand: 'a' | 'b'
}

/** The product of matrices that a contraction is; undefined if it has no rows or no columns. */
export function matrixProductOf(
  { to, a, b, result, sum, epilogue }: Contraction,
  grid: readonly Loop[],
): MatrixProduct | undefined {
  const loops = [...grid, ...result]
  const rank = loops.length
  const none = loops.map(() => 0)
  const bias = epilogue?.bias?.strides ?? none
  const nest = resultNest(loops, [
    ...[to.strides, a.strides.slice(0, rank), b.strides.slice(0, rank)],
    bias,
  ])
  const onlyIn = (operand: 1 | 2): StridedLoop[] =>
    nest.filter(({ strides }) => strides[operand] !== 0 && strides[3 - operand] === 0)
  const [ofA, ofB] = [onlyIn(1), onlyIn(2)]
  if (ofA.length === 0 || ofB.length === 0 || isEmpty(sum)) return undefined
  const batch = nest.filter((loop) => !ofA.includes(loop) && !ofB.includes(loop))
  const sums = orderedNest(sum, [a.strides.slice(rank), b.strides.slice(rank)])
  if (sums.length === 0) return undefined
  // Neighbouring invocations have neighbouring columns: those that lie closest in the target.
  const smallest = (loops: readonly StridedLoop[]): number =>
    Math.min(...loops.map(({ strides }) => Math.abs(strides[0]!)))
  return smallest(ofA) < smallest(ofB)
    ? { batch, sums, rows: ofB, columns: ofA, rowOperand: 'b' }
    : { batch, sums, rows: ofA, columns: ofB, rowOperand: 'a' }
}

/** The tile of a product, and its cost per term. Undefined if no tile fits the device. */
export function tileOf(
  { batch, rows, columns }: MatrixProduct,
  limits: ShaderLimits,
): { readonly tile: MatrixTile; readonly cost: number } | undefined {
  const sizes = [iterations(rows), iterations(columns), iterations(batch)] as const
  const tile = bestTile(...sizes, limits)
  return tile && { tile, cost: costPerTerm(tile, ...sizes) }
}

/** The most terms of a table. The loops outside of it are loops of the shader. */
const maxTableTerms = 4096

export function matrixKernel(
  step: Contraction,
  grid: readonly Loop[],
  buffers: ReadonlyMap<string, Buffer>,
  limits: ShaderLimits,
  product: MatrixProduct,
  tile: MatrixTile,
): Kernels {
  const { batch, rows, columns, sums, rowOperand } = product
  const { to, start, integer: integers, epilogue } = step
  const bias = epilogue?.bias
  const type = integers === undefined ? 'f32' : 'i32'
  const [rowCount, columnCount] = [iterations(rows), iterations(columns)]
  const [x, y] = rowOperand === 'a' ? [step.a, step.b] : [step.b, step.a]
  const [xStride, yStride] = rowOperand === 'a' ? ([1, 2] as const) : ([2, 1] as const)
  const shader = Shader.ofStep(step, grid, buffers)
  const { inner, outer, table } = termsAlong(sums, [xStride - 1, yStride - 1])
  if (table !== undefined) shader.use(table.name, 'int32', false)
  const terms = iterations(inner)
  const size = invocationsOfTile(tile)
  const [tilesOfRows, tilesOfColumns] = [
    Math.ceil(rowCount / tile.rows),
    Math.ceil(columnCount / tile.columns),
  ]
  const across = size / (tile.rows / tile.rowsEach)
  const down = tile.rows / tile.rowsEach
  const { lines: batchLines, indices: batchIndices } = indexLines(
    batch,
    `group / ${tilesOfRows * tilesOfColumns}`,
    'batch',
  )
  const startOf = (operand: { buffer: string; offset: number }, sequence: number): string =>
    sumText(shader.start(operand.buffer, operand.offset), termsOf(batch, batchIndices, sequence))
  const termAt = (which: 0 | 1): string =>
    table === undefined
      ? `term * ${integer(inner[0]!.strides[which === 0 ? xStride - 1 : yStride - 1]!)}`
      : shader.load(table.name, `2 * term + ${which}`)
  const loads = (
    operand: 'x' | 'y',
    extent: number,
    count: number,
    { alongTerms }: { readonly alongTerms: boolean },
  ): { readonly before: string[]; readonly inside: string[] } =>
    tileLoads({
      ...{ operand, extent, count, alongTerms, size, terms, depth: tile.depth },
      load: (index) => shader.load(operand === 'x' ? x.buffer : y.buffer, index),
      termAt: termAt(operand === 'x' ? 0 : 1),
      zero: type === 'f32' ? '0.0' : '0',
    })
  const inStride = (loops: readonly StridedLoop[], sequence: number): number =>
    Math.abs(loops.at(-1)?.strides[sequence] ?? Infinity)
  const xLoads = loads('x', tile.rows, rowCount, {
    alongTerms: Math.abs(inner.at(-1)!.strides[xStride - 1]!) < inStride(rows, xStride),
  })
  const yLoads = loads('y', tile.columns, columnCount, {
    alongTerms: Math.abs(inner.at(-1)!.strides[yStride - 1]!) < inStride(columns, yStride),
  })
  const range = (n: number): number[] => [...new Array(n).keys()]
  const results = range(tile.rowsEach).flatMap((i) =>
    range(tile.columnsEach).map((j) => ({ i, j, sum: `sum${i}_${j}` })),
  )
  const [xPitch, yPitch] = [pitchOf(tile.rows), pitchOf(tile.columns)]
  const multiply = results.map(({ i, j, sum }) =>
    type === 'f32' ? `${sum} = fma(x${i}, y${j}, ${sum});` : `${sum} += x${i} * y${j};`,
  )
  const steps = [
    `for (var done = 0; done < ${terms}; done += ${tile.depth}) {`,
    ...[...xLoads.inside, ...yLoads.inside].map(indented),
    '  workgroupBarrier();',
    `  for (var k = 0; k < ${tile.depth}; k++) {`,
    ...range(tile.rowsEach).map((i) => `    let x${i} = xs[k * ${xPitch} + row + ${i * down}];`),
    ...range(tile.columnsEach).map(
      (j) => `    let y${j} = ys[k * ${yPitch} + column + ${j * across}];`,
    ),
    ...multiply.map((line) => `    ${line}`),
    '  }',
    '  workgroupBarrier();',
    '}',
  ]
  const around = loopLines(outer, 'outer', (indices) => [
    `let xAt = xStart${moved(termsOf(outer, indices, xStride - 1))};`,
    `let yAt = yStart${moved(termsOf(outer, indices, yStride - 1))};`,
    ...steps,
  ])
  const stores = results.flatMap(({ i, j, sum }) => {
    const at = 'result'
    const addend = bias && shader.load(bias.buffer, `biasStart + rowBias${i} + columnBias${j}`)
    const first = start === 'accumulate' ? `(${shader.load(to.buffer, at)} + ${sum})` : sum
    return [
      `if (${inside('atRow', i, down, rowCount, tile.rows)} && ` +
        `${inside('atColumn', j, across, columnCount, tile.columns)}) {`,
      `  let result = start + row${i} + column${j};`,
      ...shader.store(to.buffer, at, finishedText(first, type, step, addend), 'f32').map(indented),
      '}',
    ]
  })
  const offsets = (name: string, count: number, spread: number, from: string): string[] =>
    range(count).flatMap((i) => [
      `let ${name}${i} = ${name}Offset(${from} + ${i * spread});`,
      ...(bias === undefined
        ? []
        : [`let ${name}Bias${i} = ${name}BiasOffset(${from} + ${i * spread});`]),
    ])
  const body = [
    ...batchLines,
    `let tile = group % ${tilesOfRows * tilesOfColumns};`,
    `let firstRow = tile / ${tilesOfColumns} * ${tile.rows};`,
    `let firstColumn = tile % ${tilesOfColumns} * ${tile.columns};`,
    `let row = local / ${across};`,
    `let column = local % ${across};`,
    `let xStart = ${startOf(x, xStride)};`,
    `let yStart = ${startOf(y, yStride)};`,
    ...xLoads.before,
    ...yLoads.before,
    ...results.map(({ sum }) => `var ${sum}: ${type} = 0;`),
    ...around,
    `let start = ${startOf(to, 0)};`,
    ...(bias === undefined ? [] : [`let biasStart = ${startOf(bias, 3)};`]),
    'let atRow = firstRow + row;',
    'let atColumn = firstColumn + column;',
    ...offsets('row', tile.rowsEach, down, 'atRow'),
    ...offsets('column', tile.columnsEach, across, 'atColumn'),
    ...stores,
  ]
  const functions = [
    ...offsetFunction('xOffset', rows, xStride, rowCount),
    ...offsetFunction('yOffset', columns, yStride, columnCount),
    ...offsetFunction('rowOffset', rows, 0, rowCount),
    ...offsetFunction('columnOffset', columns, 0, columnCount),
    ...(bias === undefined ? [] : offsetFunction('rowBiasOffset', rows, 3, rowCount)),
    ...(bias === undefined ? [] : offsetFunction('columnBiasOffset', columns, 3, columnCount)),
  ]
  const { rowsEach, columnsEach } = tile
  const kernel = shader.kernel(body, {
    workgroupSize: size,
    workgroups: iterations(batch) * tilesOfRows * tilesOfColumns,
    form: `tiles of ${tile.rows}×${tile.columns}, ${rowsEach}×${columnsEach} per invocation`,
    shared: [
      `var<workgroup> xs: array<${type}, ${tile.depth * xPitch}>;`,
      `var<workgroup> ys: array<${type}, ${tile.depth * yPitch}>;`,
      ...functions,
    ],
    limits,
  })
  return { kernels: [kernel], tables: table === undefined ? [] : [table], scratch: [] }
}

/** The test that a row or a column exists; not needed where all tiles are full. */
const inside = (from: string, i: number, spread: number, count: number, tile: number): string =>
  count % tile === 0 ? 'true' : `${from} + ${i * spread} < ${count}`

/** The innermost loops of a sum, as many as a table holds, and the loops outside of them. */
function termsAlong(
  sums: readonly StridedLoop[],
  [x, y]: readonly [number, number],
): {
  readonly inner: readonly StridedLoop[]
  readonly outer: readonly StridedLoop[]
  readonly table: Table | undefined
} {
  let first = sums.length - 1
  while (first > 0 && iterations(sums.slice(first - 1)) <= maxTableTerms) first--
  const [outer, inner] = [sums.slice(0, first), sums.slice(first)]
  if (inner.length === 1) return { inner, outer, table: undefined }
  const terms = iterations(inner)
  const values = new Int32Array(2 * terms)
  for (let term = 0; term < terms; term++) {
    let rest = term
    for (const { extent, strides } of inner.toReversed()) {
      const index = rest % extent
      rest = Math.floor(rest / extent)
      values[2 * term]! += index * strides[x]!
      values[2 * term + 1]! += index * strides[y]!
    }
  }
  const key = inner.map(({ extent, strides }) => `${extent}:${strides[x]},${strides[y]}`)
  return { inner, outer, table: { name: `terms ${key.join(' ')}`, values } }
}

interface TileLoads {
  readonly operand: 'x' | 'y'
  /** Rows or columns of the tile, and how many there are in all. */
  readonly extent: number
  readonly count: number
  /** Whether neighbouring invocations read neighbouring terms; else neighbouring rows. */
  readonly alongTerms: boolean
  readonly size: number
  readonly terms: number
  readonly depth: number
  readonly load: (index: string) => string
  readonly termAt: string
  readonly zero: string
}

/** How a workgroup brings the terms of its rows, or of its columns, into shared memory. */
function tileLoads(loads: TileLoads): { readonly before: string[]; readonly inside: string[] } {
  const { operand, extent, alongTerms, size, terms, depth, load, termAt, zero } = loads
  const pitch = pitchOf(extent)
  const before: string[] = []
  const inside: string[] = []
  const first = operand === 'x' ? 'firstRow' : 'firstColumn'
  const places = new Map<string, string>()
  /** The address of a row or column, computed once. */
  const lineAt = (line: string): string => {
    const known = places.get(line)
    if (known !== undefined) return known
    const name = `${operand}Line${places.size}`
    before.push(`let ${name} = ${operand}Offset(${first} + ${line});`)
    places.set(line, name)
    return name
  }
  const isPartial = terms % depth !== 0
  // The parts that depend on the invocation. Division is slow, so they stand outside of all loops.
  const [row, term] = [`${operand}Row`, `${operand}Term`]
  const across = alongTerms ? depth : Math.min(extent, size)
  const [inRow, inTerm] = [`local % ${across}`, `local / ${across}`]
  before.push(`let ${row} = ${alongTerms ? inTerm : inRow};`)
  before.push(`let ${term} = ${alongTerms ? inRow : inTerm};`)
  for (let i = 0; i < (extent * depth) / size; i++) {
    const [line, k] = alongTerms
      ? [plus(row, (i * size) / depth), term]
      : extent <= size
        ? [row, plus(term, (i * size) / extent)]
        : [plus(row, (i % (extent / size)) * size), plus(term, Math.floor((i * size) / extent))]
    const address = lineAt(line)
    const value = load(`${operand}At + ${address} + ${termAt}`)
    inside.push(
      '{',
      `  let k = ${k};`,
      ...(isPartial
        ? [
            `  let term = min(done + k, ${terms - 1});`,
            `  ${operand}s[k * ${pitch} + ${line}] = select(${zero}, ${value}, done + k < ${terms});`,
          ]
        : ['  let term = done + k;', `  ${operand}s[k * ${pitch} + ${line}] = ${value};`]),
      '}',
    )
  }
  return { before, inside }
}

const plus = (index: string, constant: number): string =>
  constant === 0 ? index : `${index} + ${constant}`

/** A function from the number of a row, or of a column, to its part of an address. */
function offsetFunction(
  name: string,
  loops: readonly StridedLoop[],
  sequence: number,
  count: number,
): string[] {
  const { lines, indices } = indexLines(loops, 'number', 'i')
  return [
    `fn ${name}(given: i32) -> i32 {`,
    // Rows behind the last one read the last one again, and are not written.
    `  let number = min(given, ${count - 1});`,
    ...lines.map(indented),
    `  return ${sumText(0, termsOf(loops, indices, sequence))};`,
    '}',
  ]
}

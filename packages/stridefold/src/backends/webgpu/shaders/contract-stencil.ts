/** The shader of a contraction as a stencil over a halo in shared memory (stencil-tiles.ts). */

import { memoryBounds } from '../../../ndarray/layout.ts'
import type { Buffer } from '../../../program/program.ts'
import type { Contraction, Loop, Operand } from '../../../program/steps.ts'
import { finishedText } from './epilogue.ts'
import type { Kernels } from './kernel.ts'
import type { ShaderLimits } from './limits.ts'
import {
  indented,
  indexLines,
  iterations,
  loopLines,
  moved,
  sumText,
  type Term,
  termsOf,
} from './nest.ts'
import { Shader } from './shader.ts'
import { haloOf, rowsInRegisters, type Stencil, type StencilTile } from './stencil-tiles.ts'

export function stencilKernel(
  step: Contraction,
  grid: readonly Loop[],
  buffers: ReadonlyMap<string, Buffer>,
  limits: ShaderLimits,
  stencil: Stencil,
  tile: StencilTile,
): Kernels {
  const { x, y, planes, outer } = stencil
  const { to, a, b, start, integer: integers, epilogue } = step
  const bias = epilogue?.bias
  const type = integers === undefined ? 'f32' : 'i32'
  const shader = Shader.ofStep(step, grid, buffers)
  const { across, down, xEach, yEach } = tile
  const [width, height] = [across * xEach, down * yEach]
  const [haloWidth, haloHeight] = [haloOf(x, width), haloOf(y, height)]
  const tilesAcross = Math.ceil(x.results.extent / width)
  const tilesDown = Math.ceil(y.results.extent / height)
  const { lines, indices } = indexLines(planes, `group / ${tilesAcross * tilesDown}`, 'plane')
  const startOf = (operand: Operand, sequence: number): string =>
    sumText(shader.start(operand.buffer, operand.offset), termsOf(planes, indices, sequence))
  const range = (n: number): number[] => [...new Array(n).keys()]
  const each = range(yEach).flatMap((i) => range(xEach).map((j) => ({ i, j, sum: `sum${i}_${j}` })))

  // Taps may move backwards: the halo begins at the lowest sample.
  const lowest = ({ tapStep, taps }: Stencil['x']): number =>
    Math.min(0, tapStep) * (taps.extent - 1)
  const [xLowest, yLowest] = [lowest(x), lowest(y)]
  const haloStart = xLowest * x.lattice + yLowest * y.lattice
  const last = highestAddress(step, grid)
  const sample = `haloFrom + r * ${y.lattice} + c * ${x.lattice}`
  const fill = [
    `for (var r = lineOf; r < ${haloHeight}; r += ${down}) {`,
    `  for (var c = lane; c < ${haloWidth}; c += ${across}) {`,
    // Tiles at the end reach beyond the last sample that a result reads.
    `    halo[r * ${haloWidth} + c] = ${shader.load(a.buffer, `min(${sample}, lastSample)`)};`,
    '  }',
    '}',
    'workgroupBarrier();',
  ]
  const weight = (ky: string): string =>
    shader.load(
      b.buffer,
      sumText('weights', [
        ['kx', x.taps.strides[1]!],
        [ky, y.taps.strides[1]!],
      ]),
    )
  const multiply = (sum: string, value: string, by: string): string =>
    type === 'f32' ? `${sum} = fma(${value}, ${by}, ${sum});` : `${sum} += ${value} * ${by};`
  const column = (j: number): string =>
    sumText(j * across * x.step - xLowest, [
      ['lane', x.step],
      ['kx', x.tapStep],
    ])
  const rows = rowsInRegisters(stencil, tile)
  const rowStart = `lineOf * ${yEach * y.step}`
  const products =
    rows === undefined
      ? [
          `for (var ky = 0; ky < ${y.taps.extent}; ky++) {`,
          `  let w = ${weight('ky')};`,
          ...range(xEach).map((j) => `  let column${j} = ${column(j)};`),
          ...each.map(({ i, j, sum }) => {
            const row = sumText(i * y.step - yLowest, [['ky', y.tapStep]])
            const value = `halo[(${rowStart} + ${row}) * ${haloWidth} + column${j}]`
            return `  ${multiply(sum, value, 'w')}`
          }),
          '}',
        ]
      : [
          ...range(xEach).flatMap((j) => [
            `let at${j} = ${rowStart} * ${haloWidth} + ${column(j)};`,
            ...range(rows).map((r) => `let v${r}_${j} = halo[at${j} + ${r * haloWidth}];`),
          ]),
          ...range(y.taps.extent).flatMap((ky) => [
            `let w${ky} = ${weight(`${ky}`)};`,
            ...each.map(({ i, j, sum }) =>
              multiply(sum, `v${i * y.step + ky * y.tapStep - yLowest}_${j}`, `w${ky}`),
            ),
          ]),
        ]
  const around = loopLines(outer, 'outer', (each) => [
    `let haloFrom = samples${moved(termsOf(outer, each, 0))};`,
    `let weights = weightStart${moved(termsOf(outer, each, 1))};`,
    ...fill,
    `for (var kx = 0; kx < ${x.taps.extent}; kx++) {`,
    ...products.map(indented),
    '}',
    ...(outer.length > 0 ? ['workgroupBarrier();'] : []),
  ])
  const resultTerms = (sequence: number, i: number, j: number): Term[] => [
    [`(firstX + lane + ${j * across})`, x.results.strides[sequence]!],
    [`(firstY + lineOf * ${yEach} + ${i})`, y.results.strides[sequence]!],
  ]
  const stores = each.flatMap(({ i, j, sum }) => {
    const added = bias && shader.load(bias.buffer, sumText('biasStart', resultTerms(3, i, j)))
    const first = start === 'accumulate' ? `(${shader.load(to.buffer, 'result')} + ${sum})` : sum
    return [
      `if (firstX + lane + ${j * across} < ${x.results.extent} && ` +
        `firstY + lineOf * ${yEach} + ${i} < ${y.results.extent}) {`,
      `  let result = ${sumText('resultStart', resultTerms(0, i, j))};`,
      ...shader
        .store(to.buffer, 'result', finishedText(first, type, step, added), 'f32')
        .map(indented),
      '}',
    ]
  })
  const body = [
    ...lines,
    `let lane = local % ${across};`,
    `let lineOf = local / ${across};`,
    `let tile = group % ${tilesAcross * tilesDown};`,
    `let firstX = tile % ${tilesAcross} * ${width};`,
    `let firstY = tile / ${tilesAcross} * ${height};`,
    `let samples = ${startOf(a, 1)} + ${sumText(haloStart, [
      ['firstX', x.results.strides[1]!],
      ['firstY', y.results.strides[1]!],
    ])};`,
    `let lastSample = ${shader.start(a.buffer, last)};`,
    `let weightStart = ${startOf(b, 2)};`,
    ...each.map(({ sum }) => `var ${sum}: ${type} = 0;`),
    ...around,
    `let resultStart = ${startOf(to, 0)};`,
    ...(bias === undefined ? [] : [`let biasStart = ${startOf(bias, 3)};`]),
    ...stores,
  ]
  const kernel = shader.kernel(body, {
    workgroupSize: across * down,
    workgroups: iterations(planes) * tilesAcross * tilesDown,
    form: `tiles of ${height}×${width} with a halo of ${haloHeight}×${haloWidth}`,
    shared: [`var<workgroup> halo: array<${type}, ${haloWidth * haloHeight}>;`],
    limits,
  })
  return { kernels: [kernel], tables: [], scratch: [] }
}

/** The highest address of `a` that the step reads. */
function highestAddress({ a, result, sum }: Contraction, grid: readonly Loop[]): number {
  const extents = [...grid, ...result, ...sum].map(({ extent }) => extent)
  return memoryBounds(extents, a.strides, a.offset)[1]
}

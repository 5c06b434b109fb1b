/**
 * Helpers that build small programs by hand, for the tests of program/ and of the backends.
 */

import type { Buffer, Program, Role, Stage } from '../src/program/program.ts'
import type { BoundsCheck, Contraction, Loop, Move, Operand } from '../src/program/steps.ts'

export const loops = (extents: Readonly<Record<string, number>>): Loop[] =>
  Object.entries(extents).map(([name, extent]) => ({ name, extent }))
export const operand = (buffer: string, offset: number, ...strides: number[]): Operand => ({
  buffer,
  offset,
  strides,
})
export const bound = (extent: number, offset: number, ...strides: number[]): BoundsCheck => ({
  extent,
  offset,
  strides,
})

export const callerBuffer = (role: Role, dtype: Buffer['dtype'] = 'float32'): Buffer => ({
  name: role,
  role,
  dtype,
  length: 0,
})
export const owned = (
  name: string,
  role: Role,
  length: number,
  dtype: Buffer['dtype'] = 'float32',
): Buffer => ({
  name,
  role,
  dtype,
  length,
})
export const stage = (name: string, steps: Stage['steps'], more: Partial<Stage> = {}): Stage => ({
  name,
  prepare: false,
  grid: [],
  steps,
  ...more,
})

export const move = (
  over: Readonly<Record<string, number>>,
  to: Operand,
  from: Operand | number,
  more: Partial<Move> = {},
): Move => ({
  kind: 'move',
  loops: loops(over),
  to,
  from,
  bounds: [],
  outside: 'skip',
  ...more,
})

export const contract = (
  result: Readonly<Record<string, number>>,
  sum: Readonly<Record<string, number>>,
  [to, a, b]: readonly [Operand, Operand, Operand],
  more: Partial<Contraction> = {},
): Contraction => ({
  kind: 'contract',
  result: loops(result),
  sum: loops(sum),
  to,
  a,
  b,
  start: 'zero',
  ...more,
})

/**
 * A 3×3 layer of 2 → 4 channels on 5×6, padded by one sample. The first stage gathers the input
 * into 7×8. The second contracts it in place, with one grid item per filter.
 */
export const paddedLayer: Program = {
  dtype: 'float32',
  buffers: [
    callerBuffer('input'),
    callerBuffer('kernel'),
    callerBuffer('bias'),
    callerBuffer('output'),
    owned('padded', 'scratch', 2 * 7 * 8),
  ],
  stages: [
    stage('gather', [
      move({ c: 2, y: 7, x: 8 }, operand('padded', 0, 56, 8, 1), operand('input', -7, 30, 6, 1), {
        bounds: [bound(5, -1, 0, 1, 0), bound(6, -1, 0, 0, 1)],
        outside: 0,
      }),
    ]),
    stage(
      'contract',
      [
        contract(
          { y: 5, x: 6 },
          { c: 2, ty: 3, tx: 3 },
          [
            operand('output', 0, 30, 6, 1),
            operand('padded', 0, 0, 8, 1, 56, 8, 1),
            operand('kernel', 0, 18, 0, 0, 9, 3, 1),
          ],
          {
            epilogue: {
              bias: operand('bias', 0, 1, 0, 0),
              offset: 0.5,
              activation: { kind: 'clamp', min: 0, max: 6 },
            },
          },
        ),
      ],
      { grid: loops({ f: 4 }) },
    ),
  ],
}

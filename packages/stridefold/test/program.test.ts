/**
 * Does `checkProgram` find every faulty program and accept every valid one? Do `traffic` and
 * `printProgram` describe what a program does? All expected results are worked out by hand.
 */

import { describe, expect, test } from 'vitest'
import { InternalError } from '../src/errors.ts'
import type { ExternalLayouts } from '../src/program/backend.ts'
import { checkProgram } from '../src/program/check.ts'
import { add, divide, ifEqual } from '../src/program/formula.ts'
import { printProgram } from '../src/program/print.ts'
import type { Buffer, Program, Stage } from '../src/program/program.ts'
import type { Step } from '../src/program/steps.ts'
import { traffic } from '../src/program/traffic.ts'
import {
  bound,
  callerBuffer,
  contract,
  loops,
  move,
  operand,
  owned,
  paddedLayer,
  stage,
} from './programs.ts'

const layout = (
  span: number,
  lowest = 0,
): { span: number; lowest: number; inBackendMemory: boolean } => ({
  span,
  lowest,
  inBackendMemory: false,
})
const layerExternals = {
  input: layout(60),
  kernel: layout(72),
  bias: layout(4),
  output: layout(120),
}

const buffers: readonly Buffer[] = [
  callerBuffer('input'),
  callerBuffer('kernel'),
  callerBuffer('bias'),
  callerBuffer('output'),
  owned('scratch', 'scratch', 12),
  owned('local', 'local', 4),
  owned('weights', 'prepared', 6),
  { ...owned('ones', 'constant', 2), values: [1, 1] },
  owned('bytes', 'scratch', 8, 'uint8'),
]
const program = (...stages: Stage[]): Program => ({ dtype: 'float32', buffers, stages })
const oneStep = (step: Step, more: Partial<Stage> = {}): Program =>
  program(stage('only', [step], more))

function checkMessage(p: Program, externals?: ExternalLayouts): string | undefined {
  try {
    checkProgram(p, externals)
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(InternalError)
    expect((error as InternalError).code).toBe('PROGRAM_INVALID')
    return (error as InternalError).message
  }
}

describe('checkProgram accepts', () => {
  test('a padded layer whose gather leaves the input only outside its bounds', () => {
    expect(checkMessage(paddedLayer, layerExternals)).toBeUndefined()
  })

  test.each<[string, Step, Partial<Stage>?]>([
    [
      'loops over a whole buffer',
      move({ i: 3, j: 4 }, operand('scratch', 0, 4, 1), operand('input', 0, 4, 1)),
    ],
    ['a loop that runs backwards', move({ i: 12 }, operand('scratch', 11, -1), 0)],
    [
      'loops that never run, even with addresses outside the buffer',
      move({ i: 0, j: 9 }, operand('scratch', 99, 5, 5), 0),
    ],
    [
      'a bound that excludes every index',
      move({ i: 9 }, operand('output', 0, 1), operand('scratch', 0, 100), {
        bounds: [bound(4, -20, 1)],
      }),
    ],
    // c = 4·tile + i − 1 for i < 6: tiles 0 to 2 reach −1 … 12; the bound keeps 0 … 11.
    [
      'tiles that overlap, one bound over two loops',
      move({ i: 6 }, operand('output', 0, 6, 1), operand('scratch', -1, 4, 1), {
        bounds: [bound(12, -1, 4, 1)],
      }),
      { grid: loops({ tile: 3 }) },
    ],
    [
      'every other sample backwards',
      move({ i: 9 }, operand('output', 0, 1), operand('scratch', 13, -2), {
        bounds: [bound(12, 13, -2)],
      }),
    ],
    [
      'a bound that combines the loops unlike any address: the check skips its range',
      move({ i: 4, j: 4 }, operand('output', 0, 4, 1), operand('scratch', 0, 4, 1), {
        bounds: [bound(4, 0, 1, 1)],
      }),
    ],
    [
      'a scatter that skips what falls outside',
      move({ i: 20 }, operand('scratch', -4, 1), 1, { bounds: [bound(12, -4, 1)] }),
    ],
    [
      'a stage that prepares weights',
      move({ i: 6 }, operand('weights', 0, 1), operand('kernel', 0, 1)),
      { prepare: true },
    ],
    [
      'grid items that share a local buffer',
      move({ i: 4 }, operand('local', 0, 0, 1), 0),
      { grid: loops({ item: 5 }) },
    ],
    [
      'a contraction that writes to a local buffer',
      contract({ i: 4 }, {}, [
        operand('local', 0, 1),
        operand('input', 0, 1),
        operand('ones', 0, 0),
      ]),
    ],
    ['a conversion of the dtype', move({ i: 8 }, operand('bytes', 0, 1), operand('scratch', 0, 1))],
  ])('%s', (_, step, more) => {
    expect(checkMessage(oneStep(step, more))).toBeUndefined()
  })

  test('negative addresses of an external array with negative strides', () => {
    const step = move({ i: 5 }, operand('output', 0, 1), operand('input', 0, -2))
    expect(checkMessage(oneStep(step), { input: layout(9, -8), output: layout(5) })).toBeUndefined()
    expect(checkMessage(oneStep(step), { input: layout(9, -7), output: layout(5) })).toContain(
      "from reaches from -8 to 0 in 'input', which has elements -7 to 1",
    )
  })
})

describe('checkProgram rejects', () => {
  test.each<[string, RegExp, Step, Partial<Stage>?]>([
    [
      'an unknown buffer',
      /step 0: from names the unknown buffer 'inptu'/,
      move({ i: 1 }, operand('output', 0, 1), operand('inptu', 0, 1)),
    ],
    [
      'a missing stride',
      /to has 1 strides for 2 loops \(i, j\)/,
      move({ i: 2, j: 2 }, operand('scratch', 0, 1), 0),
    ],
    [
      'a missing stride for the grid',
      /2 loops \(item, i\)/,
      move({ i: 2 }, operand('local', 0, 1), 0),
      { grid: loops({ item: 2 }) },
    ],
    [
      'a stride of one half',
      /not all whole numbers/,
      move({ i: 2 }, operand('scratch', 0, 0.5), 0),
    ],
    ['a negative extent', /loop 'i' of extent -1/, move({ i: -1 }, operand('scratch', 0, 1), 0)],
    [
      'a bound with too many strides',
      /bound has 2 strides/,
      move({ i: 2 }, operand('scratch', 0, 1), 0, { bounds: [bound(2, 0, 1, 1)] }),
    ],
    [
      'a loop that ends one element too far',
      /reaches from 1 to 12 in 'scratch', which has elements 0 to 11/,
      move({ i: 12 }, operand('scratch', 1, 1), 0),
    ],
    [
      'a loop that goes below element 0',
      /reaches from -1 to 2/,
      move({ i: 4 }, operand('output', 0, 1), operand('local', 2, -1)),
    ],
    [
      'a sum that reads too far',
      /b reaches from 0 to 6 in 'weights', which has elements 0 to 5/,
      contract({ i: 3 }, { t: 3 }, [
        operand('scratch', 0, 1),
        operand('input', 0, 1, 1),
        operand('weights', 0, 1, 2),
      ]),
    ],
    [
      'a bound that includes one sample too many',
      /from reaches from 0 to 12 in 'scratch'/,
      move({ i: 6 }, operand('output', 0, 6, 1), operand('scratch', -1, 4, 1), {
        bounds: [bound(13, -1, 4, 1)],
      }),
      { grid: loops({ tile: 4 }) },
    ],
    [
      'a bound that excludes nothing',
      /from reaches from -1 to 10 in 'scratch'/,
      move({ i: 3, j: 4 }, operand('output', 0, 4, 1), operand('scratch', -1, 4, 1), {
        bounds: [bound(3, 0, 1, 0)],
        outside: 0,
      }),
    ],
    [
      'a fill value written outside a buffer: only skip leaves the target unchanged',
      /to reaches from -4 to 15/,
      move({ i: 20 }, operand('scratch', -4, 1), operand('input', -4, 1), {
        bounds: [bound(12, -4, 1)],
        outside: 0,
      }),
    ],
    [
      'a kernel that is written',
      /runs may not write a buffer of role kernel/,
      move({ i: 1 }, operand('kernel', 0, 1), 0),
    ],
    ['an input that is written', /of role input/, move({ i: 1 }, operand('input', 0, 1), 0)],
    ['a constant that is written', /of role constant/, move({ i: 1 }, operand('ones', 0, 1), 0)],
    [
      'prepared weights that are written at every run',
      /of role prepared/,
      move({ i: 1 }, operand('weights', 0, 1), 0),
    ],
    [
      'an output written while preparing',
      /touches the output/,
      move({ i: 1 }, operand('output', 0, 1), 0),
      { prepare: true },
    ],
    [
      'an input read while preparing',
      /touches the input/,
      move({ i: 1 }, operand('weights', 0, 1), operand('input', 0, 1)),
      { prepare: true },
    ],
    [
      'a bias read while preparing',
      /bias touches the bias 'bias'/,
      contract(
        { i: 1 },
        {},
        [operand('weights', 0, 1), operand('kernel', 0, 1), operand('ones', 0, 0)],
        {
          epilogue: { bias: operand('bias', 0, 0) },
        },
      ),
      { prepare: true },
    ],
    [
      'a sum of bytes',
      /a is uint8 'bytes' in a program of float32/,
      contract({ i: 1 }, {}, [
        operand('output', 0, 1),
        operand('bytes', 0, 1),
        operand('ones', 0, 0),
      ]),
    ],
    [
      'items that write the same elements',
      /all 3 items of grid loop 'item'/,
      move({ i: 4 }, operand('scratch', 0, 0, 1), 0),
      { grid: loops({ item: 3 }) },
    ],
  ])('%s', (_, message, step, more) => {
    expect(checkMessage(oneStep(step, more))).toMatch(message)
  })

  test.each<[string, RegExp, Buffer[]]>([
    [
      'two buffers with the same name',
      /two buffers with the same name/,
      [owned('a', 'scratch', 1), owned('a', 'local', 1)],
    ],
    ['a length that is not a whole number', /length 1.5/, [owned('a', 'scratch', 1.5)]],
    [
      'a length for an array of the caller',
      /belongs to the caller and must have length 0/,
      [{ ...callerBuffer('input'), length: 3 }],
    ],
    [
      'a type of storage',
      /dtype float16, which the runtime converts/,
      [{ ...owned('a', 'scratch', 1), dtype: 'float16' }],
    ],
    ['a constant without its values', /has no values/, [owned('a', 'constant', 2)]],
    ['values of the wrong number', /has 1 values/, [{ ...owned('a', 'constant', 2), values: [1] }]],
    [
      'values for a buffer that is not a constant',
      /has 1 values/,
      [{ ...owned('a', 'scratch', 1), values: [1] }],
    ],
  ])('%s', (_, message, faulty) => {
    expect(checkMessage({ dtype: 'float32', buffers: faulty, stages: [] })).toMatch(message)
  })

  test('and names the faulty stage and step', () => {
    const validStep = move({ i: 1 }, operand('output', 0, 1), 0)
    const p = program(
      stage('first', [validStep]),
      stage('second', [validStep, move({ i: 5 }, operand('local', 0, 1), 0)]),
    )
    expect(checkMessage(p)).toBe(
      "stage 'second', step 1: to reaches from 0 to 4 in 'local', which has elements 0 to 3.",
    )
  })
})

describe('traffic', () => {
  test('counts the bytes and flops of a padded layer', () => {
    const t = traffic(paddedLayer)
    expect(t.perStage).toEqual([
      {
        name: 'gather',
        prepare: false,
        flops: 0,
        bytesRead: 74 * 4,
        bytesWritten: 112 * 4,
        bytesLocal: 0,
      },
      {
        name: 'contract',
        prepare: false,
        flops: 2 * 4 * 30 * 18,
        bytesRead: (112 + 72 + 4) * 4,
        bytesWritten: 120 * 4,
        bytesLocal: 0,
      },
    ])
    expect(t.flops).toBe(4320)
    expect([t.bytesRead, t.bytesWritten]).toEqual([296 + 752, 448 + 480])
    expect([t.scratchBytes, t.localBytes, t.preparedBytes, t.constantBytes]).toEqual([448, 0, 0, 0])
  })

  test(
    'counts by role and dtype: accumulate also reads, a broadcast counts once, an empty sum ' +
      'reads nothing',
    () => {
      const p = program(
        stage('prepare', [move({ i: 6 }, operand('weights', 0, 1), operand('kernel', 0, 0))], {
          prepare: true,
        }),
        stage('add', [
          contract(
            { i: 4 },
            {},
            [operand('local', 0, 1), operand('input', 0, 3), operand('ones', 0, 0)],
            { start: 'accumulate' },
          ),
        ]),
        stage('convert', [move({ i: 8 }, operand('bytes', 0, 1), operand('scratch', 0, 1))]),
        stage('never', [
          contract({ i: 4 }, { t: 0 }, [
            operand('local', 0, 1),
            operand('input', 0, 3, 1),
            operand('ones', 0, 0, 1),
          ]),
        ]),
      )
      const t = traffic(p)
      expect(t.perStage.map((s) => [s.prepare, s.flops, s.bytesRead, s.bytesWritten])).toEqual([
        [true, 0, 4, 24],
        [false, 8, (4 + 4 + 1) * 4, 16],
        [false, 0, 32, 8],
        [false, 0, 0, 16],
      ])
      expect(t.perStage.map((s) => s.bytesLocal)).toEqual([0, 32, 0, 16])
      expect([t.scratchBytes, t.localBytes, t.preparedBytes, t.constantBytes]).toEqual([
        12 * 4 + 8,
        16,
        24,
        8,
      ])
    },
  )
})

describe('printProgram', () => {
  test('writes a padded layer as two formulas', () => {
    expect(printProgram(paddedLayer).split('\n')).toEqual([
      'program in float32: 5 buffers, 2 stages',
      "  input   input    float32  the caller's",
      "  kernel  kernel   float32  the caller's",
      "  bias    bias     float32  the caller's",
      "  output  output   float32  the caller's",
      '  padded  scratch  float32  112 elements, 448 bytes',
      "stage 0 'gather'",
      '  padded[56·c + 8·y + x] = input[30·c + 6·y + x − 7]  where 0 ≤ y − 1 < 5, 0 ≤ x − 1 ' +
        '< 6; elsewhere 0',
      '    over c 2, y 7, x 8',
      "stage 1 'contract', for each f 4",
      '  output[30·f + 6·y + x] = Σ c ty tx  padded[8·y + x + 56·c + 8·ty + tx]·kernel[18·f ' +
        '+ 9·c + 3·ty + tx] + bias[f] + 0.5, clamped to 0 … 6',
      '    over y 5, x 6; sum over c 2, ty 3, tx 3',
    ])
  })

  test(
    'shows constants, prepared stages, flipped kernels, accumulated sums, tile options and ' +
      'unchanged elements',
    () => {
      const p: Program = {
        dtype: 'float64',
        buffers: [
          { ...owned('ones', 'constant', 2, 'float64'), values: [1, -1] },
          owned('weights', 'prepared', 1, 'float64'),
        ],
        stages: [
          stage(
            'turn',
            [move({ t: 3, one: 1 }, operand('weights', 0, 1, 7), operand('kernel', 2, -1, 9))],
            { prepare: true },
          ),
          stage('add', [
            contract(
              { i: 4 },
              { t: 3 },
              [operand('output', 0, 1), operand('input', 0, 1, 1), operand('weights', 0, 0, 1)],
              {
                start: 'accumulate',
                tile: 'scalar',
                epilogue: { activation: { kind: 'leaky', slope: 0.1 } },
              },
            ),
            move({ i: 4 }, operand('output', 0, 1), 7, { bounds: [bound(2, 3, -1)] }),
          ]),
        ],
      }
      expect(printProgram(p).split('\n')).toEqual([
        'program in float64: 2 buffers, 2 stages',
        '  ones     constant  float64  2 elements, 16 bytes = 1 -1',
        '  weights  prepared  float64  1 element, 8 bytes',
        "stage 0 'turn', once for a kernel",
        '  weights[t] = kernel[−t + 2]',
        '    over t 3, one 1',
        "stage 1 'add'",
        '  output[i] += Σ t  input[i + t]·weights[t], negative results times 0.1',
        '    over i 4; sum over t 3; one result at a time',
        '  output[i] = 7  where 0 ≤ −i + 3 < 2; elsewhere unchanged',
        '    over i 4',
      ])
    },
  )

  test('a maximum, its window and its comparisons', () => {
    const p: Program = {
      ...{ dtype: 'float32', buffers: [callerBuffer('input'), callerBuffer('output')] },
      stages: [stage('reduce', [windowMaximum], { grid: loops({ n: 2 }) })],
    }
    expect(printProgram(p).split('\n').slice(3)).toEqual([
      "stage 0 'reduce', for each n 2",
      '  output[4·n + i] = max t  input[9·n + 2·i + t]',
      '    over i 4; window of t 3',
    ])
    const { flops, bytesRead, bytesWritten } = traffic(p)
    // 2 items × 4 results × 3 comparisons; 9 elements of each item are read, some of them twice.
    expect([flops, bytesRead, bytesWritten]).toEqual([24, 18 * 4, 8 * 4])
    const empty = { ...windowMaximum, window: loops({ t: 0 }) }
    expect(
      checkMessage({ ...p, stages: [stage('reduce', [empty], { grid: loops({ n: 2 }) })] }),
    ).toBe("stage 'reduce', step 0 takes the maximum of nothing.")
    const limits = (span: number): ExternalLayouts => ({ input: layout(span), output: layout(8) })
    expect(checkMessage(p, limits(18))).toBeUndefined()
    expect(checkMessage(p, limits(17))).toContain("from reaches from 0 to 17 in 'input'")
  })

  test('a formula of elements, and its operations', () => {
    const roles = ['input', 'kernel', 'output'] as const
    const p: Program = {
      ...{ dtype: 'float32', buffers: roles.map((role) => callerBuffer(role)) },
      stages: [stage('elements', [quotient], { grid: loops({ n: 2 }) })],
    }
    expect(printProgram(p).split('\n').slice(4)).toEqual([
      "stage 0 'elements', for each n 2",
      '  output[4·n + i] = if kernel[i] = 0 then NaN else ((input[4·n + i] / kernel[i]) + 0.5)',
      '    over i 4',
    ])
    const { flops, bytesRead, bytesWritten } = traffic(p)
    // 2 items × 4 elements × 3 operations; the kernel is read once.
    expect([flops, bytesRead, bytesWritten]).toEqual([24, (8 + 4) * 4, 8 * 4])
    const limits = (span: number): ExternalLayouts => ({ input: layout(8), kernel: layout(span) })
    expect(checkMessage(p, limits(4))).toBeUndefined()
    expect(checkMessage(p, limits(3))).toContain("from1 reaches from 0 to 3 in 'kernel'")
  })
})

/** The largest of three neighbours, of every second sample of an item of nine. */
const windowMaximum: Step = {
  kind: 'maximum',
  result: loops({ i: 4 }),
  window: loops({ t: 3 }),
  to: operand('output', 0, 4, 1),
  from: operand('input', 0, 9, 2, 1),
}

/** A quotient that is NaN where the divisor is 0. */
const quotient: Step = {
  kind: 'elementwise',
  loops: loops({ i: 4 }),
  to: operand('output', 0, 4, 1),
  from: [operand('input', 0, 4, 1), operand('kernel', 0, 0, 1)],
  formula: ifEqual({ source: 1 }, 0, Number.NaN, add(divide({ source: 0 }, { source: 1 }), 0.5)),
}

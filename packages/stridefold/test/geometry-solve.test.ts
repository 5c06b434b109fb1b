/**
 * Does the shape calculator find every solution, and the same extents as other systems? PyTorch
 * 1.13, NumPy 1.24 and SciPy 1.10 printed the forward numbers. For each unknown, the expected
 * solutions are all values that the forward direction accepts.
 */

import { describe, expect, test } from 'vitest'
import { outputShape } from '../src/geometry/shapes.ts'
import { solveShape } from '../src/geometry/solve-shape.ts'

// n, k, then len(np.convolve(…, mode)) and len(scipy.signal.convolve(…, mode)) for the modes full,
// same and valid.
test.each([
  [5, 3, [7, 5, 3], [7, 5, 3]],
  [3, 5, [7, 5, 3], [7, 3, 3]],
  [4, 4, [7, 4, 1], [7, 4, 1]],
  [7, 2, [8, 7, 6], [8, 7, 6]],
])(
  '%i samples and kernel %i are as long as NumPy %j and SciPy %j say',
  (input, kernel, numpy, scipy) => {
    const lengths = (dialect: 'numpy' | 'scipy'): unknown[] =>
      (['full', 'same', 'valid'] as const).flatMap(
        (padding) => solveShape({ input, kernel, padding }, { dialect }).solutions,
      )
    expect(lengths('numpy')).toEqual(numpy)
    expect(lengths('scipy')).toEqual(scipy)
  },
)

// input, kernel, stride, dilation, padding, output of torch.nn.functional.conv1d.
const torch = [
  [11, 2, 1, 3, 2, 12],
  [16, 3, 1, 2, 3, 18],
  [26, 1, 3, 2, 2, 10],
  [9, 3, 1, 1, 2, 11],
  [28, 2, 2, 2, 3, 16],
  [24, 3, 2, 2, 3, 13],
] as const

describe.each(torch)(
  'PyTorch: %i samples, kernel %i, stride %i, dilation %i, padding %i → %i',
  (input, kernel, stride, dilation, padding, output) => {
    const whole = { input, kernel, stride, dilation, padding, output }
    test.each(['input', 'kernel', 'stride', 'dilation', 'padding', 'output'] as const)(
      '%s is the unknown: all fitting values are found',
      (unknown) => {
        const { [unknown]: original, ...knowns } = whole
        const { solutions, orMore } = solveShape(knowns, { dialect: 'pytorch' })
        const fits = (value: number): boolean => {
          const { input: n, kernel: k, output: m, ...options } = { ...whole, [unknown]: value }
          try {
            return outputShape('conv1d', [1, 1, n], [1, 1, k], options)[2] === m
          } catch {
            return false
          }
        }
        const tried = Array.from({ length: 120 }, (_, index) => index).filter(fits)
        const last = Number(solutions.at(-1))
        const expanded = orMore
          ? [...solutions, ...Array.from({ length: 119 - last }, (_, index) => last + 1 + index)]
          : solutions
        expect(expanded).toEqual(tried)
        expect(expanded).toContain(original)
      },
    )
  },
)

test.each([
  [
    'pytorch',
    { input: 224, kernel: 7, stride: 2, output: 112 },
    [3],
    'output 112 = ⌈(224 + 3 + 3 − 7 + 1) / 2⌉',
  ],
  [
    'pytorch',
    { input: 224, kernel: 7, stride: 2, padding: 'valid' },
    [109],
    '⌈(224 + 0 + 0 − 7 + 1) / 2⌉',
  ],
  [
    'tensorflow',
    { input: 224, kernel: 7, stride: 2, output: 112 },
    ['same'],
    '⌈(224 + 2 + 3 − 7 + 1) / 2⌉',
  ],
  [
    'tensorflow',
    { input: 224, kernel: 1, output: 224 },
    ['valid', 'same'],
    'output 224 = 224 + 0 + 0 − 1 + 1',
  ],
  ['tensorflow', { input: 3, kernel: 3, stride: 5, padding: 'same' }, [1], 'output 1'],
  [
    'onnx-upper',
    { input: 224, kernel: 7, stride: 2, output: 112 },
    [
      [2, 3],
      [3, 3],
    ],
    'output 112',
  ],
  [
    'onnx-lower',
    { input: 224, kernel: 7, stride: 2, output: 112 },
    [
      [3, 2],
      [3, 3],
    ],
    'output 112',
  ],
  ['onnx-lower', { input: 8, kernel: 2 }, [8], '8 + 1 + 0 − 2 + 1'],
  ['article2', { input: 220, kernel: 3, output: 220 }, ['same'], '220 + 1 + 1 − 3 + 1'],
  ['article2', { input: 220, kernel: 4, output: 223 }, ['full'], '220 + 3 + 3 − 4 + 1'],
  ['article2', { input: 220, kernel: 4 }, [220], '220 + 1 + 2 − 4 + 1'],
  ['scipy', { input: 5, kernel: 3, output: 5 }, ['same'], 'output 5 = 5'],
  ['numpy', { input: 3, output: 5, padding: 'same' }, [5], 'output 5 = max(3, 5)'],
] as const)('%s %j → %j', (dialect, problem, solutions, sentence) => {
  const answer = solveShape(problem, { dialect })
  expect(answer.solutions).toEqual(solutions)
  expect(answer.sentence).toContain(sentence)
})

test('an infinite family of solutions ends in its first member', () => {
  expect(
    solveShape({ input: 5, kernel: 3, padding: 0, output: 1 }, { dialect: 'pytorch' }),
  ).toMatchObject({
    unknown: 'stride',
    solutions: [3],
    orMore: true,
  })
  expect(solveShape({ input: 9, padding: 'same', output: 9 }, { dialect: 'scipy' })).toMatchObject({
    unknown: 'kernel',
    solutions: [1],
    orMore: true,
  })
})

test.each([
  [
    'pytorch',
    { input: 112, kernel: 4, output: 112 },
    'No padding gives output 112: padding 1 gives 111, padding 2 gives 113.',
  ],
  [
    'pytorch',
    { input: 3, kernel: 5 },
    'The window of 5 samples does not fit: 3 + 0 + 0 − 5 + 1 = -1 positions.',
  ],
  [
    'pytorch',
    { input: 9, kernel: 3, stride: 2, padding: 'same' },
    "PyTorch does not support padding 'same' with a stride above 1",
  ],
  ['pytorch', { input: 9, kernel: 3, padding: 'full' }, "PyTorch has no padding 'full'."],
  [
    'tensorflow',
    { input: 9, kernel: 3, stride: 2, dilation: 2 },
    'TensorFlow does not support a stride above 1 together with a dilation above 1.',
  ],
  [
    'tensorflow',
    { input: 10, kernel: 3, output: 9 },
    "No padding gives output 9: padding 'valid' gives 8, padding 'same' gives 10.",
  ],
  ['onnx-upper', { input: 9, kernel: 3, padding: 'full' }, "ONNX has no auto_pad for 'full'."],
  [
    'scipy',
    { input: 9, kernel: 3, padding: 1 },
    "SciPy needs a mode ('full', 'same' or 'valid') instead of padding 1.",
  ],
  ['article2', { input: 9, kernel: 3, padding: 'causal' }, "The article has no mode 'causal'."],
] as const)('%s %j has no answer, and the sentence is: %s', (dialect, problem, sentence) => {
  const answer = solveShape(problem, { dialect })
  expect(answer.solutions).toEqual([])
  expect(answer.sentence).toContain(sentence)
})

test.each([
  [
    { input: 5, kernel: 3, stride: 1, dilation: 1, padding: 0, output: 3 },
    'pytorch',
    'nothing is left out',
  ],
  [{ input: 5 }, 'pytorch', 'to find output, kernel must be given too'],
  [{ output: 5 }, 'pytorch', 'to find input, kernel must be given too'],
  [{ input: 5, kernel: 0 }, 'pytorch', 'kernel is 0; it must be a whole number ≥ 1'],
  [
    { input: 5, kernel: 3, padding: 'some' },
    'pytorch',
    "padding is 'some'; it must be a whole number, [before, after] or a name",
  ],
  [{ input: 5, kernal: 3 }, 'pytorch', "has no number 'kernal'"],
  [{ input: 5, kernel: 3 }, 'torch', "option 'dialect' is 'torch'"],
  [{ input: 5, kernel: 3 }, 'pytoch', "Did you mean 'pytorch'?"],
  [{ input: 1e9, kernel: 3, output: 7 }, 'pytorch', 'at most 10000000 are possible'],
])('%j in %s throws: %s', (problem, dialect, message) => {
  expect(() => solveShape(problem as never, { dialect: dialect as never })).toThrow(message)
})

/** What is exported as code, CSV and .npy, read back. */

import { readNpy } from 'stridefold/npy'
import { conv2d, type NdArray, ndarray, reshape } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { programFor, systemTitles } from '../src/exchange/code-out.ts'
import { readCall } from '../src/exchange/code-text.ts'
import { csvOf, fileName, npyOf } from '../src/exchange/data-files.ts'
import { matrixOf } from '../src/exchange/matrix-text.ts'
import { arrayNamed, type PageArrays } from '../src/exchange/page-arrays.ts'
import { frameOf } from '../src/model/frame.ts'
import { randomFractions } from '../src/model/numbers.ts'

function arraysOf(problem: string): PageArrays {
  const { geometry, shapes } = frameOf(problem)
  const next = randomFractions(5)
  const filled = (shape: readonly number[]) =>
    ndarray(
      Float64Array.from({ length: shape.reduce((a, b) => a * b) }, () => next() * 9 - 4),
      shape,
    )
  const [input, kernel] = [filled(shapes.input), filled(shapes.kernel)]
  return { geometry, input, kernel, output: filled(shapes.output), bias: 0 }
}

const cases = [
  '1x1x5x7 * 1x1x3x2 p1,0:1',
  '1x1x9x9 * 1x1x3x3 same border=edge flip',
  '1x1x12 * 1x1x3 s2',
  '2x3x6x5 * 4x3x2x3 d2 p1',
  '1x4x6x5 * 8x1x3x3 g4',
]

test('code of every system is read back as the same case, with the same numbers', () => {
  const found: string[] = []
  for (const problem of cases) {
    const arrays = arraysOf(problem)
    const { geometry, input, kernel } = arrays
    for (const [name, title] of systemTitles) {
      const program = programFor(name, arrays)
      if ('reason' in program) {
        expect(program.reason).toContain('does not support')
        continue
      }
      found.push(`${name} ${problem}`)
      const call = readCall(program.text, { input: input.shape, kernel: kernel.shape })
      expect(call, `${title}\n${program.text}`).toMatchObject({
        system: name,
        // There a signal is an image with one row.
        problem:
          name === 'webnn' && geometry.axes.length === 1 ? '1x1x1x12 * 1x1x1x3 s1,2' : geometry.key,
      })
      if ('message' in call) continue
      if (call.input) expect(call.input).toEqual([...input.data])
      if (call.kernel) expect(call.kernel).toEqual([...kernel.data])
      // A node of ONNX gets its input by name.
      const isPlane = input.shape[0]! * input.shape[1]! * kernel.shape[0]! === 1
      if (!isPlane) continue
      const missing = name === 'onnx' ? ['input'] : program.missing
      for (const role of ['input', 'kernel'] as const)
        expect(call[role] === undefined, `${name} ${role}`).toBe(missing.includes(role))
    }
  }
  expect(new Set(found.map((text) => text.split(' ')[0])).size).toBe(systemTitles.length)
})

test('a long array is left out, and the program says so', () => {
  const program = programFor('numpy', arraysOf('1x1x100x100 * 1x1x3x3'))
  expect(program).toMatchObject({ missing: ['input'], text: expect.stringContaining('[100, 100]') })
})

test('the matrix times the flat kernel is the output', () => {
  for (const problem of [...cases.slice(0, 2), '2x3x6x5 * 4x3x2x3 d2 p1']) {
    const arrays = arraysOf(problem)
    const { geometry: g, kernel, input } = arrays
    const matrix = arrayNamed('matrix', arrays)
    const [rows = 0, columns = 0] = matrix.shape
    const weights = g.flip
      ? ndarray(Float64Array.from(kernel.data).reverse(), kernel.shape)
      : kernel
    const expected = conv2d(input, weights, {
      padding: g.axes.map(({ before, after }) => [before, after] as const),
      dilation: g.axes.map(({ dilation }) => dilation),
      boundary: g.boundary,
      accuracy: 'strict',
    })
    for (let f = 0; f < g.filters; f++)
      for (let c = 0; c < columns; c++) {
        let sum = 0
        for (let r = 0; r < rows; r++)
          sum += Number(kernel.data[f * rows + r]) * Number(matrix.data[r * columns + c])
        const [n, q] = [Math.floor((c * g.batch) / columns), c % (columns / g.batch)]
        const at = (n * g.filters + f) * (columns / g.batch) + q
        expect(sum).toBeCloseTo(Number(expected.data[at]), 9)
      }
  }
})

test('CSV and .npy hold the same numbers', async () => {
  const csvText = async (array: NdArray): Promise<string> => (await csvOf(array)).text()
  const { input } = arraysOf(cases[0]!)
  const plane = reshape(input, [5, 7])
  expect(matrixOf(await csvText(plane))).toEqual({ shape: [5, 7], values: [...input.data] })
  expect([...readNpy(npyOf(plane)).data]).toEqual([...input.data])
  const single = ndarray(Float32Array.of(0.1, 1 / 3, -1e-7, 16777217), [2, 2])
  const read = matrixOf(await csvText(single))
  expect('values' in read && [...Float32Array.from(read.values)]).toEqual([...single.data])
  expect((await csvText(single)).startsWith('0.1,')).toBe(true)
  expect(fileName('input', [5, 7], 'npy')).toBe('input-5x7.npy')
})

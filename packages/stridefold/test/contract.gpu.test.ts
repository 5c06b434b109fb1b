/**
 * Do the programs of every algorithm give the results of the float64 definition on a GPU? The named
 * cases of the contract suite and random geometries, with small integers: sums below 2²⁴ are exact
 * and compared with ===. `npm test` runs some of them, `npm run gpu:proof` all and thousands.
 */

import { conv2d, ndarray } from 'stridefold'
import { beforeAll, expect, test } from 'vitest'
import { gpuCases, gpuOfTests } from '../../../test/gpu/use.ts'
import type { Algorithm } from '../src/algorithms/algorithm.ts'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { useGpu } from '../src/backends/webgpu/device/open.ts'
import '../src/backends/webgpu/register.ts'
import { openGpu } from '../src/backends/webgpu/webgpu.ts'
import { elementCount } from '../src/ndarray/layout.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import { webgpuTestBackend } from './backends.ts'
import { cases } from './contract-cases.ts'
import { caseOf, definitionOf, mismatch, skipReason } from './contract-runs.ts'
import { type RandomCase, type RandomOptions, randomCase } from './random-geometry.ts'

const backend = webgpuTestBackend()
const isProof = gpuCases() > 60

beforeAll(async () => {
  useGpu({ gpu: gpuOfTests() })
  await openGpu()
})

/** Compares a case by some of the algorithms that support it. Returns how many. */
async function compare(
  c: RandomCase,
  where: string,
  chosen: (supporting: readonly Algorithm[]) => readonly Algorithm[],
): Promise<number> {
  const supporting = allAlgorithms.filter((each) => skipReason(each, backend, c) === undefined)
  const expected = definitionOf(c)
  const algorithms = chosen(supporting)
  for (const algorithm of algorithms) {
    const text = `${where}, ${algorithm.name}, ${c.geometry.key}`
    expect(await mismatch(algorithm, backend, c, expected), text).toBeUndefined()
  }
  return algorithms.length
}

/** One of several, by turns. */
const nth =
  (n: number) =>
  (all: readonly Algorithm[]): readonly Algorithm[] =>
    all.length === 0 ? [] : [all[n % all.length]!]

test('named cases of the contract suite', async () => {
  let compared = 0
  for (const [n, named] of cases.entries())
    if (isProof) compared += await compare(caseOf(named), named.name, (all) => all)
    else if (n % 3 === 0) compared += await compare(caseOf(named), named.name, nth(n / 3))
  expect(compared).toBeGreaterThan(isProof ? 300 : 10)
})

// Small problems take one invocation per result: these are large enough for the other forms.
test.each([
  ['strided', '1x32x40x64', '48x32x3x3'],
  ['im2col', '1x32x24x64', '48x32x3x3'],
  ['strided', '1x2x32x300', '300x2x1x1'],
  ['strided', '1x300x32x64', '2x300x1x1'],
  ['strided', '1x1x300x300', '1x1x5x5'],
])('forms of a contraction: %s, %s by %s', async (algorithm, inputText, kernelText) => {
  const integers = (shape: readonly number[], below: number): NdArray =>
    ndarray(
      Float32Array.from({ length: elementCount(shape) }, (_, i) => ((i * 7919) % below) - 2),
      shape,
    )
  const [x, k] = [integers(shapeOf(inputText), 7), integers(shapeOf(kernelText), 5)]
  const onGpu = await conv2d(x, k, { algorithm, backend: 'webgpu' })
  const expected = await conv2d(x, k, { algorithm, backend: 'js' })
  expect(onGpu.data.every((value, i) => value === expected.data[i])).toBe(true)
})

const shapeOf = (text: string): number[] => text.split('x').map(Number)

const kinds: readonly RandomOptions[] = [
  {},
  { larger: true },
  { separable: true },
  { tiled: true },
  { tiled: true, inputDType: 'uint8', outputDType: 'int16' },
  { inputDType: 'uint8', outputDType: 'uint8' },
  { inputDType: 'int16', outputDType: 'int8' },
]

test('random geometries', async () => {
  const count = isProof ? gpuCases() : 30
  const first = Date.now() % 2 ** 31
  let compared = 0
  for (let n = 0; n < count; n++) {
    const c = randomCase(first + n, { dtype: 'float32', ...kinds[n % kinds.length] })
    if (c.geometry.axes.some((axis) => axis.output > 3000)) continue
    compared += await compare(c, `seed ${first + n}`, nth(Math.floor(n / kinds.length)))
  }
  expect(compared).toBeGreaterThan(count / 2)
})

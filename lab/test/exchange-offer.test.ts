/** What pasted calls, files and numbers become. */

import { page, systems } from '@stridefold/cli/translate'
import { writeNpy } from 'stridefold/npy'
import { checkedFit, ndarray, parseCase } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { systemOf } from '../src/exchange/code-text.ts'
import { type Offer, offerOfNpy, offerOfText, type Role, useOf } from '../src/exchange/offer.ts'
import { defaultState, firstState, type LabState } from '../src/state/state.ts'

function used(offer: Offer, role: Role = 'input', state: LabState = defaultState) {
  if (offer.kind === 'fault') throw new Error(JSON.stringify(offer.fault))
  return useOf(offer, role, state)
}
const problemOf = (text: string, role: Role = 'input', state: LabState = defaultState): string =>
  used(offerOfText(text, state), role, state).parts.problem

test.each([
  ['nn.Conv2d(3, 16, 3, stride=2, padding=1)', 'pytorch', '1x3x5x7 * 16x3x3x3 s2 p1'],
  ['F.conv2d(x, w, padding=1)', 'pytorch', '1x1x5x7 * 1x1x3x2 p1'],
  ['nn.Conv1d(4, 8, 3, dilation=2)', 'pytorch', '1x4x7 * 8x4x3 d2'],
  ["keras.layers.Conv2D(16, 3, padding='same')", 'tensorflow', '1x1x5x7 * 16x1x3x3 p1'],
  ["const y = tf.conv2d(x, k, 1, 'same')", 'tfjs', '1x1x5x7 * 1x1x3x2 p1,0:1'],
  ["ndimage.correlate(x, k, mode='mirror')", 'scipy', '1x1x5x7 * 1x1x3x2 p1,1:0 border=reflect'],
  ["signal.convolve2d(x, k, mode='full')", 'scipy', '1x1x5x7 * 1x1x3x2 p2,1 flip'],
  ["np.convolve([1, 2, 3, 4], [1, 1], 'valid')", 'numpy', '1x1x4 * 1x1x2 flip'],
  ['cv2.filter2D(x, -1, k)', 'opencv', '1x1x5x7 * 1x1x3x2 p1,1:0 border=reflect'],
])('%s', (text, system, problem) => {
  expect(systemOf(text)).toBe(system)
  expect(problemOf(text)).toBe(parseCase(problem).key)
})

test('every system reads what it writes, recognised by its own words', () => {
  const cases = [defaultState.problem, '1x1x9x9 * 1x1x3x3 same border=edge flip']
  let count = 0
  for (const text of cases) {
    const geometry = checkedFit(parseCase(text))
    for (const system of systems) {
      let code: string
      try {
        code = page({ system, geometry, translation: system.translate(geometry) })
      } catch {
        continue
      }
      count++
      const name = system.name === 'imagemagick' ? code.replace('…', '1,2,3,4,5,6,7,8,9') : code
      if (system.name === 'imagemagick' && text === cases[0]) continue
      expect(problemOf(name), `${system.name}\n${name}`).toBe(geometry.key)
    }
  }
  expect(count).toBeGreaterThan(16)
})

test('numbers of the code are used', () => {
  const text = 'y = signal.correlate(np.array([[1, 2], [3, 4]]), [[5]])'
  const { parts } = used(offerOfText(text, defaultState))
  expect(parts).toMatchObject({ input: { values: [1, 2, 3, 4] }, kernel: { values: [5] } })
})

test('code that is not read is refused with the reason, without flags', () => {
  const faultOf = (text: string) => {
    const offer = offerOfText(text, defaultState)
    return offer.kind === 'fault' && offer.fault.kind === 'code' ? offer.fault : undefined
  }
  expect(faultOf('nn.Conv2d(3, 16, kernel=3)')).toMatchObject({
    system: 'pytorch',
    message: expect.stringContaining('kernel'),
  })
  expect(faultOf('F.conv2d(x, w, padding=(1')?.message).toContain('character')
  expect(faultOf('F.conv9d(x, w)')?.message).not.toContain('--')
})

test('numbers as input or kernel keep the rest of the problem', () => {
  expect(problemOf('1 2 3\n4 5 6\n7 8 9')).toBe(parseCase('1x1x3x3 * 1x1x3x2 p1,0:1').key)
  expect(problemOf('1 2 3\n4 5 6\n7 8 9', 'kernel')).toBe(parseCase('1x1x5x7 * 1x1x3x3 p1,0:1').key)
  // A kernel that is larger than the new input is cut.
  const small = used(offerOfText('1 2', firstState), 'input', firstState)
  expect(small).toMatchObject({ isKernelCut: true, reason: undefined })
  expect(small.parts.problem).toBe(parseCase('1x1x1x2 * 1x1x1x2').key)
  // A kernel that does not fit is refused with the reason of the library.
  const large = used(offerOfText('[[1,2,3,4,5,6,7,8,9]]', defaultState), 'kernel')
  expect(large.reason).toContain('9')
  const signal = { ...defaultState, problem: '1x1x9 * 1x1x3', kernel: { values: [1, 2, 3] } }
  expect(problemOf('1 2 3 4', 'input', signal)).toBe(parseCase('1x1x4 * 1x1x3').key)
  expect(problemOf('1 2\n3 4', 'input', signal)).toBe(parseCase('1x1x2x2 * 1x1x1x2').key)
})

test('several channels open the workspace', () => {
  const { parts } = used(offerOfText('[[[1,2],[3,4],[5,6]],[[1,2],[3,4],[5,6]]]', defaultState))
  expect(parts.problem).toBe(parseCase('1x2x3x2 * 1x2x3x2 p1,0:1').key)
  expect(parts.views?.length).toBeGreaterThan(0)
})

test('.npy files are read by the library, or refused by it', () => {
  const bytes = writeNpy(ndarray(Float64Array.of(1.5, -2, 3, 4), [2, 2]))
  expect(offerOfNpy(bytes, 'a.npy')).toEqual({
    kind: 'numbers',
    matrix: { shape: [2, 2], values: [1.5, -2, 3, 4] },
  })
  expect(offerOfNpy(bytes.slice(0, 140), 'a.npy')).toMatchObject({
    fault: { kind: 'file', message: expect.stringContaining('a.npy is cut off') },
  })
  const large = writeNpy(ndarray(new Float32Array(257 * 256), [257, 256]))
  expect(offerOfNpy(large, 'a.npy')).toMatchObject({ fault: { kind: 'many', most: 65536 } })
  const wrong = writeNpy(ndarray(Float64Array.of(1, Number.NaN), [2]))
  expect(offerOfNpy(wrong, 'a.npy')).toMatchObject({ fault: { kind: 'file' } })
})

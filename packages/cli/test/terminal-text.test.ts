/**
 * Names and texts from outside are escaped on a terminal: none of their characters controls it, and
 * none starts a new line.
 */

import { expect, test } from 'vitest'
import { noise, png } from './helpers/png.ts'
import { world } from './helpers/world.ts'

const redSequence = '\x1b[31m'
const titleSequence = '\x9d0;title\x9c'
const fakeLine = '\nstridefold: all is well'

/** Characters that a terminal obeys, except line ends. */
const controlPattern = /(?!\n)\p{Cc}/u

const savedBench = (name: string): string =>
  JSON.stringify({
    ...{
      verb: 'bench',
      machine: {
        processor: `${redSequence}cpu`,
        cores: 1,
        runtime: titleSequence,
        stridefold: '0',
      },
    },
    cases: [
      {
        case: '8 * 3',
        name,
        peakGflops: 1,
        rows: [{ name: `strided${titleSequence}`, samples: [1, 2, 3] }],
      },
    ],
  })

const rows: readonly (readonly string[])[] = [
  ['filter', `no${redSequence}${fakeLine}.png`, '-k', '1', '-o', 'out.png'],
  ['filter', 'in.png', '-k', '1', '-o', `out${titleSequence}${fakeLine}`],
  ['filter', 'in.png', '-k', '1', '-o', `no${redSequence}/out.png`],
  ['filter', 'in.png', '-k', `sobel${redSequence}${fakeLine}`, '-o', 'out.png'],
  ['filter', 'in.png', '-k', `1 ${titleSequence}`, '-o', 'out.png'],
  ['filter', 'in.png', '-k', '1', '-o', 'out.png', '--algorithm', `str${redSequence}${fakeLine}`],
  ['filter', 'in.png', '-k', '1', '-o', `out${titleSequence}.png`, '--json'],
  [`fil${redSequence}ter${fakeLine}`],
  ['plan', `8 * 3 ${redSequence}${fakeLine}`],
  ['plan', '8 * 3', `--algo${titleSequence}${fakeLine}`],
  ['explain', '8 * 3', '--at', `x${redSequence}${fakeLine}`],
  ['translate', '8 * 3', '--to', `x${redSequence}`],
  ['kernels', `k${redSequence}${fakeLine}.json`],
  ['bench', `8 * 3 ${titleSequence}`],
  ['bench', `suite${redSequence}`],
  ['bench', '--compare', `a${redSequence}.json`, `a${redSequence}.json`],
  ['bench', '--compare', `in${titleSequence}.png`, 'in.png'],
  ['report', '-o', `no${redSequence}${fakeLine}/report`],
  ['demo', `in${redSequence}.png`, '-k', '1', '--force', '-o', `out${titleSequence}.png`],
]

test.each(rows)('%j', async (...argv) => {
  const w = world()
  const image = png({ width: 5, height: 4, bits: 8, type: 2, samples: noise(60, 255) })
  for (const name of ['in.png', `in${redSequence}.png`]) w.put(name, image)
  w.put(`k${redSequence}${fakeLine}.json`, '[[1, 2], [3, 4]]')
  w.put(`a${redSequence}.json`, savedBench(`name${redSequence}${fakeLine}`))
  const { stdout, stderr } = await w.run(argv)
  const text = `${stdout}${stderr}`
  expect(text).not.toBe('')
  expect(text).not.toMatch(controlPattern)
  expect(text.split('\n')).not.toContainEqual(expect.stringMatching(/^stridefold: all is well/))
})

test.each([
  ['no machine', '{"verb": "bench", "cases": []}'],
  ['a case of null', '{"verb": "bench", "machine": {}, "cases": [null]}'],
  [
    'a row without a name',
    '{"verb": "bench", "machine": {}, "cases": [{"case": "8 * 3", "name": "x", "rows": ' +
      '[{"samples": [1]}]}]}',
  ],
])('a saved benchmark with %s is none', async (_, text) => {
  const w = world()
  w.put('a.json', text)
  const { code, stderr } = await w.run(['bench', '--compare', 'a.json', 'a.json'])
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr:
      "stridefold: a.json is not a saved benchmark: write one with 'stridefold bench CASE --save " +
      "FILE'.\n",
  })
})

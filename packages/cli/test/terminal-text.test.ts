/**
 * Names and texts from elsewhere reach a terminal as letters: none of their characters is a command
 * to it, and none begins a line of its own.
 */

import { expect, test } from 'vitest'
import { noise, png } from './helpers/png.ts'
import { world } from './helpers/world.ts'

const RED = '\x1b[31m'
const TITLE = '\x9d0;title\x9c'
const LINE = '\nstridefold: all is well'

/** What a terminal obeys, but for the ends of lines. */
const COMMANDS = /(?!\n)\p{Cc}/u

const saved = (name: string): string =>
  JSON.stringify({
    ...{
      verb: 'bench',
      machine: { processor: `${RED}cpu`, cores: 1, runtime: TITLE, stridefold: '0' },
    },
    cases: [
      {
        case: '8 * 3',
        name,
        peakGflops: 1,
        rows: [{ name: `strided${TITLE}`, samples: [1, 2, 3] }],
      },
    ],
  })

const rows: readonly (readonly string[])[] = [
  ['filter', `no${RED}${LINE}.png`, '-k', '1', '-o', 'out.png'],
  ['filter', 'in.png', '-k', '1', '-o', `out${TITLE}${LINE}`],
  ['filter', 'in.png', '-k', '1', '-o', `no${RED}/out.png`],
  ['filter', 'in.png', '-k', `sobel${RED}${LINE}`, '-o', 'out.png'],
  ['filter', 'in.png', '-k', `1 ${TITLE}`, '-o', 'out.png'],
  ['filter', 'in.png', '-k', '1', '-o', 'out.png', '--algorithm', `str${RED}${LINE}`],
  ['filter', 'in.png', '-k', '1', '-o', `out${TITLE}.png`, '--json'],
  [`fil${RED}ter${LINE}`],
  ['plan', `8 * 3 ${RED}${LINE}`],
  ['plan', '8 * 3', `--algo${TITLE}${LINE}`],
  ['explain', '8 * 3', '--at', `x${RED}${LINE}`],
  ['translate', '8 * 3', '--to', `x${RED}`],
  ['kernels', `k${RED}${LINE}.json`],
  ['bench', `8 * 3 ${TITLE}`],
  ['bench', `suite${RED}`],
  ['bench', '--compare', `a${RED}.json`, `a${RED}.json`],
  ['bench', '--compare', `in${TITLE}.png`, 'in.png'],
  ['report', '-o', `no${RED}${LINE}/report`],
  ['demo', `in${RED}.png`, '-k', '1', '--force', '-o', `out${TITLE}.png`],
]

test.each(rows)('%j', async (...argv) => {
  const w = world()
  const picture = png({ width: 5, height: 4, bits: 8, type: 2, samples: noise(60, 255) })
  for (const name of ['in.png', `in${RED}.png`]) w.put(name, picture)
  w.put(`k${RED}${LINE}.json`, '[[1, 2], [3, 4]]')
  w.put(`a${RED}.json`, saved(`name${RED}${LINE}`))
  const { stdout, stderr } = await w.run(argv)
  const text = `${stdout}${stderr}`
  expect(text).not.toBe('')
  expect(text).not.toMatch(COMMANDS)
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
      "stridefold: a.json holds no benchmark: write one with 'stridefold bench CASE --save " +
      "FILE'.\n",
  })
})

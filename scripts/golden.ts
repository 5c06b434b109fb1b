/** `npm run golden`: records the programs and the bits that golden.test.ts compares. */

import { writeFileSync } from 'node:fs'
import { goldenLines } from '../packages/stridefold/test/golden-cases.ts'

const file = new URL('../packages/stridefold/test/fixtures/golden.txt', import.meta.url)
writeFileSync(file, `${goldenLines().join('\n')}\n`)

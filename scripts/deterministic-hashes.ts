/**
 * Writes the hashes that deterministic.test.ts compares with. Run it only after a change that is
 * meant to change the bits of results.
 *
 * Usage: node --conditions=@stridefold/source --import tsx scripts/deterministic-hashes.ts
 */

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { deterministicCases, hashOf } from '../packages/stridefold/test/deterministic-cases.ts'

const file = fileURLToPath(
  new URL('../packages/stridefold/test/fixtures/deterministic.json', import.meta.url),
)
const hashes = Object.fromEntries(
  deterministicCases.map(({ name, compute }) => [name, hashOf(compute())]),
)
writeFileSync(file, `${JSON.stringify(hashes, undefined, 2)}\n`)
console.info(`${deterministicCases.length} hashes in ${file}`)

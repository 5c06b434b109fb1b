/** Do the examples of docs/exactness.md print what their comments say, and are its tests there? */

import { existsSync, readFileSync } from 'node:fs'
import { createContext, Script } from 'node:vm'
import * as library from 'stridefold/sync'
import * as verify from 'stridefold/verify'
import { expect, test } from 'vitest'

const page = readFileSync(new URL('../../../docs/exactness.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!)

test.each(examples)('%s', (code) => {
  const shown: string[] = []
  const console = { log: (value: unknown) => shown.push(String(value)) }
  const body = code.replace(/^import .*$/gm, '')
  new Script(body).runInContext(
    createContext({ ...library, ...verify, console, Float32Array, Uint8Array }),
  )
  expect(shown.length).toBeGreaterThan(1)
  expect(shown).toEqual([...code.matchAll(/^console.*\/\/ (.*)$/gm)].map(([, value]) => value))
})

test('every file and every test that the table names exists', () => {
  const rows = [...page.matchAll(/\| `([a-z/-]+\.ts)` \| `([a-z-]+)` \|$/gm)]
  expect(rows.length).toBe(14)
  for (const [, code, name] of rows) {
    expect(existsSync(new URL(`../src/${code}`, import.meta.url)), code).toBe(true)
    expect(existsSync(new URL(`${name}.test.ts`, import.meta.url)), name).toBe(true)
  }
})

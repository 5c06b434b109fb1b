/** Do the READMEs show what the files of the benchmarks say? */

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { languages, readmeOf, speedTable, withTable } from '../speed-table.ts'

describe.each(languages)('the table of speed (%s)', (language) => {
  const text = readFileSync(readmeOf(language), 'utf8')

  test("is what 'npm run speed-table' writes", () => {
    expect(withTable(text, language)).toBe(text)
  })

  test('has rows that we lose, and says in how many cases', () => {
    const table = speedTable(language)
    expect(table.match(/\| \*\*\w+ [\d.]+ ms\*\*/g)?.length).toBeGreaterThan(1)
    expect(table).toMatch(
      language === 'en' ? /PyTorch in \d+ of \d+ cases/ : /PyTorch 在 \d+ 个算例/,
    )
  })

  test('needs its place', () => {
    expect(() => withTable('# stridefold\n', language)).toThrow('needs one')
  })
})

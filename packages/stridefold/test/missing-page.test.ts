/** Is docs/missing.md true? Its snippets run, and print what their comments say. */

import { expect, test } from 'vitest'
import * as library from '../src/sync.ts'
import { runSnippet, snippetsOf } from './snippets.ts'

test.each(snippetsOf('docs/missing.md', ['ts']).map((snippet) => [snippet.line, snippet] as const))(
  'line %d',
  async (_, snippet) => {
    expect(snippet.printed.length).toBeGreaterThan(0)
    expect(await runSnippet(snippet, { 'stridefold/sync': library })).toEqual(snippet.printed)
  },
)

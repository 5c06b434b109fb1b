/** Is docs/streams.md true? Its snippets run, and print what their comments say. */

import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import * as library from '../src/index.ts'
import { runSnippet, snippetsOf } from './snippets.ts'

const modules = { stridefold: library, 'node:stream': { Duplex } }

test.each(snippetsOf('docs/streams.md', ['ts']).map((snippet) => [snippet.line, snippet] as const))(
  'line %d',
  async (_, snippet) => {
    expect(snippet.printed.length).toBeGreaterThan(0)
    expect(await runSnippet(snippet, modules)).toEqual(snippet.printed)
  },
)

/**
 * Is docs/memory.md true? Its snippets run and print what their comments say, and its script sees
 * the memory come back.
 */

import { execFileSync } from 'node:child_process'
import process from 'node:process'
import * as asynchronous from 'stridefold'
import * as synchronous from 'stridefold/sync'
import { afterEach, expect, test } from 'vitest'
import { makeProject } from './installed.ts'
import { namedSnippet, pageText, runSnippet, snippetsOf } from './snippets.ts'

const page = 'docs/memory.md'
const modules = { stridefold: asynchronous, 'stridefold/sync': synchronous }

afterEach(async () => {
  await synchronous.close()
  synchronous.configure({ memoryBytes: Infinity })
})

const snippets = snippetsOf(page, ['ts'])

test.each(snippets.map((snippet) => [snippet.line, snippet] as const))(
  'the snippet at line %i prints what it says',
  async (_, snippet) => {
    expect(snippet.printed.length).toBeGreaterThan(0)
    expect(await runSnippet(snippet, modules)).toEqual(snippet.printed)
  },
)

test('all snippets but the script are run', () => {
  expect(snippetsOf(page, ['ts', 'js'])).toHaveLength(snippets.length + 1)
})

/** The second column of the table of figures. */
const figures = [...pageText(page).matchAll(/^\|.*\| (\d+) \|$/gm)].map((match) => Number(match[1]))

test('the script reports what the table says: the memory comes back with close()', async () => {
  const project = await makeProject({ 'measure.mjs': namedSnippet(page, 'measure.mjs') })
  try {
    const lines = execFileSync(process.execPath, ['--expose-gc', 'measure.mjs'], {
      cwd: project.folder,
      encoding: 'utf8',
    })
    const measured = lines
      .trim()
      .split('\n')
      .map((line) => Number(line.split(' ').at(-1)))
    expect(measured).toHaveLength(figures.length)
    // Relative to the first line: the memory of a process without arrays depends on Node.
    for (const [i, mebibytes] of measured.entries())
      expect(Math.abs(mebibytes - measured[0]! - (figures[i]! - figures[0]!)), lines).toBeLessThan(
        25,
      )
  } finally {
    project.remove()
  }
})

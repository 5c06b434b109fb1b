/** Is docs/threads.md true? Its snippet runs and prints what its comments say. */

import * as asynchronous from 'stridefold'
import { afterAll, expect, test } from 'vitest'
import { runSnippet, snippetsOf } from './snippets.ts'

afterAll(() => asynchronous.close())

test('the snippet prints what it says', async () => {
  const [snippet] = snippetsOf('docs/threads.md', ['ts'])
  expect(await runSnippet(snippet!, { stridefold: asynchronous })).toEqual(snippet!.printed)
})

/** Is the text of the workers what `npm run worker` writes from their source? */

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { generatedFile, workerSource } from '../../../scripts/worker-source.ts'

test('worker-source.ts is up to date', async () => {
  expect(readFileSync(generatedFile, 'utf8')).toBe(await workerSource())
})

/** Runs before each file of tests that open the page: the browser, and what every test must keep. */

import { afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { endPages, keepPages, start, takeComplaints } from './browser.ts'

beforeAll(start)

beforeEach(keepPages)

afterEach(async ({ task }) => {
  await endPages(task.result?.state === 'fail')
  expect(takeComplaints()).toEqual([])
})

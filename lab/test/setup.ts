/** Runs before each file of tests that open the page: the browser, and what all tests check. */

import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { closeKept, endPages, keepPages, start, takeComplaints } from './browser.ts'

beforeAll(start)

beforeEach(keepPages)

afterAll(closeKept)

afterEach(async ({ task }) => {
  await endPages(task.result?.state === 'fail')
  expect(takeComplaints()).toEqual([])
})

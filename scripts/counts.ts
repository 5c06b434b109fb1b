/** Counts the tests of a run of Vitest, and says why tests of the GPU were skipped. */

import type { TestModule } from 'vitest/node'
import { noGpu } from '../test/gpu/opened.ts'

export interface Counts {
  passed: number
  failed: number
  skipped: number
}

/** Counts the tests. A file that does not load and an error outside of any test are failures. */
export function countsOf(modules: readonly TestModule[], errors: number): Counts {
  const counts: Counts = { passed: 0, failed: errors, skipped: 0 }
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      counts[state === 'pending' ? 'skipped' : state] += 1
    }
    if (failedOutsideTests(module)) counts.failed += 1
  }
  return counts
}

/** Returns true if the file did not load or a hook failed, although no test failed. */
function failedOutsideTests(module: TestModule): boolean {
  return !module.ok() && [...module.children.allTests('failed')].length === 0
}

/** Returns one line for each reason why a project had no GPU, with the number of its tests. */
export function gpuSkips(modules: readonly TestModule[]): string[] {
  const reasons = new Map<string, number>()
  for (const module of modules)
    for (const test of module.children.allTests('skipped')) {
      const result = test.result()
      if (result.state !== 'skipped' || !result.note?.startsWith(noGpu)) continue
      const reason = `${module.project.name}: ${result.note}`
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    }
  return [...reasons].map(([reason, count]) => `Skipped ${count} in ${reason}`)
}

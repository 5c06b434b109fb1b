/** PyTorch with CUDA on the layers that were measured, where `python3` has it. */

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { GpuResult } from './measure.ts'

export interface TorchResult {
  readonly name: string
  readonly milliseconds: number
}

/** What PyTorch needs for the same cases, or the reason why it was not measured. */
export function measureTorch(
  results: readonly GpuResult[],
  report: (line: string) => void,
): readonly TorchResult[] | string {
  // Layers are measured by several algorithms: PyTorch chooses its own.
  const ours = results.filter(({ library }) => library === 'stridefold')
  const cases = [...new Map(ours.map((result) => [result.name, result])).values()]
  const { status, stdout, stderr } = spawnSync('python3', [join(import.meta.dirname, 'torch.py')], {
    input: JSON.stringify(cases.map(({ name, input, kernel }) => ({ name, input, kernel }))),
    encoding: 'utf8',
    timeout: 60_000,
  })
  if (status !== 0) {
    const reason = `PyTorch was not measured: ${stderr?.trim().split('\n').at(-1) || 'no python3'}`
    report(reason)
    return reason
  }
  const answers = JSON.parse(stdout) as TorchResult[]
  for (const { name, milliseconds } of answers)
    report(`${name}: PyTorch with CUDA, float32 without TF32: ${milliseconds.toFixed(3)} ms`)
  return answers
}

/** The entry of the page: opens its GPU and the other libraries. */

import { type GpuMeasurement, type GpuReport, type GpuRival, measureGpu } from './measure.ts'
import { onnxRival } from './onnx-rival.ts'
import { tfjsRival } from './tfjs-rival.ts'

/** Given by the browser's driver. */
declare const reportLine: (line: string) => void

interface PageSettings extends Omit<GpuMeasurement, 'rivals' | 'report'> {
  readonly withRivals: boolean
}

export async function measureInPage({
  withRivals,
  ...settings
}: PageSettings): Promise<GpuReport | { readonly reason: string }> {
  const { gpu } = navigator
  if (gpu === undefined || (await gpu.requestAdapter()) === null)
    return { reason: 'WebGPU in this Chromium offers no adapter.' }
  const rivals: GpuRival[] = []
  for (const open of withRivals ? [tfjsRival, onnxRival] : []) {
    try {
      rivals.push(await open())
    } catch (error) {
      reportLine(`${open.name} does not load: ${error instanceof Error ? error.message : error}`)
    }
  }
  return measureGpu(gpu, { ...settings, rivals, report: reportLine })
}

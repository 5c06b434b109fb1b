/**
 * `npm run bench:gpu`: the speed of the library on the GPU of this machine, in less than five
 * minutes. Every result is compared with the processor before it is timed.
 *
 *   npm run bench:gpu -- [--in node|chrome] [--only WORD] [--adapter system|swiftshader]
 *
 * In Node it needs `npm run gpu:node` once. In Chrome it also measures TensorFlow.js and ONNX
 * Runtime Web on the same GPU, from bench/rivals; PyTorch with CUDA where `python3` has it.
 * Writes bench/results/DATE-gpu.json, unless the adapter computes on the processor.
 */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { machine, machineLine } from '@stridefold/measure'
import { isInstalled, openGpuInNode } from '../../test/gpu/node.ts'
import { measureInChrome } from './chrome.ts'
import { type GpuReport, measureGpu } from './measure.ts'
import { measureTorch } from './torch.ts'

const { values } = parseArgs({
  options: {
    in: { type: 'string' },
    only: { type: 'string', default: '' },
    adapter: { type: 'string', default: 'system' },
    seconds: { type: 'string', default: '240' },
  },
})
const place = values.in ?? (isInstalled() ? 'node' : 'chrome')
if (!['node', 'chrome'].includes(place)) refuse(`--in is '${place}', and must be node or chrome.`)
if (!['system', 'swiftshader'].includes(values.adapter))
  refuse(`--adapter is '${values.adapter}', and must be system or swiftshader.`)
const seconds = Number(values.seconds)
if (!(seconds > 0)) refuse(`--seconds is '${values.seconds}', and must be a number > 0.`)

process.env.STRIDEFOLD_GPU = values.adapter
const report = (line: string): void => console.log(line)
const here = machine()
console.log(`${machineLine(here)}\nWebGPU in ${place}`)
const settings = { only: values.only, seconds, report }
const measured = place === 'node' ? await inNode() : await measureInChrome(settings)
if ('reason' in measured) refuse(measured.reason)
else finish(measured)
// Dawn keeps the process alive.
process.exit()

async function inNode(): Promise<GpuReport | { readonly reason: string }> {
  const opened = await openGpuInNode()
  return 'reason' in opened ? opened : measureGpu(opened.gpu, { ...settings, rivals: [] })
}

function finish(found: GpuReport): void {
  if (found.isFallback) {
    console.log(
      `${found.results.length} tiny cases ran. ${found.adapter} computes on the processor, so no ` +
        'time is quoted and nothing is written.',
    )
    return
  }
  const torch = measureTorch(found.results, report)
  const folder = join(import.meta.dirname, '../results')
  mkdirSync(folder, { recursive: true })
  const name = `${here.date.slice(0, 19).replaceAll(':', '')}-gpu.json`
  writeFileSync(
    join(folder, name),
    `${JSON.stringify({ machine: here, place, ...found, torch }, null, 2)}\n`,
  )
  console.log(`Written to bench/results/${name}`)
}

function refuse(message: string): never {
  console.error(message)
  process.exit(2)
}

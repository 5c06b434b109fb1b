/**
 * A process of its own for one run: by how much did the library's WebAssembly memories grow for it?
 * Started by memory.ts; answers with a message.
 *
 * Memories are seen by whoever asks the engine for them, which the library does when it first needs
 * one. They begin with one page here, so that what they grow by is what was taken, to a page.
 */

import process from 'node:process'

const page = 65536
const memories: WebAssembly.Memory[] = []
const Memory = WebAssembly.Memory
WebAssembly.Memory = class extends Memory {
  constructor(descriptor: WebAssembly.MemoryDescriptor) {
    super({ ...descriptor, initial: 1 })
    memories.push(this)
  }
}
const { planCase } = await import('stridefold/sync')
const { problem } = await import('../measure/problem.ts')

const [, , text = '', algorithm = ''] = process.argv
const p = problem(text)
const plan = planCase(text, { algorithm })
plan.runSync(p.x, p.k)
const used = memories.reduce((sum, { buffer }) => sum + buffer.byteLength - page, 0)
plan.dispose()
process.send?.(used, () => process.exit(0))

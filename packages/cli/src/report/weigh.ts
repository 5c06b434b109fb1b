/**
 * Runs one case in a separate process and measures how much the WebAssembly memories of the library
 * grow. memory.ts starts it and receives the result as a message.
 *
 * The library creates its memories when it first needs them. So replacing `WebAssembly.Memory`
 * before that shows all of them. Here they start with one page, so their growth is the memory in
 * use, rounded up to a page.
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
const { problem } = await import('@stridefold/measure')

const [, , text = '', algorithm = ''] = process.argv
const p = problem(text)
const plan = planCase(text, { algorithm })
plan.runSync(p.x, p.k)
const used = memories.reduce((sum, { buffer }) => sum + buffer.byteLength - page, 0)
plan.dispose()
process.send?.(used, () => process.exit(0))

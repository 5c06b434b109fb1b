import { createRequire } from 'node:module'
const { create, globals } = createRequire('/tmp/gn/')('webgpu')
Object.assign(globalThis, globals)
import { configure, correlate, conv2d, capabilities, read, ndarray } from 'stridefold'
configure({ gpu: create([]) })
const x = Float32Array.from({length: 36}, (_, i) => i % 7)
const t0 = performance.now()
const y = await correlate(ndarray(x, [6,6]), [[1,2,1],[0,1,0],[1,0,-1]], { backend: 'webgpu' })
console.log(performance.now()-t0, y.data.join(' '))
const z = await correlate(ndarray(x, [6,6]), [[1,2,1],[0,1,0],[1,0,-1]])
console.log(z.data.join(' '))
process.exit(0)

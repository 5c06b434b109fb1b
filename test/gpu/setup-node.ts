/** Before each file of GPU tests in Node: opens the GPU of the npm package `webgpu`. */

import { openGpuInNode } from './node.ts'
import { useGpu } from './use.ts'

useGpu(await openGpuInNode())

/** Before each file of GPU tests in Chromium: opens the GPU of the page. */

import { opened } from './opened.ts'
import { useGpu } from './use.ts'

useGpu(
  navigator.gpu
    ? await opened(navigator.gpu, 'navigator.gpu.requestAdapter() of this Chromium gives null.')
    : { reason: 'this Chromium has no navigator.gpu.' },
)

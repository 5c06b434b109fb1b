/**
 * What the library knows about one filter, and how it would compute it on this picture.
 */

import { analyzeKernel, ndarray, type PlanShaders, plan } from 'stridefold'
import type { Picture } from './picture.ts'
import { channelsOf } from './pixels.ts'
import type { Analysis } from './protocol.ts'
import type { PhotoSettings } from './settings.ts'
import { rulesOf, stepsOf } from './steps.ts'

/** Undefined if the filter has no weights. */
export async function analysisOf(
  picture: Picture,
  settings: PhotoSettings,
  filter: number,
): Promise<Analysis | undefined> {
  const chosen = settings.filters[filter]
  const [step] = stepsOf(chosen ? [{ ...chosen, isOn: true }] : [])
  if (!step) return undefined
  const { width, height } = step
  const kernel = ndarray([...step.values], [height, width])
  const properties = analyzeKernel(kernel)
  const channels = channelsOf(rulesOf(settings, picture.hasAlpha))
  const how = plan('correlate', [picture.height, picture.width, channels], [height, width], {
    channelAxis: -1,
    boundary: settings.border,
    bias: step.offset,
    kernel,
  })
  const candidate = how.candidates.find(({ algorithm }) => algorithm === how.algorithm)
  return {
    width,
    height,
    sum: properties.sum,
    isZeroSum: properties.zeroSum,
    rank: properties.rank,
    isFlipInvariant: properties.flipInvariant,
    response: Float64Array.from(properties.frequencyResponse(64).magnitude.data),
    plan: settings.isOnGpu
      ? planOnGpu(await how.shaders())
      : {
          algorithm: how.algorithm,
          backend: how.backend,
          milliseconds: candidate?.milliseconds ?? Number.NaN,
          text: how.explain(),
        },
  }
}

/** How fast a GPU is, the library does not know: there is no time. */
const planOnGpu = ({ algorithm, stages }: PlanShaders): Analysis['plan'] => ({
  algorithm,
  backend: 'webgpu',
  milliseconds: Number.NaN,
  text: stages
    .flatMap(({ name, dispatches }) => [
      name,
      ...dispatches.map(({ form, workgroups }) => `  ${workgroups} workgroups: ${form}`),
    ])
    .join('\n'),
})

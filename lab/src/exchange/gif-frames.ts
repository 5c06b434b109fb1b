/** Where the window stands in each frame of an animation, and for how long. */

const maxFrames = 120
const slowMs = 420
const fastMs = 70
const allMs = 12_000
/** The last frame stays, so that the whole output is seen. */
export const lastMs: number = 2200

/** The outputs at which the window stands, one for each frame. */
export function framePositions(count: number): readonly number[] {
  const frames = Math.min(count, maxFrames)
  return Array.from({ length: frames }, (_, i) =>
    frames === 1 ? 0 : Math.round((i * (count - 1)) / (frames - 1)),
  )
}

/** The milliseconds of a frame, in steps of 10: a few places are read, many are watched. */
export const frameMs = (frames: number): number =>
  Math.round(Math.max(fastMs, Math.min(slowMs, allMs / frames)) / 10) * 10

export function gifLength(count: number): { readonly frames: number; readonly seconds: number } {
  const frames = Math.min(count, maxFrames)
  return { frames, seconds: Math.round(((frames - 1) * frameMs(frames) + lastMs) / 100) / 10 }
}

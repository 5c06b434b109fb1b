/** The answers of rooms to a clap. Made up here; recorded ones are files that can be opened. */

/** Samples per second of all sounds of this page. Files are resampled to it. */
export const sampleRate = 48_000

/** The left and the right answer, scaled so that reverb is about as loud as the sound itself. */
export type Room = readonly [left: Float32Array<ArrayBuffer>, right: Float32Array<ArrayBuffer>]

/** Seconds until the sound is 60 decibels softer, and how fast high tones fade. */
export const rooms: Readonly<Record<string, () => Room>> = {
  chamber: () => syntheticRoom(0.7, 0.5),
  hall: () => syntheticRoom(2.2, 0.7),
  cathedral: () => syntheticRoom(6, 0.9),
}

/** Noise that fades, and becomes darker on its way, behind a few single echoes of the walls. */
function syntheticRoom(seconds: number, darkness: number): Room {
  const length = Math.round(seconds * sampleRate)
  const next = random(1 + length)
  const side = (): Float32Array<ArrayBuffer> => {
    const samples = new Float32Array(length)
    let low = 0
    for (let i = 0; i < length; i++) {
      const time = i / length
      const smoothing = darkness * Math.min(1, 0.2 + time)
      low += (1 - smoothing) * (2 * next() - 1 - low)
      samples[i] = low * 10 ** (-3 * time) * Math.min(1, i / (0.02 * sampleRate))
    }
    for (let echo = 0; echo < 9; echo++) {
      const at = Math.round((0.004 + 0.05 * next()) * Math.sqrt(seconds) * sampleRate)
      if (at < length) samples[at]! += (next() < 0.5 ? 0.6 : -0.6) / (1 + echo)
    }
    return samples
  }
  return scaled([side(), side()])
}

/** A recorded answer: mono or stereo. */
export function recordedRoom(recording: AudioBuffer): Room {
  const { numberOfChannels } = recording
  if (numberOfChannels > 2)
    throw new Error(`The room has ${numberOfChannels} channels. Take a file with 1 or 2.`)
  const [left, right] = [0, numberOfChannels - 1].map((c) => recording.getChannelData(c).slice())
  return scaled([left!, right!])
}

/** Makes the energy of the louder side 1. */
function scaled(room: Room): Room {
  const energies = room.map((side) => side.reduce((sum, value) => sum + value * value, 0))
  const most = Math.max(...energies)
  if (!(most > 0 && most < Infinity)) throw new Error('The room is silent. Take another file.')
  for (const side of room) for (let i = 0; i < side.length; i++) side[i]! /= Math.sqrt(most)
  return room
}

/** Random numbers in [0, 1) that are the same each time (mulberry32). */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

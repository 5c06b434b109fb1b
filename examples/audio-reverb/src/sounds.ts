/** Sounds to begin with: a plucked string and a clap. */

import { random, sampleRate } from './rooms.ts'

export const sounds: Readonly<Record<string, () => AudioBuffer>> = {
  guitar: () => {
    const tones = [220, 277.18, 329.63, 440, 554.37, 440, 329.63, 277.18]
    return bufferOf(4.4, (samples) => {
      for (const [i, tone] of tones.entries()) pluck(samples, 0.32 * i, tone)
    })
  },
  clap: () =>
    bufferOf(2.5, (samples) => {
      const next = random(5)
      for (let i = 0; i < 0.02 * sampleRate; i++)
        samples[i] = 0.9 * (2 * next() - 1) * Math.exp(-i / (0.003 * sampleRate))
    }),
}

/** A string as a delay that loses its high tones (Karplus and Strong, 1983). */
function pluck(samples: Float32Array, seconds: number, tone: number): void {
  const period = Math.round(sampleRate / tone)
  const next = random(period)
  const string = Float32Array.from({ length: period }, () => 0.5 * next() - 0.25)
  const start = Math.round(seconds * sampleRate)
  const end = Math.min(samples.length, start + 1.6 * sampleRate)
  for (let i = start; i < end; i++) {
    const at = (i - start) % period
    const value = string[at]!
    samples[i]! += value
    string[at] = 0.498 * (value + string[(at + 1) % period]!)
  }
}

function bufferOf(seconds: number, write: (samples: Float32Array) => void): AudioBuffer {
  const buffer = new AudioBuffer({ length: Math.round(seconds * sampleRate), sampleRate })
  write(buffer.getChannelData(0))
  return buffer
}

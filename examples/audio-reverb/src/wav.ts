/** A sound as a WAV file of 32-bit floats, which keep everything. */

export function wavFile(sound: AudioBuffer): Blob {
  const { numberOfChannels: channels, length, sampleRate } = sound
  const bytes = 4 * channels * length
  const view = new DataView(new ArrayBuffer(44 + bytes))
  const text = (at: number, letters: string): void => {
    for (let i = 0; i < letters.length; i++) view.setUint8(at + i, letters.charCodeAt(i))
  }
  text(0, 'RIFF')
  view.setUint32(4, 36 + bytes, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 3, true) // floats
  view.setUint16(22, channels, true)
  view.setUint32(24, sampleRate, true)
  view.setUint32(28, 4 * channels * sampleRate, true)
  view.setUint16(32, 4 * channels, true)
  view.setUint16(34, 32, true)
  text(36, 'data')
  view.setUint32(40, bytes, true)
  const sides = Array.from({ length: channels }, (_, c) => sound.getChannelData(c))
  for (let i = 0; i < length; i++)
    for (const [c, side] of sides.entries())
      view.setFloat32(44 + 4 * (i * channels + c), side[i]!, true)
  return new Blob([view], { type: 'audio/wav' })
}

/** A picture to begin with: hills in mist under a sky with stars. */

export function drawSample(width: number, height: number): ImageBitmap {
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This browser gives no more canvases.')
  const sky = context.createLinearGradient(0, 0, 0, height)
  for (const [at, colour] of [
    [0, '#0d1b3d'],
    [0.45, '#5b4b8a'],
    [0.62, '#f2a154'],
    [1, '#fbe3b5'],
  ] as const)
    sky.addColorStop(at, colour)
  context.fillStyle = sky
  context.fillRect(0, 0, width, height)

  const next = random(7)
  for (let i = 0; i < 700; i++) {
    const [x, y] = [next() * width, next() ** 2 * height * 0.5]
    context.fillStyle = `hsl(${next() * 360} 60% 90% / ${0.3 + 0.7 * next()})`
    context.beginPath()
    context.arc(x, y, (1 + 5 * next() ** 4) * (width / 1600), 0, 2 * Math.PI)
    context.fill()
  }
  context.fillStyle = '#fff3d6'
  context.beginPath()
  context.arc(width * 0.7, height * 0.5, height * 0.09, 0, 2 * Math.PI)
  context.fill()
  for (let ridge = 0; ridge < 6; ridge++) {
    const [base, rough] = [height * (0.52 + 0.085 * ridge), height * 0.055]
    const phases = [next(), next(), next(), next()].map((phase) => 2 * Math.PI * phase)
    context.fillStyle = `hsl(${255 - 8 * ridge} ${18 + 4 * ridge}% ${52 - 8.5 * ridge}%)`
    context.beginPath()
    context.moveTo(0, height)
    for (let x = 0; x <= width; x += width / 800) {
      const waves = phases.map((phase, i) => Math.sin((x / width) * 7 * 2 ** i + phase) / 1.8 ** i)
      context.lineTo(x, base - rough * waves.reduce((a, b) => a + b))
    }
    context.lineTo(width, height)
    context.fill()
  }
  return canvas.transferToImageBitmap()
}

/** Random numbers in [0, 1) that are the same each time (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

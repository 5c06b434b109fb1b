/** Where the frames come from: a drawing that moves, the camera, or a photo. */

export interface Source {
  /** Draws the picture of this moment over the whole canvas. */
  draw(context: CanvasRenderingContext2D, seconds: number): void
  /** Gives the camera or the memory of the photo back. */
  close(): void
}

export async function camera(): Promise<Source> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 960 } })
  const close = (): void => stream.getTracks().forEach((track) => track.stop())
  try {
    const video = document.createElement('video')
    video.srcObject = stream
    video.muted = true
    video.playsInline = true
    await video.play()
    return {
      draw: (context) => drawCovering(context, video, video.videoWidth, video.videoHeight),
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

export async function photo(file: Blob): Promise<Source> {
  const bitmap = await createImageBitmap(file)
  return {
    draw: (context) => drawCovering(context, bitmap, bitmap.width, bitmap.height),
    close: () => bitmap.close(),
  }
}

/** Fills the canvas, keeps the proportions, and cuts off what does not fit. */
function drawCovering(
  context: CanvasRenderingContext2D,
  image: CanvasImageSource,
  imageWidth: number,
  imageHeight: number,
): void {
  const { width, height } = context.canvas
  const scale = Math.max(width / imageWidth, height / imageHeight)
  const [w, h] = [imageWidth * scale, imageHeight * scale]
  context.drawImage(image, (width - w) / 2, (height - h) / 2, w, h)
}

/** Balls that circle over stripes: flat parts, fine lines, hard edges and soft ones. */
export const drawing: Source = {
  draw(context, seconds) {
    const { width, height } = context.canvas
    const sky = context.createLinearGradient(0, 0, 0, height)
    sky.addColorStop(0, '#12204a')
    sky.addColorStop(1, '#c8553d')
    context.fillStyle = sky
    context.fillRect(0, 0, width, height)
    context.lineWidth = 2
    for (let x = 0; x < width; x += 12) {
      context.strokeStyle = `hsl(${200 + x / 6} 60% 70% / 35%)`
      context.beginPath()
      context.moveTo(x, height)
      context.lineTo(x + 60 * Math.sin(seconds / 3 + x / 200), height * 0.62)
      context.stroke()
    }
    for (let i = 0; i < 7; i++) {
      const angle = seconds * (0.35 + i / 20) + i * 0.9
      const x = width * (0.5 + 0.38 * Math.cos(angle))
      const y = height * (0.42 + 0.28 * Math.sin(1.3 * angle))
      const radius = 28 + 9 * i
      const light = context.createRadialGradient(x - radius / 3, y - radius / 3, 2, x, y, radius)
      light.addColorStop(0, `hsl(${i * 51} 90% 90%)`)
      light.addColorStop(1, `hsl(${i * 51} 75% 45%)`)
      context.fillStyle = light
      context.beginPath()
      context.arc(x, y, radius, 0, 2 * Math.PI)
      context.fill()
    }
    context.fillStyle = '#fff'
    context.font = `600 ${height / 8}px system-ui, sans-serif`
    context.textAlign = 'center'
    context.fillText('stridefold', width / 2, height * 0.86)
  },
  close() {},
}

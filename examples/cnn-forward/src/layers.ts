/** Draws an array of channels × rows × columns as maps: the larger a value, the more colour. */

export interface LayerView {
  /** Shows values. 0 and less is empty; the largest value of the layer has the full colour. */
  show(values: ArrayLike<number>): void
}

export function addLayer(
  parent: HTMLElement,
  title: string,
  [channels, rows, columns]: readonly [number, number, number],
): LayerView {
  const heading = document.createElement('h2')
  heading.textContent = title
  const maps = document.createElement('div')
  maps.className = 'maps'
  const canvases = Array.from({ length: channels }, () => {
    const canvas = document.createElement('canvas')
    Object.assign(canvas, { width: columns, height: rows })
    return canvas
  })
  maps.append(...canvases)
  parent.append(heading, maps)
  return {
    show(values) {
      const largest = Math.max(...Array.from(values), 1e-6)
      for (const [c, canvas] of canvases.entries()) {
        const image = new ImageData(columns, rows)
        const [red, green, blue] = rgbOf(getComputedStyle(canvas).color)
        for (let i = 0; i < rows * columns; i++) {
          const share = Math.max(0, values[c * rows * columns + i]! / largest)
          image.data.set([red, green, blue, Math.round(255 * share)], 4 * i)
        }
        canvas.getContext('2d')?.putImageData(image, 0, 0)
      }
    },
  }
}

/** `rgb(1, 2, 3)` as numbers. */
function rgbOf(colour: string): [number, number, number] {
  const [red = 0, green = 0, blue = 0] = colour.match(/[\d.]+/g)?.map(Number) ?? []
  return [red, green, blue]
}

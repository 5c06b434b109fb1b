/** The filters of the page. To add one, add an entry. */

import { filterImage, kernels } from 'stridefold'

export interface Filter {
  readonly name: string
  /** What the slider, from 0 to 1, means here. */
  readonly label: (strength: number) => string
  /** The filtered image. Rejects with the reason of the signal when that is aborted. */
  readonly apply: (image: ImageData, strength: number, signal: AbortSignal) => Promise<ImageData>
}

export const filters: readonly Filter[] = [
  {
    name: 'Blur',
    label: (strength) => `sigma ${sigma(strength).toFixed(1)} px`,
    apply: (image, strength, signal) =>
      filterImage(image, kernels.gaussian({ sigma: sigma(strength) }), { signal }),
  },
  {
    name: 'Sharpen',
    label: (strength) => `${(3 * strength).toFixed(1)} ×`,
    apply: (image, strength, signal) =>
      filterImage(image, kernels.unsharp({ sigma: 2, amount: 3 * strength }), { signal }),
  },
  {
    name: 'Motion',
    label: (strength) => `${motion(strength)} px`,
    apply: (image, strength, signal) =>
      filterImage(image, kernels.motion({ length: motion(strength), angle: 30 }), { signal }),
  },
  {
    name: 'Edges',
    label: (strength) => `${(4 * strength).toFixed(1)} ×`,
    apply: (image, strength, signal) => {
      const derivatives = [kernels.sobelX(), kernels.sobelY()].map(({ data, shape }) => ({
        data: data.map((weight) => 4 * strength * weight),
        shape,
      }))
      return filterImage(image, derivatives, { combine: 'magnitude', signal })
    },
  },
]

const sigma = (strength: number): number => 0.5 + 11.5 * strength
const motion = (strength: number): number => 1 + 2 * Math.round(20 * strength)

/**
 * The kernel as a convolution multiplies it: turned by 180°. A weight keeps its tap, and pointing
 * at it or editing it means the weight of the given kernel.
 */

import type { JSX } from 'preact'
import { contiguous, flip } from 'stridefold/sync'
import { useDerived } from '../grid/derived.ts'
import { Tensor, type TensorProps } from '../grid/tensor.tsx'
import { messages } from '../messages/messages.ts'
import { useHighlight } from '../model/follow-highlight.ts'
import type { Marks } from '../model/marks.ts'
import { product } from '../model/numbers.ts'
import { viewModel } from '../model/shared.ts'
import { pin, preview } from '../state/store.ts'

interface Props extends Pick<TensorProps, 'name' | 'label' | 'small' | 'paint'> {
  /** Called with the index in the given kernel. */
  readonly onEdit?: ((index: readonly number[], value: number) => void) | undefined
}

export function TurnedKernel({ onEdit, ...props }: Props): JSX.Element {
  const highlighted = useHighlight()
  const { kernel, shapes } = viewModel.value
  const extents = shapes.kernel.slice(2)
  const size = product(extents)
  const turned = contiguous(
    flip(
      kernel,
      extents.map((_, a) => a + 2),
    ),
  )
  const given = ([f = 0, c = 0, ...at]: readonly number[]): readonly number[] => [
    f,
    c,
    ...at.map((i, a) => extents[a]! - 1 - i),
  ]
  const marks = useDerived((): Marks => {
    const mirrorPlace = (place: number): number =>
      place - (place % size) + size - 1 - (place % size)
    return highlighted.value.marks('kernel').mapPlaces(mirrorPlace)
  }, [highlighted, size])
  const w = messages()
  return (
    <Tensor
      {...props}
      part="kernel"
      array={turned}
      marks={marks}
      planeName={([f = 0, c = 0, ...more]) =>
        w.plane([w.filter(f), w.channel(c), ...more.map((i) => w.layer(i))])
      }
      onPreview={(index) => {
        preview.value = index && { kernel: given(index) }
      }}
      onPin={(index) => pin({ kernel: given(index) })}
      onEdit={onEdit && ((index, value) => onEdit(given(index), value))}
    />
  )
}

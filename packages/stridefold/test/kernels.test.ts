/**
 * Do named kernels equal those of OpenCV 4.6, SciPy 1.10 and NumPy for the same parameters? The
 * expected numbers come from a run of these libraries. The tests also check that symmetries and
 * sums are exact, and that a text gives its kernel or an error with the closest name.
 */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { kernelByName, kernels } from '../src/kernels/named.ts'
import { total } from '../src/kernels/weights.ts'
import { toNested } from '../src/ndarray/interop.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'

const exact = (kernel: NdArray): number[] => [...kernel.untyped!]
const row = (kernel: NdArray, r: number): number[] =>
  exact(kernel).slice(r * kernel.shape[1]!, (r + 1) * kernel.shape[1]!)

function expectNear(actual: readonly number[], expected: readonly number[], error: number): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, i) => {
    expect(
      Math.abs(actual[i]! - value),
      `element ${i}: ${actual[i]} for ${value}`,
    ).toBeLessThanOrEqual(error)
  })
}

describe('values', () => {
  test('gaussian equals cv2.getGaussianKernel for odd sizes, SciPy signal for even sizes', () => {
    const odd = [0.03663284536919403, 0.11128075847888487, 0.2167453214037078, 0.27068214949642655]
    expectNear(
      exact(kernels.gaussian({ sigma: 1.5, size: 7, rank: 1 })),
      [...odd, ...odd.slice(0, 3).reverse()],
      2 ** -52,
    )
    // scipy.signal.windows.gaussian(4, 0.8), normalised. OpenCV 4.6 has another, asymmetric
    // definition for even sizes.
    const even = [0.08664410296466332, 0.4133558970353367, 0.4133558970353367, 0.08664410296466332]
    expectNear(exact(kernels.gaussian({ sigma: 0.8, size: 4, rank: 1 })), even, 2 ** -52)
  })

  test('gaussian has the extent and the values of scipy.ndimage.gaussian_filter', () => {
    const kernel = kernels.gaussian()
    expect(kernel.shape).toEqual([9, 9])
    const half = [
      5.339085368989865e-5, 0.0017680622504014094, 0.021539407687662954, 0.09653292801535476,
    ]
    expectNear(row(kernel, 4), [...half, 0.15915589174187972, ...half.toReversed()], 2 ** -52)
    expectNear([exact(kernel)[0]!], [1.791063608477192e-8], 2 ** -70)
  })

  test('gaussian and box have any rank, and their own extent along every axis', () => {
    expect(kernels.gaussian({ sigma: [0.5, 1, 2] }).shape).toEqual([5, 9, 17])
    expect(kernels.box({ size: 2, rank: 5 }).shape).toEqual([2, 2, 2, 2, 2])
    expect(toNested(kernels.box({ size: [1, 4] }))).toEqual([[0.25, 0.25, 0.25, 0.25]])
    expect(exact(kernels.box())).toEqual(new Array(9).fill(1 / 9))
  })

  test('identity has its 1 at the middle of mode same', () => {
    expect(toNested(kernels.identity())).toEqual([[1]])
    expect(toNested(kernels.identity({ size: [3, 4] }))).toEqual([
      [0, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 0, 0],
    ])
  })

  // cv2.getDerivKernels; ndimage.prewitt and ndimage.laplace of an impulse.
  test.each([
    [kernels.sobelX(), [-1, 0, 1, -2, 0, 2, -1, 0, 1]],
    [kernels.sobelY(), [-1, -2, -1, 0, 0, 0, 1, 2, 1]],
    [kernels.scharrX(), [-3, 0, 3, -10, 0, 10, -3, 0, 3]],
    [kernels.scharrY(), [-3, -10, -3, 0, 0, 0, 3, 10, 3]],
    [kernels.prewittX(), [-1, 0, 1, -1, 0, 1, -1, 0, 1]],
    [kernels.prewittY(), [-1, -1, -1, 0, 0, 0, 1, 1, 1]],
    [kernels.laplacian(), [0, 1, 0, 1, -4, 1, 0, 1, 0]],
    [kernels.laplacian8(), [1, 1, 1, 1, -8, 1, 1, 1, 1]],
    [kernels.articleEmboss(), [0.1, 0.1, 0.1, 0.1, -0.8, 0.1, 0.1, 0.1, 0.1]],
    [kernels.sharpen(), [0, -1, 0, -1, 5, -1, 0, -1, 0]],
    [kernels.emboss(), [-2, -1, 0, -1, 1, 1, 0, 1, 2]],
    [kernels.emboss({ angle: 90, amount: 2 }), [-2, -2, -2, 0, 1, 0, 2, 2, 2]],
    [kernels.emboss({ angle: -135 }), [0, 1, 2, -1, 1, 1, -2, -1, 0]],
  ])('small matrices, number by number: %#', (kernel, expected) => {
    expect(exact(kernel)).toEqual(expected)
    expect([...kernel.data]).toEqual(expected.map(Math.fround))
  })

  test('log equals scipy.ndimage.gaussian_laplace', () => {
    // The reference filters an impulse with sigma 2 and truncate 8. Our kernel ends after 8
    // samples, which moves the ring by a few thousandths of the peak.
    const scipy = [
      -0.019894367886486932, -0.015362128283865264, -0.006033272039378373, 0.0008073444526103379,
      0.0026924099127310797,
    ]
    expectNear(row(kernels.log({ sigma: 2, size: 33 }), 16).slice(16, 21), scipy, 2 ** -24 * 8)
    expectNear(row(kernels.log({ sigma: 2 }), 8).slice(8, 13), scipy, 0.005 * 0.0199)
  })

  test('dog is the difference of two gaussian_filters', () => {
    const scipy = [
      0.09698504174348252, 0.045392787092269425, -0.00692417508424506, -0.008951383361217551,
      -0.0026781642192062576,
    ]
    // Weights are multiples of 2⁻²⁶. The middle weight takes the rounding error of the sum.
    const [middle = 0, ...others] = row(kernels.dog({ size: 33 }), 16).slice(16, 21)
    expectNear([middle], scipy.slice(0, 1), (33 ** 2 / 2) * 2 ** -26)
    expectNear(others, scipy.slice(1), 2 ** -27)
  })

  test('gabor is cv2.getGaborKernel minus its mean weighted by the Gaussian, with Σ|k| = 1', () => {
    // ksize 21, sigma 3, theta −30° (OpenCV turns clockwise), lambda 6, gamma 0.7, psi 0.
    const kernel = exact(
      kernels.gabor({ sigma: 3, angle: 30, wavelength: 6, aspect: 0.7, size: 21 }),
    )
    const at = (r: number, c: number): number => kernel[r * 21 + c]!
    const opencv = [
      0.019506880469125, 0.01139786430841855, 0.016304853761756947, 0.002337495140661302,
      0.017057825837083075,
    ]
    expectNear([at(10, 10), at(10, 11), at(11, 10), at(9, 11), at(11, 11)], opencv, 2 ** -24)
    expect(Math.abs(total(kernel.map(Math.abs)) - 1)).toBeLessThan(441 * 2 ** -25)
  })

  test('unsharp is twice the identity minus the gaussian', () => {
    const blur = exact(kernels.gaussian({ sigma: 2 }))
    const expected = blur.map((value, i) => (i === 144 ? 2 : 0) - value)
    expectNear(exact(kernels.unsharp()), expected, 2 ** -52)
  })

  test('motion is a mean of nine samples along an axis, with weights beside a diagonal', () => {
    expect(toNested(kernels.motion())).toEqual([new Array(9).fill(Math.fround(1 / 9))])
    expect(kernels.motion({ angle: 90 }).shape).toEqual([9, 1])
    expect(toNested(kernels.motion({ length: 1, angle: 33 }))).toEqual([[1]])
    expect(kernels.motion({ length: 300_001 }).shape).toEqual([1, 300_001])
    // The line goes from (−1, 1) to (1, −1). The weights beside it have a distance of √½ samples.
    const diagonal = exact(kernels.motion({ length: 1 + 2 * Math.SQRT2, angle: 45 }))
    const beside = 1 - Math.SQRT1_2
    const line = [0, beside, 1, beside, 1, beside, 1, beside, 0]
    expectNear(
      diagonal,
      line.map((value) => value / (3 + 4 * beside)),
      2 ** -52,
    )
  })
})

describe('laws', () => {
  const spread = fc.double({ min: 0.3, max: 6, noNaN: true })
  const angle = fc.double({ min: -720, max: 720, noNaN: true })
  const zeroSum = fc.oneof(
    spread.map((sigma) => kernels.log({ sigma })),
    fc
      .tuple(spread, fc.double({ min: 1.1, max: 3, noNaN: true }))
      .map(([sigma, ratio]) => kernels.dog({ sigma, ratio })),
    fc
      .record({ angle, phase: angle, wavelength: fc.double({ min: 2.5, max: 12, noNaN: true }) })
      .map((options) => kernels.gabor(options)),
    fc
      .constantFrom(
        'article-emboss',
        'sobel-x',
        'sobel-y',
        'scharr-x',
        'prewitt-y',
        'laplacian',
        'laplacian8',
      )
      .map(kernelByName),
  )

  test('edge kernels sum to exactly 0, in float32 and in float64, in any order', () => {
    fc.assert(
      fc.property(zeroSum, (kernel) => {
        const single = [...kernel.data]
        expect(total(single)).toBe(0)
        expect(total(exact(kernel))).toBe(0)
        expect(single.every(Number.isFinite)).toBe(true)
        expect(single.some((value) => value !== 0)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  test('kernels that keep brightness sum to 1', () => {
    const averaging = fc.oneof(
      fc.record({ sigma: spread }).map((o) => kernels.gaussian(o)),
      fc.record({ sigma: spread, amount: spread }).map((o) => kernels.unsharp(o)),
      fc.record({ angle, amount: spread }).map((o) => kernels.emboss(o)),
      fc
        .record({ angle, length: fc.double({ min: 1, max: 30, noNaN: true }) })
        .map((o) => kernels.motion(o)),
    )
    fc.assert(
      fc.property(averaging, (kernel) => {
        const magnitude = total(exact(kernel).map(Math.abs))
        expect(Math.abs(total(exact(kernel)) - 1)).toBeLessThanOrEqual(8 * magnitude * 2 ** -52)
      }),
    )
  })

  test(
    'round kernels equal their mirror image and transpose bit for bit; lines and waves equal ' +
      'themselves rotated by 180°',
    () => {
      const round = fc.oneof(
        spread.map((sigma) => kernels.gaussian({ sigma })),
        spread.map((sigma) => kernels.log({ sigma })),
        spread.map((sigma) => kernels.dog({ sigma })),
        spread.map((sigma) => kernels.unsharp({ sigma })),
      )
      fc.assert(
        fc.property(round, (kernel) => {
          const n = kernel.shape[0]!
          const values = exact(kernel)
          expect(values.map((_, i) => values[i - (i % n) + (n - 1 - (i % n))])).toEqual(values)
          expect(values.map((_, i) => values[(i % n) * n + Math.floor(i / n)])).toEqual(values)
        }),
      )
      fc.assert(
        fc.property(
          fc.oneof(
            angle.map((a) => kernels.motion({ angle: a })),
            angle.map((a) => kernels.gabor({ angle: a })),
          ),
          (kernel) => {
            expect(exact(kernel).toReversed()).toEqual(exact(kernel))
          },
        ),
      )
    },
  )

  test('a gabor of phase 90° is exactly odd', () => {
    const values = exact(kernels.gabor({ phase: 90, angle: 20 }))
    expect(values.toReversed().map((value) => 0 - value)).toEqual(values)
  })
})

describe('kernels by name', () => {
  test('every name of the list makes the kernel of its function', () => {
    expect(kernels.list.map(({ name }) => name)).toEqual(
      (
        'identity box gaussian motion sharpen unsharp emboss article-emboss sobel-x sobel-y ' +
        'scharr-x scharr-y prewitt-x prewitt-y laplacian laplacian8 log dog gabor'
      ).split(' '),
    )
    for (const { name } of kernels.list) {
      const call = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()) as Exclude<
        keyof typeof kernels,
        'list'
      >
      expect(kernelByName(name)).toEqual(kernels[call]())
    }
  })

  test('the text gives the parameters', () => {
    expect(kernelByName('gaussian:sigma=2,size=9')).toEqual(kernels.gaussian({ sigma: 2, size: 9 }))
    expect(kernelByName(' box : size = 3x5 ')).toEqual(kernels.box({ size: [3, 5] }))
    expect(kernelByName('emboss:angle=-45.5,amount=1e-1')).toEqual(
      kernels.emboss({ angle: -45.5, amount: 0.1 }),
    )
    expect(kernels.gaussian({})).toEqual(kernels.gaussian())
  })

  test('the list gives the default of every parameter, or describes how it is computed', () => {
    const gaussian = kernels.list.find(({ name }) => name === 'gaussian')!
    expect(gaussian.parameters.map(({ name, default: usual }) => [name, usual])).toEqual([
      ['sigma', '1'],
      ['size', '4 sigma on either side'],
      ['rank', '2, or as long as a list'],
    ])
  })

  test.each([
    ['sobel', 'NAME_UNKNOWN', "There is no kernel 'sobel'. Did you mean 'sobel-x'?"],
    ['gausian:sigma=2', 'NAME_UNKNOWN', "Did you mean 'gaussian'?"],
    ['', 'NAME_UNKNOWN', "There is no kernel ''."],
    [
      'gaussian:sgma=2',
      'OPTION_UNKNOWN',
      "kernel gaussian has no parameter 'sgma'. Did you mean 'sigma'? It takes sigma, size, rank.",
    ],
    ['box:__proto__=2', 'OPTION_UNKNOWN', "kernel box has no parameter '__proto__'"],
    [
      'sobel-x:size=5',
      'OPTION_UNKNOWN',
      "kernel sobel-x has no parameter 'size': it takes none. Leave it out.",
    ],
    [
      'gaussian:sigma=0',
      'OPTION_INVALID',
      'kernel gaussian: sigma is 0; a number > 0, or a list with one per axis, is needed',
    ],
    ['gaussian:sigma=wide', 'OPTION_INVALID', "sigma is 'wide'"],
    ['gaussian:sigma=', 'OPTION_INVALID', "sigma is ''"],
    [
      'gaussian:2',
      'OPTION_INVALID',
      "'2' is not of the form parameter=value. Write it like gaussian:sigma=2, and ",
    ],
    ['gaussian:sigma=1,sigma=2', 'OPTION_CONFLICT', 'sigma is given twice'],
    ['gaussian:sigma=1x2,rank=3', 'OPTION_CONFLICT', 'sigma has 2 entries for a kernel of 3 axes'],
    ['unsharp:size=4', 'OPTION_INVALID', 'size is 4; an odd whole number ≥ 1 is needed'],
    ['box:size=99999', 'OPTION_CONFLICT', 'a kernel of 99999×99999 is larger than'],
    ['log:size=1', 'OPTION_CONFLICT', 'Give at least 3'],
    ['dog:ratio=1', 'OPTION_INVALID', 'ratio is 1; a finite number > 1 is needed'],
  ])('%s throws', (text, code, message) => {
    expect(() => kernelByName(text)).toThrow(
      expect.objectContaining({
        name: 'OptionError',
        code,
        message: expect.stringContaining(message),
      }),
    )
  })

  test('functions throw the same messages', () => {
    expect(() => kernels.gaussian({ sigma: Number.NaN })).toThrow('kernel gaussian: sigma is NaN')
    expect(() => kernels.gaussian(3 as never)).toThrow(
      'parameters are 3; an object such as { sigma: 1 } is needed',
    )
    expect(() => kernels.box({ toString: 3 } as object)).toThrow("no parameter 'toString'")
  })
})

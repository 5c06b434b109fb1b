/** Pasted numbers in every way of writing, and where a text stops being numbers. */

import { expect, test } from 'vitest'
import { isCode, matrixOf } from '../src/exchange/matrix-text.ts'

const twoByThree = { shape: [2, 3], values: [1, 0, -1, 2, 0.5, -2] }

test.each([
  ['spaces', '1 0 -1\n2 0.5 -2\n'],
  ['tabs of a spreadsheet', '1\t0\t-1\r\n2\t.5\t-2'],
  ['CSV', '1,0,-1\n2,0.5,-2'],
  ['CSV with semicolons', '1;0;-1\n2;0.5;-2'],
  ['quoted CSV', '"1","0","-1"\n"2","0.5","-2"'],
  ['rows with semicolons', '1 0 -1; 2 1/2 -2'],
  ['MATLAB', 'K = [1 0 -1; 2 0.5 -2];'],
  ['MATLAB in lines', '[1 0 -1\n 2 0.5 -2]'],
  ['JSON', '[[1,0,-1],[2,0.5,-2]]'],
  ['JavaScript', 'const k = [\n  [1, 0, -1],\n  [2, 0.5, -2],\n]'],
  ['NumPy', 'k = np.array([[1., 0., -1.], [2., .5, -2.]], dtype=np.float32)'],
  ['NumPy, printed', '[[ 1.   0.  -1. ]\n [ 2.   0.5 -2. ]]'],
  ['PyTorch', "torch.tensor([[1, 0, -1], [2, 5e-1, -2]], device='cuda:0')"],
  ['PyTorch, printed', 'tensor([[ 1.0,  0.0, -1.0],\n        [ 2.0,  0.5, -2.0]])'],
  ['TensorFlow, printed', 'tf.Tensor(\n[[1 0 -1]\n [2 0.5 -2]], shape=(2, 3), dtype=float32)'],
  ['C', 'float k[2][3] = {{1.f, 0.f, -1.f}, {2.f, 0.5f, -2.f}};'.slice('float k[2][3] = '.length)],
  ['tuples and minus signs', '((1, 0, −1), (2, 0.5, −2))'],
])('%s', (_, text) => expect(matrixOf(text)).toEqual(twoByThree))

test('one list has one axis, deeper lists have more', () => {
  expect(matrixOf('[1, 2, 3]')).toEqual({ shape: [3], values: [1, 2, 3] })
  expect(matrixOf('new Float32Array([1, 2])')).toEqual({ shape: [2], values: [1, 2] })
  expect(matrixOf('[[[1, 2]], [[3, 4]], [[5, 6]]]')).toEqual({
    shape: [3, 1, 2],
    values: [1, 2, 3, 4, 5, 6],
  })
  // NumPy wraps a long row.
  expect(matrixOf('[[1 2 3\n  4]\n [5 6 7\n  8]]')).toMatchObject({ shape: [2, 4] })
})

test.each([
  ['', { kind: 'empty' }],
  ['[[]]', { kind: 'empty' }],
  ['1 2\n3 x', { kind: 'word', found: 'x', line: 2, column: 3 }],
  ['a,b\n1,2', { kind: 'word', found: 'a', line: 1, column: 1 }],
  ['1 2\n3 nan', { kind: 'word', found: 'nan', line: 2, column: 3 }],
  ['1 2\n3 1/0', { kind: 'word', found: '1/0', line: 2, column: 3 }],
  ['1 2 3\n4 5', { kind: 'ragged', count: 2, first: 3, line: 2, column: 1 }],
  ['[[1, 2],\n [3]]', { kind: 'ragged', count: 1, first: 2, line: 2, column: 2 }],
  ['[[1, 2], [3, 4]', { kind: 'open', line: 1, column: 1 }],
  ['[1, 2] + 3', { kind: 'rest', found: '+', line: 1, column: 8 }],
  ['[[1, 2], 3]', { kind: 'word', found: '3]', line: 1, column: 10 }],
  ['0,5;1,5\n1,5;2,5', { kind: 'comma', line: 1, column: 2 }],
])('%j is refused', (text, fault) => expect(matrixOf(text)).toMatchObject(fault))

test('code is told from numbers', () => {
  for (const text of ['F.conv2d(x, w)', 'nn.Conv2d(3, 8, 3)', 'magick in.png out.png'])
    expect(isCode(text)).toBe(true)
  for (const text of ['np.array([[1]])', 'new Float32Array([1])', '[1 2]', '1 2', 'x y'])
    expect(isCode(text)).toBe(false)
})

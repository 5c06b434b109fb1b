/**
 * Does the assembler write numbers, locals, control instructions and modules that an engine can
 * run? The expected LEB128 bytes come from the DWARF and WebAssembly specifications.
 */

import { describe, expect, test } from 'vitest'
import { FunctionBody, type ValueType, valueTypes } from '../src/backends/wasm/assembler/body.ts'
import { bytesOf, signed, unsigned } from '../src/backends/wasm/assembler/leb.ts'
import { ModuleBuilder } from '../src/backends/wasm/assembler/module.ts'

const ram = new WebAssembly.Memory({ initial: 1, maximum: 1 })
const ramBytes = new Uint8Array(ram.buffer)
const limits = { initial: 1, maximum: 1, shared: false }

type Exports = Record<string, (...args: number[]) => number>

const exportsOf = (builder: ModuleBuilder): Exports =>
  new WebAssembly.Instance(new WebAssembly.Module(builder.build()), { m: { m: ram } })
    .exports as Exports

/** Compiles and returns a function with int32 parameters. */
function compiled(
  params: number,
  results: readonly ValueType[],
  write: (body: FunctionBody) => void,
): (...args: number[]) => number {
  const builder = new ModuleBuilder(limits)
  builder.func(new Array<ValueType>(params).fill('i32'), results, write, 'f')
  return exportsOf(builder).f!
}

describe('LEB128', () => {
  test.each([
    [0, [0]],
    [1, [1]],
    [127, [0x7f]],
    [128, [0x80, 0x01]],
    [16383, [0xff, 0x7f]],
    [16384, [0x80, 0x80, 0x01]],
    [624485, [0xe5, 0x8e, 0x26]],
    [2 ** 31, [0x80, 0x80, 0x80, 0x80, 0x08]],
    [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])('unsigned %d', (value, bytes) => expect(unsigned(value)).toEqual(bytes))

  test.each([
    [0, [0]],
    [2, [2]],
    [-1, [0x7f]],
    [63, [0x3f]],
    [64, [0xc0, 0x00]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [127, [0xff, 0x00]],
    [-128, [0x80, 0x7f]],
    [8191, [0xff, 0x3f]],
    [8192, [0x80, 0xc0, 0x00]],
    [-123456, [0xc0, 0xbb, 0x78]],
    [2 ** 31 - 1, [0xff, 0xff, 0xff, 0xff, 0x07]],
    [-(2 ** 31), [0x80, 0x80, 0x80, 0x80, 0x78]],
  ])('signed %d', (value, bytes) => expect(signed(value)).toEqual(bytes))

  test.each([0, 63, 64, -64, -65, 8191, 8192, -8193, 2 ** 31 - 1, -(2 ** 31)])(
    'the engine reads the encoded constant %d',
    (value) => expect(compiled(0, ['i32'], (body) => body.i32(value))()).toBe(value),
  )

  test('the length of a name precedes its bytes', () => expect(bytesOf('ab')).toEqual([2, 97, 98]))
})

describe('constants', () => {
  test.each([0.1, -0, Number.NaN, Infinity, 1e-45])('f32 %d', (value) =>
    expect(compiled(0, ['f32'], (body) => body.f32(value))()).toBe(Math.fround(value)),
  )
  test.each([0.1, -0, Number.NaN, -Infinity, 5e-324])('f64 %d', (value) =>
    expect(compiled(0, ['f64'], (body) => body.f64(value))()).toBe(value),
  )

  const stored = (write: (body: FunctionBody) => void): Uint8Array<ArrayBuffer> => {
    compiled(0, [], (body) => {
      body.i32(64)
      write(body)
      body.vmem('v128.store')
    })()
    return ramBytes.slice(64, 80)
  }

  test('v128 of floats', () => {
    expect(new Float32Array(stored((body) => body.v128(0.1, 'f32')).buffer)).toEqual(
      new Float32Array(4).fill(0.1),
    )
    expect(new Float64Array(stored((body) => body.v128(0.1, 'f64')).buffer)).toEqual(
      new Float64Array(2).fill(0.1),
    )
  })
  test.each([0, 255, 256, -5, 0x12345678, -(2 ** 31)])('v128Bits %d', (value) =>
    expect(new Int32Array(stored((body) => body.v128Bits(value)).buffer)).toEqual(
      new Int32Array(4).fill(value),
    ),
  )
  test.each([0, 255, 256, 0x12345678, 2 ** 31 - 1])('v128Bits64 %d', (value) =>
    expect(new BigInt64Array(stored((body) => body.v128Bits64(value)).buffer)).toEqual(
      new BigInt64Array(2).fill(BigInt(value)),
    ),
  )

  test('constants in locals: each is set once, before the code, also if a loop uses it', () => {
    const inLoop = stored((body) => {
      const left = body.local('i32')
      const sum = body.local('v128')
      // The address is already on the stack. It is on top again after the loop.
      body.set(left).i32(3).set(left)
      body.loop((again) => {
        expect(body.constant(0.5, 'f32')).toBe(body.constant(0.5, 'f32'))
        body
          .get(sum)
          .get(body.constant(0.5, 'f32'))
          .vec('f32x4.add')
          .get(body.constantBits(1))
          .vec('i32x4.add')
          .set(sum)
        body.get(left).i32(1).op('i32.sub').tee(left).brIf(again)
      })
      body.i32(64).get(sum)
    })
    // The loop runs three times. Each pass adds 0.5, then adds 1 to the bits.
    const step = (x: number): number => {
      const lane = new Float32Array([Math.fround(x + 0.5)])
      new Int32Array(lane.buffer)[0]!++
      return lane[0]!
    }
    expect(new Float32Array(inLoop.buffer)).toEqual(new Float32Array(4).fill(step(step(step(0)))))
    const body = new FunctionBody(['i32'])
    expect([
      body.constant(1, 'f32'),
      body.constant(1, 'f64'),
      body.constant(0, 'f32'),
      body.constant(-0, 'f32'),
    ]).toEqual([1, 2, 3, 4])
    // Constants with equal bits share one local.
    expect(body.constantBits(0x3f800000)).toBe(1)
    expect(body.size).toBe(0)
  })

  test('shuffle selects bytes of both vectors', () => {
    ramBytes.set(
      Array.from({ length: 32 }, (_, i) => 100 + i),
      128,
    )
    const order = [31, 0, 16, 15, 1, 2, 3, 4, 20, 21, 22, 23, 5, 5, 17, 30]
    const got = stored((body) =>
      body.i32(128).vmem('v128.load').i32(144).vmem('v128.load').shuffle(order),
    )
    expect(Array.from(got)).toEqual(order.map((i) => 100 + i))
  })
})

describe('locals', () => {
  test('follow the parameters, in the order and with the types of their declaration', () => {
    const f = compiled(2, ['f64'], (body) => {
      const [a, b, c, d] = [
        body.local('i32'),
        body.local('f64'),
        body.local('f64'),
        body.local('i32'),
      ]
      expect([a, b, c, d]).toEqual([2, 3, 4, 5])
      body.get(0).i32(10).op('i32.mul').set(a)
      body.f64(0.5).set(b)
      body.get(a).get(1).op('i32.add').tee(d).op('f64.convert_i32_s').set(c)
      body.get(b).get(c).op('f64.add').get(d).op('f64.convert_i32_s').op('f64.add')
    })
    expect(f(3, 4)).toBe(68.5)
  })

  test.each(Object.keys(valueTypes) as ValueType[])(
    'the initial value of a local of type %s is zero',
    (type) => {
      const f = compiled(0, ['i32'], (body) => {
        const x = body.local(type)
        body.get(x)
        if (type === 'v128') body.vec('v128.any_true')
        else if (type === 'f32') body.f32(0).op('f32.eq').op('i32.eqz')
        else if (type === 'f64') body.f64(0).op('f64.eq').op('i32.eqz')
        else if (type === 'i64') body.op('drop').i32(0)
      })
      expect(f()).toBe(0)
    },
  )

  test('a function can have more than 127 locals', () => {
    const f = compiled(1, ['i32'], (body) => {
      const all = Array.from({ length: 200 }, () => body.local('i32'))
      body.get(0).set(all.at(-1)!)
      body.get(all.at(-1)!).get(all[0]!).op('i32.sub')
    })
    expect(f(7)).toBe(7)
  })
})

describe('control', () => {
  test('if, with and without an else branch', () => {
    const either = compiled(1, ['i32'], (body) => {
      const y = body.local('i32')
      body.get(0).if(
        () => body.i32(5).set(y),
        () => body.i32(6).set(y),
      )
      body.get(y)
    })
    expect([either(1), either(0)]).toEqual([5, 6])
    const only = compiled(1, ['i32'], (body) => {
      const y = body.local('i32')
      body.get(0).if(() => body.i32(5).set(y))
      body.get(y)
    })
    expect([only(1), only(0)]).toEqual([5, 0])
  })

  test('nested loops: code at any depth can leave or repeat a loop by its name', () => {
    // Σ over i < n of Σ over j < i of 1, at most 20.
    const f = compiled(1, ['i32'], (body) => {
      const [i, j, sum] = [body.local('i32'), body.local('i32'), body.local('i32')]
      body.block((exit) => {
        body.loop((outer) => {
          body.get(i).get(0).op('i32.ge_s').brIf(exit)
          body.i32(0).set(j)
          body.block((done) => {
            body.loop((inner) => {
              body.get(j).get(i).op('i32.ge_s').brIf(done)
              body
                .get(sum)
                .i32(20)
                .op('i32.eq')
                .if(() => body.br(exit))
              body.get(sum).i32(1).op('i32.add').set(sum)
              body.get(j).i32(1).op('i32.add').set(j)
              body.br(inner)
            })
          })
          body.get(i).i32(1).op('i32.add').set(i)
          body.br(outer)
        })
      })
      body.get(sum)
    })
    expect([f(0), f(1), f(2), f(5), f(6), f(7), f(100)]).toEqual([0, 0, 1, 10, 15, 20, 20])
  })
})

test('size counts only the code; finish adds the length, the locals and the end', () => {
  const body = new FunctionBody(['i32'])
  expect(body.size).toBe(0)
  const [x, y] = [body.local('f32'), body.local('f32')]
  body.local('i32')
  body.get(x).set(y)
  expect(body.size).toBe(4)
  expect([...body.finish()]).toEqual([10, 2, 2, 0x7d, 1, 0x7f, 0x20, 1, 0x21, 2, 0x0b])
})

test('memoryCopy copies bytes, also between overlapping ranges', () => {
  ramBytes.set([1, 2, 3, 4, 5], 32)
  compiled(3, [], (body) => body.get(0).get(1).get(2).memoryCopy())(34, 32, 5)
  expect(Array.from(ramBytes.slice(32, 39))).toEqual([1, 2, 1, 2, 3, 4, 5])
})

describe('modules', () => {
  test(
    'functions call each other by index; only named functions are exported; equal types are ' +
      'written once',
    () => {
      const builder = new ModuleBuilder(limits)
      const twice = builder.func(['i32'], ['i32'], (body) => body.get(0).i32(2).op('i32.mul'))
      const next = builder.func(
        ['i32'],
        ['i32'],
        (body) => body.get(0).i32(1).op('i32.add'),
        'next',
      )
      const both = builder.func(
        ['i32'],
        ['i32'],
        (body) => body.get(0).call(twice).call(next),
        'both',
      )
      expect([twice, next, both]).toEqual([0, 1, 2])
      const bytes = Array.from(builder.build())
      expect(bytes.slice(0, 16)).toEqual([
        0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f,
      ])
      const instanceExports = exportsOf(builder)
      expect(Object.keys(instanceExports)).toEqual(['next', 'both'])
      expect([instanceExports.both!(20), instanceExports.next!(20)]).toEqual([41, 21])
    },
  )

  test('a module without memory has no imports', () => {
    const builder = new ModuleBuilder()
    builder.func([], ['i32'], (body) => body.i32(42), 'f')
    const module = new WebAssembly.Module(builder.build())
    expect(WebAssembly.Module.imports(module)).toEqual([])
    expect((new WebAssembly.Instance(module).exports as Exports).f!()).toBe(42)
  })

  test('a module imports a shared memory with its limits', () => {
    const memoryLimits = { initial: 2, maximum: 300, shared: true }
    const builder = new ModuleBuilder(memoryLimits)
    builder.func([], ['i32'], (body) => body.i32(0).mem('i32.load'), 'f')
    const module = new WebAssembly.Module(builder.build())
    expect(WebAssembly.Module.imports(module)).toMatchObject([
      { module: 'm', name: 'm', kind: 'memory' },
    ])
    expect(() => new WebAssembly.Instance(module, { m: { m: ram } })).toThrow(WebAssembly.LinkError)
    if (typeof SharedArrayBuffer !== 'undefined') {
      expect(
        () => new WebAssembly.Instance(module, { m: { m: new WebAssembly.Memory(memoryLimits) } }),
      ).not.toThrow()
      expect(
        () =>
          new WebAssembly.Instance(module, {
            m: { m: new WebAssembly.Memory({ ...memoryLimits, maximum: 301 }) },
          }),
      ).toThrow()
    }
  })

  test('code longer than 2^14 bytes, and large memory offsets', () => {
    const f = compiled(1, ['i32'], (body) => {
      for (let i = 0; i < 9000; i++) body.get(0).i32(1).op('i32.add').set(0)
      body.get(0)
    })
    expect(f(5)).toBe(9005)
    ramBytes[60000] = 7
    expect(compiled(0, ['i32'], (body) => body.i32(0).mem('i32.load8_u', 60000))()).toBe(7)
  })
})

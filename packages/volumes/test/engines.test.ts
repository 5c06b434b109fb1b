/**
 * Which task is a process? The rows are the documented variables of each engine, and the ways in
 * which an array can have gaps.
 */

import { describe, expect, test } from 'vitest'
import { boxesOfTask } from '../src/cut/grid.ts'
import { taskFromEnvironment } from '../src/jobs/engines.ts'

const slurm = (id: number, count: number, min: number, max: number, step = 1) => ({
  SLURM_ARRAY_TASK_ID: `${id}`,
  SLURM_ARRAY_TASK_COUNT: `${count}`,
  SLURM_ARRAY_TASK_MIN: `${min}`,
  SLURM_ARRAY_TASK_MAX: `${max}`,
  SLURM_ARRAY_TASK_STEP: `${step}`,
})

describe('an engine that tells all', () => {
  test.each<[string, Record<string, string>, number | undefined, number, number]>([
    ['Slurm 0-7', slurm(3, 8, 0, 7), undefined, 3, 8],
    ['Slurm 1-8', slurm(8, 8, 1, 8), undefined, 7, 8],
    ['Slurm 10-30:10', slurm(20, 3, 10, 30, 10), undefined, 1, 3],
    ['Slurm 0-0', slurm(0, 1, 0, 0), undefined, 0, 1],
    ['Slurm, and the same --of', slurm(3, 8, 0, 7), 8, 3, 8],
    ['Kubernetes', { JOB_COMPLETION_INDEX: '0' }, 5, 0, 5],
    [
      'AWS Batch',
      { AWS_BATCH_JOB_ARRAY_INDEX: '4', AWS_BATCH_JOB_ARRAY_SIZE: '5' },
      undefined,
      4,
      5,
    ],
    ['AWS Batch without a size', { AWS_BATCH_JOB_ARRAY_INDEX: '4' }, 9, 4, 9],
    ['Google Batch', { BATCH_TASK_INDEX: '2', BATCH_TASK_COUNT: '3' }, undefined, 2, 3],
    ['Cloud Run', { CLOUD_RUN_TASK_INDEX: '0', CLOUD_RUN_TASK_COUNT: '1' }, undefined, 0, 1],
    [
      'Grid Engine 2-10:4',
      { SGE_TASK_ID: '6', SGE_TASK_FIRST: '2', SGE_TASK_LAST: '10', SGE_TASK_STEPSIZE: '4' },
      undefined,
      1,
      3,
    ],
    [
      'Grid Engine outside of an array, inside of Slurm',
      { SGE_TASK_ID: 'undefined', ...slurm(1, 2, 0, 1) },
      undefined,
      1,
      2,
    ],
  ])('%s', (_, environment, of, task, count) => {
    expect(taskFromEnvironment(environment, of)).toEqual({ task, of: count })
  })
})

describe('numbers that would lose boxes are refused', () => {
  test.each<[string, Record<string, string>, number | undefined, RegExp]>([
    ['no engine', {}, undefined, /Give --task I --of N/],
    ['Slurm 1,3,7', slurm(3, 3, 1, 7), undefined, /has gaps/],
    ['Slurm 0-6,9', slurm(9, 8, 0, 9), undefined, /has gaps/],
    ['a last number that no step reaches', slurm(0, 2, 0, 3, 2), undefined, /no number of the/],
    ['an id between the steps', slurm(15, 3, 10, 30, 10), undefined, /no number of the/],
    ['Kubernetes without a count', { JOB_COMPLETION_INDEX: '3' }, undefined, /Give --of N/],
    ['Kubernetes, index = count', { JOB_COMPLETION_INDEX: '5' }, 5, /from 0 to 4/],
    ['another --of', slurm(3, 8, 0, 7), 9, /8 tasks, but --of is 9/],
    [
      'AWS, index > size',
      { AWS_BATCH_JOB_ARRAY_INDEX: '6', AWS_BATCH_JOB_ARRAY_SIZE: '5' },
      undefined,
      /from 0 to 4/,
    ],
    ['no number', { BATCH_TASK_INDEX: 'x', BATCH_TASK_COUNT: '3' }, undefined, /not a whole/],
    ['a step of 0', slurm(0, 1, 0, 0, 0), undefined, /at least 1/],
  ])('%s', (_, environment, of, message) => {
    expect(() => taskFromEnvironment(environment, of)).toThrow(message)
  })
})

test('any number of tasks has all boxes, each once', () => {
  for (const count of [0, 1, 7, 64, 1000])
    for (const of of [1, 2, 3, 8, 1000]) {
      const boxes = Array.from({ length: of }, (_, task) => boxesOfTask(count, { task, of }))
      expect(boxes[0]![0]).toBe(0)
      expect(boxes.at(-1)![1]).toBe(count)
      for (const [i, [start]] of boxes.entries()) if (i > 0) expect(start).toBe(boxes[i - 1]![1])
      const sizes = boxes.map(([start, end]) => end - start)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }
})

import type { UserConfig } from 'vite'
import { makeSample } from './sample/make-sample.ts'

export default async (): Promise<UserConfig> => {
  await makeSample('public/sample.zarr')
  // What is not there must be an error 404: a page in its place would be taken for data.
  return { appType: 'mpa' }
}

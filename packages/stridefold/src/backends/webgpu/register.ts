/**
 * Hands the code that writes and runs shaders to the backend. The asynchronous entry point imports
 * this file for its side effect.
 */

import * as implementation from './implementation.ts'
import { useImplementation } from './webgpu.ts'

useImplementation(implementation)

import { useCompileCache } from '../setup/cache.mjs'

useCompileCache()
await import('./main.ts')

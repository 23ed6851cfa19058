/** `npm run check`: types, format and lint. */
import { runAll } from './steps.ts'

process.exitCode = (await runAll(['types', 'lint'])) ? 0 : 1

/** `npm run format`: writes the format and the safe fixes. */
import { runTool } from './steps.ts'

process.exitCode = await runTool('@biomejs/biome/bin/biome', ['check', '--write', ...process.argv.slice(2)])

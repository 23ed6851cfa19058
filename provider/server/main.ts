import { serveProvider } from './serve.ts'

const { port } = await serveProvider({
  env: process.env,
  engineAddress: process.argv.slice(2).find((argument) => !argument.startsWith('-')),
})
process.stdout.write(`${port}\n`)

// An engine that was killed cannot stop its plugins; without it nobody would record what is done here.
const engine = process.ppid
setInterval(() => {
  if (process.ppid !== engine) process.exit(1)
}, 500).unref()

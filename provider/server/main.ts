import { serveProvider } from './serve.ts'

const { port } = await serveProvider({
  env: process.env,
  engineAddress: process.argv.slice(2).find((argument) => !argument.startsWith('-')),
})
process.stdout.write(`${port}\n`)

import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { baseImages, findTool } from './image/tool.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'entrada-image-'))
const tool = await findTool(folder)
if (!tool) console.warn('The image of the SCIM service is not tested: neither podman nor docker works on this machine')
const name = `entrada-scim-${randomBytes(4).toString('hex')}`

afterAll(async () => {
  await tool?.call('rm', '--force', name).catch(() => {})
  rmSync(folder, { recursive: true, force: true })
})

const testWithTool = tool ? test : test.skip

testWithTool(
  'the image builds from scim/ alone and serves as a user without rights, on a read-only file system, healthy',
  async () => {
    const scim = new URL('../../scim', import.meta.url).pathname
    const format = tool!.name === 'podman' ? ['--format', 'docker', '--layers=false'] : []
    const bases = await baseImages(tool!, folder)
    await tool!.call('build', '--quiet', '--network', 'host', ...format, ...bases, '--tag', name, scim)

    const port = await freePort()
    const data = path.join(folder, 'data')
    mkdirSync(data)
    const limits = tool!.name === 'podman' ? ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'] : []
    await tool!.call(
      'run',
      '--detach',
      '--name',
      name,
      '--network',
      'host',
      '--read-only',
      ...limits,
      '--volume',
      `${data}:/data:U`,
      '--env',
      `ENTRADA_SCIM_PORT=${port}`,
      name,
    )
    const answer = await untilServed(`http://127.0.0.1:${port}/readyz`)
    expect(await answer.json()).toMatchObject({ status: 'ready' })
    await tool!.call('exec', name, '/nodejs/bin/node', 'healthcheck.ts')

    const script = 'console.log(process.getuid()); require("node:fs").writeFileSync("/app/x", "")'
    const refused = await tool!.call('exec', name, '/nodejs/bin/node', '-e', script).catch(String)
    expect(refused).toContain('EROFS')
    expect((await tool!.call('exec', name, '/nodejs/bin/node', '-p', 'process.getuid()')).trim()).toBe('65532')
    expect(await tool!.call('exec', name, '/nodejs/bin/node', '-p', 'fs.readdirSync(".").join()')).not.toMatch(/test/)

    await tool!.call('stop', '--time', '15', name)
    expect((await tool!.call('inspect', '--format', '{{.State.ExitCode}}', name)).trim()).toBe('0')
  },
  300_000,
)

async function untilServed(url: string): Promise<Response> {
  for (const end = Date.now() + 60_000; ; ) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return answer
    if (Date.now() > end) throw new Error(`${url} does not answer: ${await tool!.call('logs', name)}`)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

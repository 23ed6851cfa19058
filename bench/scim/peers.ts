import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { startPostgres } from '../../scim/testing/postgres.ts'
import { idOf } from './data.ts'
import type { Target } from './load.ts'
import { end, firstLine, memoryOf } from './processes.ts'

const here = import.meta.dirname

/** scimmy-routers over maps in memory. */
export async function startScimmy(users: number): Promise<Target> {
  const child = spawn(process.execPath, ['--no-warnings', path.join(here, 'scimmy.ts'), String(users)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return {
    name: 'scimmy-routers (memory)',
    tenantUrl: await firstLine(child),
    token: 'bench',
    id: idOf,
    memory: () => memoryOf([child.pid!]),
    stop: () => end(child),
  }
}

/** django-scim2 over PostgreSQL; undefined where Python or its packages cannot be had. `folder` keeps its packages. */
export async function startDjango(users: number, folder: string): Promise<Target | undefined> {
  const python = path.join(folder, 'django/bin/python')
  if (!existsSync(python)) {
    const made = spawnSync('python3', ['-m', 'venv', path.join(folder, 'django')])
    if (made.status !== 0) return undefined
    const requirements = ['-m', 'pip', '--quiet', 'install', '-r', path.join(here, 'django/requirements.txt')]
    if (spawnSync(python, requirements, { stdio: 'inherit' }).status !== 0) return undefined
  }
  const server = await startPostgres()
  const url = new URL(await server.freshDatabase())
  const env = {
    ...process.env,
    PYTHONDONTWRITEBYTECODE: '1',
    DATABASE_HOST: url.searchParams.get('host')!,
    DATABASE_NAME: url.pathname.slice(1),
  }
  execFileSync(python, ['peer.py', String(users)], { cwd: path.join(here, 'django'), env, stdio: 'inherit' })
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const child: ChildProcess = spawn(
    python,
    ['-m', 'gunicorn', '--workers', '2', '--log-level', 'critical', '--bind', `127.0.0.1:${port}`, 'peer:application'],
    { cwd: path.join(here, 'django'), env, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const tenantUrl = `http://127.0.0.1:${port}/scim/v2`
  while (!(await fetch(tenantUrl).catch(() => undefined))) await new Promise((resolve) => setTimeout(resolve, 100))
  return {
    name: 'django-scim2 (PostgreSQL)',
    tenantUrl,
    token: 'bench',
    id: (_kind, n) => String(n + 1),
    memory: () => memoryOf([child.pid!]),
    async stop() {
      await end(child)
      await server.remove()
    },
  }
}

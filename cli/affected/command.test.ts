import { spawnSync } from 'node:child_process'
import { expect, test } from '@jest/globals'
import { root } from '../../tools/setup/node.mjs'
import { tenantNames } from '../stack/files.ts'

const affected = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['cli/entrada.mjs', 'affected', ...args], {
    cwd: root,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('all stacks, one a line or as a matrix', () => {
  const names = tenantNames()
  expect(affected('--all', '--worktree')).toEqual({
    status: 0,
    stdout: names.map((name) => `${name}\n`).join(''),
    stderr: '',
  })
  expect(JSON.parse(affected('--all', '--worktree', '--json').stdout)).toEqual({ stack: names })
  const matrix = JSON.parse(affected('--all', '--worktree', '--azure-devops').stdout)
  expect(Object.values(matrix)).toEqual(names.map((stack) => ({ stack })))
})

test.each([[[]], [['--all', '--since', 'HEAD']]])('with %j it is not said what to name', (args) => {
  expect(affected(...args)).toMatchObject({ status: 1, stderr: expect.stringContaining('give either --since') })
})

import { readFileSync } from 'node:fs'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'

/** Makes this process trust the sandbox's own authority; started processes are told by NODE_EXTRA_CA_CERTS. */
export function trustSandbox(caFile: string): void {
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(caFile, 'utf8')])
}

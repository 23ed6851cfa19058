import type { Notice } from './notice.ts'

/** Source: Microsoft Learn, "Application provisioning in quarantine status". */
const SENDER = 'azure-noreply@microsoft.com'

const TIMEOUT_MS = 5_000

/** The mail server that `host:port` names, an IPv6 address in brackets; undefined for a text of another form. */
export function mailServerOf(text: string): { host: string; port: number } | undefined {
  const [, name, address, digits] = /^(?:([^\s:[\]]+)|\[([\da-f:.]+)\]):(\d{1,5})$/i.exec(text) ?? []
  const [host, port] = [name ?? address, Number(digits)]
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined
}

/**
 * Hands a notice to a mail server on this machine or network, without sign-in.
 * @param server `host:port`
 * @throws Error when the server is not named so, does not answer, or refuses the mail
 */
export async function sendMail(server: string, notice: Notice): Promise<void> {
  const address = mailServerOf(server)
  if (!address) throw new Error(`The mail server "${server}" is not of the form host:port, e.g. 127.0.0.1:1025`)
  // Loaded when there is a mail to send: most runs send none.
  const { createTransport } = await import('nodemailer')
  const timeouts = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS }
  const transport = createTransport({ ...address, secure: false, ignoreTLS: true, ...timeouts })
  try {
    await transport.sendMail({ from: SENDER, ...notice })
  } finally {
    transport.close()
  }
}

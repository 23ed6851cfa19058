import type { Notice } from './notice.ts'

/** Source: Microsoft Learn, "Application provisioning in quarantine status". */
const SENDER = 'azure-noreply@microsoft.com'

const TIMEOUT_MS = 5_000

/**
 * Hands a notice to a mail server on this machine or network, without sign-in.
 * @param server `host:port`
 * @throws Error when the server is not named so, does not answer, or refuses the mail
 */
export async function sendMail(server: string, notice: Notice): Promise<void> {
  const [, host, port] = /^(.+):(\d+)$/.exec(server) ?? []
  if (host === undefined)
    throw new Error(`The mail server "${server}" is not of the form host:port, e.g. 127.0.0.1:1025`)
  // Loaded when there is a mail to send: most runs send none.
  const { createTransport } = await import('nodemailer')
  const timeouts = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS }
  const transport = createTransport({ host, port: Number(port), secure: false, ignoreTLS: true, ...timeouts })
  try {
    await transport.sendMail({ from: SENDER, ...notice })
  } finally {
    transport.close()
  }
}

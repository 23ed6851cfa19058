/** Exit code 0 if the service in this container answers: the health check of the image. */
const alive = await fetch(`http://127.0.0.1:${process.env.ENTRADA_SCIM_PORT}/healthz`).then(
  (answer) => answer.ok,
  () => false,
)
process.exit(alive ? 0 : 1)

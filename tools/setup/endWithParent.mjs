/** Ends this process soon after the one that started it is gone: killed, it could not stop what it had started. */
const parent = process.ppid

setInterval(() => {
  if (process.ppid !== parent) process.exit(1)
}, 500).unref()

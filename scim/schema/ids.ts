const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/

/** Whether a text is an id in the form that the service writes: ids compare with case (RFC 7643 §3.1). */
export const isId = (text: string): boolean => uuid.test(text)

/** Whether the database can look a text up as an id. */
export const isUuid = (text: string): boolean => uuid.test(text.toLowerCase())

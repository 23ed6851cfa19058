export default async function program() {}

// The engine's runner requires the pack with ts-node at hand for what ends in `.ts`, which takes seconds; what an ES
// module imports is Node's own business.
import './pack.ts'

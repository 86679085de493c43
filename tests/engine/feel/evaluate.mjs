// Evaluates a JSON list of {text, variables, kind} from standard input with feelin and writes the answers as JSON.
// Temporal values are written as FEEL's own string() writes them.
import { readFileSync } from 'node:fs';
import { evaluate, unaryTest } from 'feelin';

function plain(value) {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object') return typeof value === 'function' ? '<function>' : value;
  if (Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
  }
  return evaluate('string(x)', { x: value }).value;
}

function answer({ text, variables, kind }) {
  try {
    const run = kind === 'test' ? unaryTest : evaluate;
    return { value: plain(run(text, variables).value) };
  } catch (error) {
    return { error: String(error.message) };
  }
}

const cases = JSON.parse(readFileSync(0, 'utf-8'));
process.stdout.write(JSON.stringify(cases.map(answer)));

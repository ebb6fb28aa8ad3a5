// What a process of ours forks in order to run another of its programs: `child.mjs ENTRY ARGUMENT…`.
import { run } from './built.mjs';

const [entry] = process.argv.splice(2, 1);
await run(entry);

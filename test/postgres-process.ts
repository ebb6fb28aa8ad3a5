// A process of Cuiban for postgres.test.ts: opens the server of the folder it is given, then does what it is told.
import { openEmbeddedPostgres } from '../src/postgres.ts';

const lines: string[] = [];
const server = await openEmbeddedPostgres({ dataDir: process.argv[2] ?? '', report: (line) => lines.push(line) }).catch(
  (error: Error) => {
    process.send?.({ failed: error.message, lines });
    process.exit(1);
  },
);
process.send?.({ url: server.url('postgres'), port: server.port, lines });
process.on('message', () => {
  void server.release().then(() => process.disconnect());
});

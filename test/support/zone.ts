/** Proves that the time zone the project asks for is in force, so that no test passes by the grace of the machine's own. */
import { expect } from 'vitest';

// Minutes behind UTC on New Year's Day, as JavaScript counts them.
const behind: Record<string, number> = { UTC: 0, 'Asia/Shanghai': -480, 'America/New_York': 300 };
const zone = process.env['TZ'] ?? '(none)';
expect(new Date(2026, 0, 1).getTimezoneOffset(), `the time zone ${zone} is not in force`).toBe(behind[zone]);

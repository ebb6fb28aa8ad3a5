/** One thing the preflight found. An error would leave somebody unreached or stop the worker; a warning is for a person to weigh. */
export interface Finding {
  readonly level: 'error' | 'warning';
  /** `file:line:column`, or `schedule/ref` or `schedule/unit`. */
  readonly where: string;
  readonly message: string;
}

export function error(where: string, message: string): Finding {
  return { level: 'error', where, message };
}

export function warning(where: string, message: string): Finding {
  return { level: 'warning', where, message };
}

/** Reads Prometheus text the way Prometheus does, and refuses what Prometheus would refuse. */

export interface Exposition {
  /** Every metric that is announced, with or without samples. */
  readonly names: readonly string[];
  /** The samples of a metric with at least these labels, added up; undefined where there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
  labels(name: string): readonly Record<string, string>[];
}

interface Sample {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly value: number;
}

export function metricsOf(text: string): Exposition {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    const type = /^# TYPE (\S+) (\S+)$/u.exec(line);
    if (type !== null) {
      const [, name = '', kind = ''] = type;
      if (types.has(name)) throw new Error(`${name} is announced twice`);
      types.set(name, kind);
    } else if (line !== '' && !line.startsWith('#')) samples.push(sampleOf(line));
  }
  for (const { name } of samples) {
    if (!types.has(name) && !types.has(name.replace(/_(?:bucket|sum|count)$/u, ''))) throw new Error(`${name} is not announced`);
  }
  const names = [...types].flatMap(([name, kind]) =>
    kind === 'histogram' || kind === 'summary' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
  return {
    names,
    value: (name, labels = {}) => {
      const found = samples.filter(
        (sample) => sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
      );
      return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
    },
    labels: (name) => samples.filter((sample) => sample.name === name).map(({ labels }) => labels),
  };
}

function sampleOf(line: string): Sample {
  const parts = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/u.exec(line);
  if (parts === null) throw new Error(`no sample: ${line}`);
  const [, name = '', labels = '', value = ''] = parts;
  const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/gu)].map(([, label = '', text = '']) => [label, text]);
  return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) };
}

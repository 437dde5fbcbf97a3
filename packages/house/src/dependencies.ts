const ecosystems = ['cargo', 'npm', 'pip'] as const;

/** One dependency on other people's work. */
export interface Dependency {
  ecosystem: (typeof ecosystems)[number];
  name: string;
}

/** A row of the table in docs/decisions/0002-dependencies.md. */
export interface Argument extends Dependency {
  why: string;
}

/** Reads rows of the form `| name | ecosystem: where | why |`, the name in backticks. */
export function readArguments(markdown: string): Argument[] {
  return markdown.split('\n').flatMap((line) => {
    const [, name = '', where = '', why = ''] = line.split('|').map((cell) => cell.trim());
    const ecosystem = ecosystems.find((known) => known === where.split(':')[0]);
    if (!/^`.+`$/.test(name) || !ecosystem) return [];
    return [{ ecosystem, name: name.slice(1, -1), why }];
  });
}

/** Dependencies nobody argued for, and arguments that are too short to be one or stand twice. */
export function unargued(used: Dependency[], table: Argument[]): string[] {
  const argued = new Set(table.map(key));
  return [
    ...new Set(used.map(key).filter((name) => !argued.has(name))),
    ...table.filter(({ why }) => why.length < 15).map((row) => `${key(row)}: no reason`),
    ...table.map(key).filter((name, index, names) => names.indexOf(name) !== index),
  ];
}

function key({ ecosystem, name }: Dependency): string {
  return `${ecosystem}: ${name}`;
}

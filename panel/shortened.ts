/** The beginning of a text, cut between words, for where all of it has no room. */
export function shortened(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= most) return line;
  const space = line.lastIndexOf(' ', most);
  return `${line.slice(0, space > most / 2 ? space : most).toWellFormed()}…`;
}

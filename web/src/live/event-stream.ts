/**
 * Reads `text/event-stream` piece by piece and calls back with the `data` of each event. Fields other than `data`, and
 * comments, are passed over.
 */
export function createEventStreamReader(onData: (data: string) => void): (piece: string) => void {
  let rest = '';
  let data: string[] = [];

  function takeLine(line: string): void {
    if (line === '') {
      if (data.length > 0) onData(data.join('\n'));
      data = [];
    } else if (line.startsWith('data:')) {
      data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
    }
  }

  return (piece) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) takeLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  };
}

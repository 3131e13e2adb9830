/** JSON values, one a line, as the engine streams progress and events. Empty lines are skipped; a cut last line is dropped. */
export async function* jsonLines<T>(source: AsyncIterable<Uint8Array>): AsyncGenerator<T> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of source) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield JSON.parse(line) as T;
  }
  if (rest.trim() === "") return;
  try {
    yield JSON.parse(rest) as T;
  } catch {
    // The connection ended in the middle of a line.
  }
}

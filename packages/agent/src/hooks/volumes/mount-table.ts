/** The mount points of a table as `/proc/self/mountinfo`: its fifth field, in which what would break a line up is written in octal. */
export const mountPointsIn = (mountinfo: string): readonly string[] =>
  mountinfo.split("\n").flatMap((line) => {
    const escaped = line.split(" ")[4];
    if (escaped === undefined) return [];
    return [escaped.replaceAll(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(parseInt(digits, 8)))];
  });

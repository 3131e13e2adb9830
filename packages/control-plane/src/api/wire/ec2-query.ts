import { requireFit } from "./check-input.ts";
import { type FormSpelling, readForm } from "./form-input.ts";
import type { Protocol } from "./protocol.ts";
import { escapeXml, membersAsXml } from "./xml-output.ts";

const spelling: FormSpelling = {
  nameOf(member, schema) {
    // `ec2QueryName` is a trait that the types of the schema do not name.
    const traits = schema.getMergedTraits() as { readonly ec2QueryName?: string; readonly xmlName?: string };
    if (traits.ec2QueryName !== undefined) return traits.ec2QueryName;
    const name = traits.xmlName ?? member;
    return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  },
  flatLists: true,
};

/**
 * EC2's own kind of AWS query: lists without `member`, the result without an element of its own, other errors.
 * @param xmlNamespace as `http://ec2.amazonaws.com/doc/2016-11-15/`
 */
export function ec2Query(xmlNamespace: string): Protocol {
  const answer = (status: number, requestId: string, body: string) => ({
    status,
    headers: { "content-type": "text/xml;charset=UTF-8", "x-amzn-requestid": requestId },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}\n`,
  });
  return {
    name: "ec2Query",
    parseInput({ form = [] }, { input, check }) {
      const value = readForm(form, input, spelling);
      requireFit(check(value));
      return value;
    },
    writeOutput(output, { name, output: schema }, requestId) {
      const members = `<requestId>${requestId}</requestId>${membersAsXml(output, schema)}`;
      return answer(200, requestId, `<${name}Response xmlns="${xmlNamespace}">${members}</${name}Response>`);
    },
    writeError({ name, message, status }, requestId) {
      const error = `<Error><Code>${escapeXml(name)}</Code><Message>${escapeXml(message)}</Message></Error>`;
      return answer(
        status,
        requestId,
        `<Response><Errors>${error}</Errors><RequestID>${requestId}</RequestID></Response>`,
      );
    },
  };
}

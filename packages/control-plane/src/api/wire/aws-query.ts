import { requireFit } from "./check-input.ts";
import { type FormSpelling, readForm } from "./form-input.ts";
import type { Protocol } from "./protocol.ts";
import { escapeXml, membersAsXml } from "./xml-output.ts";

const spelling: FormSpelling = {
  nameOf: (member, schema) => String(schema.getMergedTraits().xmlName ?? member),
  flatLists: false,
};

/**
 * AWS query: a form in, XML out with the result in an element of its own.
 * @param xmlNamespace as `https://sts.amazonaws.com/doc/2011-06-15/`
 */
export function awsQuery(xmlNamespace: string): Protocol {
  const answer = (status: number, requestId: string, body: string) => ({
    status,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body: `${body}\n`,
  });
  return {
    name: "awsQuery",
    parseInput({ form = [] }, { input, check }) {
      const value = readForm(form, input, spelling);
      requireFit(check(value));
      return value;
    },
    writeOutput(output, { name, output: schema }, requestId) {
      const result = schema.isStructSchema() ? `<${name}Result>${membersAsXml(output, schema)}</${name}Result>` : "";
      const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      return answer(200, requestId, `<${name}Response xmlns="${xmlNamespace}">${result}${metadata}</${name}Response>`);
    },
    writeError({ name, message, status }, requestId) {
      const type = status >= 500 ? "Receiver" : "Sender";
      const error = `<Error><Type>${type}</Type><Code>${escapeXml(name)}</Code><Message>${escapeXml(message)}</Message></Error>`;
      const body = `<ErrorResponse xmlns="${xmlNamespace}">${error}<RequestId>${requestId}</RequestId></ErrorResponse>`;
      return answer(status, requestId, body);
    },
  };
}

import { XmlShapeSerializer } from "@aws-sdk/core/protocols";
import type { NormalizedSchema } from "@smithy/core/schema";

const serializer = new XmlShapeSerializer({
  timestampFormat: { useTrait: true, default: 5 },
  httpBindings: false,
  xmlNamespace: "",
  serviceNamespace: "",
});

/** A structure's members as XML, without the element round them. */
export function membersAsXml(output: Readonly<Record<string, unknown>>, schema: NormalizedSchema): string {
  if (!schema.isStructSchema()) return "";
  serializer.write(schema, output);
  const element = serializer.flush() as string;
  const opened = element.indexOf(">") + 1;
  return element.endsWith("/>") && opened === element.length ? "" : element.slice(opened, element.lastIndexOf("</"));
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** A text as an element's content. Characters that XML cannot have are replaced. */
export const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[&<>"]/g, (sign) => entities[sign] ?? sign)
    // oxlint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");

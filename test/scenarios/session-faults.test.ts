import fc from "fast-check";
import { expect, test } from "vitest";
import { resumeSession } from "../../packages/control-plane/src/api/ssm/operations/resume-session.ts";
import type { Fate } from "../harness/byte-pipe.ts";
import { SessionHouse } from "../harness/session-house.ts";

// Whatever happens to messages and connections, what is typed and what is put out arrives once and in order.

const words = fc.array(fc.string({ minLength: 1, maxLength: 40 }), { maxLength: 12 });

test("messages that are lost, doubled and reordered on their way", async () => {
  const fates = fc.infiniteStream(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant<Fate>("arrives") },
      { weight: 2, arbitrary: fc.constantFrom<Fate>("lost", "doubled", "later") },
    ),
  );
  await fc.assert(
    fc.asyncProperty(words, words, fates, async (typed, put, fate) => {
      let faulty = false;
      const house = new SessionHouse({ fate: () => (faulty ? (fate.next().value ?? "arrives") : "arrives") });
      await house.open();
      const { client, link } = await house.session();
      faulty = true;
      for (let index = 0; index < Math.max(typed.length, put.length); index++) {
        const [input, output] = [typed[index], put[index]];
        if (input !== undefined) client.type(input);
        if (output !== undefined) link?.output(output);
        if (index % 3 === 0) await house.settle();
      }
      for (let round = 0; round < 200; round++) {
        if (client.isHeard && Buffer.concat(client.shown).toString() === put.join("")) break;
        await house.pass(100);
        client.resend();
        if (round > 100) faulty = false;
      }
      expect(Buffer.concat(client.shown).toString()).toBe(put.join(""));
      expect(Buffer.from(link?.input ?? "", "latin1").toString()).toBe(typed.join(""));
      await house.close();
    }),
    { numRuns: 60 },
  );
});

test("connections that are cut at any time, while output runs and while somebody types", async () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ is: fc.constant("typed" as const), text: fc.string({ minLength: 1, maxLength: 20 }) }),
      fc.record({ is: fc.constant("put" as const), text: fc.string({ minLength: 1, maxLength: 20 }) }),
      fc.record({ is: fc.constant("delivered" as const) }),
      fc.record({ is: fc.constant("one delivered" as const) }),
      fc.record({ is: fc.constant("cut" as const) }),
      fc.record({ is: fc.constant("time" as const), milliseconds: fc.integer({ min: 10, max: 1_500 }) }),
    ),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (story) => {
      const house = new SessionHouse();
      await house.open();
      const { client, link, sessionId, pipe: first } = await house.session();
      let pipe = first;
      let typed = "";
      let put = "";
      for (const step of story) {
        if (step.is === "typed") {
          client.type(step.text);
          typed += step.text;
        } else if (step.is === "put") {
          link?.output(step.text);
          put += step.text;
        } else if (step.is === "delivered") await house.settle();
        else if (step.is === "one delivered") pipe.deliverOne();
        else if (step.is === "time") house.clock.advance(step.milliseconds);
        else {
          pipe.cut();
          const { TokenValue = "" } = await resumeSession({ SessionId: sessionId }, house.context);
          const again = house.connect(sessionId);
          pipe = again.pipe;
          client.connect(again.client, TokenValue);
        }
      }
      await house.settle();
      for (let round = 0; round < 50 && !client.isHeard; round++) await house.pass(100);
      link?.send({ kind: "exited", exitCode: 0 });
      await house.settle();
      await house.pass(3_000);
      expect(Buffer.concat(client.shown).toString()).toBe(put);
      expect(client.closed).toEqual({ output: "", exitCode: 0 });
      expect(Buffer.from(link?.input ?? "", "latin1").toString()).toBe(typed);
      await house.close();
    }),
    { numRuns: 100 },
  );
});

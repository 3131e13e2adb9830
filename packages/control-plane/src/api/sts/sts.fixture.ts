import { TemporaryCredentials } from "../../credentials/temporary-credentials.ts";
import { ManualClock } from "../../platform/clock.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { RoleRights } from "../rights/role-rights.ts";
import { stsService } from "./service.ts";

/** STS of an account without roles, for tests. */
export const exampleStsService = () =>
  stsService({
    credentials: new TemporaryCredentials(Buffer.alloc(32, 7)),
    rights: new RoleRights({ store: new MemoryStore(), clock: new ManualClock() }),
  });

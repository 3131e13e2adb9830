import { prepareEngine, stopEngine } from "../engine/prepare-engine.ts";
import { layoutOf } from "../house/layout.ts";

/** `hatoba engine start`: a container engine that answers, installed and started if need be. */
export async function startEngine({ dataDir }: { readonly dataDir?: string }): Promise<void> {
  const version = await prepareEngine(layoutOf(dataDir), (doing) => console.log(`  ${doing} ...`));
  console.log(`Docker Engine ${version} answers.`);
}

/** `hatoba engine stop`: stops the engine that this house started by hand; any other is left alone. */
export async function stopOurEngine({ dataDir }: { readonly dataDir?: string }): Promise<void> {
  console.log(
    (await stopEngine(layoutOf(dataDir))) ? "Stopped the container engine." : "This house started no container engine.",
  );
}

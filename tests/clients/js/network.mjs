// What the Go side of these tests says about the network that it has started.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

/** { chainId, rpc, rest, grpc, accounts, operators, registry, schemas, folder } */
export const network = JSON.parse(readFileSync(process.env.ZHILIAN_NETWORK, "utf8"));

/** A reference that was never used: in these tests nobody reads what it stands for. */
export const newDigest = () => randomBytes(32).toString("hex");

/** The result of a JSON-RPC call by its URL, as the node sent it. */
export async function rawRPC(path) {
  const response = await fetch(`${network.rpc}/${path}`);
  return (await response.json()).result;
}

/** Asks until the answer is true. */
export async function eventually(ask, what, milliseconds = 10000) {
  const end = Date.now() + milliseconds;
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`not within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

// The files of `zhiliand registry`, given to the programs that they are made for.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { checkChainFeatures, checkRestConnectivity, checkRPCConnectivity, validateBasicChainInfoType } from "@keplr-wallet/chain-validator";
import Ajv from "ajv";
import WebSocket from "ws";

import { network } from "./network.mjs";

const read = (name) => JSON.parse(readFileSync(join(network.registry, name), "utf8"));

test("Keplr takes the chain info as it is, reaches the node, and misses no feature", async () => {
  const info = read("wallet.json");
  assert.deepEqual(await validateBasicChainInfoType(info, false), info);
  await checkRPCConnectivity(info.chainId, info.rpc, (url) => new WebSocket(url));
  await checkRestConnectivity(info.chainId, info.rest);
  const log = console.log;
  console.log = () => {}; // it prints each feature that a chain does not have
  try {
    assert.deepEqual(await checkChainFeatures(info), []);
  } finally {
    console.log = log;
  }
});

const skip = network.schemas && existsSync(network.schemas) ? false : "no shared/data/chain-registry beside the repository";

for (const [file, schema] of [["chain.json", "chain.schema.json"], ["assetlist.json", "assetlist.schema.json"]]) {
  test(`${file} passes the chain registry's schema`, { skip }, () => {
    const rules = JSON.parse(readFileSync(join(network.schemas, schema), "utf8"));
    delete rules.$schema; // it is spelled with https, which is no schema that ajv knows
    const valid = new Ajv({ strict: false, validateFormats: false }).compile(rules);
    assert.ok(valid(read(file)), JSON.stringify(valid.errors));
    assert.ok(!valid({}), "the schema is one that refuses something");
  });
}

test("every asset is what the bank queries say of its denom", async () => {
  const { assets } = read("assetlist.json");
  const { metadatas } = await (await fetch(`${network.rest}/cosmos/bank/v1beta1/denoms_metadata`)).json();
  const shape = ({ base, display, denom_units }) => ({
    base, display, denom_units: denom_units.map(({ denom, exponent }) => ({ denom, exponent })),
  });
  assert.deepEqual(assets.map(shape), metadatas.map(shape));
  assert.equal(new Set(assets.map(({ symbol }) => symbol)).size, assets.length, "no two assets look alike");
});

test("the doors of chain.json are open and lead to its chain", async () => {
  const chain = read("chain.json");
  for (const { address } of chain.apis.rpc) {
    assert.equal((await (await fetch(`${address}/status`)).json()).result.node_info.network, chain.chain_id);
  }
  for (const { address } of chain.apis.rest) {
    const { default_node_info: node } = await (await fetch(`${address}/cosmos/base/tendermint/v1beta1/node_info`)).json();
    assert.equal(node.network, chain.chain_id);
    assert.ok(chain.peers.persistent_peers.some(({ id }) => id === node.default_node_id));
  }
});

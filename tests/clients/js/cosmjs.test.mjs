// @cosmjs/stargate against a node: connecting, reading, signing in both forms, paying, listening.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Secp256k1Wallet } from "@cosmjs/amino";
import { fromHex } from "@cosmjs/encoding";
import { DirectSecp256k1Wallet } from "@cosmjs/proto-signing";
import { BroadcastTxError, GasPrice, SigningStargateClient, StargateClient } from "@cosmjs/stargate";
import { Comet38Client, connectComet, isTendermint37Client } from "@cosmjs/tendermint-rpc";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";

import { eventually, network, newDigest, rawRPC } from "./network.mjs";
import { connect, noFee, payment } from "./pay.mjs";

const { buyer, supplier } = network.accounts;
const settled = "zhilian.settlement.v1.EventPaymentSettled";
const attribute = (event, name) => JSON.parse(event.attributes.find(({ key }) => key === name).value);

let wallet, operator, client;

before(async () => {
  wallet = await DirectSecp256k1Wallet.fromKey(fromHex(network.operators.buyer.key), "zhilian");
  [{ address: operator }] = await wallet.getAccounts();
  client = await connect(network.rpc, wallet);
});
after(() => client?.disconnect());

const order = (changes = {}) => payment(changes.operator ?? operator, {
  debtor: buyer.address, creditor: supplier.address, currency: "CNY", amount: "100", digest: newDigest(), ...changes,
});

const pay = (changes, fee = noFee) => client.signAndBroadcast(operator, [order(changes)], fee);

const balance = async (account) => BigInt((await client.getBalance(account.address, account.denom)).amount);

test("auto-detection takes CometBFT 0.40 for Tendermint 0.37 and loses the events of blocks, without an error", async () => {
  const { height } = await pay();
  const sent = (await rawRPC(`block_results?height=${height}`)).finalize_block_events;
  assert.ok(sent.length > 0, "the node sends events of the block");

  const detected = await connectComet(network.rpc);
  const chosen = await Comet38Client.connect(network.rpc);
  try {
    assert.ok(isTendermint37Client(detected), "CosmJS knows CometBFT 0.40 by now: docs/clients.md can be shorter");
    const lost = await detected.blockResults(height);
    assert.deepEqual([...lost.beginBlockEvents, ...lost.endBlockEvents], []);

    const kept = await chosen.blockResults(height);
    assert.deepEqual(kept.finalizeBlockEvents.map(({ type }) => type), sent.map(({ type }) => type));
  } finally {
    detected.disconnect();
    chosen.disconnect();
  }
});

test("a client on a Comet38Client made by hand reads the chain and its balances", async () => {
  const reader = StargateClient.create(await Comet38Client.connect(network.rpc));
  try {
    assert.equal(await reader.getChainId(), network.chainId);
    const height = await reader.getHeight();
    assert.ok(height > 0);
    assert.equal((await reader.getBlock(height)).header.height, height);
    const one = await reader.getBalance(buyer.address, buyer.denom);
    assert.equal(one.denom, buyer.denom);
    const all = await reader.getAllBalances(buyer.address);
    assert.deepEqual(all.find(({ denom }) => denom === buyer.denom), one);
    assert.equal((await reader.getBalance(buyer.address, "NOBODY/CNY")).amount, "0");
  } finally {
    reader.disconnect();
  }
});

test("an operator's key has an account; its own address holds no money", async () => {
  const account = await client.getAccount(operator);
  assert.equal(account.address, operator);
  assert.equal(typeof account.accountNumber, "bigint");
  assert.deepEqual(await client.getAllBalances(operator), []);
  assert.equal(await client.getAccount(buyer.address), null, "a settlement account has no key and no nonce");
});

test("a payment is signed without a fee, settles, tells its typed event and moves the money", async () => {
  const [from, to] = [await balance(buyer), await balance(supplier)];
  const result = await pay({ amount: "12345" });
  assert.equal(result.code, 0, result.rawLog);

  const events = result.events.filter(({ type }) => type === settled);
  assert.equal(events.length, 1);
  assert.equal(attribute(events[0], "debtor"), buyer.address);
  assert.equal(attribute(events[0], "creditor"), supplier.address);
  assert.equal(attribute(events[0], "amount"), "12345");
  assert.equal(attribute(events[0], "new_status"), "PAYMENT_STATUS_ACSC");
  assert.deepEqual(result.msgResponses.map(({ typeUrl }) => typeUrl), ["/zhilian.settlement.v1.MsgPayResponse"]);

  assert.equal(await balance(buyer), from - 12345n);
  assert.equal(await balance(supplier), to + 12345n);
});

test("a wallet that writes a fee of zero is let in, and so is one that asks for gas first", async () => {
  const gasPrice = GasPrice.fromString("0reserve/CNY");
  const asking = SigningStargateClient.createWithSigner(await Comet38Client.connect(network.rpc), wallet, { registry: client.registry, gasPrice });
  try {
    const result = await asking.signAndBroadcast(operator, [order()], "auto");
    assert.equal(result.code, 0, result.rawLog);
  } finally {
    asking.disconnect();
  }
  for (const denom of ["reserve/CNY", buyer.denom]) {
    const result = await pay({}, { amount: [{ denom, amount: "0" }], gas: "200000" });
    assert.equal(result.code, 0, result.rawLog);
  }
});

test("a fee is refused, and so is a memo", async () => {
  const fee = { amount: [{ denom: buyer.denom, amount: "1" }], gas: "200000" };
  await assert.rejects(pay({}, fee), (error) => error instanceof BroadcastTxError && error.codespace === "zhiliand" && error.code === 2);
  await assert.rejects(client.signAndBroadcast(operator, [order()], noFee, "rent"),
    (error) => error instanceof BroadcastTxError && error.codespace === "zhiliand" && error.code === 3);
});

test("a payment signed in amino JSON, as a Ledger does, settles", async () => {
  const ledger = await Secp256k1Wallet.fromKey(fromHex(network.operators.buyer.key), "zhilian");
  const signing = await connect(network.rpc, ledger);
  try {
    for (const changes of [{}, { uetr: crypto.randomUUID() }]) {
      const result = await signing.signAndBroadcast(operator, [order(changes)], noFee);
      assert.equal(result.code, 0, result.rawLog);
    }
    const zero = { amount: [{ denom: "reserve/CNY", amount: "0" }], gas: "200000" };
    assert.equal((await signing.signAndBroadcast(operator, [order()], zero)).code, 0, "with a fee of zero");
  } finally {
    signing.disconnect();
  }
});

test("a key that was made an operator on the running chain pays, though its account number is beyond 2^53", async () => {
  const late = await DirectSecp256k1Wallet.fromKey(fromHex(network.operators.late.key), "zhilian");
  const [{ address }] = await late.getAccounts();
  const { accountNumber } = await client.getAccount(address);
  assert.equal(String(accountNumber), network.operators.late.accountNumber);
  assert.ok(accountNumber > BigInt(Number.MAX_SAFE_INTEGER), "numbers have become small: a number type is enough again");
  const signing = await connect(network.rpc, late);
  try {
    const result = await signing.signAndBroadcast(address, [order({ operator: address })], noFee);
    assert.equal(result.code, 0, result.rawLog);
  } finally {
    signing.disconnect();
  }
});

test("a stranger is refused before a block, with codespace and code", async () => {
  const stranger = await DirectSecp256k1Wallet.fromKey(fromHex(newDigest()), "zhilian");
  const [{ address }] = await stranger.getAccounts();
  const signing = await connect(network.rpc, stranger);
  try {
    await assert.rejects(signing.getSequence(address), /does not exist on chain/);
    const raw = await signing.sign(address, [order({ operator: address })], noFee, "",
      { accountNumber: 0n, sequence: 0, chainId: network.chainId });
    await assert.rejects(signing.broadcastTx(TxRaw.encode(raw).finish()), (error) => {
      assert.ok(error instanceof BroadcastTxError, String(error));
      assert.equal(error.codespace, "access");
      assert.equal(error.code, 30);
      assert.match(error.log, /operator is not registered/);
      return true;
    });
  } finally {
    signing.disconnect();
  }
});

test("a payment without cover is refused with a code, a codespace and words, and moves nothing", async () => {
  const from = await balance(buyer);
  const result = await pay({ amount: "99999999999999" });
  assert.equal(result.code, 13);
  assert.match(result.rawLog, /holds less than the amount/);
  assert.deepEqual(result.events.filter(({ type }) => type === settled), []);
  // CosmJS does not hand the codespace on; CometBFT's own answer has it.
  assert.equal((await rawRPC(`tx?hash=0x${result.transactionHash}`)).tx_result.codespace, "settlement");
  assert.equal(await balance(buyer), from);
});

test("a payment that is sent twice settles once", async () => {
  const same = order();
  const first = await client.signAndBroadcast(operator, [same], noFee);
  const from = await balance(buyer);
  const second = await client.signAndBroadcast(operator, [same], noFee);
  assert.deepEqual([first.code, second.code], [0, 0]);
  assert.notEqual(first.transactionHash, second.transactionHash);
  assert.equal(await balance(buyer), from, "the second moved nothing");
});

test("new payments of an account are told over a WebSocket, and found by height and hash", async () => {
  // Attributes of typed events are JSON: the quotes are part of the value.
  const mine = `${settled}.debtor='"${buyer.address}"'`;
  const listener = await Comet38Client.connect(network.rpc.replace("http", "ws"));
  const blocks = [], payments = [];
  listener.subscribeNewBlock().subscribe({ next: (event) => blocks.push(event.header.height) });
  listener.subscribeTx(mine).subscribe({ next: (event) => payments.push(event) });
  try {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { transactionHash, height } = await pay();
    await eventually(() => payments.length === 1 && blocks.includes(height), "the event of the payment and of its block");
    assert.equal(payments[0].height, height);
    assert.equal(Buffer.from(payments[0].hash).toString("hex").toUpperCase(), transactionHash);
    // Past payments of an account are a question for the gateway's index, which REST answers; CometBFT's
    // own index knows transactions by hash, height and nonce.
    const found = await client.searchTx(`tx.height=${height} AND tx.hash='${transactionHash}'`);
    assert.deepEqual(found.map(({ hash }) => hash), [transactionHash]);
  } finally {
    listener.disconnect();
  }
});

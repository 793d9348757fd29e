// A debit by the types that openapi-typescript makes of the contract.
import createClient from "openapi-fetch";
import type { components, paths } from "./ledger";

const ledger = createClient<paths>({ baseUrl: "http://127.0.0.1:8080" });

export async function debit(user: string): Promise<components["schemas"]["TransactionAnswer"]> {
  const line = { id: "req-1", user, model: "large", input_tokens: 374 };
  const { data, error } = await ledger.POST("/v1/billing/usage", { body: line });
  if (error) throw new Error(`${error.code}: ${error.detail}`);
  const amount: string = data.amount;
  return { ...data, amount };
}

export async function available(user: string): Promise<string> {
  const { data } = await ledger.GET("/v1/billing/balance", { params: { query: { user } } });
  return data ? data.available : "0";
}

// Loaded before a server that has no option for its address: what would listen everywhere listens on this machine only.
import { Server } from "node:net";

const listen = Server.prototype.listen;

Server.prototype.listen = function (port, ...rest) {
  const everywhere = typeof port === "number" && typeof rest[0] !== "string";
  if (!everywhere) return listen.call(this, port, ...rest);
  const ready = rest.find((argument) => typeof argument === "function");
  return listen.call(this, { port, host: "127.0.0.1" }, ready);
};

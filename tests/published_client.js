// A client in another language, of our .proto text: @grpc/grpc-js with @grpc/proto-loader.
//
// Arguments: the address of a server, a .proto file, the folders that it is looked for in. Standard
// input: a JSON list of calls, each [service, method, request]. Standard output: a JSON list of the
// answers, or of the errors with their codes and details.
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");

const [address, file, ...includeDirs] = process.argv.slice(2);
const options = { includeDirs, keepCase: true, longs: String, enums: String, bytes: String };
const loaded = grpc.loadPackageDefinition(loader.loadSync(file, options));

function call([service, method, request]) {
  const Client = service.split(".").reduce((found, name) => found[name], loaded);
  const client = new Client(address, grpc.credentials.createInsecure());
  return new Promise((resolve) => {
    client[method](request, (error, answer) => {
      client.close();
      resolve(error ? { code: grpc.status[error.code], details: error.details } : { answer });
    });
  });
}

async function main() {
  let text = "";
  for await (const chunk of process.stdin) text += chunk;
  const found = [];
  for (const each of JSON.parse(text)) found.push(await call(each));
  process.stdout.write(JSON.stringify(found));
}

main();

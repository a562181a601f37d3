// ask.js DSN [QUERY]: connects once with node-postgres, asks once, and prints the answer or the driver's own error
// text as it is.
const { Client } = require("pg");

const [dsn, query = "select host(inet_server_addr())"] = process.argv.slice(2);
const client = new Client({ connectionString: dsn });

client
  .connect()
  .then(() => client.query(query))
  .then((answer) => {
    console.log("served by", Object.values(answer.rows[0])[0]);
    process.exit(0);
  })
  .catch((error) => {
    console.log(`${error.name}: ${error.message}`);
    process.exit(1);
  });

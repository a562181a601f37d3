// Connects once with Go's lib/pq or pgx, asks once, and prints the answer or the driver's own error text as it is:
// ask-go pq|pgx DSN [QUERY]. Part of the image, since the hosts of the lab have no compiler.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"

	"github.com/jackc/pgx/v4"
	_ "github.com/lib/pq"
)

func pq(dsn, query string) (answer string, err error) {
	database, err := sql.Open("postgres", dsn)
	if err != nil {
		return "", err
	}
	defer database.Close()
	err = database.QueryRow(query).Scan(&answer)
	return answer, err
}

func withPgx(dsn, query string) (answer string, err error) {
	connection, err := pgx.Connect(context.Background(), dsn)
	if err != nil {
		return "", err
	}
	defer connection.Close(context.Background())
	err = connection.QueryRow(context.Background(), query).Scan(&answer)
	return answer, err
}

func main() {
	drivers := map[string]func(string, string) (string, error){"pq": pq, "pgx": withPgx}
	if len(os.Args) < 3 || drivers[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: ask-go pq|pgx DSN [QUERY]")
		os.Exit(2)
	}
	query := "select host(inet_server_addr())"
	if len(os.Args) > 3 {
		query = os.Args[3]
	}
	answer, err := drivers[os.Args[1]](os.Args[2], query)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("served by", answer)
}

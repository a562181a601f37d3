package io.pgproxy.it;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Runs in the client's container, with pgjdbc: connects, asks once, prints the answer or the error as it is. */
final class JdbcClient {
    private JdbcClient() {}

    public static void main(String[] args) {
        String query = args.length > 1 ? args[1] : "select inet_server_addr()";
        try (Connection connection = DriverManager.getConnection(args[0]);
                Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(query)) {
            answer.next();
            System.out.println("served by " + answer.getString(1));
        } catch (SQLException e) {
            System.out.println(e.getSQLState() + " " + e.getMessage());
            System.exit(1);
        }
    }
}
